//! An end that was asked for.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::address::AnyAddress;
use crate::blocking;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::limit::Limit;
use crate::node::{Node, Stop as How};
use crate::pending::{Asked, Pending, Waits};

/// An end that was asked for, and its waiting: see [`Client::stop`](crate::Client::stop).
///
/// # Errors
///
/// Those of [`Client::stop`](crate::Client::stop).
///
/// # Cancel safety
///
/// Dropping it does not take the end back.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let stop = counter.stop(); // asked for
/// assert_eq!(stop.await, Ok(())); // gone
/// # Ok(()) }
/// ```
#[must_use = "the end was asked for; await it to know that it has come"]
pub struct Stop {
    waiting: Option<Pending<ExitReason>>,
    reason: ExitReason,
}

impl Stop {
    pub(crate) fn new(address: &dyn AnyAddress, how: How, reason: ExitReason) -> Self {
        Self::of(address.node(), how, reason)
    }

    pub(crate) fn of(node: Option<Arc<dyn Node>>, how: How, reason: ExitReason) -> Self {
        // A kill ends what it would wait for: it closes no circle.
        let waits = if matches!(how, How::Kill) { Waits::Nobody } else { Waits::Server };
        Self { waiting: node.map(|node| ask(node, how, waits)), reason }
    }

    /// The same, as one that closes no circle.
    pub(crate) fn unnoticed(node: Arc<dyn Node>, how: How, reason: ExitReason) -> Self {
        Self { waiting: Some(ask(node, how, Waits::Nobody)), reason }
    }

    /// Waits at most so long; the stop goes on.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Slow; #[genserver]
    /// # impl Slow {
    /// #     #[call] async fn forever(&self) { std::future::pending().await }
    /// #     #[call] fn get(&self) -> u32 { 7 }
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let slow = Slow::start(Slow).await?;
    /// let reply = slow.forever().send().await?;
    /// let late = slow.stop().timeout(std::time::Duration::from_secs(1)).await.unwrap_err();
    /// assert!(matches!(late, ServerError::Timeout(_)) && slow.is_running());
    /// # Ok(()) }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        if let Some(waiting) = &mut self.waiting {
            waiting.limit(limit);
        }
        self
    }

    /// Waits on a thread without a runtime.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    #[track_caller]
    pub fn blocking(self) -> Result<(), ServerError> {
        blocking::wait(self)
    }
}

fn ask(node: Arc<dyn Node>, how: How, waits: Waits) -> Pending<ExitReason> {
    let asked = Asked { call: "stop", limit: Limit::Never, waits };
    let pending = Pending::new(Arc::clone(&node), &asked);
    node.stop(how, Some(Arc::clone(pending.slot())));
    pending
}

impl Future for Stop {
    type Output = Result<(), ServerError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(waiting) = &mut this.waiting else {
            return Poll::Ready(Err(ServerError::NotRunning));
        };
        let Poll::Ready(ended) = waiting.poll_reply(cx) else { return Poll::Pending };
        Poll::Ready(match ended? {
            reason if reason == this.reason => Ok(()),
            reason => Err(ServerError::Exit(reason)),
        })
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("reason", &self.reason).finish_non_exhaustive()
    }
}
