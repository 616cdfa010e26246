//! The start of a supervisor.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::context::Cx;
use crate::error::StartError;
use crate::server::Server;
use crate::start_tied::{self, TieTo};
use crate::supervisor::backoff::Backoff;
use crate::supervisor::child::ChildSpec;
use crate::supervisor::error::SupervisorError;
use crate::supervisor::handle::Supervisor;
use crate::supervisor::make::Started;
use crate::supervisor::spec::{AutoShutdown, Strategy};
use crate::supervisor::tree::{self, Setup, Tree};

/// How many restarts there may be, and in which time: 3 in 5 seconds, as in Elixir.
pub(crate) const INTENSITY: (u32, Duration) = (3, Duration::from_secs(5));

/// The start of a [`Supervisor`]: its children, in the order in which they start.
///
/// Awaited, it is there when all its children are. Where one does not start, those before it are
/// stopped again, the last one first.
///
/// ```
/// use std::time::Duration;
///
/// use genserver_runtime::prelude::*;
///
/// # struct Db; #[genserver] impl Db { #[call] fn size(&self) -> usize { 0 } }
/// # struct Web; #[genserver] impl Web { #[call] fn hits(&self) -> usize { 0 } }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let supervisor = Supervisor::rest_for_one()
///     .child("db", || Db::start(Db).name("main"))
///     .child("web", || {
///         Supervisor::one_for_one()
///             .intensity(10, Duration::from_secs(60))
///             .child("front", || Web::start(Web))
///     })
///     .await?;
/// assert_eq!(supervisor.count_children().await?.active, 2);
/// assert_eq!(DbClient::named("main").size().await?, 0);
/// # Ok(()) }
/// ```
#[must_use = "a supervisor starts when this is awaited"]
pub struct StartSupervisor {
    pub(crate) setup: Setup,
    name: Option<Arc<str>>,
    timeout: Option<Duration>,
    detach: bool,
    /// What is tied to it before its children start.
    tie: Vec<TieTo>,
}

impl StartSupervisor {
    pub(crate) fn new(strategy: Strategy) -> Self {
        let setup = Setup {
            strategy,
            auto_shutdown: AutoShutdown::Never,
            intensity: INTENSITY,
            backoff: None,
            children: Vec::new(),
            dynamic: None,
            extra: None,
        };
        Self { setup, name: None, timeout: None, detach: false, tie: Vec::new() }
    }

    /// A child after those that were given before.
    pub fn child<F, R, T, E>(self, id: impl Into<Arc<str>>, start: F) -> Self
    where
        F: FnMut() -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        T: Started,
        E: fmt::Debug + Send + 'static,
    {
        self.spec(ChildSpec::new(id, start))
    }

    /// A child after those that were given before, by its specification.
    pub fn spec<T: Started, E>(mut self, spec: ChildSpec<T, E>) -> Self {
        self.setup.children.push(spec.wanted);
        self
    }

    /// How many restarts there may be in which time; with one more, all children are stopped, and the
    /// supervisor ends with `Shutdown`. 3 in 5 seconds unless given.
    pub fn intensity(mut self, restarts_max: u32, period: Duration) -> Self {
        self.setup.intensity = (restarts_max, period);
        self
    }

    /// Ends the supervisor when children that are significant have ended by themselves.
    pub fn auto_shutdown(mut self, auto_shutdown: AutoShutdown) -> Self {
        self.setup.auto_shutdown = auto_shutdown;
        self
    }

    /// Restarts wait, the longer the more of them failed. They do not without this.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.setup.backoff = Some(backoff);
        self
    }

    /// A name: see [`Start::name`](crate::Start::name).
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How long the start of all its children may take: see [`Start::timeout`](crate::Start::timeout).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// It lives without a client: see [`Start::detach`](crate::Start::detach).
    pub fn detach(mut self) -> Self {
        self.detach = true;
        self
    }

    /// Links it with the server that starts it, which is its parent: see
    /// [`Start::link`](crate::Start::link). At the parent's end it stops its children, the last one
    /// first, and ends with the parent's reason.
    ///
    /// Like `supervisor:start_link/3`. No other exit signal ends a supervisor: it logs them.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Worker; #[genserver] impl Worker { #[call] fn work(&self) {} }
    /// struct Boss;
    ///
    /// #[genserver]
    /// impl Boss {
    ///     #[call]
    ///     async fn hire(&mut self, cx: &mut Cx<Self>) -> Option<Supervisor> {
    ///         let workers = Supervisor::one_for_one().child("first", || Worker::start(Worker));
    ///         workers.link(cx).await.ok()
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let boss = Boss::start(Boss).await?;
    /// let workers = boss.hire().await?.expect("it starts");
    /// let ended = workers.monitor();
    /// boss.stop_with(ExitReason::Shutdown).await?;
    /// assert_eq!(ended.await.reason, ExitReason::Shutdown);
    /// # Ok(()) }
    /// ```
    pub fn link<P: Server>(mut self, cx: &Cx<P>) -> Self {
        self.tie.push(start_tied::to_parent(cx));
        self
    }

    /// Whether it makes sense, without starting anything: it is checked so before its first child
    /// starts.
    ///
    /// Like `supervisor:check_childspecs/2`; differs: it checks what is said of restarts too.
    ///
    /// # Errors
    ///
    /// `Spec`, `DuplicateChildId`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::SupervisorError;
    /// # struct Worker; #[genserver] impl Worker { #[call] fn work(&self) {} }
    /// let twice = Supervisor::one_for_one()
    ///     .child("worker", || Worker::start(Worker))
    ///     .child("worker", || Worker::start(Worker));
    /// assert_eq!(twice.check(), Err(SupervisorError::DuplicateChildId("worker".into())));
    /// ```
    pub fn check(&self) -> Result<(), SupervisorError> {
        self.setup.check()
    }
}

/// Starts the server of a supervisor.
pub(crate) async fn start_tree(
    asked: StartSupervisor,
) -> Result<Tree, StartError<SupervisorError, Tree>> {
    let StartSupervisor { setup, name, timeout, detach, tie } = asked;
    let mut start = tree::Supervisor::start(setup);
    start.tie = tie;
    if let Some(name) = name {
        start = start.name(name);
    }
    if let Some(limit) = timeout {
        start = start.timeout(limit);
    }
    if detach {
        start = start.detach();
    }
    start.await
}

/// The same, with another client in the error.
pub(crate) fn with_client<E, A, B>(
    error: StartError<E, A>,
    wrap: impl FnOnce(A) -> B,
) -> StartError<E, B> {
    match error {
        StartError::Init(error) => StartError::Init(error),
        StartError::Ignored => StartError::Ignored,
        StartError::Timeout { after } => StartError::Timeout { after },
        StartError::Panic(panic) => StartError::Panic(panic),
        StartError::AlreadyStarted(client) => StartError::AlreadyStarted(wrap(client)),
        StartError::NoRuntime => StartError::NoRuntime,
    }
}

impl IntoFuture for StartSupervisor {
    type Output = Result<Supervisor, StartError<SupervisorError, Supervisor>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let started = start_tree(self).await;
            started.map(Supervisor::new).map_err(|error| with_client(error, Supervisor::new))
        })
    }
}

impl fmt::Debug for StartSupervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartSupervisor")
            .field("strategy", &self.setup.strategy)
            .field("children", &self.setup.children.len())
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
