//! A cast: queued, and never answered.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop::poll_proceed;

use crate::address::Address;
use crate::blocking;
use crate::core::{Refused, Sent, Wait};
use crate::error::{SendError, ServerError};
use crate::inbox::Item;
use crate::report;
use crate::room::Ticket;
use crate::server::Server;

/// A message without a reply, sent when it is awaited: ready once it is in the mailbox, which may
/// wait for room; never when it was handled.
///
/// Like `gen_server:cast/2`; differs: the mailbox is bounded, and a server that is not there is
/// told.
///
/// # Cancel safety
///
/// Dropped before it is ready, nothing was sent.
#[must_use = "a cast does nothing until it is awaited or sent"]
pub struct Cast<'a, S: Server> {
    address: &'a Address<S>,
    message: Option<S::Message>,
    ticket: Option<Ticket>,
}

// Nothing in it is ever pinned.
impl<S: Server> Unpin for Cast<'_, S> {}

impl<'a, S: Server> Cast<'a, S> {
    #[doc(hidden)]
    pub fn new(address: &'a Address<S>, message: S::Message) -> Self {
        Self { address, message: Some(message), ticket: None }
    }

    /// Sends without waiting: `Full` where there is no room and the overflow policy does not
    /// drop.
    pub fn try_send(mut self) -> Result<(), SendError> {
        let message = self.message.take().expect(UNSENT);
        send(self.address, message, Wait::No).map(drop)
    }

    /// Sends and waits for room on a thread without a runtime.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    pub fn blocking(self) -> Result<(), SendError> {
        blocking::wait(self)
    }
}

const UNSENT: &str = "a cast was polled after it was sent";

/// Queues a message; gives the ticket of one that waits.
pub(crate) fn send<S: Server>(
    address: &Address<S>,
    message: S::Message,
    wait: Wait,
) -> Result<Option<Ticket>, SendError> {
    let mut message = Some(message);
    let mut tried = None;
    loop {
        let span = report::caller_span();
        let make = || Item::new(message.take().expect("invariant: made once"), span);
        let sent = address.with_next(&mut tried, |core| core.send(make, wait));
        match sent {
            Some(Ok(Sent::Queued)) => return Ok(None),
            Some(Ok(Sent::Waiting(ticket))) => return Ok(ticket),
            Some(Err(Refused::Full)) => return Err(SendError::Full),
            // The incarnation ended between the look-up and the push: the next one is tried.
            Some(Err(Refused::NotRunning)) if address.moves() => {}
            Some(Err(Refused::NotRunning)) | None => return Err(SendError::NotRunning),
        }
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
            let message = this.message.take().expect(UNSENT);
            match send(this.address, message, Wait::Told) {
                Ok(None) => return Poll::Ready(Ok(())),
                Ok(ticket) => this.ticket = ticket,
                Err(error) => return Poll::Ready(Err(error)),
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

    /// Sends at once; for `Drop` and sync code.
    ///
    /// # Errors
    ///
    /// Only `NotRunning`.
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
