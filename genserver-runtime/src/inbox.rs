//! The inbox: what the lock of a server guards. Whoever has taken the body out runs the server.
//!
//! Everything here is synchronous and knows neither tasks nor time; the engine carries out what
//! it decides.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::task::Waker;

use crate::ahead::Aside;
use crate::body::Body;
use crate::clock::Instant;
use crate::dead_letter::Hook;
use crate::drain::Begun;
use crate::exit::ExitReason;
use crate::frame::Edge;
use crate::item::{Handlers, Item, Lane};
use crate::link::Exit;
use crate::node::{Counters, Stop};
use crate::overflow::Full;
use crate::owned::Owned;
use crate::rest::Rest;
use crate::roll::Roll;
use crate::server::Server;
use crate::slot::{Answerable, Slot};
use crate::spot::Spot;
use crate::system::{Act, Position};
use crate::task::Callers;
use crate::tie::Ties;
use crate::watch::{Tally, Watch};

/// Where a server is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// `init` has not returned.
    Starting,
    Running,
    /// Closed to messages; `terminate` runs.
    Ending,
    Ended,
}

/// In the order in which they lie: what a sender writes comes first, away from what the drain task
/// writes for each item behind the inbox.
#[repr(C)]
pub(crate) struct Inbox<S: Server> {
    pub(crate) life: Life,
    /// Whether a drain task has run: the second one stays.
    pub(crate) drained: bool,
    /// Whether a drain task waits for work.
    pub(crate) parked: bool,
    pub(crate) mode: Mode,
    /// How many items of the queue count against the bound.
    pub(crate) counted: u32,
    /// How many items were queued in the server's life: the number of the newest.
    pub(crate) seq: u64,
    pub(crate) queue: VecDeque<Item<S>>,
    pub(crate) cold: Option<Box<Cold<S>>>,
    /// In while nobody runs the server.
    pub(crate) body: Option<Box<Body<S>>>,
    /// As whose child it runs.
    pub(crate) parent: Option<Arc<Spot>>,
}

/// What few servers are, as bits: an idle server is small.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mode(u8);

impl Mode {
    /// No message is handled until it is resumed.
    pub(crate) const SUSPENDED: Self = Self(1);
    /// Traced, logged or measured: everything goes through the queue.
    pub(crate) const WATCHED: Self = Self(2);
    /// Hibernating.
    pub(crate) const ASLEEP: Self = Self(4);
    /// Its idleness has consequences: see `rest.rs`.
    pub(crate) const RESTS: Self = Self(8);

    #[inline]
    pub(crate) fn is(self, bit: Self) -> bool {
        self.0 & bit.0 != 0
    }

    #[inline]
    pub(crate) fn set(&mut self, bit: Self, on: bool) {
        self.0 = if on { self.0 | bit.0 } else { self.0 & !bit.0 };
    }

    /// Whether calls may run where they are made.
    #[inline]
    pub(crate) fn inline(self) -> bool {
        !self.is(Self(Self::SUSPENDED.0 | Self::WATCHED.0))
    }
}

/// What few servers need.
pub(crate) struct Cold<S: Server> {
    pub(crate) stops: Vec<Asked>,
    /// What is asked of the server apart from its messages.
    pub(crate) acts: VecDeque<Act<S>>,
    /// Messages of a high priority: they come before the queue, and have no number.
    pub(crate) high: VecDeque<Item<S>>,
    /// How many of these were queued in the server's life.
    pub(crate) high_seq: u64,
    /// Messages beside the mailbox, which have no number either: see `ahead.rs`.
    pub(crate) aside: Option<Box<Aside<S>>>,
    pub(crate) waiters: VecDeque<Waiter<S>>,
    /// The drain task, while it is parked or its handler waits.
    pub(crate) drain: Option<Waker>,
    /// A handler that began where it was called and waits, for the parked drain task.
    pub(crate) begun: Option<Begun<S>>,
    /// Whether the sweeper looks at the parked drain task.
    pub(crate) watched: bool,
    pub(crate) idle_ticks: u8,
    /// Whether the parked drain task shall go.
    pub(crate) retire: bool,
    /// Who waits for the end.
    pub(crate) watchers: Vec<Arc<Slot<ExitReason>>>,
    /// Calls whose time has not begun to count: see `roll.rs`.
    pub(crate) roll: Roll,
    /// The calls that the running handler waits on.
    pub(crate) edges: Vec<Edge>,
    /// Since when the running item is known to run, with its number.
    pub(crate) since: Option<(u64, Instant)>,
    pub(crate) claims: Vec<Arc<dyn Claim>>,
    /// Dropped when it has ended.
    pub(crate) tails: Vec<Box<dyn Send>>,
    /// On whose behalf it was started.
    pub(crate) callers: Option<Callers>,
    pub(crate) name: Option<Arc<str>>,
    /// What it calls itself for those who look.
    pub(crate) label: Option<Arc<str>>,
    /// The bound given at the start, in place of the server's.
    pub(crate) mailbox: Option<u32>,
    pub(crate) detached: bool,
    pub(crate) reason: Option<ExitReason>,
    pub(crate) counters: Counters,
    /// How many messages lay in the mailbox at the most, where there was ever more than one.
    pub(crate) high_water: u32,
    pub(crate) tally: Tally,
    pub(crate) rest: Option<Box<Rest<S>>>,
    /// Timers, tasks and streams.
    pub(crate) owned: Option<Box<Owned>>,
    /// Monitors and links.
    pub(crate) ties: Option<Box<Ties>>,
    /// Makes a message of an exit signal, while it traps them.
    pub(crate) traps: Option<fn(Exit) -> S::Message>,
    /// Requests whose handler has left the reply for later.
    pub(crate) deferred: Vec<Weak<dyn Answerable>>,
    /// Since a trace, a log or statistics were asked for.
    pub(crate) watch: Option<Box<Watch>>,
    /// What is told of messages that nobody handled.
    pub(crate) dead_letters: Option<Hook<S>>,
}

impl<S: Server> Cold<S> {
    /// Out of line: that there is none yet comes once in a server's life.
    #[cold]
    fn boxed() -> Box<Self> {
        Box::default()
    }

    /// How many names and keys keep the server alive.
    pub(crate) fn claims_held(&self) -> usize {
        self.claims.iter().filter(|claim| claim.holds()).count()
    }
}

/// A name or key that the server holds.
pub(crate) trait Claim: Any + Send + Sync {
    /// Frees it. What is given back is dropped where no lock is held.
    fn release(self: Arc<Self>) -> Option<Box<dyn Send>>;

    /// What is dropped when the server has ended, for who waits for that; asked for before it is
    /// freed.
    fn tail(&self) -> Option<Box<dyn Send>> {
        None
    }

    /// Whether it keeps the server alive.
    fn holds(&self) -> bool {
        true
    }
}

/// An end that was asked for.
pub(crate) struct Asked {
    pub(crate) how: Stop,
    pub(crate) position: Position,
    /// Whether it is void while the server has a client.
    pub(crate) orphan: bool,
}

/// A sender that waits for room, with its message.
pub(crate) struct Waiter<S: Server> {
    pub(crate) item: Item<S>,
    /// Told when the message was taken, where somebody waits for that.
    pub(crate) accepted: Option<Arc<Slot<()>>>,
}

impl<S: Server> Waiter<S> {
    /// Whether the sender knows its message by this slot.
    pub(crate) fn is(&self, slot: usize) -> bool {
        let told = self.accepted.as_ref().map(|accepted| accepted.identity());
        told == Some(slot) || self.item.is(slot)
    }
}

impl<S: Server> Default for Cold<S> {
    fn default() -> Self {
        Self {
            stops: Vec::new(),
            acts: VecDeque::new(),
            high: VecDeque::new(),
            high_seq: 0,
            aside: None,
            waiters: VecDeque::new(),
            drain: None,
            begun: None,
            watched: false,
            idle_ticks: 0,
            retire: false,
            watchers: Vec::new(),
            roll: Roll::default(),
            edges: Vec::new(),
            since: None,
            claims: Vec::new(),
            tails: Vec::new(),
            callers: None,
            name: None,
            label: None,
            mailbox: None,
            detached: false,
            reason: None,
            counters: Counters::default(),
            high_water: 0,
            tally: Tally::default(),
            rest: None,
            owned: None,
            ties: None,
            traps: None,
            deferred: Vec::new(),
            watch: None,
            dead_letters: None,
        }
    }
}

impl<S: Server> Inbox<S> {
    pub(crate) fn new() -> Self {
        Self {
            body: None,
            queue: VecDeque::new(),
            cold: None,
            seq: 0,
            counted: 0,
            life: Life::Starting,
            drained: false,
            parked: false,
            mode: Mode::default(),
            parent: None,
        }
    }

    #[inline]
    pub(crate) fn cold(&mut self) -> &mut Cold<S> {
        self.cold.get_or_insert_with(Cold::boxed)
    }

    /// Whether nothing was ever noted of it that few servers need.
    pub(crate) fn is_bare(&self) -> bool {
        self.cold.is_none() && self.parent.is_none()
    }

    /// Why it has ended; a bare one makes no note of a normal end.
    pub(crate) fn end_reason(&self) -> Option<ExitReason> {
        let noted = self.cold.as_ref().and_then(|cold| cold.reason.clone());
        (self.life == Life::Ended).then(|| noted.unwrap_or(ExitReason::Normal))
    }

    pub(crate) fn has_waiters(&self) -> bool {
        self.cold.as_ref().is_some_and(|cold| !cold.waiters.is_empty())
    }

    /// Queues an item, or says what the policy makes of it.
    #[inline]
    pub(crate) fn push(&mut self, item: Item<S>, taken: u32) -> Result<(), Full<S>> {
        let lane = item.lane();
        self.push_made(lane, taken, |seq| item.numbered(seq))
    }

    /// As [`push`](Self::push), for an item that is made where it is to lie, with its number: a message is
    /// copied for each function that it passes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "in place of copies")]
    pub(crate) fn push_made(
        &mut self,
        lane: Lane,
        taken: u32,
        make: impl FnOnce(u64) -> Item<S>,
    ) -> Result<(), Full<S>> {
        // Whoever waits for room comes before who comes now.
        if !lane.counted || (self.has_room(taken) && !self.has_waiters()) {
            self.enqueue_made(lane, taken, make);
            return Ok(());
        }
        Err(self.overflow(make(0), taken))
    }

    /// Whether nobody runs the server, and no drain task was woken to do so.
    #[inline]
    pub(crate) fn sleeps(&self) -> bool {
        if self.parked {
            return self.cold.as_ref().is_some_and(|cold| cold.drain.is_some());
        }
        self.body.is_some()
    }

    /// Queues an item, whether there is room or not; a message of the server's own takes none.
    pub(crate) fn enqueue(&mut self, item: Item<S>, taken: u32) {
        let lane = item.lane();
        self.enqueue_made(lane, taken, |seq| item.numbered(seq));
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `push_made`")]
    fn enqueue_made(&mut self, lane: Lane, taken: u32, make: impl FnOnce(u64) -> Item<S>) {
        self.counted += u32::from(lane.counted);
        if lane.high {
            let cold = self.cold();
            cold.high.push_back(make(0));
            cold.high_seq += 1;
        } else {
            self.seq += 1;
            self.queue.push_back(make(self.seq));
            debug_assert!(
                self.queue.back().is_some_and(|item| item.lane() == lane),
                "another lane"
            );
        }
        let waiting = self.waiting(taken);
        if waiting > self.high_water() {
            self.note_high_water(waiting);
        }
    }

    /// Takes the oldest message of a high priority.
    pub(crate) fn pop_high(&mut self) -> Option<Item<S>> {
        let item = self.cold.as_mut()?.high.pop_front()?;
        self.counted -= u32::from(item.counted());
        Some(item)
    }

    /// How many of those that go before the queue count against the bound.
    #[inline]
    pub(crate) fn counted_high(&self) -> u32 {
        if !Handlers::<S>::ANY_HIGH {
            return 0;
        }
        let high = self.cold.as_ref().map(|cold| &cold.high);
        let counted = high.map_or(0, |high| high.iter().filter(|item| item.counted()).count());
        u32::try_from(counted).unwrap_or(u32::MAX)
    }

    /// Whether a message came that goes before the queue.
    pub(crate) fn has_high(&self) -> bool {
        self.cold.as_ref().is_some_and(|cold| !cold.high.is_empty())
    }

    /// Puts back what a drain task has taken out and not handled.
    pub(crate) fn put_back(&mut self, batch: &mut VecDeque<Item<S>>) {
        while let Some(item) = batch.pop_back() {
            self.counted += u32::from(item.counted());
            self.queue.push_front(item);
        }
    }

    /// Lets waiting senders in as far as there is room; gives back those to be told.
    #[inline]
    pub(crate) fn admit(&mut self, taken: u32) -> Option<Vec<Arc<Slot<()>>>> {
        self.has_waiters().then(|| self.admit_waiters(taken))
    }

    #[cold]
    fn admit_waiters(&mut self, taken: u32) -> Vec<Arc<Slot<()>>> {
        let mut accepted = Vec::new();
        while self.has_waiters() && self.has_room(taken) {
            let Some(waiter) = self.cold().waiters.pop_front() else { break };
            self.enqueue(waiter.item, taken);
            accepted.extend(waiter.accepted);
        }
        accepted
    }

    /// The number of the newest item that is not in the queue any more.
    pub(crate) fn batch_end(&self) -> u64 {
        self.seq - self.queue.len() as u64
    }
}
