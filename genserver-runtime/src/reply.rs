//! The right to reply.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;

use crate::error::ServerError;
use crate::frame::{self, Deadline};
use crate::slot::{Answerable, Slot};

/// The right to reply to one call, for a handler that replies later or from elsewhere.
///
/// Like `From` of `gen_server:reply/2`; differs: it replies once. It can be sent to other tasks and
/// servers. Dropped without a reply, it tells the caller [`ServerError::NoReply`] at once.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Desk; #[genserver]
/// # impl Desk {
/// #[call]
/// fn look_up(&self, reply: ReplyTo<u32>, number: u32) {
///     tokio::spawn(async move { reply.reply(number * 2) }); // the next call need not wait
/// }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let desk = Desk::start(Desk).await?;
/// assert_eq!(desk.look_up(21).await?, 42);
/// # Ok(()) }
/// ```
#[must_use = "dropped without a reply, the caller gets `NoReply`"]
pub struct ReplyTo<T> {
    slot: Option<Arc<Slot<T>>>,
}

impl<T> ReplyTo<T> {
    pub(crate) fn new(slot: Arc<Slot<T>>) -> Self {
        Self { slot: Some(slot) }
    }

    fn slot(&self) -> &Slot<T> {
        self.slot.as_deref().expect("invariant: the slot is taken only by what consumes self")
    }

    /// Sends the reply.
    ///
    /// # Errors
    ///
    /// Gives the value back when the caller no longer waits: it timed out or was dropped.
    #[inline]
    pub fn reply(mut self, value: T) -> Result<(), T> {
        let slot = self.slot.take().expect("invariant: only `reply` and `drop` take the slot");
        slot.reply(value)
    }

    /// Whether the caller has gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        !self.slot().awaited()
    }

    /// Waits until the caller has gone.
    ///
    /// # Cancel safety
    ///
    /// Safe: dropping the future changes nothing.
    pub async fn closed(&mut self) {
        poll_fn(|cx| self.slot().poll_closed(cx)).await;
    }

    /// The slot, for who must answer when the handler cannot.
    pub(crate) fn share(&self) -> Arc<Slot<T>> {
        Arc::clone(
            self.slot.as_ref().expect("invariant: the slot is taken only by what consumes self"),
        )
    }

    /// See [`Slot::until`].
    #[inline]
    pub(crate) fn until(&self) -> impl FnMut() -> Deadline {
        self.slot().until()
    }

    pub(crate) fn refuse_with(mut self, error: ServerError) {
        if let Some(slot) = self.slot.take() {
            slot.refuse(error);
        }
    }
}

impl<T: Send> Answerable for ReplyTo<T> {
    fn refuse(&self, error: ServerError) -> bool {
        self.slot().refuse(error)
    }

    fn enqueued(&self, seq: u64) {
        self.slot().enqueued(seq);
    }

    fn awaited(&self) -> bool {
        self.slot().awaited()
    }

    fn started(&self) -> bool {
        self.slot().started()
    }

    fn identity(&self) -> usize {
        self.slot().identity()
    }
}

impl<T> Drop for ReplyTo<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take()
            && !frame::panics_with(slot.identity())
        {
            slot.dropped();
        }
    }
}

impl<T> fmt::Debug for ReplyTo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyTo").field("closed", &self.is_closed()).finish_non_exhaustive()
    }
}
