//! A server seen without its type.

use std::any::Any;
use std::sync::Arc;

use crate::clock::Instant;
use crate::exit::ExitReason;
use crate::frame::Edge;
use crate::home::Home;
use crate::id::ServerId;
use crate::late::{Busy, Phase};
use crate::pending::Pending;
use crate::reply::{Answerable, Slot};

/// What anyone can do with a server without knowing its type.
pub(crate) trait Node: Any + Send + Sync {
    fn id(&self) -> ServerId;

    /// The type's name.
    fn kind(&self) -> &'static str;

    fn name(&self) -> Option<Arc<str>>;

    fn home(&self) -> &Arc<Home>;

    fn is_running(&self) -> bool;

    fn counters(&self) -> Counters;

    /// Adds to what keeps the server alive; `false` when it has none left.
    fn retain(&self) -> bool;

    /// Takes from what keeps the server alive; the last one ends it.
    fn release(self: Arc<Self>);

    /// Keeps the server alive without a client.
    fn detach(self: Arc<Self>);

    /// Asks for an end; the slot is told when it has come.
    fn stop(self: Arc<Self>, how: Stop, done: Option<Arc<Slot<ExitReason>>>);

    /// Asks for the state's name through the queue.
    fn ask_state(self: Arc<Self>) -> Pending<&'static str>;

    /// Where a request stands, and what keeps the server busy.
    fn stands(&self, slot: usize, seq: u64, started: bool) -> (Phase, Option<Busy>);

    /// Takes a request back that waits for room; `false` when it is not there any more.
    fn leave_room(&self, slot: usize) -> bool;

    /// Takes a request back that waits for room or in the queue, to be dropped by the caller.
    fn withdraw(&self, slot: usize) -> Option<Box<dyn Send>>;

    /// The servers that this one's running handler waits for, with the replies waited on.
    fn waits(&self) -> Vec<(Arc<dyn Node>, Arc<dyn Answerable>)>;

    /// The clock was read for another reason: note since when the running handler is seen.
    fn observe(&self, now: Instant);

    /// A tick of the sweeper for a drain task that may be idle; `true` when it need not be told
    /// again.
    fn idle_tick(&self) -> bool;

    /// The runtime is gone.
    fn abandon(&self);

    /// A request was answered too late.
    fn count_late(&self);
}

/// How a server is asked to end.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// After what was queued before it.
    After(ExitReason),
    /// After the current handler.
    Now(ExitReason),
    /// At the running handler's next `.await`; without `terminate`.
    Kill,
}

/// What became of the messages of a server that no handler saw, since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Refused: the mailbox was full, or the machine's state accepts no such message.
    pub refused: u64,
    /// Dropped by the overflow policy, or skipped because their caller had gone.
    pub dropped: u64,
    /// Replies that came after their caller had gone.
    pub late: u64,
    /// Casts and infos that were queued when the server ended.
    pub dead: u64,
}

/// The name by which errors call a server.
pub(crate) fn call_name(node: &dyn Node) -> String {
    match node.name() {
        Some(name) => format!("{} {name:?}", node.kind()),
        None => format!("{} {}", node.kind(), node.id()),
    }
}

/// The circle that an edge from `from` closes, as the servers on it; `None` without one.
pub(crate) fn circle(from: &dyn Node, edge: &Edge) -> Option<Vec<String>> {
    let mut seen = Vec::new();
    let mut path = vec![call_name(from)];
    search(from.id(), &edge.to, &mut seen, &mut path).then_some(path)
}

fn search(
    goal: ServerId,
    at: &Arc<dyn Node>,
    seen: &mut Vec<ServerId>,
    path: &mut Vec<String>,
) -> bool {
    if at.id() == goal {
        return true;
    }
    if seen.contains(&at.id()) {
        return false;
    }
    seen.push(at.id());
    path.push(call_name(&**at));
    for (next, reply) in at.waits() {
        if reply.awaited() && search(goal, &next, seen, path) {
            return true;
        }
    }
    path.pop();
    false
}
