//! What is asked of a server apart from its messages: ends, looks into its state, suspension. It
//! takes no room in the mailbox, and comes when the running handler is done or at its place in the
//! queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::body::Body;
use crate::core::Core;
use crate::ending;
use crate::error::ServerError;
use crate::exit::Panic;
use crate::inbox::{Cold, Inbox, Life, Mode};
use crate::item::Item;
use crate::node::Stop;
use crate::report;
use crate::server::Server;
use crate::slot::Answerable;

/// A place among the messages: how many of each kind were queued before it, in the server's life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The number of the newest item of the queue.
    pub(crate) queued: u64,
    /// How many of a high priority, which have no number: they come before what is queued, but not
    /// before what was asked for earlier than they were sent.
    pub(crate) high: u64,
}

/// Something done with the body between two messages.
pub(crate) struct Act<S: Server> {
    /// Its place; `None` for what goes before the queue.
    pub(crate) position: Option<Position>,
    /// Who waits for it: told when the server ends before it is done.
    pub(crate) waits: Option<Arc<dyn Answerable>>,
    pub(crate) run: Run<S>,
}

pub(crate) type Run<S> = Box<dyn FnOnce(&Arc<Core<S>>, &mut Body<S>) + Send>;

/// Does it. What it does is partly the user's, as the copying of a state is: a panic costs whoever
/// waits for it the answer, and no more.
pub(crate) fn run<S: Server>(core: &Arc<Core<S>>, body: &mut Body<S>, act: Run<S>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| act(core, body))) {
        report::panic_in_sys(S::NAME, core.id, &Panic::new("sys", &*payload));
    }
}

/// When an act is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// After the running handler.
    First,
    /// After what was queued before it; at once while the server is suspended.
    Queued,
}

/// What comes before the next message.
pub(crate) enum System<S: Server> {
    Stop(Stop),
    Act(Run<S>),
    /// A message that comes before the queue.
    Message(Item<S>),
    /// The server is suspended: nothing comes.
    Suspended,
    /// The runtime went while a handler ran.
    Gone,
}

impl<S: Server> Cold<S> {
    /// The places of what was asked for.
    pub(crate) fn positions(&mut self) -> impl Iterator<Item = &mut Position> {
        let stops = self.stops.iter_mut().map(|stop| &mut stop.position);
        stops.chain(self.acts.iter_mut().filter_map(|act| act.position.as_mut()))
    }
}

impl<S: Server> Inbox<S> {
    /// Takes one of a high priority out: those behind it move up, and what was asked for after them.
    pub(crate) fn remove_high(&mut self, at: usize) -> Option<Item<S>> {
        let cold = self.cold.as_mut()?;
        let number = cold.high_seq - cold.high.len() as u64 + 1 + at as u64;
        let item = cold.high.remove(at)?;
        cold.high_seq -= 1;
        for place in cold.positions() {
            place.high -= u64::from(place.high >= number);
        }
        self.counted -= u32::from(item.counted());
        Some(item)
    }

    /// Takes out the oldest message that may be dropped, one of a high priority last.
    pub(crate) fn drop_oldest(&mut self) -> Option<Item<S>> {
        if let Some(at) = self.queue.iter().position(Item::droppable) {
            return self.remove(at);
        }
        let at = self.cold.as_ref()?.high.iter().position(Item::droppable)?;
        self.remove_high(at)
    }

    /// The place behind all that is queued.
    pub(crate) fn position(&self) -> Position {
        let high = self.cold.as_ref().map_or(0, |cold| cold.high_seq);
        Position { queued: self.seq, high }
    }

    /// What is due when items up to `handled` were handled; in a chain of continued messages only
    /// what does not wait for its end.
    pub(crate) fn next_system(
        &mut self,
        handled: u64,
        alive: bool,
        chained: bool,
    ) -> Option<System<S>> {
        if matches!(self.life, Life::Ending | Life::Ended) {
            return Some(System::Gone);
        }
        let suspended = self.mode.is(Mode::SUSPENDED);
        let Some(cold) = &mut self.cold else { return None };
        let hurried = cold.high_seq - cold.high.len() as u64;
        if alive {
            cold.stops.retain(|stop| !stop.orphan);
        }
        if let Some(urgent) = cold.stops.iter().find(|stop| !matches!(stop.how, Stop::After(_))) {
            return Some(System::Stop(urgent.how.clone()));
        }
        if chained {
            return None;
        }
        if let Some(first) = cold.acts.iter().position(|act| act.position.is_none()) {
            return cold.acts.remove(first).map(|act| System::Act(act.run));
        }
        if !suspended && let Some(item) = cold.pop_ahead() {
            return Some(System::Message(item));
        }
        let due = |place: Position| suspended || (place.queued <= handled && place.high <= hurried);
        let stop = cold.stops.iter().find(|stop| due(stop.position));
        let act = cold.acts.front().and_then(|act| act.position).filter(|&at| due(at));
        match (act, stop) {
            (Some(act), stop) if stop.is_none_or(|stop| act <= stop.position) => {
                cold.acts.pop_front().map(|act| System::Act(act.run))
            }
            (_, Some(stop)) => Some(System::Stop(stop.how.clone())),
            (_, None) if suspended => Some(System::Suspended),
            (_, None) => self.pop_high().map(System::Message),
        }
    }

    /// Whether something is asked for, now or at its place.
    pub(crate) fn has_system(&self) -> bool {
        let suspended = self.mode.is(Mode::SUSPENDED);
        self.cold.as_ref().is_some_and(|cold| {
            let messages = !cold.high.is_empty() || cold.ahead() > 0;
            !cold.stops.is_empty() || !cold.acts.is_empty() || (!suspended && messages)
        })
    }

    /// Whether a parked drain task has something to do.
    pub(crate) fn has_work(&self, attention: bool) -> bool {
        let suspended = self.mode.is(Mode::SUSPENDED);
        attention || (!suspended && (!self.queue.is_empty() || self.has_waiters()))
    }
}

impl<S: Server> Core<S> {
    /// Has something done with the body; who `waits` for it is told when the server has ended.
    pub(crate) fn act(
        self: &Arc<Self>,
        turn: Turn,
        waits: Arc<dyn Answerable>,
        run: impl FnOnce(&Arc<Self>, &mut Body<S>) + Send + 'static,
    ) {
        if self.home.is_gone() {
            ending::end_with_runtime(self, std::collections::VecDeque::new());
        }
        let mut inbox = self.lock();
        if matches!(inbox.life, Life::Ending | Life::Ended) {
            drop(inbox);
            waits.refuse(ServerError::NotRunning);
            return;
        }
        let position = (turn == Turn::Queued).then(|| inbox.position());
        // Should the waiting end first, it is told how many are ahead.
        waits.enqueued(position.map_or(0, |position| position.queued + 1));
        let act = Act { position, waits: Some(waits), run: Box::new(run) };
        inbox.cold().acts.push_back(act);
        self.attention.store(true, Ordering::Release);
        self.rouse(inbox);
    }

    /// Stops the handling of messages, or lets it go on.
    pub(crate) fn suspend_now(&self, on: bool) {
        let mut inbox = self.lock();
        inbox.mode.set(Mode::SUSPENDED, on);
        // Whoever was let in or came first while it was suspended has its turn now.
        self.attention.store(true, Ordering::Release);
    }
}
