//! A call: run where it is made when the server is idle, queued otherwise.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::absence::Absent;
use crate::address::Address;
use crate::blocking;
use crate::core::Wait;
use crate::error::ServerError;
use crate::inline::Started;
use crate::limit::{self, Limit};
use crate::outcome::Outcome;
use crate::pending::Pending;
use crate::send::{Lost, SendCall, queue};
use crate::server::{Request, Server};

/// A call that is made when it is awaited: a future of `O`.
///
/// `O` is `Result<T, ServerError>`, or `Result<T, CallError<E>>` where the handler returns a
/// `Result<T, E>`; `H` is the handler's number, `A` its arguments. On an idle server the handler
/// runs where it is called, on the caller's task: a `fn` cannot be cut short there. What waits, an
/// `async fn` or a request in the queue, has 5 s, unless another time-out is given.
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
    pub(crate) args: Option<A>,
    pub(crate) limit: Limit,
    pub(crate) pending: Option<Pending<O::Reply>>,
    /// While nobody is where it goes.
    pub(crate) absent: Option<Box<Absent>>,
}

// Nothing in it is ever pinned.
impl<O: Outcome, S: Server, A, const H: usize> Unpin for Call<'_, O, S, A, H> {}

impl<'a, O: Outcome, S: Server, A, const H: usize> Call<'a, O, S, A, H> {
    #[doc(hidden)]
    #[inline]
    pub fn new(address: &'a Address<S>, args: A) -> Self {
        let own = match S::HANDLERS[H].timeout {
            None => S::OPTIONS.call_timeout,
            own => own,
        };
        Self { address, args: Some(args), limit: Limit::Default(own), pending: None, absent: None }
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
        self.limit = Limit::Within(limit);
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
        self.limit = Limit::Never;
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
        let (address, limit) = (self.address, self.limit);
        let mut tried = None;
        loop {
            let sent = address.with_next(&mut tried, |core| {
                queue::<O, S, A, H>(core, args, limit, Wait::No, None)
            });
            match sent {
                None => return Err(address.absence(tried).at_once().into()),
                Some(Ok((pending, _))) => return Ok(pending),
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
    pub fn blocking(self) -> O {
        blocking::wait(self)
    }

    /// Looks for the server, until one takes the call.
    fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<O> {
        let mut args = Some(self.args.take().expect(DONE));
        let mut tried = None;
        loop {
            if self.absent.is_some() {
                match self.poll_absent(cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(O::error(error)),
                    Poll::Pending => {
                        self.args = args;
                        return Poll::Pending;
                    }
                }
            }
            let address = self.address;
            let started = address
                .with_next(&mut tried, |core| self.start(core, args.take().expect(UNSENT), cx));
            match started {
                None => {
                    let absence = address.absence(tried.take());
                    if let Err(error) = Absent::meet(&mut self.absent, absence, self.limit) {
                        return Poll::Ready(O::error(error));
                    }
                }
                Some(Started::Done(outcome)) => return Poll::Ready(outcome),
                Some(Started::Queued) => return self.poll_queued(cx),
                Some(Started::Pending) => return self.poll_pending(cx),
                // The incarnation ended between the look-up and the call: the next one answers.
                Some(Started::Lost(Lost { args: Some(back), .. })) if address.moves() => {
                    args = Some(back);
                }
                Some(Started::Lost(lost)) => return Poll::Ready(O::error(lost.error)),
            }
        }
    }

    /// Ready when it is time to look again.
    #[cold]
    pub(crate) fn poll_absent(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ServerError>> {
        let Some(absent) = &mut self.absent else { return Poll::Ready(Ok(())) };
        ready!(absent.poll(cx))?;
        self.limit = absent.left(self.limit);
        Poll::Ready(Ok(()))
    }

    /// It was queued just now.
    fn poll_queued(&mut self, cx: &mut Context<'_>) -> Poll<O> {
        let pending = self.pending.as_mut().expect(UNSENT);
        let reply = ready!(pending.poll_sent(cx));
        Poll::Ready(reply.map_or_else(O::error, O::reply))
    }

    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<O> {
        let pending = self.pending.as_mut().expect(UNSENT);
        let reply = ready!(pending.poll_reply(cx));
        Poll::Ready(reply.map_or_else(O::error, O::reply))
    }
}

const DONE: &str = "a call was polled after it was done";
pub(crate) const UNSENT: &str = "invariant: a call keeps its arguments until it is sent";

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Future for Call<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    type Output = O;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        let this = self.get_mut();
        if this.pending.is_some() {
            return this.poll_pending(cx);
        }
        ready!(limit::proceed(cx));
        let Some(core) = this.address.direct() else { return this.poll_first(cx) };
        let args = this.args.take().expect(DONE);
        match this.start(core, args, cx) {
            Started::Done(outcome) => Poll::Ready(outcome),
            Started::Queued => this.poll_queued(cx),
            Started::Pending => this.poll_pending(cx),
            Started::Lost(lost) => Poll::Ready(O::error(lost.error)),
        }
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
