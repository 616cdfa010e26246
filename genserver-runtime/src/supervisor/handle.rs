//! A client of a supervisor.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, PoisonError};

use crate::address::AnyAddress;
use crate::client::Client;
use crate::error::{CallError, ServerError, StartError};
use crate::id::ServerId;
use crate::options::Served;
use crate::place::Place;
use crate::supervisor::child::{ChildSpec, Wanted};
use crate::supervisor::error::{ChildError, ControlError, Refusal};
use crate::supervisor::look::{ChildCounts, ChildInfo};
use crate::supervisor::make::{Again, First, Kept, Started};
use crate::supervisor::spec::Strategy;
use crate::supervisor::start::StartSupervisor;
use crate::supervisor::tree::{Tree, Which};

/// A client of a supervisor: a server that starts other servers, stops them in the reverse order, and
/// starts them again when they end.
///
/// Like OTP's `supervisor`. It ends as any server does, with its last client, unless it is named,
/// detached or a child itself; and its children with it.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Counter(i64);
///
/// #[genserver]
/// impl Counter {
///     #[call]
///     fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
///     #[call]
///     fn boom(&mut self) { panic!("expected: it shows a restart"); }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let supervisor = Supervisor::one_for_one().await?;
/// let counter = supervisor.start_child("counter", || Counter::start(Counter(40))).await?;
/// counter.increment().await?;
/// counter.boom().await.unwrap_err();
/// // This client follows: the call waits for the restart.
/// assert_eq!(counter.increment().await?, 41);
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "a supervisor ends with its last client, and its children with it: keep it, name it, or detach it"]
pub struct Supervisor {
    tree: Tree,
}

impl Supervisor {
    pub(crate) fn new(tree: Tree) -> Self {
        Self { tree }
    }

    /// A supervisor that restarts the child that ended, and no other.
    pub fn one_for_one() -> StartSupervisor {
        StartSupervisor::new(Strategy::OneForOne)
    }

    /// A supervisor that restarts all children when one ended.
    pub fn one_for_all() -> StartSupervisor {
        StartSupervisor::new(Strategy::OneForAll)
    }

    /// A supervisor that restarts the child that ended, and those that were started after it.
    pub fn rest_for_one() -> StartSupervisor {
        StartSupervisor::new(Strategy::RestForOne)
    }

    /// Starts a child under an id. The client that it gives follows restarts: see [`start`](Self::start).
    ///
    /// Like `supervisor:start_child/2`. Waits for the child's `init`, without a time-out of its own.
    ///
    /// # Errors
    ///
    /// [`ChildError`]: its start failed, the id is taken, or the supervisor is not running. It has no
    /// such child then; but one whose `init` chose not to start it is kept as stopped, unless it is
    /// temporary.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the child is started all the same.
    pub async fn start_child<F, R, T, E>(
        &self,
        id: impl Into<Arc<str>>,
        start: F,
    ) -> Result<T, ChildError<E, T::Client>>
    where
        F: FnMut() -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        T: Started,
        E: fmt::Debug + Send + 'static,
    {
        self.start(ChildSpec::new(id, start)).await
    }

    /// Starts a child by its specification.
    ///
    /// The client that it gives reaches the present incarnation at each use. What is asked of it
    /// while the child is restarted waits for that, up to the call's time-out, or is refused: see
    /// [`WhileRestarting`](crate::WhileRestarting). Only what was certainly not executed is sent again. It does not keep
    /// the child alive: that is the supervisor's.
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
        start(&self.tree, spec.wanted).await
    }

    /// Stops a child; its specification stays, unless it is temporary. It is not started again by
    /// itself, whatever it said of restarts.
    ///
    /// Like `supervisor:terminate_child/2`: a child that is stopped already is no error.
    ///
    /// # Errors
    ///
    /// `NotFound`, `Supervisor`.
    pub async fn terminate_child(&self, id: impl Into<Arc<str>>) -> Result<(), ControlError> {
        control(self.tree.terminate_child(Which::Id(id.into())).await)
    }

    /// Starts a child again that is stopped; its new id, or `None` where its `init` chose not to
    /// start it.
    ///
    /// Like `supervisor:restart_child/2`.
    ///
    /// # Errors
    ///
    /// `NotFound`, `Running`, `Restarting`, `Start`, `Supervisor`.
    pub async fn restart_child(
        &self,
        id: impl Into<Arc<str>>,
    ) -> Result<Option<ServerId>, ControlError> {
        control(self.tree.restart_child(Which::Id(id.into()), None).await)
    }

    /// As [`restart_child`](Self::restart_child); gives what the start gave: the client, or the client
    /// and more.
    ///
    /// # Errors
    ///
    /// As `restart_child`; `OtherType` where the child's start gives no `T`, and then the child runs
    /// all the same.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let supervisor = Supervisor::one_for_one().child("hits", || Counter::start(Counter(0))).await?;
    /// supervisor.terminate_child("hits").await?;
    /// let counter = supervisor.restart::<CounterClient>("hits").await?.expect("it starts");
    /// assert_eq!(counter.increment().await?, 1);
    /// # Ok(()) }
    /// ```
    pub async fn restart<T: Started>(
        &self,
        id: impl Into<Arc<str>>,
    ) -> Result<Option<T>, ControlError> {
        let again = Arc::new(Again::<T>::default());
        let kept = Arc::clone(&again) as Kept;
        let answer = control(self.tree.restart_child(Which::Id(id.into()), Some(kept)).await)?;
        let given = again.lock().unwrap_or_else(PoisonError::into_inner).take();
        match answer {
            None => Ok(None),
            Some(_) => given.map(Some).ok_or(ControlError::OtherType),
        }
    }

    /// A client of a child, whatever started it: it follows restarts, as that of [`start`](Self::start)
    /// does, and stays good while the child is known by its id, also where it is stopped now.
    ///
    /// Like a look through `supervisor:which_children/1`; differs: it never goes stale.
    ///
    /// # Errors
    ///
    /// `NotFound`, `OtherType` where the child's clients are no `C`, `Supervisor`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let supervisor = Supervisor::one_for_one().child("hits", || Counter::start(Counter(0))).await?;
    /// let counter = supervisor.client::<CounterClient>("hits").await?;
    /// assert_eq!(counter.increment().await?, 1);
    /// counter.kill().await?;
    /// assert_eq!(counter.increment().await?, 1); // of the next incarnation
    /// # Ok(()) }
    /// ```
    pub async fn client<C: Client>(&self, id: impl Into<Arc<str>>) -> Result<C, ControlError> {
        let spot = control(self.tree.place(Which::Id(id.into()), TypeId::of::<C>()).await)?;
        Ok(C::__at(Place::key(spot)))
    }

    /// Forgets a child that is stopped.
    ///
    /// Like `supervisor:delete_child/2`.
    ///
    /// # Errors
    ///
    /// `NotFound`, `Running`, `Restarting`, `Supervisor`.
    pub async fn delete_child(&self, id: impl Into<Arc<str>>) -> Result<(), ControlError> {
        control(self.tree.delete_child(Which::Id(id.into())).await)
    }

    /// The children, the latest first. Like `supervisor:which_children/1`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub async fn which_children(&self) -> Result<Vec<ChildInfo>, ServerError> {
        self.tree.which_children().await
    }

    /// How many children there are. Like `supervisor:count_children/1`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub async fn count_children(&self) -> Result<ChildCounts, ServerError> {
        self.tree.count_children().await
    }

    /// A child with its specification. Like `supervisor:get_childspec/2`.
    ///
    /// # Errors
    ///
    /// `NotFound`, `Supervisor`.
    pub async fn child(&self, id: impl Into<Arc<str>>) -> Result<ChildInfo, ControlError> {
        let child = self.tree.child(Which::Id(id.into())).await;
        child.map_err(ControlError::Supervisor)?.ok_or(ControlError::NotFound)
    }
}

/// Starts a child of a supervisor of any kind.
pub(crate) async fn start<T, E>(tree: &Tree, wanted: Wanted) -> Result<T, ChildError<E, T::Client>>
where
    T: Started,
    E: Send + 'static,
{
    let first = Arc::new(First::<T, E>::default());
    let answer = tree.start_child(wanted, Arc::clone(&first) as Kept).await;
    let result = first.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (answer, result) {
        (_, Some(Err(error))) => Err(ChildError::Start(error)),
        (Ok(()), Some(Ok(started))) => Ok(started),
        (Err(error), _) => Err(refused(error)),
        (Ok(()), None) => Err(ChildError::Supervisor(ServerError::NoReply)),
    }
}

fn refused<E, C>(error: CallError<Refusal>) -> ChildError<E, C> {
    let refusal = match error {
        CallError::Server(error) => return ChildError::Supervisor(error),
        CallError::Reply(refusal) => refusal,
    };
    match refusal {
        Refusal::AlreadyStarted(id) => ChildError::AlreadyStarted(id),
        Refusal::MaxChildren(max) => ChildError::MaxChildren(max),
        Refusal::Spec(error) => ChildError::Spec(error),
        Refusal::Failed(reason) => ChildError::NoChild(reason),
        Refusal::AlreadyPresent
        | Refusal::NotFound
        | Refusal::Running
        | Refusal::Restarting
        | Refusal::OtherType => ChildError::AlreadyPresent,
    }
}

/// What came of something asked about a child.
pub(crate) fn control<T>(answer: Result<T, CallError<Refusal>>) -> Result<T, ControlError> {
    answer.map_err(|error| match error {
        CallError::Reply(refusal) => refusal.into(),
        CallError::Server(error) => ControlError::Supervisor(error),
    })
}

impl Client for Supervisor {
    const __SERVED: Served = Tree::__SERVED.supervising();

    fn __address(&self) -> &dyn AnyAddress {
        self.tree.__address()
    }

    fn __at(place: Place) -> Self {
        Self::new(Tree::__at(place))
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Supervisor").field(&self.id()).finish()
    }
}
