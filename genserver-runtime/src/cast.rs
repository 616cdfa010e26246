//! A cast: queued, and never answered.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::absence::{Absence, Absent};
use crate::address::Address;
use crate::blocking;
use crate::core::{Refused, Sent, Wait};
use crate::error::{SendError, ServerError};
use crate::inbox::Inbox;
use crate::item::{Item, Lane};
use crate::limit::{self, Limit};
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
    /// Taken when it is sent.
    item: Item<S>,
    stage: Stage,
}

/// How far a cast has come that is not in the mailbox yet.
#[derive(Default)]
enum Stage {
    #[default]
    Unsent,
    /// Nobody is where it goes.
    Absent(Box<Absent>),
    /// It waits for room.
    Room(Ticket),
}

// Nothing in it is ever pinned.
impl<S: Server> Unpin for Cast<'_, S> {}

impl<'a, S: Server> Cast<'a, S> {
    #[doc(hidden)]
    pub fn new(address: &'a Address<S>, message: S::Message) -> Self {
        Self { address, item: Item::User(message), stage: Stage::Unsent }
    }

    /// The message, in place of sending it.
    pub(crate) fn into_message(mut self) -> S::Message {
        self.item.take_message().expect(UNSENT)
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
        let message = self.item.take_message().expect(UNSENT);
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
    #[track_caller]
    pub fn blocking(self) -> Result<(), SendError> {
        blocking::wait(self)
    }
}

impl<S: Server> Cast<'_, S> {
    /// Looks for the server, until one takes the message.
    fn poll_found(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Ticket>, SendError>> {
        assert!(self.item.message().is_some(), "{UNSENT}");
        let Self { address, item, stage } = self;
        let mut absent = match std::mem::take(stage) {
            Stage::Absent(absent) => Some(absent),
            Stage::Unsent | Stage::Room(_) => None,
        };
        let limit = Limit::Default(S::OPTIONS.call_timeout);
        let polled = poll_deliver(&mut absent, limit, cx, || {
            let make = || item.take_message().expect("invariant: made once");
            deliver(address, make, Wait::Told)
        });
        if let Some(absent) = absent.filter(|_| polled.is_pending()) {
            *stage = Stage::Absent(absent);
        }
        polled
    }

    /// Sends; ready where it needs not wait for room.
    #[inline]
    fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        ready!(limit::proceed(cx));
        let ticket = match self.address.direct() {
            Some(core) => {
                if let Some(span) = report::caller_span() {
                    self.item.frame(*span);
                }
                let item = &mut self.item;
                let lane = Lane::of::<S>(item.message().expect(UNSENT));
                let push =
                    |inbox: &mut Inbox<S>, taken| inbox.push_made(lane, taken, |_| item.take());
                match core.send_by(Wait::Told, push) {
                    Ok(Sent::Queued) => return Poll::Ready(Ok(())),
                    Ok(Sent::Waiting(ticket)) => ticket,
                    Err(refused) => return Poll::Ready(Err(refused.into())),
                }
            }
            None => ready!(self.poll_found(cx))?,
        };
        let Some(ticket) = ticket else { return Poll::Ready(Ok(())) };
        self.poll_room(ticket, cx)
    }

    /// Waits for room.
    #[cold]
    fn poll_room(
        &mut self,
        mut ticket: Ticket,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SendError>> {
        let polled = ticket.poll(cx).map(waited);
        if polled.is_pending() {
            self.stage = Stage::Room(ticket);
        }
        polled
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

pub(crate) const UNSENT: &str = "a cast was polled after it was sent";

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
        if let Stage::Room(_) = this.stage
            && let Stage::Room(ticket) = std::mem::take(&mut this.stage)
        {
            return this.poll_room(ticket, cx);
        }
        this.poll_first(cx)
    }
}

impl<S: Server> fmt::Debug for Cast<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cast").field("server", &S::NAME).finish_non_exhaustive()
    }
}
