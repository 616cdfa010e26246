//! What follows when a server rests for long: its idle time-out, hibernation, passivation.
//!
//! Whoever puts the body back stamps the time; a task that looks at the stamp now and then does the
//! rest. No timer is armed or moved for a message. Servers for which nothing follows have neither
//! stamp nor task.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::{self, Instant};
use crate::core::Core;
use crate::drain;
use crate::ending::Ending;
use crate::exit::ExitReason;
use crate::inbox::{Inbox, Life, Mode};
use crate::item::{Item, Source};
use crate::server::Server;
use crate::system::Act;

/// A server's idleness and what follows from it.
pub(crate) struct Rest<S: Server> {
    since: Instant,
    idle: Option<(Duration, Signal<S>)>,
    hibernate: Option<Duration>,
    passivate: Option<Duration>,
    /// What has followed since the last message.
    idled: bool,
    slept: bool,
    /// Whether a task looks at it.
    watched: bool,
}

/// What a server is sent that was idle.
pub(crate) enum Signal<S: Server> {
    /// The message of its `#[idle]`, each time.
    Handler(usize),
    /// This one, once.
    Once(Option<S::Message>),
}

/// What the server did since it last rested, the greater the more it disturbs its rest.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stir {
    /// Nothing, or it was told that it is idle.
    #[default]
    Still,
    /// It was looked into: the times begin anew.
    System,
    /// It handled a message: what has followed may follow again.
    Message,
}

impl<S: Server> Rest<S> {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            idle: None,
            hibernate: None,
            passivate: None,
            idled: false,
            slept: false,
            watched: false,
        }
    }

    /// When the next thing follows, if nothing comes.
    fn next(&self) -> Option<Instant> {
        let idle = self.idle.as_ref().filter(|_| !self.idled).map(|(after, _)| *after);
        let sleep = self.hibernate.filter(|_| !self.slept);
        let next = [idle, sleep, self.passivate].into_iter().flatten().min()?;
        self.since.checked_add(next)
    }

    fn is_due(&self, after: Option<Duration>, now: Instant) -> bool {
        after.is_some_and(|after| now.saturating_duration_since(self.since) >= after)
    }
}

impl<S: Server> Inbox<S> {
    fn rest(&mut self) -> &mut Rest<S> {
        self.mode.set(Mode::RESTS, true);
        self.cold().rest.get_or_insert_with(|| Box::new(Rest::new()))
    }
}

impl<S: Server> Core<S> {
    /// What the attributes say of a server that begins.
    pub(crate) fn open_rest(&self) {
        let idle = S::IDLE.filter(|idle| idle.after < Duration::MAX);
        let options = &S::OPTIONS;
        if idle.is_none() && options.hibernate_after.is_none() && options.passivate.is_none() {
            return;
        }
        let mut inbox = self.lock();
        let rest = inbox.rest();
        // `#[init]` may have set another one.
        if rest.idle.is_none() {
            rest.idle = idle.map(|idle| (idle.after, Signal::Handler(idle.handler)));
        }
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
        let Some(rest) = inbox.cold.as_mut().and_then(|cold| cold.rest.as_mut()) else { return };
        if stir > Stir::Still {
            rest.since = Instant::now();
        }
        if stir == Stir::Message {
            rest.idled = false;
            rest.slept = false;
        }
        if !rest.watched && rest.next().is_some() {
            rest.watched = true;
            let watch = watch(Arc::downgrade(self));
            drop(self.home.handle().spawn(watch));
        }
    }

    /// Does what is due, and tells when to look again.
    fn look_at_rest(self: &Arc<Self>) -> Option<Instant> {
        let now = Instant::now();
        let mut inbox = self.lock();
        let running = inbox.life == Life::Running && !self.home.is_gone();
        let rest = inbox.cold.as_mut().and_then(|cold| cold.rest.as_mut()).filter(|_| running)?;
        let shortest = rest.next().map(|next| next.saturating_duration_since(rest.since));
        let is_idle_due = !rest.idled && rest.is_due(rest.idle.as_ref().map(|idle| idle.0), now);
        let is_sleep_due = !rest.slept && rest.is_due(rest.hibernate, now);
        let is_passive_due = rest.is_due(rest.passivate, now);
        let Some(shortest) = shortest else {
            rest.watched = false;
            return None;
        };
        let next = rest.next().filter(|next| *next > now);
        // Busy, or suspended: whatever comes of it, nothing follows sooner than that.
        let later = clock::after(shortest.max(Duration::from_millis(1)));
        if !inbox.is_at_rest() || self.attention.load(Ordering::Acquire) {
            return Some(later);
        }
        if is_idle_due {
            self.signal_idle(inbox);
            return Some(later);
        }
        if is_passive_due && self.is_unused(&inbox) {
            drain::passivate(self, inbox);
            return None;
        }
        if is_sleep_due {
            inbox.cold().rest.as_mut()?.slept = true;
            self.fall_asleep(inbox);
            return Some(later);
        }
        Some(next.unwrap_or(later))
    }

    fn signal_idle(self: &Arc<Self>, mut inbox: std::sync::MutexGuard<'_, Inbox<S>>) {
        let Some(rest) = inbox.cold().rest.as_mut() else { return };
        rest.idled = true;
        let message = match rest.idle.as_mut().map(|idle| &mut idle.1) {
            Some(Signal::Handler(handler)) => S::signal(*handler),
            Some(Signal::Once(message)) => message.take(),
            None => None,
        };
        if let Some(message) = message {
            inbox.push_own(Item::own(message, Source::Idle), self.taken());
            self.kick(inbox);
        }
    }

    fn fall_asleep(self: &Arc<Self>, mut inbox: std::sync::MutexGuard<'_, Inbox<S>>) {
        let run = Box::new(|_: &Arc<Self>, body: &mut crate::body::Body<S>| body.cx.hibernate());
        inbox.cold().acts.push_back(Act { position: None, waits: None, run });
        self.attention.store(true, Ordering::Release);
        self.rouse(inbox);
    }

    /// Whether nobody but its name or key holds the server, and nobody waits for it.
    fn is_unused(&self, inbox: &Inbox<S>) -> bool {
        let Some(cold) = &inbox.cold else { return false };
        let holders = self.holders.load(Ordering::Acquire) as usize;
        let owes =
            cold.deferred.iter().any(|reply| reply.upgrade().is_some_and(|reply| reply.awaited()));
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
async fn watch<S: Server>(core: Weak<Core<S>>) {
    while let Some(next) = core.upgrade().and_then(|core| core.look_at_rest()) {
        clock::sleep_until(next).await;
    }
}

/// The end of a server that nobody used for long.
pub(crate) fn passivated() -> Ending {
    Ending::new(ExitReason::Normal)
}
