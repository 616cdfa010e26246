//! Monitors: somebody is told of a server's end, whatever it was.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::address::AnyAddress;
use crate::blocking;
use crate::client::Client;
use crate::context::Cx;
use crate::core::Core;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::item::{Item, Source};
use crate::node::Node;
use crate::server::{Server, Takes};
use crate::tie::Told;
use crate::timer::Timer;

/// The identity of one monitor, unique in the process. Like the reference of `erlang:monitor/2`.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let (one, other) = (counter.monitor(), counter.monitor());
/// assert_ne!(one.id(), other.id());
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MonitorId(u64);

impl MonitorId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Display for MonitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "monitor {}", self.0)
    }
}

/// A monitored server has ended: what a [`Monitor`] comes to, and the message of
/// [`Cx::monitor`](crate::Cx::monitor) to the `#[info]` handler that takes it.
///
/// Its name is free by the time that this is seen. Like the message `'DOWN'` of
/// `erlang:monitor/2`; differs: it tells the server's type, and its name also where it was not
/// monitored by name.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).name("hits").await?;
/// let monitor = counter.monitor();
/// counter.stop().await?;
/// let down = monitor.await;
/// assert_eq!((down.server, down.kind), (counter.id(), "Counter"));
/// assert_eq!((down.name.as_deref(), down.reason), (Some("hits"), ExitReason::Normal));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Down {
    /// The monitor that tells it.
    pub monitor: MonitorId,
    /// The server; `None` where a name or key was free, or a weak client's server was gone.
    pub server: Option<ServerId>,
    /// Its type, without path and generics.
    pub kind: &'static str,
    /// The name that it was started under, or that was looked up.
    pub name: Option<Arc<str>>,
    /// Why it ended; `NotRunning` where there was no server to monitor.
    pub reason: ExitReason,
}

impl Down {
    /// Of no monitor yet.
    pub(crate) fn new(
        server: Option<ServerId>,
        kind: &'static str,
        name: Option<Arc<str>>,
        reason: ExitReason,
    ) -> Self {
        Self { monitor: MonitorId(0), server, kind, name, reason }
    }
}

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        match (&self.name, self.server) {
            (Some(name), _) => write!(f, " {name:?}")?,
            (None, Some(id)) => write!(f, " {id}")?,
            (None, None) => {}
        }
        write!(f, " is down: {}", self.reason)
    }
}

/// A server that is to be monitored, if there is one.
pub(crate) struct Watched {
    node: Option<Arc<dyn Node>>,
    kind: &'static str,
    name: Option<Arc<str>>,
}

impl Watched {
    pub(crate) fn at(address: &dyn AnyAddress) -> Self {
        let node = address.node();
        let name = address.name().or_else(|| node.as_ref()?.name());
        Self { node, kind: address.kind(), name }
    }

    pub(crate) fn of(node: &Arc<dyn Node>) -> Self {
        Self { node: Some(Arc::clone(node)), kind: node.kind(), name: node.name() }
    }

    pub(crate) fn node(&self) -> Option<&Arc<dyn Node>> {
        self.node.as_ref()
    }

    /// What is told when it does not run.
    fn absent(&self, monitor: MonitorId) -> Down {
        let server = self.node.as_ref().map(|node| node.id());
        let reason = ExitReason::NotRunning;
        Down { monitor, ..Down::new(server, self.kind, self.name.clone(), reason) }
    }

    /// Has `told` told of the end, at once where it has come.
    fn watch(&self, monitor: MonitorId, told: Told) {
        let told = match &self.node {
            Some(node) => Arc::clone(node).watch_end(monitor, told),
            None => Err(told),
        };
        if let Err(told) = told {
            told(self.absent(monitor));
        }
    }

    fn downgrade(&self) -> Option<Weak<dyn Node>> {
        self.node.as_ref().map(Arc::downgrade)
    }
}

/// The end of a server, waited for from anywhere: see [`Client::monitor`](crate::Client::monitor).
///
/// It monitors from the moment it was made, not from its first poll. Dropping it ends that.
///
/// # Cancel safety
///
/// Wait for `&mut monitor` in a `select!`, and nothing is lost.
///
/// ```
/// # use genserver_runtime::prelude::*; use std::time::Duration;
/// # struct Slow; #[genserver]
/// # impl Slow { #[cast] async fn work(&self) { std::future::pending().await } }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let slow = Slow::start(Slow).await?;
/// let mut monitor = slow.monitor();
/// slow.work().await?;
/// let early = tokio::time::timeout(Duration::from_secs(5), &mut monitor).await;
/// assert!(early.is_err()); // it works
/// slow.kill().await?;
/// assert_eq!(monitor.await.reason, ExitReason::Killed);
/// # Ok(()) }
/// ```
#[must_use = "dropping it ends the monitoring; await it"]
pub struct Monitor {
    id: MonitorId,
    down: oneshot::Receiver<Down>,
    target: Option<Weak<dyn Node>>,
    /// Where the server is gone without a word: it went with its runtime.
    absent: Down,
}

impl Monitor {
    pub(crate) fn new(watched: &Watched) -> Self {
        let id = MonitorId::next();
        let (tell, down) = oneshot::channel();
        watched.watch(id, Box::new(move |down| drop(tell.send(down))));
        Self { id, down, target: watched.downgrade(), absent: watched.absent(id) }
    }

    /// Its identity, which is in the [`Down`] too.
    #[must_use]
    pub fn id(&self) -> MonitorId {
        self.id
    }

    /// Waits on a thread without a runtime.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    #[must_use]
    #[track_caller]
    pub fn blocking(self) -> Down {
        blocking::wait(self)
    }
}

impl Future for Monitor {
    type Output = Down;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Down> {
        let this = self.get_mut();
        let down = Pin::new(&mut this.down).poll(cx);
        down.map(|down| down.unwrap_or_else(|_| this.absent.clone()))
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Some(node) = self.target.take().and_then(|target| target.upgrade()) {
            drop(node.unwatch_end(self.id));
        }
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A monitor of a server's own, made by [`Cx::monitor`](crate::Cx::monitor): the [`Down`] comes to its
/// `#[info]` handler while this is kept.
///
/// Dropping it ends that, also where the `Down` lies in the mailbox already. Like
/// `erlang:demonitor/2` with `flush`; differs: who has it has the only right to end it.
#[must_use = "dropping it ends the monitoring; keep it in the server, or `keep()` it for good"]
pub struct MonitorRef {
    id: MonitorId,
    /// `None` where it is kept for good.
    token: Option<Timer>,
    owner: Weak<dyn Node>,
    target: Option<Weak<dyn Node>>,
}

impl MonitorRef {
    /// Its identity, which is in the [`Down`] too.
    #[must_use]
    pub fn id(&self) -> MonitorId {
        self.id
    }

    /// Monitors for as long as the server lives that does.
    #[expect(
        clippy::must_use_candidate,
        reason = "not every server asks which of its monitors it was"
    )]
    pub fn keep(mut self) -> MonitorId {
        self.token = None;
        self.id
    }
}

impl Drop for MonitorRef {
    fn drop(&mut self) {
        let Some(token) = self.token.take() else { return };
        token.cancel_and_flush();
        if let Some(owner) = self.owner.upgrade() {
            owner.forget_monitor(self.id);
        }
        if let Some(target) = self.target.take().and_then(|target| target.upgrade()) {
            drop(target.unwatch_end(self.id));
        }
    }
}

impl fmt::Debug for MonitorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MonitorRef").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<S: Server> Core<S> {
    /// Has this server sent a `Down` when the other one ends.
    pub(crate) fn monitor(self: &Arc<Self>, watched: &Watched) -> MonitorRef
    where
        S: Takes<Down>,
    {
        let id = MonitorId::next();
        let token = Timer::token("down", self.id);
        let owner = Arc::downgrade(self);
        let target = watched.downgrade();
        // What a server would be told of its own end it would not live to see.
        if watched.node.as_ref().is_none_or(|node| node.id() != self.id) {
            let (wanted, teller) = (token.clone(), Weak::clone(&owner));
            let told = move |down| {
                if let Some(core) = teller.upgrade() {
                    core.down(down, &wanted);
                }
            };
            if let Some(target) = &target {
                self.note_monitor(id, Weak::clone(target));
            }
            watched.watch(id, Box::new(told));
        }
        MonitorRef { id, token: Some(token), owner, target }
    }

    fn down(self: &Arc<Self>, down: Down, wanted: &Timer)
    where
        S: Takes<Down>,
    {
        self.forget_monitor(down.monitor);
        if let Some(fired) = wanted.fired() {
            self.deliver(Item::own(S::info(down), Source::Tie(fired)));
        }
    }
}

/// Servers that this one watches.
impl<S: Server> Cx<S> {
    /// Has a [`Down`] sent to this server's `#[info]` handler when that server ends, whatever the
    /// reason; at once where it does not run. It takes no room in the mailbox. For as long as the
    /// [`MonitorRef`] is kept; a server that monitors itself hears nothing.
    ///
    /// Like `erlang:monitor/2`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::{Down, MonitorRef};
    /// # struct Worker; #[genserver] impl Worker { #[call] fn work(&self) {} }
    /// struct Pool { workers: Vec<(WorkerClient, MonitorRef)> }
    ///
    /// #[genserver]
    /// impl Pool {
    ///     #[cast]
    ///     fn add(&mut self, cx: &mut Cx<Self>, worker: WorkerClient) {
    ///         let monitor = cx.monitor(&worker);
    ///         self.workers.push((worker, monitor));
    ///     }
    ///
    ///     #[info]
    ///     fn on_down(&mut self, down: Down) {
    ///         self.workers.retain(|(_, monitor)| monitor.id() != down.monitor);
    ///     }
    ///     # #[call] fn size(&self) -> usize { self.workers.len() }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = Pool::start(Pool { workers: Vec::new() }).await?;
    /// let worker = Worker::start(Worker).await?;
    /// pool.add(worker.clone()).await?;
    /// assert_eq!(pool.size().await?, 1);
    /// worker.stop().await?;
    /// assert_eq!(pool.size().await?, 0);
    /// # Ok(()) }
    /// ```
    pub fn monitor<C: Client>(&self, client: &C) -> MonitorRef
    where
        S: Takes<Down>,
    {
        self.core().monitor(&Watched::at(client.__address()))
    }
}
