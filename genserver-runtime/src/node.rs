//! A server seen without its type.

use std::any::Any;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use tokio::task::AbortHandle;

use crate::clock::Instant;
use crate::end::End;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::frame::Edge;
use crate::home::Home;
use crate::id::ServerId;
use crate::inbox::Claim;
use crate::late::{Busy, Phase};
use crate::link::Exit;
use crate::monitor::MonitorId;
use crate::owned::{Entry, What};
use crate::pending::Pending;
use crate::reply::ReplyTo;
use crate::slot::{Expire, Slot};
use crate::spot::{Kin, Spot};
use crate::status::Status;
use crate::sys_call::FormatError;
use crate::tie::{Through, Tied, Told};
use crate::timer::Timer;
use crate::watch::Watch;

/// What anyone can do with a server without knowing its type.
pub(crate) trait Node: Any + Send + Sync {
    fn id(&self) -> ServerId;

    /// The type's name.
    fn kind(&self) -> &'static str;

    fn name(&self) -> Option<Arc<str>>;

    fn label(&self) -> Option<Arc<str>>;

    fn home(&self) -> &Arc<Home>;

    fn is_running(&self) -> bool;

    fn counters(&self) -> Counters;

    /// Adds to what keeps the server alive; `false` when it has none left.
    fn retain(&self) -> bool;

    /// The same, of a server that runs.
    fn retain_running(&self) -> bool {
        self.is_running() && self.retain()
    }

    /// Takes from what keeps the server alive; the last one ends it.
    fn release(self: Arc<Self>);

    /// Whether it was asked to end, or ends.
    fn end_asked(&self) -> bool;

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

    /// The running handler blocks on these calls.
    fn waits_on(&self, edges: Vec<Edge>);

    /// The calls that this one's running handler waits on.
    fn waits(&self) -> Vec<Edge>;

    /// The clock was read for another reason: note since when the running handler is seen.
    fn observe(&self, now: Instant);

    /// A tick of the sweeper for a drain task that may be idle; `true` when it need not be told
    /// again.
    fn idle_tick(&self) -> bool;

    /// The calls whose time begins now.
    fn take_roll(&self) -> VecDeque<Arc<dyn Expire>>;

    /// Makes it the child that is at this spot: it lives without a client.
    fn adopt(&self, spot: &Arc<Spot>) -> Result<(), Unadopted>;

    /// The child that it is, or was.
    fn kin(&self) -> Option<Kin>;

    /// The runtime is gone.
    fn abandon(&self);

    /// A request was answered too late.
    fn count_late(&self);

    /// A message was refused: how many were by now.
    fn count_refused(&self) -> u64;

    /// What the server is and does; `None` when it has ended.
    fn status(&self) -> Option<Status>;

    /// Stops the handling of messages after the running handler, or lets it go on.
    fn suspend(self: Arc<Self>, on: bool, reply: ReplyTo<Result<(), ServerError>>);

    /// Writes the state as text.
    fn format_state(self: Arc<Self>, chars_max: usize, reply: ReplyTo<Result<String, FormatError>>);

    /// Changes what watches the server.
    fn change_watch(&self, change: &mut dyn FnMut(&mut Watch));

    /// The names and keys that it holds.
    fn claims(&self) -> Vec<Arc<dyn Claim>>;

    /// Notes a claim that the server got, with the hold that was counted for it; `false` when it has
    /// freed its claims already.
    fn claim(self: Arc<Self>, claim: Arc<dyn Claim>) -> bool;

    /// Ends it now where it is at rest and unused; `false` otherwise.
    fn passivate(self: Arc<Self>) -> bool;

    /// Ends the server at a time.
    fn end_at(self: Arc<Self>, at: Instant, end: End) -> Timer;

    /// Adds to what keeps the server alive, also where it has none left.
    fn hold(&self);

    /// Why it ended, if it did.
    fn end_reason(&self) -> Option<ExitReason>;

    /// The runtime's end must find the server.
    fn make_known(self: Arc<Self>);

    /// Has somebody told of the end; given back when it has come.
    fn watch_end(self: Arc<Self>, id: MonitorId, told: Told) -> Result<(), Told>;

    /// Nobody is to be told any more.
    fn unwatch_end(&self, id: MonitorId) -> Option<Told>;

    /// It will not be told of another's end any more.
    fn forget_monitor(&self, id: MonitorId);

    /// Notes a link; gives it back where it stands already, as an error when the server has ended.
    fn bind(&self, tied: Tied) -> Result<Option<Tied>, Tied>;

    /// Forgets a link, and what came through it.
    fn unbind(&self, other: ServerId) -> Option<Tied>;

    /// An exit signal comes.
    fn signal(self: Arc<Self>, exit: Exit, through: Through);

    /// Notes what will run for the server, with a number; `None` where it has ended.
    fn note_owned(&self, what: What) -> Option<u64>;

    /// Notes how to end what runs under this number; `false` where it is done already, or the server
    /// has ended meanwhile.
    fn note_abort(&self, id: u64, abort: AbortHandle) -> bool;

    /// What ran under this number is done.
    fn disown(&self, id: u64) -> Option<Entry>;

    /// Ticks of a timer were late or left out.
    fn count_missed(&self, ticks: u64);

    /// Does what is due of its rest, and tells when to look again.
    fn look_at_rest(self: Arc<Self>) -> Option<Instant>;
}

/// Why a server does not become a child.
pub(crate) enum Unadopted {
    /// It has ended.
    Ended(ExitReason),
    /// It is somebody's child.
    Supervised,
}

/// How a server is asked to end.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// After what was queued before it.
    After(ExitReason),
    /// After the current handler.
    Now(ExitReason),
    /// As `Now`, by an exit signal, of which nothing is reported.
    Exit(ExitReason),
    /// At the running handler's next `.await`; without `terminate`.
    Kill,
}

/// What became of the messages of a server that no handler saw, since its start.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter {
/// #     #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
/// #     #[cast] fn reset(&mut self) { self.0 = 0; }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).mailbox(1).await?;
/// counter.reset().try_send()?;
/// assert!(counter.reset().try_send().is_err()); // no room
/// assert_eq!(counter.counters().refused, 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Counters {
    /// Refused: the mailbox was full, or the machine's state accepts no such message.
    pub refused: u64,
    /// Casts and infos of `otherwise = ignore` that the machine's state does not accept.
    pub ignored: u64,
    /// Dropped by the overflow policy, or skipped because their caller had gone.
    pub dropped: u64,
    /// Replies that came after their caller had gone, without those that a
    /// [`ReplyTo`](crate::ReplyTo) gave back.
    pub late: u64,
    /// Casts, infos and continued messages that were not handled when the server ended.
    pub dead: u64,
    /// Ticks that fell due while an earlier one was not handled yet: see [`Missed`](crate::Missed).
    pub missed: u64,
}

/// The name by which errors call a server.
pub(crate) fn call_name(node: &dyn Node) -> String {
    match node.name().or_else(|| node.label()) {
        Some(name) => format!("{} {name:?}", node.kind()),
        None => format!("{} {}", node.kind(), node.id()),
    }
}

/// The circle that an edge from `from` closes, as the servers on it; `None` without one.
///
/// Breadth first, without recursion: servers may wait for each other in a long row.
pub(crate) fn circle(from: &dyn Node, edge: &Edge) -> Option<Vec<String>> {
    let mut seen = HashSet::from([edge.to.id()]);
    // Each with the place of the one that waits for it.
    let mut reached = vec![(Arc::clone(&edge.to), 0)];
    let mut at = 0;
    while at < reached.len() {
        let node = Arc::clone(&reached[at].0);
        if node.id() == from.id() {
            return Some(path(from, &reached, at));
        }
        let waits = node.waits().into_iter().filter(Edge::stands);
        reached.extend(waits.filter(|edge| seen.insert(edge.to.id())).map(|edge| (edge.to, at)));
        at += 1;
    }
    None
}

/// The servers from `from` on that lead back to it; it was reached at the place `end`.
fn path(from: &dyn Node, reached: &[(Arc<dyn Node>, usize)], end: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = end;
    while at != 0 {
        at = reached[at].1;
        names.push(call_name(&*reached[at].0));
    }
    names.push(call_name(from));
    names.reverse();
    names
}
