//! A supervisor of children that come and go.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::address::AnyAddress;
use crate::client::Client;
use crate::context::Cx;
use crate::error::{ServerError, StartError};
use crate::options::Served;
use crate::place::Place;
use crate::server::Server;
use crate::supervisor::backoff::Backoff;
use crate::supervisor::child::ChildSpec;
use crate::supervisor::error::{ChildError, ControlError, SupervisorError};
use crate::supervisor::handle::{Supervisor, control, start};
use crate::supervisor::look::{ChildCounts, ChildInfo};
use crate::supervisor::make::Started;
use crate::supervisor::spec::Strategy;
use crate::supervisor::start::{StartSupervisor, start_tree, with_client};
use crate::supervisor::tree::{Tree, Which};

/// A client of a supervisor whose children come and go: sessions, connections, jobs. They have no
/// ids and no order, start one by one, and are stopped all at once.
///
/// Like Elixir's `DynamicSupervisor`, and `simple_one_for_one` in Erlang. Adding and removing a child
/// costs the same however many there are.
///
/// `X` is what all children are started with: see [`extra`](StartDynamicSupervisor::extra).
///
/// ```
/// use genserver_runtime::prelude::*;
/// use genserver_runtime::DynamicSupervisor;
///
/// struct Session(String);
///
/// #[genserver(restart = temporary)]
/// impl Session {
///     #[call]
///     fn greet(&self) -> String { format!("hello {}", self.0) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sessions = DynamicSupervisor::new().children_max(1000).await?;
/// let ada = sessions.start_child(|| Session::start(Session("Ada".into()))).await?;
/// assert_eq!(ada.greet().await?, "hello Ada");
/// sessions.terminate_child(&ada).await?;
/// assert_eq!(sessions.count_children().await?.active, 0);
/// # Ok(()) }
/// ```
#[must_use = "a supervisor ends with its last client, and its children with it: keep it, name it, or detach it"]
pub struct DynamicSupervisor<X = ()> {
    tree: Tree,
    extra: PhantomData<fn() -> X>,
}

impl DynamicSupervisor {
    /// A supervisor without children.
    #[expect(clippy::new_ret_no_self, reason = "it is there when this is awaited")]
    pub fn new() -> StartDynamicSupervisor {
        let mut start = StartSupervisor::new(Strategy::OneForOne);
        start.setup.dynamic = Some(usize::MAX);
        StartDynamicSupervisor { start, extra: PhantomData }
    }
}

impl<X: Send + Sync + 'static> DynamicSupervisor<X> {
    fn of(tree: Tree) -> Self {
        Self { tree, extra: PhantomData }
    }

    /// Starts a child. The client that it gives follows restarts: see
    /// [`Supervisor::start`](crate::Supervisor::start).
    ///
    /// Like `DynamicSupervisor.start_child/2`.
    ///
    /// # Errors
    ///
    /// [`ChildError`]: its start failed, there are as many children as there may be, or the
    /// supervisor is not running. It has no such child then.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the child is started all the same.
    pub async fn start_child<F, R, T, E>(&self, start: F) -> Result<T, ChildError<E, T::Client>>
    where
        F: FnMut() -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        T: Started,
        E: fmt::Debug + Send + 'static,
    {
        self.start(ChildSpec::dynamic(start)).await
    }

    /// Starts a child with what all children are started with; at restarts too.
    ///
    /// Like the `extra_arguments` of `DynamicSupervisor`.
    ///
    /// # Errors
    ///
    /// As [`start_child`](Self::start_child); also for a client by name whose `X` is another type than
    /// the supervisor's.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the child is started all the same.
    ///
    /// ```
    /// use genserver_runtime::prelude::*;
    /// use genserver_runtime::DynamicSupervisor;
    ///
    /// struct Session { motd: String, user: String }
    ///
    /// #[genserver]
    /// impl Session {
    ///     #[call]
    ///     fn greet(&self) -> String { format!("{}, {}", self.motd, self.user) }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sessions = DynamicSupervisor::new().extra("welcome".to_owned()).await?;
    /// let start = |motd: &String| Session::start(Session { motd: motd.clone(), user: "Ada".into() });
    /// let ada = sessions.start_child_with(start).await?;
    /// assert_eq!(ada.greet().await?, "welcome, Ada");
    /// # Ok(()) }
    /// ```
    pub async fn start_child_with<F, R, T, E>(
        &self,
        start: F,
    ) -> Result<T, ChildError<E, T::Client>>
    where
        F: FnMut(&X) -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        T: Started,
        E: fmt::Debug + Send + 'static,
    {
        self.start(ChildSpec::with_extra(start)).await
    }

    /// Starts a child by its specification.
    ///
    /// # Errors
    ///
    /// As [`start_child`](Self::start_child).
    ///
    /// # Cancel safety
    ///
    /// Dropped, the child is started all the same.
    pub async fn start<T, E>(&self, spec: ChildSpec<T, E>) -> Result<T, ChildError<E, T::Client>>
    where
        T: Started,
        E: Send + 'static,
    {
        let mut wanted = spec.wanted;
        wanted.id = None;
        start(&self.tree, wanted).await
    }

    /// Stops a child, also one that is being restarted, and forgets it.
    ///
    /// Like `DynamicSupervisor.terminate_child/2`; a server that is not this supervisor's child is not
    /// touched.
    ///
    /// # Errors
    ///
    /// `NotFound`, `Supervisor`.
    pub async fn terminate_child<C: Client>(&self, child: &C) -> Result<(), ControlError> {
        let kin = child.__address().kin();
        let own = kin.filter(|kin| kin.supervisor.upgrade().map(|core| core.id) == self.tree.id());
        let Some(kin) = own else {
            return Err(if self.tree.is_running() {
                ControlError::NotFound
            } else {
                ControlError::Supervisor(ServerError::NotRunning)
            });
        };
        control(self.tree.terminate_child(Which::Key(kin.key)).await)
    }

    /// The children, the latest first; they have no ids.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub async fn which_children(&self) -> Result<Vec<ChildInfo>, ServerError> {
        self.tree.which_children().await
    }

    /// How many children there are.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub async fn count_children(&self) -> Result<ChildCounts, ServerError> {
        self.tree.count_children().await
    }
}

impl<X> Clone for DynamicSupervisor<X> {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone(), extra: PhantomData }
    }
}

impl<X> fmt::Debug for DynamicSupervisor<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynamicSupervisor").field(&self.tree.id()).finish()
    }
}

impl<X: Send + Sync + 'static> Client for DynamicSupervisor<X> {
    const __SERVED: Served = Supervisor::__SERVED;

    fn __address(&self) -> &dyn AnyAddress {
        self.tree.__address()
    }

    fn __at(place: Place) -> Self {
        Self::of(Tree::__at(place))
    }
}

/// The start of a [`DynamicSupervisor`].
#[must_use = "a supervisor starts when this is awaited"]
pub struct StartDynamicSupervisor<X = ()> {
    start: StartSupervisor,
    extra: PhantomData<fn() -> X>,
}

impl<X> StartDynamicSupervisor<X> {
    /// How many children there may be; any number unless given.
    pub fn children_max(mut self, children: usize) -> Self {
        self.start.setup.dynamic = Some(children);
        self
    }

    /// What all children that [`start_child_with`](DynamicSupervisor::start_child_with) starts are started
    /// with.
    pub fn extra<Y: Send + Sync + 'static>(mut self, extra: Y) -> StartDynamicSupervisor<Y> {
        self.start.setup.extra = Some(Arc::new(extra) as Arc<dyn Any + Send + Sync>);
        StartDynamicSupervisor { start: self.start, extra: PhantomData }
    }

    /// As [`StartSupervisor::intensity`].
    pub fn intensity(mut self, restarts_max: u32, period: Duration) -> Self {
        self.start = self.start.intensity(restarts_max, period);
        self
    }

    /// As [`StartSupervisor::backoff`].
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.start = self.start.backoff(backoff);
        self
    }

    /// A name: see [`Start::name`](crate::Start::name).
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.start = self.start.name(name);
        self
    }

    /// It lives without a client: see [`Start::detach`](crate::Start::detach).
    pub fn detach(mut self) -> Self {
        self.start = self.start.detach();
        self
    }

    /// As [`StartSupervisor::link`].
    pub fn link<P: Server>(mut self, cx: &Cx<P>) -> Self {
        self.start = self.start.link(cx);
        self
    }
}

impl<X: Send + Sync + 'static> IntoFuture for StartDynamicSupervisor<X> {
    type Output = Result<DynamicSupervisor<X>, StartError<SupervisorError, DynamicSupervisor<X>>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let started = start_tree(self.start).await;
            started
                .map(DynamicSupervisor::of)
                .map_err(|error| with_client(error, DynamicSupervisor::of))
        })
    }
}

impl<X> fmt::Debug for StartDynamicSupervisor<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StartDynamicSupervisor").field(&self.start).finish()
    }
}
