//! Links: servers that end together, and the signals that tell them to.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client::Client;
use crate::context::Cx;
use crate::core::Core;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::node::Node;
use crate::server::{Server, Takes};
use crate::tie::{Through, Tied};

/// An exit signal, as the message that it is to a server that traps them: the end of a server that it
/// is linked with, or a signal of [`Client::exit`](crate::Client::exit).
///
/// Like the message `{'EXIT', Pid, Reason}`.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::Exit;
/// # struct Worker; #[genserver] impl Worker { #[call] fn work(&self) {} }
/// struct Boss { exits: Vec<Exit> }
///
/// #[genserver(trap_exit)]
/// impl Boss {
///     #[call]
///     async fn hire(&mut self, cx: &mut Cx<Self>) -> Option<WorkerClient> {
///         Worker::start(Worker).link(cx).await.ok()
///     }
///
///     #[info]
///     fn on_exit(&mut self, exit: Exit) {
///         self.exits.push(exit);
///     }
///     # #[call] fn exits(&self) -> Vec<Exit> { self.exits.clone() }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let boss = Boss::start(Boss { exits: Vec::new() }).await?;
/// let worker = boss.hire().await?.expect("it starts");
/// worker.kill().await?;
/// let exits = boss.exits().await?;
/// assert_eq!((exits[0].server, &exits[0].reason), (worker.id(), &ExitReason::Killed));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exit {
    /// The server that ended; `None` for a signal that was sent by hand, and for a linked task.
    pub server: Option<ServerId>,
    /// The name that this server was started under.
    pub name: Option<Arc<str>>,
    /// Why it ended, or shall end.
    pub reason: ExitReason,
}

impl Exit {
    pub(crate) fn new(
        server: Option<ServerId>,
        name: Option<Arc<str>>,
        reason: ExitReason,
    ) -> Self {
        Self { server, name, reason }
    }

    /// Of nobody in particular.
    pub(crate) fn by_hand(reason: ExitReason) -> Self {
        Self::new(None, None, reason)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.server) {
            (Some(name), _) => write!(f, "exit of {name:?}: {}", self.reason),
            (None, Some(id)) => write!(f, "exit of {id}: {}", self.reason),
            (None, None) => write!(f, "exit: {}", self.reason),
        }
    }
}

/// Makes and takes back links, one at a time: a link lies at both of its ends, and two servers that
/// link each other, or one that links while the other unlinks, must agree. Ends do not wait for it.
static LINKING: Mutex<()> = Mutex::new(());

/// Runs something that no link is made or taken back beside. It drops nothing of the user's.
pub(crate) fn alone<R>(change: impl FnOnce() -> R) -> R {
    let _alone = LINKING.lock().unwrap_or_else(PoisonError::into_inner);
    change()
}

/// Links two servers. Whichever still lives where the other has ended gets the signal `NotRunning`.
///
/// `parent` says that the first is the one that starts the second.
pub(crate) fn link(one: &Arc<dyn Node>, other: &Arc<dyn Node>, parent: bool) {
    if one.id() == other.id() {
        return;
    }
    let (to_other, to_one) = (Tied::new(other, false), Tied::new(one, parent));
    // What is left over is dropped when the lock is gone.
    let bound = alone(|| {
        let first = one.bind(to_other);
        let second = match &first {
            // They were linked before, or one of them has ended.
            Ok(Some(_)) => Ok(Some(to_one)),
            _ => other.bind(to_one),
        };
        (first, second)
    });
    // The first may have ended before the second knew of the link.
    if let Some(reason) = one.end_reason() {
        signal_absence(other, one, reason);
    }
    if bound.1.is_err() {
        signal_absence(one, other, ExitReason::NotRunning);
    }
    Arc::clone(one).make_known();
    Arc::clone(other).make_known();
}

/// One end of a new link was gone: where the other one has noted the link, it learns that.
fn signal_absence(to: &Arc<dyn Node>, gone: &Arc<dyn Node>, reason: ExitReason) {
    let exit = Exit::new(Some(gone.id()), gone.name(), reason);
    Arc::clone(to).signal(exit, Through::Link(gone.id()));
}

/// Takes a link back, at both ends.
fn unlink(one: &Arc<dyn Node>, other: &Arc<dyn Node>) {
    let gone = alone(|| (one.unbind(other.id()), other.unbind(one.id())));
    drop(gone);
}

impl<S: Server> Core<S> {
    /// Notes what the option `trap_exit` says.
    pub(crate) fn open_traps(&self) {
        if S::TRAPS.is_some() {
            self.lock().cold().traps = S::TRAPS;
        }
    }

    fn node(self: &Arc<Self>) -> Arc<dyn Node> {
        Arc::clone(self) as Arc<dyn Node>
    }

    /// Links this server with another one.
    pub(crate) fn link(self: &Arc<Self>, other: Option<Arc<dyn Node>>, name: Option<Arc<str>>) {
        match other {
            Some(other) => link(&self.node(), &other, false),
            None => {
                let exit = Exit::new(None, name, ExitReason::NotRunning);
                self.signal(exit, Through::Hand);
            }
        }
    }
}

/// Servers that this one ends with.
impl<S: Server> Cx<S> {
    /// Links this server and that one: each gets an exit signal when the other ends, and ends with the
    /// same reason after its current handler. It does not where that is `Normal`, or where it
    /// [traps](Cx::trap_exit) such signals: then it gets an [`Exit`]. A second link changes nothing.
    ///
    /// While they are linked, both are kept alive. Where that server does not run, the signal is
    /// `NotRunning`.
    ///
    /// Like `erlang:link/1`; differs: `terminate` runs at the end that a signal brings, and a handler
    /// that runs comes to its end before.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// struct Session { peer: Option<SessionClient> }
    ///
    /// #[genserver]
    /// impl Session {
    ///     #[call]
    ///     fn pair(&mut self, cx: &mut Cx<Self>, peer: SessionClient) {
    ///         cx.link(&peer);
    ///         self.peer = Some(peer.weak());
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let one = Session::start(Session { peer: None }).await?;
    /// let other = Session::start(Session { peer: None }).await?;
    /// one.pair(other.clone()).await?;
    /// let ended = one.monitor();
    /// other.kill().await?;
    /// assert_eq!(ended.await.reason, ExitReason::Killed);
    /// # Ok(()) }
    /// ```
    pub fn link<C: Client>(&self, client: &C) {
        let address = client.__address();
        self.core().link(address.node(), address.name());
    }

    /// Takes a link back, whichever of the two has made it. No [`Exit`] from that server is handled
    /// any more, also where it lies in the mailbox already. Like `erlang:unlink/1`; differs: it
    /// flushes.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Session; #[genserver] impl Session {
    /// #[call]
    /// fn part(&mut self, cx: &mut Cx<Self>, peer: SessionClient) {
    ///     cx.unlink(&peer);
    /// }
    /// # #[call] fn pair(&mut self, cx: &mut Cx<Self>, peer: SessionClient) { cx.link(&peer) }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let one = Session::start(Session).await?;
    /// # let other = Session::start(Session).await?;
    /// # one.pair(other.clone()).await?;
    /// one.part(other.clone()).await?;
    /// other.kill().await?;
    /// assert!(one.is_running());
    /// # Ok(()) }
    /// ```
    pub fn unlink<C: Client>(&self, client: &C) {
        if let Some(other) = client.__address().node() {
            unlink(&self.core().node(), &other);
        }
    }

    /// Has exit signals come as messages, of the type [`Exit`], or not any more; whether they did
    /// before. That of the server that [started](crate::Start::link) this one with a link ends it
    /// nevertheless, with `terminate`. The option `#[genserver(trap_exit)]` does so before `#[init]`
    /// runs.
    ///
    /// Like `process_flag(trap_exit, Flag)`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::Exit;
    /// # struct Boss(Option<ExitReason>); #[genserver] impl Boss {
    /// #[call]
    /// fn harden(&mut self, cx: &mut Cx<Self>) -> bool {
    ///     cx.trap_exit(true)
    /// }
    ///
    /// #[info]
    /// fn on_exit(&mut self, exit: Exit) {
    ///     self.0 = Some(exit.reason);
    /// }
    /// # #[call] fn last(&self) -> Option<ExitReason> { self.0.clone() }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let boss = Boss::start(Boss(None)).await?;
    /// assert!(!boss.harden().await?); // it did not before
    /// boss.exit(ExitReason::Shutdown);
    /// assert_eq!(boss.last().await?, Some(ExitReason::Shutdown));
    /// # Ok(()) }
    /// ```
    pub fn trap_exit(&self, on: bool) -> bool
    where
        S: Takes<Exit>,
    {
        let core = self.core();
        let traps: Option<fn(Exit) -> S::Message> = if on { Some(S::info) } else { None };
        let mut inbox = core.lock();
        std::mem::replace(&mut inbox.cold().traps, traps).is_some()
    }
}
