//! A call that leads a tracked machine on.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::blocking;
use crate::call::{Call, Stage};
use crate::error::{CallError, ServerError};
use crate::late::{Chart, InvalidState};
use crate::limit::Limit;
use crate::outcome::Outcome;
use crate::server::{Request, Server};
use crate::tracked::{Arrive, Refused, Tracked};

/// A call that leads a tracked machine on, made when it is awaited: a future of
/// `Result<N, Refused<T, E>>`.
///
/// `T` is the handle, `N` what the call gives: the handle of the state that it has led to, or the
/// enum of those that it may be; with a reply a tuple of both. The rest is that of [`Call`], and so
/// is how it runs. For an example see [`Tracked`].
///
/// # Errors
///
/// See [`Refused`].
///
/// # Cancel safety
///
/// Dropped, its handle goes with it, and with the handle the server; a handler that has begun runs
/// to its end before.
#[must_use = "a call does nothing until it is awaited"]
pub struct Step<T, N, O: Outcome, S: Server, A, const H: usize> {
    handle: Option<T>,
    args: Option<A>,
    limit: Option<Limit>,
    stage: Stage<O::Reply>,
    ends: PhantomData<fn() -> (N, S)>,
}

// Nothing in it is ever pinned.
impl<T, N, O: Outcome, S: Server, A, const H: usize> Unpin for Step<T, N, O, S, A, H> {}

impl<T, N, O: Outcome, S: Server, A, const H: usize> Step<T, N, O, S, A, H> {
    #[doc(hidden)]
    pub fn new(handle: T, args: A) -> Self {
        Self {
            handle: Some(handle),
            args: Some(args),
            limit: None,
            stage: Stage::Idle,
            ends: PhantomData,
        }
    }

    /// Waits at most so long for the reply. As [`Call::timeout`].
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
    /// # #[genserver(states(Open: initial, Shut), tracked)] impl Lock {
    /// #     #[call(Open => Shut)] async fn shut(&self) { std::future::pending().await }
    /// #     #[call(Shut => Open)] fn open(&self) {}
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let open = Lock::start_tracked(Lock, Open).await?;
    /// let late = open.shut().timeout(Duration::from_secs(1)).await.unwrap_err();
    /// assert!(late.to_string().starts_with("`Lock::shut` timed out after 1s"));
    /// let client = late.into_client(); // the handle said `Open`, and that may be true no more
    /// # let _ = client.kill();
    /// # Ok(()) }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = Some(Limit::Within(limit));
        self
    }

    /// Waits for ever. As [`Call::no_timeout`].
    pub fn no_timeout(mut self) -> Self {
        self.limit = Some(Limit::Never);
        self
    }
}

/// What a call came to, taken apart.
#[doc(hidden)]
pub trait Parted: Outcome {
    type Value;
    type Error;

    fn part(self) -> Result<Self::Value, CallError<Self::Error>>;
}

impl<V> Parted for Result<V, ServerError> {
    type Value = V;
    type Error = Infallible;

    fn part(self) -> Result<V, CallError<Infallible>> {
        self.map_err(CallError::Server)
    }
}

impl<V, E> Parted for Result<V, CallError<E>> {
    type Value = V;
    type Error = E;

    fn part(self) -> Result<V, CallError<E>> {
        self
    }
}

impl<T, N, O, S, A, const H: usize> Step<T, N, O, S, A, H>
where
    T: Tracked<Server = S>,
    N: Arrive<T::Client, O::Value>,
    O: Parted<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// Makes the call and waits on a thread without a runtime. As [`Call::blocking`].
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    #[track_caller]
    pub fn blocking(self) -> Result<N, Refused<T, O::Error>> {
        blocking::wait(self)
    }
}

impl<T, N, O, S, A, const H: usize> Future for Step<T, N, O, S, A, H>
where
    T: Tracked<Server = S>,
    N: Arrive<T::Client, O::Value>,
    O: Parted<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    type Output = Result<N, Refused<T, O::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let handle = this.handle.take().expect("a call was polled after it was done");
        let mut call = Call::<'_, O, S, A, H> {
            address: handle.__address(),
            args: this.args.take(),
            limit: this.limit,
            stage: mem::replace(&mut this.stage, Stage::Idle),
        };
        match Pin::new(&mut call).poll(cx) {
            Poll::Ready(outcome) => {
                drop(call);
                Poll::Ready(settle(handle, H, outcome))
            }
            Poll::Pending => {
                (this.args, this.limit, this.stage) = (call.args, call.limit, call.stage);
                this.handle = Some(handle);
                Poll::Pending
            }
        }
    }
}

/// The handler is done, and the state that it has led to is noted: see [`Server::TRACKED`].
fn settle<T, N, O>(handle: T, call: usize, outcome: O) -> Result<N, Refused<T, O::Error>>
where
    T: Tracked,
    O: Parted,
    N: Arrive<T::Client, O::Value>,
{
    let noted = handle.__address().with(|core| core.state.load(Ordering::Relaxed));
    let leaf = noted.map_or(usize::MAX, usize::from);
    match outcome.part() {
        Ok(reply) => {
            let mut handle = Some(handle);
            let taken = "invariant: it is taken once";
            let arrived = N::arrive(|| handle.take().expect(taken).into_client(), leaf, reply);
            arrived.ok_or_else(|| Refused::Server {
                client: handle.take().expect(taken).into_client(),
                error: elsewhere::<T::Server>(call, leaf),
            })
        }
        Err(CallError::Reply(error)) if leaf == T::LEAF => Err(Refused::Reply { handle, error }),
        Err(CallError::Reply(error)) => Err(Refused::Moved { client: handle.into_client(), error }),
        Err(CallError::Server(error)) => {
            Err(Refused::Server { client: handle.into_client(), error })
        }
    }
}

/// The machine is where the call does not lead.
#[cold]
fn elsewhere<S: Server>(call: usize, leaf: usize) -> ServerError {
    let leaf = S::STATES.get(leaf);
    ServerError::InvalidState(Box::new(InvalidState {
        server: S::NAME,
        state: leaf.map_or("", |leaf| leaf.name),
        call: S::HANDLERS[call].message,
        allowed: leaf.map_or(&[], |leaf| leaf.allowed),
        chart: Chart::of::<S>(),
    }))
}

impl<T: fmt::Debug, N, O: Outcome, S: Server, A, const H: usize> fmt::Debug
    for Step<T, N, O, S, A, H>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step")
            .field("handle", &self.handle)
            .field("call", &S::HANDLERS[H].message)
            .finish_non_exhaustive()
    }
}
