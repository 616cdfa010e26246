//! What a supervisor is told of a child, and what it keeps of it.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use crate::client::Client;
use crate::core::Core;
use crate::error::StartError;
use crate::id::ServerId;
use crate::options::Restart;
use crate::options::{Served, Shutdown};
use crate::spot::Spot;
use crate::supervisor::halt::Halt;
use crate::supervisor::make::{By, ByExtra, Make, Started};
use crate::supervisor::plan::Member;
use crate::supervisor::spec::WhileRestarting;
use crate::supervisor::tree::Supervisor;

/// How a child is started, restarted and stopped.
///
/// Like OTP's child specification. What is not given here is what the child's own
/// `#[genserver(restart = .., shutdown = ..)]` says, and without that `permanent` and 5 s; a
/// supervisor is given all the time it needs.
///
/// ```
/// use genserver_runtime::prelude::*;
/// use genserver_runtime::{ChildSpec, Restart};
///
/// struct Counter(i64);
///
/// #[genserver]
/// impl Counter {
///     #[call]
///     fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let supervisor = Supervisor::one_for_one().await?;
/// let spec = ChildSpec::new("counter", || Counter::start(Counter(0))).restart(Restart::Transient);
/// let counter = supervisor.start(spec).await?;
/// assert_eq!(counter.increment().await?, 1);
/// # Ok(()) }
/// ```
#[must_use = "a child is started by its supervisor"]
pub struct ChildSpec<T, E> {
    pub(crate) wanted: Wanted,
    types: PhantomData<fn() -> (T, E)>,
}

/// A child to be started.
pub(crate) struct Wanted {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) make: Box<dyn Make>,
    pub(crate) traits: Traits,
}

/// What is fixed about a child.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) restart: Restart,
    pub(crate) significant: bool,
    pub(crate) shutdown: Shutdown,
    pub(crate) waits: WhileRestarting,
    pub(crate) server: &'static str,
    /// The type of its clients.
    pub(crate) client: TypeId,
    pub(crate) supervises: bool,
}

impl Traits {
    fn of<C: Client>() -> Self {
        let Served { name, options, supervises } = C::__SERVED;
        Self {
            restart: options.restart,
            significant: false,
            shutdown: options.shutdown,
            waits: WhileRestarting::default(),
            server: name,
            client: TypeId::of::<C>(),
            supervises,
        }
    }
}

impl<T: Started, E> ChildSpec<T, E> {
    /// A child that `start` starts, at first and at each restart. It is called by the supervisor.
    ///
    /// The id tells the child from its siblings.
    pub fn new<F, R>(id: impl Into<Arc<str>>, start: F) -> Self
    where
        F: FnMut() -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        Self::made_by(Some(id.into()), Box::new(By::<F, T, E>::new(start)))
    }

    /// A child without an id, for a [`DynamicSupervisor`](crate::DynamicSupervisor).
    pub fn dynamic<F, R>(start: F) -> Self
    where
        F: FnMut() -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        Self::made_by(None, Box::new(By::<F, T, E>::new(start)))
    }

    /// The same, started with what all children of its supervisor are started with.
    pub fn with_extra<X, F, R>(start: F) -> Self
    where
        X: Send + Sync + 'static,
        F: FnMut(&X) -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        Self::made_by(None, Box::new(ByExtra::<X, F, T, E>::new(start)))
    }

    fn made_by(id: Option<Arc<str>>, make: Box<dyn Make>) -> Self {
        let traits = Traits::of::<T::Client>();
        Self { wanted: Wanted { id, make, traits }, types: PhantomData }
    }

    /// A child as [`new`](Self::new), with the name of its server's type as id.
    ///
    /// Like the `child_spec/1` that `use GenServer` defines: what is said of restarts and of the end
    /// in `#[genserver(..)]` holds, unless it is said here.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::ChildSpec;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = || ChildSpec::of(|| Counter::start(Counter(0)));
    /// let supervisor = Supervisor::one_for_one().spec(counter()).spec(counter().id("other")).await?;
    /// let ids: Vec<_> = supervisor.which_children().await?.into_iter().map(|child| child.id).collect();
    /// assert_eq!(ids, [Some("other".into()), Some("Counter".into())]);
    /// # Ok(()) }
    /// ```
    pub fn of<F, R>(start: F) -> Self
    where
        F: FnMut() -> R + Send + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        Self::new(Traits::of::<T::Client>().server, start)
    }

    /// What tells it from its siblings.
    pub fn id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.wanted.id = Some(id.into());
        self
    }

    /// When it is started again after it ended by itself.
    pub fn restart(mut self, restart: Restart) -> Self {
        self.wanted.traits.restart = restart;
        self
    }

    /// How long it may take to end when its supervisor stops it, before it is killed. What is not
    /// `Kill` holds for its `#[terminate]` at its other ends too, in place of what its server says.
    pub fn shutdown(mut self, shutdown: Shutdown) -> Self {
        self.wanted.traits.shutdown = shutdown;
        self
    }

    /// Its end counts for the supervisor's [`AutoShutdown`](crate::AutoShutdown).
    pub fn significant(mut self) -> Self {
        self.wanted.traits.significant = true;
        self
    }

    /// What becomes of calls that its clients make while it is being restarted.
    pub fn while_restarting(mut self, waits: WhileRestarting) -> Self {
        self.wanted.traits.waits = waits;
        self
    }
}

impl<T, E> fmt::Debug for ChildSpec<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildSpec")
            .field("id", &self.wanted.id)
            .field("server", &self.wanted.traits.server)
            .field("restart", &self.wanted.traits.restart)
            .field("shutdown", &self.wanted.traits.shutdown)
            .field("significant", &self.wanted.traits.significant)
            .finish_non_exhaustive()
    }
}

/// What is fixed about a child, and where it belongs. Children without ids that are alike share it:
/// there may be very many of them.
pub(crate) struct Fixed {
    pub(crate) supervisor: Weak<Core<Supervisor>>,
    pub(crate) id: Option<Arc<str>>,
    pub(crate) traits: Traits,
    pub(crate) halt: Arc<Halt>,
}

/// A child of a supervisor.
pub(crate) struct Child {
    /// `None` for a temporary one that was started: what it was started with is not kept.
    pub(crate) make: Option<Box<dyn Make>>,
    pub(crate) spot: Arc<Spot>,
    pub(crate) member: Member,
    /// The incarnation that runs, or has ended without the supervisor having seen to it.
    pub(crate) current: Option<ServerId>,
}

impl Child {
    pub(crate) fn id(&self) -> Option<&str> {
        self.spot.fixed().id.as_deref()
    }

    pub(crate) fn traits(&self) -> &Traits {
        &self.spot.fixed().traits
    }
}

impl AsRef<Member> for Box<Child> {
    fn as_ref(&self) -> &Member {
        &self.member
    }
}
