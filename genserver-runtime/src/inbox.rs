//! The inbox: what the lock of a server guards. Whoever has taken the body out runs the server.
//!
//! Everything here is synchronous and knows neither tasks nor time; the engine carries out what
//! it decides.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

use tracing::Span;

use crate::body::Body;
use crate::clock::Instant;
use crate::drain::Begun;
use crate::exit::ExitReason;
use crate::frame::Edge;
use crate::node::{Counters, Stop};
use crate::options::{Kind, Overflow};
use crate::reply::ReplyTo;
use crate::server::{Message as _, Server};
use crate::slot::{Answerable, Slot};

/// One thing in the queue.
pub(crate) enum Item<S: Server> {
    User(S::Message),
    /// With the span of its sender.
    Traced(Box<(S::Message, Span)>),
    /// Asks for the state's name.
    Ask(ReplyTo<&'static str>),
}

impl<S: Server> Item<S> {
    /// A message with its sender's span, when somebody listens.
    pub(crate) fn new(message: S::Message, span: Option<Span>) -> Self {
        match span {
            None => Self::User(message),
            Some(span) => Self::Traced(Box::new((message, span))),
        }
    }

    fn message(&self) -> Option<&S::Message> {
        match self {
            Self::User(message) => Some(message),
            Self::Traced(traced) => Some(&traced.0),
            Self::Ask(_) => None,
        }
    }

    pub(crate) fn reply(&self) -> Option<&dyn Answerable> {
        match self {
            Self::Ask(reply) => Some(reply),
            other => other.message().and_then(|message| message.reply()),
        }
    }

    /// Whether the item counts against the mailbox's bound.
    pub(crate) fn counted(&self) -> bool {
        self.message().is_some_and(|message| S::HANDLERS[message.handler()].counted)
    }

    /// The message's name, for reports.
    pub(crate) fn name(&self) -> &'static str {
        self.message().map_or("state", |message| S::HANDLERS[message.handler()].message)
    }

    /// Whether the overflow policy may drop it.
    fn droppable(&self) -> bool {
        self.message().is_some_and(|message| {
            let handler = &S::HANDLERS[message.handler()];
            handler.counted && handler.kind != Kind::Call
        })
    }
}

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

pub(crate) struct Inbox<S: Server> {
    /// In while nobody runs the server.
    pub(crate) body: Option<Box<Body<S>>>,
    pub(crate) queue: VecDeque<Item<S>>,
    pub(crate) cold: Option<Box<Cold<S>>>,
    /// How many items were queued in the server's life: the number of the newest.
    pub(crate) seq: u64,
    /// How many items of the queue count against the bound.
    pub(crate) counted: u32,
    pub(crate) life: Life,
    /// Whether a drain task has run: the second one stays.
    pub(crate) drained: bool,
    /// Whether a drain task waits for work.
    pub(crate) parked: bool,
}

/// What few servers need.
pub(crate) struct Cold<S: Server> {
    pub(crate) stops: Vec<Asked>,
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
    /// The calls that the running handler waits on.
    pub(crate) edges: Vec<Edge>,
    /// Since when the running item is known to run, with its number.
    pub(crate) since: Option<(u64, Instant)>,
    pub(crate) claims: Vec<Box<dyn Claim>>,
    pub(crate) name: Option<Arc<str>>,
    /// The bound given at the start, in place of the server's.
    pub(crate) mailbox: Option<u32>,
    pub(crate) detached: bool,
    pub(crate) reason: Option<ExitReason>,
    pub(crate) counters: Counters,
}

/// A name or key that the server holds.
pub(crate) trait Claim: Send {
    fn release(self: Box<Self>);
}

/// An end that was asked for.
pub(crate) struct Asked {
    pub(crate) how: Stop,
    /// The newest item that was queued before it.
    pub(crate) position: u64,
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
    fn is(&self, slot: usize) -> bool {
        let told = self.accepted.as_ref().map(|accepted| accepted.identity());
        let reply = self.item.reply().map(Answerable::identity);
        told == Some(slot) || reply == Some(slot)
    }
}

impl<S: Server> Default for Cold<S> {
    fn default() -> Self {
        Self {
            stops: Vec::new(),
            waiters: VecDeque::new(),
            drain: None,
            begun: None,
            watched: false,
            idle_ticks: 0,
            retire: false,
            watchers: Vec::new(),
            edges: Vec::new(),
            since: None,
            claims: Vec::new(),
            name: None,
            mailbox: None,
            detached: false,
            reason: None,
            counters: Counters::default(),
        }
    }
}

/// What to do with a message that the mailbox has no room for.
pub(crate) enum Full<S: Server> {
    /// It waits.
    Wait(Item<S>),
    Refused(Item<S>),
    /// This one is dropped: the newest or the oldest; the sender need not know.
    Dropped(Item<S>),
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
        }
    }

    pub(crate) fn cold(&mut self) -> &mut Cold<S> {
        self.cold.get_or_insert_default()
    }

    fn bound(&self) -> Option<u32> {
        let given = self.cold.as_ref().and_then(|cold| cold.mailbox);
        given.or(S::OPTIONS.mailbox)
    }

    /// Room for counted messages, with `taken` of them in the running batch.
    pub(crate) fn has_room(&self, taken: u32) -> bool {
        self.bound().is_none_or(|bound| self.counted.saturating_add(taken) < bound)
    }

    pub(crate) fn has_waiters(&self) -> bool {
        self.cold.as_ref().is_some_and(|cold| !cold.waiters.is_empty())
    }

    /// Queues an item, or says what the policy makes of it.
    pub(crate) fn push(&mut self, item: Item<S>, taken: u32) -> Result<(), Full<S>> {
        // Whoever waits for room comes before who comes now.
        if !item.counted() || (self.has_room(taken) && !self.has_waiters()) {
            self.enqueue(item);
            return Ok(());
        }
        let call = item.reply().is_some();
        Err(match S::OPTIONS.overflow {
            Overflow::Wait => Full::Wait(item),
            Overflow::DropNewest if !call => Full::Dropped(item),
            Overflow::DropOldest => match self.queue.iter().position(Item::droppable) {
                Some(at) => {
                    let oldest = self.remove(at).expect("invariant: `position` is in");
                    self.enqueue(item);
                    Full::Dropped(oldest)
                }
                None => Full::Refused(item),
            },
            Overflow::Reject | Overflow::DropNewest => Full::Refused(item),
        })
    }

    fn enqueue(&mut self, item: Item<S>) {
        self.seq += 1;
        self.counted += u32::from(item.counted());
        if let Some(reply) = item.reply() {
            reply.enqueued(self.seq);
        }
        self.queue.push_back(item);
    }

    /// Lets waiting senders in as far as there is room; gives back those to be told.
    pub(crate) fn admit(&mut self, taken: u32) -> Vec<Arc<Slot<()>>> {
        let mut accepted = Vec::new();
        while self.has_waiters() && self.has_room(taken) {
            let Some(waiter) = self.cold().waiters.pop_front() else { break };
            self.enqueue(waiter.item);
            accepted.extend(waiter.accepted);
        }
        accepted
    }

    /// Takes back a message that waits for room.
    pub(crate) fn leave_room(&mut self, slot: usize) -> Option<Item<S>> {
        let waiters = &mut self.cold.as_mut()?.waiters;
        let at = waiters.iter().position(|waiter| waiter.is(slot))?;
        waiters.remove(at).map(|waiter| waiter.item)
    }

    /// Takes back a message that waits for room or in the queue.
    pub(crate) fn withdraw(&mut self, slot: usize) -> Option<Item<S>> {
        self.leave_room(slot).or_else(|| {
            let at = self.queued_at(slot)?;
            self.remove(at)
        })
    }

    /// Takes an item out of the queue; those behind it move up, and so do the ends that come
    /// after them: the numbers of queued items have no gaps.
    fn remove(&mut self, at: usize) -> Option<Item<S>> {
        let number = self.batch_end() + 1 + at as u64;
        let item = self.queue.remove(at)?;
        self.counted -= u32::from(item.counted());
        self.seq -= 1;
        if let Some(cold) = &mut self.cold {
            for stop in &mut cold.stops {
                stop.position -= u64::from(stop.position >= number);
            }
        }
        Some(item)
    }

    /// The place in the queue of the request that this slot belongs to.
    pub(crate) fn queued_at(&self, slot: usize) -> Option<usize> {
        let mine = |item: &Item<S>| item.reply().is_some_and(|reply| reply.identity() == slot);
        self.queue.iter().position(mine)
    }

    /// The number of the newest item that is not in the queue any more.
    pub(crate) fn batch_end(&self) -> u64 {
        self.seq - self.queue.len() as u64
    }

    /// The first end whose time has come, when items up to `handled` were handled. Ends that do
    /// not wait for their turn go first.
    pub(crate) fn due_stop(&mut self, handled: u64, alive: bool) -> Option<Stop> {
        let stops = &mut self.cold.as_mut()?.stops;
        if alive {
            stops.retain(|stop| !stop.orphan);
        }
        let urgent = |stop: &&Asked| !matches!(stop.how, Stop::After(_));
        let due = |stop: &&Asked| stop.position <= handled;
        let found = stops.iter().find(urgent).or_else(|| stops.iter().find(due));
        found.map(|stop| stop.how.clone())
    }

    pub(crate) fn has_stops(&self) -> bool {
        self.cold.as_ref().is_some_and(|cold| !cold.stops.is_empty())
    }
}
