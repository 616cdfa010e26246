//! What the lock guards.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

use crate::core::Core;
use crate::drain::Begun;
use crate::history::{How, Id};
use crate::mistake::Mistake;
use crate::name::Names;
use crate::slot::Slot;

/// What a handler does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// It returns at once.
    Quick,
    /// It waits until the gate opens.
    Wait,
    /// It ends its server.
    Quit,
    /// It makes a strong client and gives it to its caller.
    Hold,
}

/// A message. All of them count against the bound.
pub(crate) struct Item {
    pub(crate) id: Id,
    pub(crate) task: Task,
    pub(crate) reply: Option<Arc<Slot>>,
}

/// What only the running server touches.
pub(crate) struct Body {
    pub(crate) ending: Option<Ending>,
}

/// An end that is decided, with the reply that it holds back.
pub(crate) struct Ending {
    pub(crate) how: How,
    pub(crate) reply: Option<Arc<Slot>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    /// Closed to messages.
    Ending,
    Ended,
}

/// An end that was asked for.
pub(crate) struct Asked {
    pub(crate) how: How,
    /// The newest item that was queued before it.
    pub(crate) position: usize,
    /// Whether it is void while the server has a client.
    pub(crate) orphan: bool,
}

/// A sender that waits for room.
pub(crate) struct Waiter {
    pub(crate) item: Item,
    /// Told when the message was taken, where somebody waits for that.
    pub(crate) accepted: Option<Arc<Slot>>,
}

pub(crate) struct Inbox {
    /// In while nobody runs the server.
    pub(crate) body: Option<Box<Body>>,
    pub(crate) queue: VecDeque<Item>,
    /// The number of the newest item of the queue.
    pub(crate) seq: usize,
    pub(crate) life: Life,
    /// Whether a drain task has run: the second one stays.
    pub(crate) drained: bool,
    /// Whether a drain task waits for work.
    pub(crate) parked: bool,
    /// The drain task, while it is parked or its handler waits.
    pub(crate) drain: Option<Waker>,
    /// A handler that began where it was called and waits, for the parked drain task.
    pub(crate) begun: Option<Begun>,
    pub(crate) retire: bool,
    pub(crate) stops: Vec<Asked>,
    pub(crate) waiters: VecDeque<Waiter>,
    pub(crate) watchers: Vec<Arc<Slot>>,
    /// The name that the server holds.
    pub(crate) claim: Option<Arc<Names>>,
}

impl Inbox {
    pub(crate) fn new(drained: bool) -> Self {
        Self {
            body: Some(Box::new(Body { ending: None })),
            queue: VecDeque::new(),
            seq: 0,
            life: Life::Running,
            drained,
            parked: false,
            drain: None,
            begun: None,
            retire: false,
            stops: Vec::new(),
            waiters: VecDeque::new(),
            watchers: Vec::new(),
            claim: None,
        }
    }

    fn has_room(&self, core: &Core, taken: usize) -> bool {
        core.bound.is_none_or(|bound| self.queue.len() + taken < bound as usize)
    }

    /// Queues an item; gives it back where it must wait for room.
    pub(crate) fn push(&mut self, core: &Core, item: Item, taken: usize) -> Result<(), Item> {
        let first = self.waiters.is_empty() || core.makes(Mistake::PushPastWaiters);
        if !self.has_room(core, taken) || !first {
            return Err(item);
        }
        self.enqueue(core, item);
        Ok(())
    }

    fn enqueue(&mut self, core: &Core, item: Item) {
        core.history.queued(item.id, core.bound);
        self.seq += 1;
        self.queue.push_back(item);
    }

    /// Lets waiting senders in as far as there is room; gives back those to be told.
    pub(crate) fn admit(&mut self, core: &Core, taken: usize) -> Vec<Arc<Slot>> {
        let mut accepted = Vec::new();
        while self.has_room(core, taken) {
            let Some(waiter) = self.waiters.pop_front() else { break };
            self.enqueue(core, waiter.item);
            accepted.extend(waiter.accepted);
        }
        if core.makes(Mistake::AdmittedUntold) {
            accepted.clear();
        }
        accepted
    }

    /// Takes back a message that waits for room.
    pub(crate) fn withdraw_waiting(&mut self, id: Id) -> Option<Waiter> {
        let at = self.waiters.iter().position(|waiter| waiter.item.id == id)?;
        self.waiters.remove(at)
    }

    /// Takes back a message out of the queue: those behind it move up by one number, and so do
    /// the stops that wait for one of them.
    pub(crate) fn withdraw_queued(&mut self, core: &Core, id: Id) -> Option<Item> {
        let at = self.queue.iter().position(|item| item.id == id)?;
        let number = self.batch_end() + 1 + at;
        let item = self.queue.remove(at)?;
        core.history.uncounted();
        if !core.makes(Mistake::PositionKept) {
            self.seq -= 1;
            for stop in self.stops.iter_mut().filter(|stop| stop.position >= number) {
                stop.position -= 1;
            }
        }
        Some(item)
    }

    /// The number of the newest item that is not in the queue any more.
    pub(crate) fn batch_end(&self) -> usize {
        self.seq - self.queue.len()
    }

    /// The first end whose time has come. Ends that do not wait for their turn go first.
    pub(crate) fn due_stop(&mut self, handled: usize, alive: bool) -> Option<How> {
        if alive {
            self.stops.retain(|stop| !stop.orphan);
        }
        let urgent = self.stops.iter().find(|stop| stop.how != How::After);
        let due = || self.stops.iter().find(|stop| stop.position <= handled);
        urgent.or_else(due).map(|stop| stop.how)
    }
}
