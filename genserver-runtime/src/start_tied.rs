//! A start that ties the new server to something before its `init` runs, so that no end is missed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use crate::blocking;
use crate::context::Cx;
use crate::core::Core;
use crate::error::StartError;
use crate::link;
use crate::monitor::{Down, Monitor, MonitorRef, Watched};
use crate::node::Node;
use crate::server::{Begin, ServedBy, Server, Takes};
use crate::start::Start;

/// Ties something to a server whose `init` has not run.
pub(crate) type TieTo = Box<dyn FnOnce(&Arc<dyn Node>) + Send>;

/// Links a server with the one that starts it.
pub(crate) fn to_parent<P: Server>(cx: &Cx<P>) -> TieTo {
    let parent = cx.core() as Arc<dyn Node>;
    Box::new(move |child| link::link(&parent, child, true))
}

impl<S: Server> Core<S> {
    /// What is tied to the server before its `init` runs.
    pub(crate) fn open_ties(self: &Arc<Self>, ties: Vec<TieTo>) {
        self.open_traps();
        for tie in ties {
            tie(&(Arc::clone(self) as Arc<dyn Node>));
        }
    }
}

/// Tied to who starts it.
impl<S: Server, C, A, E> Start<S, C, A, E> {
    /// Links it with the server that starts it, which is its parent, before its `init` runs: an end
    /// between its start and the link cannot be missed. See [`Cx::link`].
    ///
    /// An `init` that fails is an exit signal to the parent too: with `Normal` where it fails quietly
    /// or is ignored. A start that takes too long is none. The parent's end ends a server that traps
    /// exit signals too, and its `terminate` runs.
    ///
    /// Like `gen_server:start_link/4`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Worker; #[genserver] impl Worker { #[call] fn work(&self) {} }
    /// struct Boss;
    ///
    /// #[genserver]
    /// impl Boss {
    ///     #[call]
    ///     async fn hire(&mut self, cx: &mut Cx<Self>) -> Option<WorkerClient> {
    ///         Worker::start(Worker).link(cx).await.ok()
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let boss = Boss::start(Boss).await?;
    /// let worker = boss.hire().await?.expect("it starts");
    /// let ended = worker.monitor();
    /// boss.stop_with(ExitReason::Shutdown).await?;
    /// assert_eq!(ended.await.reason, ExitReason::Shutdown);
    /// # Ok(()) }
    /// ```
    pub fn link<P: Server>(mut self, cx: &Cx<P>) -> Self {
        self.tie.push(to_parent(cx));
        self
    }

    /// Starts it, monitored by the server that starts it from before its `init` runs: see
    /// [`Cx::monitor`].
    ///
    /// Like `gen_server:start_monitor/4`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::{Down, MonitorRef};
    /// # struct Worker; #[genserver] impl Worker { #[call] fn work(&self) {} }
    /// struct Boss { worker: Option<(WorkerClient, MonitorRef)> }
    ///
    /// #[genserver]
    /// impl Boss {
    ///     #[call]
    ///     async fn hire(&mut self, cx: &mut Cx<Self>) -> bool {
    ///         self.worker = Worker::start(Worker).monitor(cx).await.ok();
    ///         self.worker.is_some()
    ///     }
    ///
    ///     #[info]
    ///     fn on_down(&mut self, _: Down) { self.worker = None }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let boss = Boss::start(Boss { worker: None }).await?;
    /// assert!(boss.hire().await?);
    /// # Ok(()) }
    /// ```
    pub fn monitor<P>(self, cx: &Cx<P>) -> StartMonitor<S, C, A, E, MonitorRef>
    where
        P: Takes<Down>,
    {
        let owner = cx.core();
        StartMonitor::new(self, move |node| owner.monitor(&Watched::of(node)))
    }

    /// Starts it, monitored from before its `init` runs: gives its client, and a [`Monitor`] to wait
    /// for its end from anywhere.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (counter, ended) = Counter::start(Counter(0)).monitored().await?;
    /// counter.stop().await?;
    /// assert_eq!(ended.await.reason, ExitReason::Normal);
    /// # Ok(()) }
    /// ```
    pub fn monitored(self) -> StartMonitor<S, C, A, E, Monitor> {
        StartMonitor::new(self, |node| Monitor::new(&Watched::of(node)))
    }
}

/// A server that is about to start, monitored from before its `init` runs: gives its client and the
/// monitor, `M`. See [`Start::monitor`] and [`Start::monitored`].
///
/// # Errors
///
/// See [`StartError`]; then nothing is monitored.
///
/// # Cancel safety
///
/// As a [`Start`].
#[must_use = "a server starts when this is awaited"]
pub struct StartMonitor<S: Server, C, A, E, M> {
    start: Start<S, C, A, E>,
    /// Where the start leaves the monitor.
    made: Arc<Mutex<Option<M>>>,
}

impl<S: Server, C, A, E, M: Send + 'static> StartMonitor<S, C, A, E, M> {
    fn new(
        mut start: Start<S, C, A, E>,
        monitor: impl FnOnce(&Arc<dyn Node>) -> M + Send + 'static,
    ) -> Self {
        let made = Arc::new(Mutex::new(None));
        let place = Arc::clone(&made);
        start.tie.push(Box::new(move |node| {
            let monitor = monitor(node);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(monitor);
        }));
        Self { start, made }
    }
}

impl<S, C, A, E, M> StartMonitor<S, C, A, E, M>
where
    S: Begin<A, E> + ServedBy<C>,
    A: Send + 'static,
    E: Send + 'static,
{
    /// Starts the server and waits on a thread without a runtime. As [`Start::blocking`].
    ///
    /// # Errors
    ///
    /// See [`StartError`]; `NoRuntime` where no runtime was entered.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    #[track_caller]
    pub fn blocking(self) -> Result<(C, M), StartError<E, C>> {
        blocking::wait(self)
    }
}

impl<S, C, A, E, M> Future for StartMonitor<S, C, A, E, M>
where
    S: Begin<A, E> + ServedBy<C>,
    A: Send + 'static,
    E: Send + 'static,
{
    type Output = Result<(C, M), StartError<E, C>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let started = ready!(Pin::new(&mut this.start).poll(cx));
        let monitor = this.made.lock().unwrap_or_else(PoisonError::into_inner).take();
        Poll::Ready(
            started
                .map(|client| (client, monitor.expect("invariant: it was made before `init` ran"))),
        )
    }
}

impl<S: Server, C, A, E, M> fmt::Debug for StartMonitor<S, C, A, E, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StartMonitor").field(&self.start).finish()
    }
}
