//! A server: its inbox, its identity, and what its parts tell each other without the lock.

use std::collections::VecDeque;
#[cfg(feature = "introspection")]
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::body::Body;
use crate::drain;
use crate::ending;
use crate::exit::ExitReason;
use crate::home::Home;
use crate::id::ServerId;
use crate::inbox::{Inbox, Life, Mode};
use crate::item::{Handlers, Item};
#[cfg(feature = "introspection")]
use crate::node::Node;
use crate::orphan;
use crate::overflow::Full;
use crate::report;
use crate::room::Ticket;
#[cfg(feature = "introspection")]
use crate::roster::Listed;
use crate::server::Server;

/// In the order in which they lie: senders read and write what comes before `started`, and the drain task
/// writes what comes behind it for each item. Of that a sender reads `taken` alone.
#[doc(hidden)]
#[repr(C)]
pub struct Core<S: Server> {
    pub(crate) home: Arc<Home>,
    pub(crate) id: ServerId,
    inbox: Mutex<Inbox<S>>,
    #[cfg(feature = "introspection")]
    listed: Listed,
    /// What keeps the server alive: strong clients, its name, its key, a detach.
    pub(crate) holders: AtomicU32,
    /// When it was started, in tenths of a second since its home was made.
    pub(crate) started: u32,
    /// How many items of the running batch are left that count against the mailbox's bound.
    pub(crate) taken: AtomicU32,
    /// How many calls were handled; those that it has no room for are in the tally. Whoever runs the
    /// server counts, nobody else writes.
    pub(crate) calls: AtomicU32,
    /// The running handler's number plus one.
    pub(crate) running: AtomicU16,
    /// The machine's leaf after the last handler, as its place in `STATES`.
    pub(crate) state: AtomicU16,
    /// Whether an end was asked for: the drain task looks into the inbox before its next item.
    pub(crate) attention: AtomicBool,
    pub(crate) killed: AtomicBool,
    /// Whether the running handler has waited: then there is something to tidy up after it.
    pub(crate) waited: AtomicBool,
    /// Whether somebody watches: see `watch.rs`.
    pub(crate) watched: AtomicBool,
}

/// How a sender meets a full mailbox whose policy is to wait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    No,
    /// It waits, and need not be told when there is room: its reply will tell.
    Silent,
    Told,
}

/// What became of a message that was sent.
pub(crate) enum Sent {
    Queued,
    /// It waits for room, with the ticket that was asked for.
    Waiting(Option<Ticket>),
}

/// Why a message was not taken.
pub(crate) enum Refused {
    Full,
    /// The message was not even made.
    NotRunning,
}

impl<S: Server> Core<S> {
    /// A server whose `init` has not run, held by its starter.
    pub(crate) fn starting(home: Arc<Home>) -> Arc<Self> {
        let started = u32::try_from(home.age().as_millis() / 100).unwrap_or(u32::MAX);
        let core = Arc::new(Self {
            inbox: Mutex::new(Inbox::new()),
            home,
            id: ServerId::next(),
            holders: AtomicU32::new(1),
            taken: AtomicU32::new(0),
            running: AtomicU16::new(0),
            attention: AtomicBool::new(false),
            killed: AtomicBool::new(false),
            waited: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            state: AtomicU16::new(0),
            started,
            calls: AtomicU32::new(0),
            #[cfg(feature = "introspection")]
            listed: Listed::new(),
        });
        #[cfg(feature = "introspection")]
        core.home.roster().enter(&core.listed, Arc::downgrade(&core) as Weak<dyn Node>);
        core
    }

    /// The inbox. Nothing panics while it is locked but by a mistake of this crate, and then what
    /// is there is still of use.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inbox<S>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server runs, nothing was asked of it, and it still has its names and keys: it gives
    /// none back before.
    #[inline]
    pub(crate) fn is_undisturbed(&self) -> bool {
        !self.attention.load(Ordering::Acquire) && !self.home.is_gone()
    }

    pub(crate) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Wakes the drain task, if there is one that sleeps.
    #[inline]
    pub(crate) fn wake_drain(mut inbox: MutexGuard<'_, Inbox<S>>) {
        let drain = inbox.cold.as_mut().and_then(|cold| {
            cold.idle_ticks = 0;
            cold.drain.take()
        });
        drop(inbox);
        if let Some(drain) = drain {
            drain.wake();
        }
    }

    /// Notes a machine's state for those who look from outside.
    #[inline]
    pub(crate) fn note_state(&self, body: &Body<S>) {
        if !S::STATES.is_empty()
            && let Some(state) = &body.state
        {
            let at = u16::try_from(S::state_index(state)).unwrap_or(u16::MAX);
            self.state.store(at, Ordering::Relaxed);
        }
    }

    /// Notes which handler runs. In a burst of one kind of message that is written once: others look
    /// at what lies beside it.
    #[inline]
    pub(crate) fn runs(&self, handler: usize) {
        let number = u16::try_from(handler + 1).unwrap_or(u16::MAX);
        if self.running.load(Ordering::Relaxed) != number {
            self.running.store(number, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn count_call(&self) {
        match self.calls.load(Ordering::Relaxed).checked_add(1) {
            Some(calls) => self.calls.store(calls, Ordering::Relaxed),
            None => self.carry_calls(),
        }
    }

    /// Under the lock, so that nobody who reads both sees one without the other.
    #[cold]
    fn carry_calls(&self) {
        let mut inbox = self.lock();
        inbox.cold().tally.calls += 1 << 32;
        self.calls.store(0, Ordering::Relaxed);
    }

    /// Sees to it that somebody runs the server, after something was queued.
    #[inline]
    pub(crate) fn kick(self: &Arc<Self>, inbox: MutexGuard<'_, Inbox<S>>) {
        if !inbox.mode.is(Mode::SUSPENDED) {
            self.rouse(inbox);
        }
    }

    /// The same, after something was asked for that a suspended server does too.
    #[inline]
    pub(crate) fn rouse(self: &Arc<Self>, inbox: MutexGuard<'_, Inbox<S>>) {
        if inbox.sleeps() {
            self.start(inbox);
        }
    }

    /// Has the parked drain task run a server that is at rest, or a new one. Out of line: of a burst of
    /// messages only the first comes here.
    #[inline(never)]
    fn start(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox<S>>) {
        if inbox.parked {
            Self::wake_drain(inbox);
        } else if let Some(body) = inbox.body.take() {
            drop(inbox);
            drain::spawn(self, body);
        }
    }

    /// Sends the message that `make` makes, once it is known that somebody will take it.
    #[inline]
    pub(crate) fn send(
        self: &Arc<Self>,
        make: impl FnOnce() -> Item<S>,
        wait: Wait,
    ) -> Result<Sent, Refused> {
        self.send_by(wait, |inbox, taken| inbox.push(make(), taken))
    }

    /// The same, where `push` makes the message and queues it.
    #[inline]
    pub(crate) fn send_by(
        self: &Arc<Self>,
        wait: Wait,
        push: impl FnOnce(&mut Inbox<S>, u32) -> Result<(), Full<S>>,
    ) -> Result<Sent, Refused> {
        if self.home.is_gone() {
            ending::end_with_runtime(self, VecDeque::new());
            return Err(Refused::NotRunning);
        }
        let mut inbox = self.lock();
        if matches!(inbox.life, Life::Ending | Life::Ended) {
            return Err(Refused::NotRunning);
        }
        match push(&mut inbox, self.taken()) {
            Ok(()) => {
                self.note_high(&inbox);
                self.kick(inbox);
                Ok(Sent::Queued)
            }
            Err(full) => self.send_full(inbox, full, wait),
        }
    }

    /// There is no room for a message: what the policy makes of it is carried out.
    #[cold]
    fn send_full(
        self: &Arc<Self>,
        mut inbox: MutexGuard<'_, Inbox<S>>,
        full: Full<S>,
        wait: Wait,
    ) -> Result<Sent, Refused> {
        self.note_high(&inbox);
        match full {
            Full::Wait(item) if wait != Wait::No => Ok(self.wait(inbox, item, wait)),
            Full::Wait(item) | Full::Refused(item) => {
                inbox.cold().counters.refused += 1;
                drop(inbox);
                drop(item);
                Err(Refused::Full)
            }
            Full::Dropped(item) => {
                let counters = &mut inbox.cold().counters;
                counters.dropped += 1;
                let count = counters.dropped;
                self.kick(inbox);
                report::dropped(S::NAME, self.id, item.name(), count);
                Ok(Sent::Queued)
            }
        }
    }

    /// Has the drain task look for messages that go before the queue. While it is suspended there is
    /// nothing to see: it is told when it is resumed.
    #[inline]
    pub(crate) fn note_high(&self, inbox: &Inbox<S>) {
        if Handlers::<S>::ANY_HIGH && inbox.has_high() && !inbox.mode.is(Mode::SUSPENDED) {
            self.attention.store(true, Ordering::Release);
        }
    }

    /// Queues a message of the server's own, for which there is always room; `false` when the server
    /// has ended.
    pub(crate) fn deliver(self: &Arc<Self>, item: Item<S>) -> bool {
        if self.home.is_gone() {
            ending::end_with_runtime(self, VecDeque::new());
        }
        let mut inbox = self.lock();
        if matches!(inbox.life, Life::Ending | Life::Ended) {
            drop(inbox);
            drop(item);
            return false;
        }
        inbox.enqueue(item, self.taken());
        self.note_high(&inbox);
        self.kick(inbox);
        true
    }

    /// Why it ended, when nothing of it is left that could be tied to anything.
    pub(crate) fn end_reason(&self) -> Option<ExitReason> {
        let reason = self.lock().end_reason();
        reason.or_else(|| self.home.is_gone().then_some(ExitReason::NotRunning))
    }

    /// One holder less; the last one ends the server after what is queued.
    pub(crate) fn let_go(self: &Arc<Self>) {
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            orphan::orphaned(self);
        }
    }

    /// One holder more, unless there is none left.
    pub(crate) fn retain(&self) -> bool {
        let more = |holders| (holders > 0).then(|| holders + 1);
        self.holders.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_ok()
    }
}

#[cfg(feature = "introspection")]
impl<S: Server> Drop for Core<S> {
    fn drop(&mut self) {
        self.home.roster().leave(&self.listed);
    }
}

#[cfg(all(test, feature = "supervision"))]
mod tests {
    use super::*;
    use crate::supervisor::tree::Supervisor;

    #[tokio::test]
    async fn calls_are_counted_beyond_what_the_core_has_room_for() {
        let core = Core::<Supervisor>::starting(Home::current().expect("there is a runtime"));
        core.calls.store(u32::MAX - 1, Ordering::Relaxed);
        for expected in [u64::from(u32::MAX), 1 << 32, (1 << 32) + 1] {
            core.count_call();
            let status = core.status().expect("it has not ended");
            assert_eq!(status.handled.calls, expected);
        }
    }
}
