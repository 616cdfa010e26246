//! A cast that takes no room in the mailbox.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::address::Address;
use crate::cast::{UNSENT, send};
use crate::core::Wait;
use crate::error::SendError;
use crate::limit;
use crate::server::Server;

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
        ready!(limit::proceed(cx));
        let message = this.message.take().expect(UNSENT);
        Poll::Ready(send(this.address, message, Wait::No).map(drop))
    }
}

impl<S: Server> fmt::Debug for Post<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("server", &S::NAME).finish_non_exhaustive()
    }
}
