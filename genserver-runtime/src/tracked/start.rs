//! The start of a tracked machine.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::blocking;
use crate::error::StartError;
use crate::server::{Begin, ServedBy, Server};
use crate::start::Start;
use crate::tracked::Arrive;

/// A tracked machine that is about to start: a lazy builder, which starts it when it is awaited and
/// gives its one handle, `N`.
///
/// As [`Start`], without what would let others reach it: a name, a key. For an example see
/// [`Tracked`](crate::Tracked).
///
/// # Errors
///
/// See [`StartError`]; `AlreadyStarted` cannot come.
///
/// # Cancel safety
///
/// Dropped before it is ready, the half-made server is killed.
#[must_use = "a server starts when this is awaited"]
pub struct StartTracked<S: Server, C, A, E, N> {
    start: Start<S, C, A, E>,
    handle: PhantomData<fn() -> N>,
}

impl<S: Server, C, A, E, N> StartTracked<S, C, A, E, N> {
    #[doc(hidden)]
    pub fn new(args: A) -> Self {
        Self { start: Start::new(args), handle: PhantomData }
    }

    /// The bound of its mailbox, in messages. As [`Start::mailbox`].
    ///
    /// # Panics
    ///
    /// When `room` is 0: such a server could be sent nothing.
    pub fn mailbox(mut self, room: u32) -> Self {
        self.start = self.start.mailbox(room);
        self
    }

    /// How long `init` may take, where it waits. As [`Start::timeout`].
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.start = self.start.timeout(limit);
        self
    }
}

impl<S, C, A, E, N> StartTracked<S, C, A, E, N>
where
    S: Begin<A, E> + ServedBy<C>,
    A: Send + 'static,
    E: Send + 'static,
    N: Arrive<C, ()>,
{
    /// Starts the server and waits on a thread without a runtime. As [`Start::blocking`].
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    #[track_caller]
    pub fn blocking(self) -> Result<N, StartError<E, Infallible>> {
        blocking::wait(self)
    }
}

impl<S, C, A, E, N> Future for StartTracked<S, C, A, E, N>
where
    S: Begin<A, E> + ServedBy<C>,
    A: Send + 'static,
    E: Send + 'static,
    N: Arrive<C, ()>,
{
    type Output = Result<N, StartError<E, Infallible>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let error = match ready!(Pin::new(&mut this.start).poll(cx)) {
            Ok(client) => {
                let arrived = N::arrive(|| client, this.start.leaf, ());
                return Poll::Ready(Ok(arrived.expect("invariant: init's type says the state")));
            }
            Err(error) => error,
        };
        Poll::Ready(Err(match error {
            StartError::Init(error) => StartError::Init(error),
            StartError::Ignored => StartError::Ignored,
            StartError::Timeout { after } => StartError::Timeout { after },
            StartError::Panic(panic) => StartError::Panic(panic),
            StartError::NoRuntime => StartError::NoRuntime,
            StartError::AlreadyStarted(_) => {
                unreachable!("invariant: a tracked server has no name")
            }
        }))
    }
}

impl<S: Server, C, A, E, N> fmt::Debug for StartTracked<S, C, A, E, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StartTracked").field(&self.start).finish()
    }
}
