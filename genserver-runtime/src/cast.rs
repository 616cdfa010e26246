//! A cast: queued, and never answered.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop::poll_proceed;

use crate::absence::{Absence, Absent};
use crate::address::Address;
use crate::blocking;
use crate::core::{Refused, Sent, Wait};
use crate::error::{SendError, ServerError};
use crate::item::Item;
use crate::limit::Limit;
use crate::report;
use crate::room::Ticket;
use crate::server::Server;

/// A message without a reply, sent when it is awaited: ready once it is in the mailbox, which may
/// wait for room. It does not wait for its handler.
///
/// Like `gen_server:cast/2`; differs: the mailbox is bounded, and a server that is not there is
/// told.
///
/// # Errors
///
/// `NotRunning`, and `Full` where the overflow policy refuses.
///
/// # Cancel safety
///
/// Dropped while it waits for room, nothing was sent; unless there was room in the very moment, and
/// then it is handled.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter {
/// #     #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
/// #     #[cast] fn reset(&mut self) { self.0 = 0; }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(41)).await?;
/// counter.reset().await?;
/// assert_eq!(counter.increment().await?, 1); // sent later, so handled later
/// # Ok(()) }
/// ```
#[must_use = "a cast does nothing until it is awaited or sent"]
pub struct Cast<'a, S: Server> {
    address: &'a Address<S>,
    message: Option<S::Message>,
    ticket: Option<Ticket>,
    /// While nobody is where it goes.
    absent: Option<Box<Absent>>,
}

// Nothing in it is ever pinned.
impl<S: Server> Unpin for Cast<'_, S> {}

impl<'a, S: Server> Cast<'a, S> {
    #[doc(hidden)]
    pub fn new(address: &'a Address<S>, message: S::Message) -> Self {
        Self { address, message: Some(message), ticket: None, absent: None }
    }

    /// The message, in place of sending it.
    pub(crate) fn into_message(self) -> S::Message {
        self.message.expect(UNSENT)
    }

    /// Sends without waiting.
    ///
    /// # Errors
    ///
    /// `Full` where there is no room and the overflow policy does not drop, `NotRunning`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter {
    /// #     #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
    /// #     #[cast] fn reset(&mut self) { self.0 = 0; }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(41)).mailbox(1).await?;
    /// counter.reset().try_send()?;
    /// assert_eq!(counter.reset().try_send(), Err(SendError::Full));
    /// # Ok(()) }
    /// ```
    pub fn try_send(mut self) -> Result<(), SendError> {
        let message = self.message.take().expect(UNSENT);
        send(self.address, message, Wait::No).map(drop)
    }

    /// Sends and waits for room on a thread without a runtime.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter {
    /// #     #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
    /// #     #[cast] fn reset(&mut self) { self.0 = 0; }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(41)).await?;
    /// let reset = counter.clone();
    /// let thread = std::thread::spawn(move || reset.reset().blocking());
    /// thread.join().expect("it did not panic")?;
    /// assert_eq!(counter.increment().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn blocking(self) -> Result<(), SendError> {
        blocking::wait(self)
    }
}

impl<S: Server> Cast<'_, S> {
    /// Looks for the server, until one takes the message.
    fn poll_found(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Ticket>, SendError>> {
        assert!(self.message.is_some(), "{UNSENT}");
        let Self { address, message, absent, .. } = self;
        let limit = Limit::Default(S::OPTIONS.call_timeout);
        poll_deliver(absent, limit, cx, || {
            let make = || message.take().expect("invariant: made once");
            deliver(address, make, Wait::Told)
        })
    }
}

impl From<Refused> for SendError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::NotRunning => Self::NotRunning,
        }
    }
}

const UNSENT: &str = "a cast was polled after it was sent";

/// Queues a message; gives the ticket of one that waits for room.
pub(crate) fn send<S: Server>(
    address: &Address<S>,
    message: S::Message,
    wait: Wait,
) -> Result<Option<Ticket>, SendError> {
    let mut message = Some(message);
    let make = || message.take().expect("invariant: made once");
    deliver(address, make, wait).map_err(|unsent| unsent.at_once())
}

/// Why a message was not queued.
pub(crate) enum Unsent {
    Refused(SendError),
    /// Nobody is there: the message was not even made.
    Absent(Absence),
}

impl Unsent {
    /// What a sender is told that cannot wait.
    pub(crate) fn at_once(&self) -> SendError {
        match self {
            Self::Refused(error) => *error,
            Self::Absent(absence) => absence.at_once(),
        }
    }
}

/// Queues the message that `make` makes, once it is known that somebody will take it.
pub(crate) fn deliver<S: Server>(
    address: &Address<S>,
    mut make: impl FnMut() -> S::Message,
    wait: Wait,
) -> Result<Option<Ticket>, Unsent> {
    let mut tried = None;
    loop {
        let span = report::caller_span();
        let make = || Item::new(make(), span);
        let sent = address.with_next(&mut tried, |core| core.send(make, wait));
        match sent {
            Some(Ok(Sent::Queued)) => return Ok(None),
            Some(Ok(Sent::Waiting(ticket))) => return Ok(ticket),
            Some(Err(full @ Refused::Full)) => return Err(Unsent::Refused(full.into())),
            // The incarnation ended between the look-up and the push: the next one is tried.
            Some(Err(Refused::NotRunning)) if address.moves() => {}
            Some(Err(Refused::NotRunning)) | None => {
                return Err(Unsent::Absent(address.absence(tried)));
            }
        }
    }
}

/// A message on its way: nobody may be there yet, or there may be no room.
pub(crate) fn poll_deliver(
    absent: &mut Option<Box<Absent>>,
    limit: Limit,
    cx: &mut Context<'_>,
    mut deliver: impl FnMut() -> Result<Option<Ticket>, Unsent>,
) -> Poll<Result<Option<Ticket>, SendError>> {
    loop {
        if let Some(absent) = absent {
            ready!(absent.poll(cx)).map_err(|error| waited_for(&error))?;
        }
        match deliver() {
            Ok(ticket) => return Poll::Ready(Ok(ticket)),
            Err(Unsent::Refused(error)) => return Poll::Ready(Err(error)),
            Err(Unsent::Absent(absence)) => {
                Absent::meet(absent, absence, limit).map_err(|error| waited_for(&error))?;
            }
        }
    }
}

/// Why nobody was waited for in the end.
fn waited_for(error: &ServerError) -> SendError {
    match error {
        ServerError::Restarting => SendError::Restarting,
        ServerError::NotStarted(_) => SendError::NotStarted,
        _ => SendError::NotRunning,
    }
}

/// What waiting for room came to.
pub(crate) fn waited(taken: Result<(), ServerError>) -> Result<(), SendError> {
    taken.map_err(|error| match error {
        // A server that waits for room in its own mailbox waits for ever.
        ServerError::Deadlock(_) => SendError::Full,
        _ => SendError::NotRunning,
    })
}

impl<S: Server> Future for Cast<'_, S> {
    type Output = Result<(), SendError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.ticket.is_none() {
            ready!(poll_proceed(cx)).made_progress();
            this.ticket = match this.address.direct() {
                Some(core) => {
                    let message = this.message.take().expect(UNSENT);
                    let span = report::caller_span();
                    match core.send(|| Item::new(message, span), Wait::Told) {
                        Ok(Sent::Queued) => return Poll::Ready(Ok(())),
                        Ok(Sent::Waiting(ticket)) => ticket,
                        Err(refused) => return Poll::Ready(Err(refused.into())),
                    }
                }
                None => ready!(this.poll_found(cx))?,
            };
            if this.ticket.is_none() {
                return Poll::Ready(Ok(()));
            }
        }
        let ticket = this.ticket.as_mut().expect("invariant: set just above");
        ticket.poll(cx).map(waited)
    }
}

impl<S: Server> fmt::Debug for Cast<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cast").field("server", &S::NAME).finish_non_exhaustive()
    }
}

/// A message of `#[cast(unbounded)]`: it does not count against the mailbox's bound, so that
/// sending it never waits and is never refused for want of room.
///
/// Like `gen_server:cast/2`; differs: a server that is not there is told.
///
/// # Errors
///
/// Only `NotRunning`.
///
/// # Cancel safety
///
/// Dropped before it is ready, nothing was sent.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Pool(u32);
///
/// #[genserver]
/// impl Pool {
///     #[call]
///     fn take(&mut self, cx: &mut Cx<Self>) -> Option<Loan> {
///         self.0 = self.0.checked_sub(1)?;
///         Some(Loan(cx.weak()))
///     }
///
///     #[cast(unbounded)]
///     fn give_back(&mut self) {
///         self.0 += 1;
///     }
/// }
///
/// struct Loan(PoolClient);
///
/// impl Drop for Loan {
///     fn drop(&mut self) {
///         let _ = self.0.give_back().post(); // a pool that is gone needs nothing back
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = Pool::start(Pool(1)).await?;
/// let loan = pool.take().await?;
/// assert!(loan.is_some() && pool.take().await?.is_none());
/// drop(loan);
/// assert!(pool.take().await?.is_some());
/// # Ok(()) }
/// ```
#[must_use = "a message is sent by `.post()` or by awaiting it"]
pub struct Post<'a, S: Server> {
    address: &'a Address<S>,
    message: Option<S::Message>,
}

impl<S: Server> Unpin for Post<'_, S> {}

impl<'a, S: Server> Post<'a, S> {
    #[doc(hidden)]
    pub fn new(address: &'a Address<S>, message: S::Message) -> Self {
        Self { address, message: Some(message) }
    }

    /// The message, in place of sending it.
    pub(crate) fn into_message(self) -> S::Message {
        self.message.expect(UNSENT)
    }

    /// Sends at once; for `Drop` and sync code.
    ///
    /// # Errors
    ///
    /// Only `NotRunning`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// # struct Log(Vec<String>);
    /// # #[genserver] impl Log {
    /// #     #[cast(unbounded)] fn write(&mut self, #[into] line: String) { self.0.push(line); }
    /// #     #[call] fn lines(&self) -> usize { self.0.len() }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let log = Log::start(Log(Vec::new())).await?;
    /// log.write("no await, no refusal").post()?;
    /// assert_eq!(log.lines().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn post(mut self) -> Result<(), SendError> {
        let message = self.message.take().expect(UNSENT);
        send(self.address, message, Wait::No).map(drop)
    }
}

impl<S: Server> Future for Post<'_, S> {
    type Output = Result<(), SendError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        ready!(poll_proceed(cx)).made_progress();
        let message = this.message.take().expect(UNSENT);
        Poll::Ready(send(this.address, message, Wait::No).map(drop))
    }
}

impl<S: Server> fmt::Debug for Post<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("server", &S::NAME).finish_non_exhaustive()
    }
}
