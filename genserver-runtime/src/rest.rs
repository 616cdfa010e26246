//! What follows when a server rests for long: its idle time-out, hibernation, passivation.
//!
//! Whoever puts the body back stamps the time; a task that looks at the stamp now and then does the
//! rest. No timer is armed or moved for a message. Servers for which nothing follows have neither
//! stamp nor task.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::{self, Instant};
use crate::core::Core;
use crate::inbox::{Inbox, Life, Mode};
use crate::item::{Item, Source};
use crate::node::Node;
use crate::passivation;
use crate::server::Server;
use crate::slot;

/// A server's idleness and what follows from it.
pub(crate) struct Rest<S: Server> {
    /// Since when nobody wanted anything of it.
    since: Instant,
    /// Since when it rests awake; `None` while it hibernates.
    awake: Option<Instant>,
    idle: Option<(Duration, Signal<S>)>,
    hibernate: Option<Duration>,
    passivate: Option<Duration>,
    /// Whether it was told that it is idle since the last message.
    idled: bool,
    /// When the task that looks at it does so next; `None` without one.
    looks: Option<Instant>,
    /// Has that task look earlier.
    sooner: Arc<Notify>,
}

/// What a server is sent that was idle.
pub(crate) enum Signal<S: Server> {
    /// The message of its `#[idle]`, each time.
    Handler(usize),
    /// This one, once.
    Once(S::Message),
}

/// What the server did since it last rested, the greater the more it disturbs its rest.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stir {
    /// Nothing.
    #[default]
    Still,
    /// It was told that it is idle, which is no message of anybody's, but wakes it.
    Signal,
    /// It was looked into: the times begin anew.
    System,
    /// It handled a message: what has followed may follow again.
    Message,
}

impl<S: Server> Rest<S> {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            awake: None,
            idle: None,
            hibernate: None,
            passivate: None,
            idled: false,
            looks: None,
            sooner: Arc::new(Notify::new()),
        }
    }

    fn idle_at(&self) -> Option<Instant> {
        let idle = self.idle.as_ref().filter(|_| !self.idled);
        idle.and_then(|(after, _)| self.since.checked_add(*after))
    }

    fn sleep_at(&self) -> Option<Instant> {
        self.hibernate.zip(self.awake).and_then(|(after, awake)| awake.checked_add(after))
    }

    fn passivate_at(&self) -> Option<Instant> {
        self.passivate.and_then(|after| self.since.checked_add(after))
    }

    /// When something follows, if nothing comes.
    fn times(&self) -> impl Iterator<Item = Instant> {
        [self.idle_at(), self.sleep_at(), self.passivate_at()].into_iter().flatten()
    }

    /// The body was put back.
    fn begin(&mut self, stir: Stir, asleep: bool) {
        let now = Instant::now();
        // An idle handler may have set another time, which begins with its end.
        if stir > Stir::Signal || (stir == Stir::Signal && !self.idled) {
            self.since = now;
        }
        self.idled &= stir != Stir::Message;
        self.awake = (!asleep).then_some(now);
    }

    /// When to look again. What is due is done, but for the end of a server that somebody holds: it
    /// is asked for again after as long a time.
    fn next_look(&self, now: Instant) -> Option<Instant> {
        let held = self.passivate_at().filter(|at| *at <= now).and(self.passivate);
        let again = held.map(|after| clock::after(after.max(Duration::from_millis(1))));
        self.times().filter(|at| *at > now).chain(again).min()
    }
}

impl<S: Server> Drop for Rest<S> {
    /// The server has ended: the task that looks at it ends too.
    fn drop(&mut self) {
        self.sooner.notify_one();
    }
}

impl<S: Server> Inbox<S> {
    fn rest(&mut self) -> &mut Rest<S> {
        self.mode.set(Mode::RESTS, true);
        self.cold().rest.get_or_insert_with(|| Box::new(Rest::new()))
    }
}

impl<S: Server> Core<S> {
    /// What the attributes say of a server that begins; its `#[init]` may say something else.
    pub(crate) fn open_rest(&self) {
        let idle = S::IDLE_AFTER.filter(|idle| idle.after < Duration::MAX);
        let options = &S::OPTIONS;
        if idle.is_none() && options.hibernate_after.is_none() && options.passivate.is_none() {
            return;
        }
        let mut inbox = self.lock();
        let rest = inbox.rest();
        rest.idle = idle.map(|idle| (idle.after, Signal::Handler(idle.handler)));
        rest.hibernate = options.hibernate_after;
        rest.passivate = options.passivate;
    }

    /// From now on: what it is sent when it was idle for so long.
    pub(crate) fn set_idle(&self, idle: Option<(Duration, Signal<S>)>) {
        let mut inbox = self.lock();
        let rest = inbox.rest();
        let old = std::mem::replace(&mut rest.idle, idle);
        rest.idled = false;
        drop(inbox);
        // A message of the user's.
        drop(old);
    }

    /// The body is put back, or lies there suspended.
    #[cold]
    pub(crate) fn rested(self: &Arc<Self>, inbox: &mut Inbox<S>, stir: Stir) {
        let asleep = inbox.mode.is(Mode::ASLEEP);
        let Some(rest) = inbox.cold.as_mut().and_then(|cold| cold.rest.as_mut()) else { return };
        if stir != Stir::Still || rest.awake.is_some() == asleep {
            rest.begin(stir, asleep);
        }
        let Some(next) = rest.times().min() else { return };
        match rest.looks {
            None => {
                let node = Arc::downgrade(self) as Weak<dyn Node>;
                let watch = watch(node, Arc::clone(&rest.sooner));
                drop(self.home.handle().spawn(watch));
            }
            Some(looks) if next < looks => rest.sooner.notify_one(),
            Some(_) => return,
        }
        rest.looks = Some(next);
    }

    /// Does what is due, and tells when to look again.
    pub(crate) fn look_at_rest(self: &Arc<Self>) -> Option<Instant> {
        let now = Instant::now();
        let mut inbox = self.lock();
        if inbox.life != Life::Running || self.home.is_gone() {
            return None;
        }
        let at_rest = inbox.is_at_rest() && !self.attention.load(Ordering::Acquire);
        let rest = inbox.cold.as_mut().and_then(|cold| cold.rest.as_mut())?;
        // While it is busy or suspended nothing follows; whoever puts the body back begins anew.
        rest.looks = if at_rest { rest.next_look(now) } else { None };
        let looks = rest.looks;
        let is_due = |at: Option<Instant>| at_rest && at.is_some_and(|at| at <= now);
        let (idle, sleep) = (is_due(rest.idle_at()), is_due(rest.sleep_at()));
        let passive = is_due(rest.passivate_at());
        if idle {
            self.signal_idle(inbox);
        } else if passive && self.is_unused(&inbox) {
            // Whoever holds it now will let it go.
            let _ = passivation::passivate(self, inbox);
        } else if sleep {
            self.fall_asleep(inbox);
        }
        looks
    }

    fn signal_idle(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox<S>>) {
        let Some(rest) = inbox.cold().rest.as_mut() else { return };
        rest.idled = true;
        let message = match rest.idle.take() {
            Some((after, Signal::Handler(handler))) => {
                rest.idle = Some((after, Signal::Handler(handler)));
                S::signal(handler)
            }
            Some((_, Signal::Once(message))) => Some(message),
            None => None,
        };
        if let Some(message) = message {
            inbox.enqueue(Item::own(message, Source::Idle), self.taken());
            self.kick(inbox);
        }
    }

    fn fall_asleep(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox<S>>) {
        let Some(body) = &mut inbox.body else { return };
        body.cx.hibernate();
        self.attention.store(true, Ordering::Release);
        self.rouse(inbox);
    }

    /// Ends it now where it is at rest and nobody but its name or key holds it; `false` otherwise.
    pub(crate) fn passivate_now(self: &Arc<Self>) -> bool {
        let inbox = self.lock();
        let open = inbox.life == Life::Running && !self.home.is_gone();
        let at_rest = inbox.is_at_rest() && !self.attention.load(Ordering::Acquire);
        open && at_rest && self.is_unused(&inbox) && passivation::passivate(self, inbox)
    }

    /// Whether nobody but its name or key holds the server, and nobody waits for it.
    fn is_unused(&self, inbox: &Inbox<S>) -> bool {
        let Some(cold) = &inbox.cold else { return false };
        let holders = self.holders.load(Ordering::Acquire) as usize;
        let owes = slot::awaited(&cold.deferred) > 0;
        // A state time-out is an edge that is still to be taken.
        let timed = inbox.body.as_ref().is_some_and(|body| body.cx.times_state());
        let owes = owes || timed || cold.postponed() > 0;
        !cold.claims.is_empty() && cold.claims_held() == holders && !owes
    }
}

impl<S: Server> Inbox<S> {
    /// Nothing runs, nothing waits, and nothing holds it up.
    fn is_at_rest(&self) -> bool {
        self.body.is_some()
            && self.queue.is_empty()
            && !self.mode.is(Mode::SUSPENDED)
            && !self.has_system()
            && !self.has_waiters()
    }
}

/// Looks at a server's rest until nothing can follow from it any more.
async fn watch(node: Weak<dyn Node>, sooner: Arc<Notify>) {
    while let Some(next) = node.upgrade().and_then(Node::look_at_rest) {
        let _ = clock::timeout_at(next, sooner.notified()).await;
    }
}
