//! How a child is started, without its types.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client::Client;
use crate::error::StartError;
use crate::exit::Panic;
use crate::frame;
use crate::id::ServerId;
use crate::node::Unadopted;
use crate::spot::Spot;
use crate::supervisor::leftover;
use crate::turn::{Payload, caught};

/// What the start of a child gives: its client, or a client and something more.
///
/// What is more reaches whoever called [`start_child`](crate::Supervisor::start_child) or
/// [`restart`](crate::Supervisor::restart), and is dropped where the supervisor starts the child by
/// itself. Like the `Info` of `{ok, Pid, Info}`.
pub trait Started: Send + 'static {
    /// The child's client.
    type Client: Client;

    #[doc(hidden)]
    fn client(&self) -> &Self::Client;

    #[doc(hidden)]
    #[must_use]
    fn with_client(self, client: Self::Client) -> Self;
}

impl<C: Client> Started for C {
    type Client = C;

    fn client(&self) -> &C {
        self
    }

    fn with_client(self, client: C) -> Self {
        client
    }
}

impl<C: Client, X: Send + 'static> Started for (C, X) {
    type Client = C;

    fn client(&self) -> &C {
        &self.0
    }

    fn with_client(self, client: C) -> Self {
        (client, self.1)
    }
}

/// What a start came to.
pub(crate) enum Made {
    /// This incarnation is at its spot, or was: it may have ended already.
    Up(ServerId),
    Ignored,
    /// The reason, as text.
    Failed(Box<str>),
}

/// Where the starter of a child finds what its start came to, with all types.
pub(crate) type First<T, E> = Mutex<Option<Result<T, StartError<E, <T as Started>::Client>>>>;

/// Where who starts a child again finds what its start gave.
pub(crate) type Again<T> = Mutex<Option<T>>;

/// One of both, without the types.
pub(crate) type Kept = Arc<dyn Any + Send + Sync>;

pub(crate) type Making<'a> = Pin<Box<dyn Future<Output = Made> + Send + 'a>>;

/// What all children of a supervisor can be started with.
pub(crate) type Extra = Arc<dyn Any + Send + Sync>;

/// What an incarnation is made with.
pub(crate) struct With {
    pub(crate) spot: Arc<Spot>,
    pub(crate) first: Option<Kept>,
    pub(crate) extra: Option<Extra>,
}

/// Starts incarnations of a child.
pub(crate) trait Make: Send {
    /// Starts one, and puts it at its spot.
    fn make(&mut self, with: With) -> Making<'_>;
}

/// From what a start is made, and what it gives or why it fails.
type Makes<X, T, E> = PhantomData<fn(&X) -> (T, E)>;

/// Makes children by a closure.
pub(crate) struct By<F, T, E> {
    start: F,
    types: Makes<(), T, E>,
}

impl<F, T, E> By<F, T, E> {
    pub(crate) fn new(start: F) -> Self {
        Self { start, types: PhantomData }
    }
}

impl<F, R, T, E> Make for By<F, T, E>
where
    F: FnMut() -> R + Send + 'static,
    R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
    R::IntoFuture: Send + 'static,
    T: Started,
    E: fmt::Debug + Send + 'static,
{
    fn make(&mut self, with: With) -> Making<'_> {
        let start = &mut self.start;
        Box::pin(run(move || begin(&mut *start), with.spot, with.first))
    }
}

/// Makes children by a closure that takes what all are started with.
pub(crate) struct ByExtra<X, F, T, E> {
    start: F,
    types: Makes<X, T, E>,
}

impl<X, F, T, E> ByExtra<X, F, T, E> {
    pub(crate) fn new(start: F) -> Self {
        Self { start, types: PhantomData }
    }
}

impl<X, F, R, T, E> Make for ByExtra<X, F, T, E>
where
    X: Send + Sync + 'static,
    F: FnMut(&X) -> R + Send + 'static,
    R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
    R::IntoFuture: Send + 'static,
    T: Started,
    E: fmt::Debug + Send + 'static,
{
    fn make(&mut self, with: With) -> Making<'_> {
        let Some(extra) = with.extra.and_then(|extra| extra.downcast::<X>().ok()) else {
            let why = "what the supervisor starts its children with is of another type";
            return Box::pin(std::future::ready(Made::Failed(why.into())));
        };
        let start = &mut self.start;
        Box::pin(run(move || begin(|| start(&extra)), with.spot, with.first))
    }
}

/// Boxed before it is polled: a start can be a large future.
fn begin<R: IntoFuture>(start: impl FnOnce() -> R) -> Result<Pin<Box<R::IntoFuture>>, Payload> {
    catch_unwind(AssertUnwindSafe(|| Box::pin(start().into_future())))
}

/// Starts an incarnation, and tells its starter what came of it.
async fn run<F, T, E>(
    mut start: impl FnMut() -> Result<Pin<Box<F>>, Payload>,
    spot: Arc<Spot>,
    first: Option<Kept>,
) -> Made
where
    F: Future<Output = Result<T, StartError<E, T::Client>>>,
    T: Started,
    E: fmt::Debug + Send + 'static,
{
    let mut started = attempt(start()).await;
    if let Err(StartError::AlreadyStarted(holder)) = &started
        && leftover::outlast(holder, &spot).await
    {
        started = attempt(start()).await;
    }
    let (made, result) = settle(started, &spot);
    if let Some(kept) = first {
        leave(&kept, result);
    }
    made
}

/// Waits for a start that has begun.
async fn attempt<F, T, E>(
    start: Result<Pin<Box<F>>, Payload>,
) -> Result<T, StartError<E, T::Client>>
where
    F: Future<Output = Result<T, StartError<E, T::Client>>>,
    T: Started,
{
    let started = match start {
        // A child has a parent; it is started for nobody else.
        Ok(start) => caught(None, frame::behalf_of(None, start)).await,
        Err(payload) => Err(payload),
    };
    started.unwrap_or_else(|payload| Err(StartError::Panic(Panic::new("start", &*payload))))
}

/// Leaves what came of a start for who asked for it, first or again.
fn leave<T: Started, E: Send + 'static>(kept: &Kept, result: Result<T, StartError<E, T::Client>>) {
    if let Some(first) = kept.downcast_ref::<First<T, E>>() {
        *first.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    } else if let Some(again) = kept.downcast_ref::<Again<T>>() {
        *again.lock().unwrap_or_else(PoisonError::into_inner) = result.ok();
    }
}

type Settled<T, E> = (Made, Result<T, StartError<E, <T as Started>::Client>>);

/// Puts the child at its spot.
fn settle<T: Started, E: fmt::Debug>(
    started: Result<T, StartError<E, T::Client>>,
    spot: &Arc<Spot>,
) -> Settled<T, E> {
    let started = match started {
        Ok(started) => started,
        Err(StartError::Ignored) => return (Made::Ignored, Err(StartError::Ignored)),
        Err(error) => return (Made::Failed(told(&error)), Err(error)),
    };
    let Some(node) = started.client().__address().node() else {
        // Nothing was started: its client reaches nobody.
        return (Made::Failed("the start gave a client that reaches nobody".into()), Ok(started));
    };
    let id = node.id();
    spot.rise(Arc::clone(&node));
    match node.adopt(spot) {
        Ok(()) => {}
        // It is told as any end of a child.
        Err(Unadopted::Ended(reason)) => spot.ended(id, &reason),
        Err(Unadopted::Supervised) => {
            spot.leave();
            return (Made::Failed("the server has a supervisor already".into()), Ok(started));
        }
    }
    let client = T::Client::__at(crate::place::Place::key(Arc::clone(spot) as Arc<_>));
    (Made::Up(id), Ok(started.with_client(client)))
}

fn told<E: fmt::Debug, C>(error: &StartError<E, C>) -> Box<str> {
    match error {
        StartError::Init(error) => format!("init failed: {error:?}").into(),
        StartError::Timeout { after } => format!("init did not return within {after:?}").into(),
        StartError::Panic(panic) => panic.to_string().into(),
        StartError::AlreadyStarted(_) => "a server of that name is running already".into(),
        StartError::NoRuntime => "the runtime is gone".into(),
        StartError::Ignored => "init chose not to start the server".into(),
    }
}
