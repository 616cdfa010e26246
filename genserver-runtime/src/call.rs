//! A call: run where it is made when the server is idle, queued otherwise.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::absence::Absent;
use crate::address::Address;
use crate::blocking;
use crate::core::{Core, Wait};
use crate::error::ServerError;
use crate::frame::Deadline;
use crate::id::ServerId;
use crate::limit::Limit;
use crate::outcome::Outcome;
use crate::pending::{Caller, Pending};
use crate::send::{Lost, SendCall, queue};
use crate::server::{Request, Server};

/// A call that is made when it is awaited: a future of `O`.
///
/// `O` is `Result<T, ServerError>`, or `Result<T, CallError<E>>` where the handler returns a
/// `Result<T, E>`; `H` is the handler's number, `A` its arguments. On an idle server the handler
/// runs where it is called, on the caller's task: a `fn` cannot be cut short there. What waits, an
/// `async fn` or a request in the queue, has 5 s, unless another time-out is given.
///
/// Do not await one while a guard of [`Handle::enter`](tokio::runtime::Handle::enter) of another runtime is held:
/// to which runtime a task belongs is looked up once, and what a handler spawns that runs there would go to the one
/// that was entered. [`send`](Call::send) is right there, too.
///
/// Like `gen_server:call/3`; differs: no message goes to an idle server, and a failure is a value.
///
/// # Errors
///
/// See [`ServerError`]: [`executed`](ServerError::executed) tells whether to try again.
///
/// # Cancel safety
///
/// Dropped before the first poll, nothing was sent. Dropped later, the handler runs all the same,
/// unless the request still waited for room in the mailbox; its reply is dropped.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let call = counter.increment(); // nothing has happened yet
/// assert_eq!(call.await?, 1);
/// # Ok(()) }
/// ```
#[must_use = "a call does nothing until it is awaited or sent"]
pub struct Call<'a, O: Outcome, S: Server, A, const H: usize> {
    pub(crate) address: &'a Address<S>,
    /// `None` while there is nothing to send, any more or at the moment.
    pub(crate) args: Option<A>,
    /// `None` for the default, which is known where it is compiled.
    pub(crate) limit: Option<Limit>,
    pub(crate) stage: Stage<O::Reply>,
}

/// What a call waits for. In one place, so that one look tells that there is nothing to drop.
pub(crate) enum Stage<R> {
    /// For nothing: it was not polled, or is over.
    Idle,
    /// Nobody is where it goes, or nobody was.
    Absent(Box<Absent>),
    /// For its reply.
    Sent(Pending<R>),
}

// Nothing in it is ever pinned.
impl<O: Outcome, S: Server, A, const H: usize> Unpin for Call<'_, O, S, A, H> {}

impl<'a, O: Outcome, S: Server, A, const H: usize> Call<'a, O, S, A, H> {
    #[doc(hidden)]
    #[inline]
    pub fn new(address: &'a Address<S>, args: A) -> Self {
        Self { address, args: Some(args), limit: None, stage: Stage::Idle }
    }

    const DEFAULT: Option<Duration> = match S::HANDLERS[H].timeout {
        None => S::OPTIONS.call_timeout,
        own => own,
    };

    #[inline]
    pub(crate) fn limit(&self) -> Limit {
        self.limit.unwrap_or(Limit::Default(Self::DEFAULT))
    }

    /// Until when its handler's caller waits, where that is not for as long as the caller's own.
    #[inline]
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        match self.limit {
            None => Limit::Default(Self::DEFAULT).own(),
            Some(limit) => limit.own(),
        }
    }

    /// Looks for a server that has not refused the call yet, and waits until there is one.
    #[inline]
    pub(crate) fn find(
        &mut self,
        tried: &mut Option<ServerId>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arc<Core<S>>, ServerError>> {
        if !matches!(self.stage, Stage::Absent(_))
            && let Some(core) = self.address.next(tried)
        {
            return Poll::Ready(Ok(core));
        }
        self.wait_for(tried, cx)
    }

    /// Nobody was there, or nobody is.
    #[cold]
    fn wait_for(
        &mut self,
        tried: &mut Option<ServerId>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arc<Core<S>>, ServerError>> {
        loop {
            if let Stage::Absent(absent) = &mut self.stage {
                ready!(absent.poll(cx))?;
                self.limit = Some(absent.left(self.limit.unwrap_or(Limit::Default(Self::DEFAULT))));
                if let Some(core) = self.address.next(tried) {
                    return Poll::Ready(Ok(core));
                }
            }
            let absence = self.address.absence(tried.take());
            let mut absent = match mem::replace(&mut self.stage, Stage::Idle) {
                Stage::Absent(absent) => Some(absent),
                Stage::Idle | Stage::Sent(_) => None,
            };
            Absent::meet(&mut absent, absence, self.limit())?;
            self.stage = absent.map_or(Stage::Idle, Stage::Absent);
        }
    }
}

impl<'a, O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Call<'a, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// Waits at most so long for the reply. Taken at its word: it is not shortened by what is
    /// left to the handler that calls. A late request is executed all the same, unless it is marked
    /// `skip_abandoned`.
    ///
    /// Like the time-out of `gen_server:call/3`; differs: it tells where the request stood.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Slow; #[genserver]
    /// # impl Slow {
    /// #     #[call] async fn forever(&self) { std::future::pending().await }
    /// #     #[call] fn get(&self) -> u32 { 7 }
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let slow = Slow::start(Slow).await?;
    /// let late = slow.forever().timeout(Duration::from_secs(1)).await.unwrap_err();
    /// assert_eq!(
    ///     late.to_string(),
    ///     "`Slow::forever` timed out after 1s, its handler has been running for 1s"
    /// );
    /// # Ok(()) }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = Some(Limit::Within(limit));
        self
    }

    /// Waits for ever. Like `gen_server:call/3` with `infinity`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// assert_eq!(counter.increment().no_timeout().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn no_timeout(mut self) -> Self {
        self.limit = Some(Limit::Never);
        self
    }

    /// Sends the request through the queue, waiting for room, and gives the reply to await later.
    ///
    /// Like `gen_server:send_request/2`; differs: the mailbox is bounded.
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits for room, nothing was sent.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let first = counter.increment().send().await?; // in the mailbox
    /// let second = counter.increment().send().await?;
    /// assert_eq!((first.await?, second.await?), (1, 2));
    /// # Ok(()) }
    /// ```
    pub fn send(self) -> SendCall<'a, O, S, A, H> {
        SendCall { call: self, room: None }
    }

    /// As [`send`](Call::send), without waiting.
    ///
    /// # Errors
    ///
    /// `Full` where there is no room and the overflow policy makes none, `NotRunning`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).mailbox(1).await?;
    /// let reply = counter.increment().try_send()?;
    /// assert_eq!(counter.increment().try_send().unwrap_err(), ServerError::Full);
    /// assert_eq!(reply.await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn try_send(mut self) -> Result<Pending<O::Reply>, ServerError> {
        let mut args = self.args.take().expect(UNSENT);
        let address = self.address;
        let mut tried = None;
        loop {
            let sent = address.with_next(&mut tried, |core| {
                let mut pending = self.pending(core, &Caller::of(&core.home, None));
                queue::<O, S, A, H>(core, args, &mut pending, Wait::No).map(|_| pending)
            });
            match sent {
                None => return Err(address.absence(tried).at_once().into()),
                Some(Ok(pending)) => return Ok(pending),
                Some(Err(Lost { args: Some(back), .. })) if address.moves() => args = back,
                Some(Err(lost)) => return Err(lost.error),
            }
        }
    }

    /// Makes the call and waits on a thread without a runtime.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let thread = std::thread::spawn(move || counter.increment().blocking());
    /// assert_eq!(thread.join().expect("it did not panic")?, 1);
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn blocking(self) -> O {
        blocking::wait(self)
    }

    /// Looks for the server, until one takes the call.
    #[cold]
    pub(crate) fn poll_found(&mut self, cx: &mut Context<'_>) -> Poll<O> {
        let mut tried = None;
        loop {
            let core = match ready!(self.find(&mut tried, cx)) {
                Ok(core) => core,
                Err(error) => return Poll::Ready(O::error(error)),
            };
            let polled = self.advance(Some(&core), cx);
            // The incarnation ended between the look-up and the call: the next one answers.
            if polled.is_ready() || self.args.is_none() {
                return polled;
            }
        }
    }

    /// It was queued just now, and its slot knows who waits.
    pub(crate) fn poll_queued(&mut self, cx: &mut Context<'_>) -> Poll<O> {
        let Stage::Sent(pending) = &mut self.stage else { panic!("{DONE}") };
        let reply = ready!(pending.poll_sent(cx));
        Poll::Ready(reply.map_or_else(O::error, O::reply))
    }

    pub(crate) fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<O> {
        let Stage::Sent(pending) = &mut self.stage else { panic!("{DONE}") };
        let reply = ready!(pending.poll_reply(cx));
        Poll::Ready(reply.map_or_else(O::error, O::reply))
    }
}

pub(crate) const DONE: &str = "a call was polled after it was done";
pub(crate) const UNSENT: &str = "invariant: a call keeps its arguments until it is sent";

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Future for Call<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    type Output = O;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        self.get_mut().advance(None, cx)
    }
}

impl<O: Outcome, S: Server, A, const H: usize> fmt::Debug for Call<'_, O, S, A, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("server", &S::NAME)
            .field("call", &S::HANDLERS[H].message)
            .finish_non_exhaustive()
    }
}
