//! Several calls at once.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::call::Call;
use crate::outcome::Outcome;
use crate::pending::Pending;
use crate::send::SendCall;
use crate::server::{Request, Server};

/// Makes several calls in parallel and waits for all replies, in the order of the calls.
///
/// Each one goes through its server's queue, so that none runs on the caller's task and one slow
/// server does not hold up the others. An error is that call's own: it does not end the rest. The
/// calls are of one handler, to any servers of one type.
///
/// Like `gen_server:multi_call/4`; differs: the replies stand in order, failures among them.
///
/// # Cancel safety
///
/// As a [`Call`]: what was sent is executed, its reply is dropped.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let [one, two] = [Counter::start(Counter(0)).await?, Counter::start(Counter(1)).await?];
/// two.stop().await?;
/// let replies = join([one.increment(), two.increment()]).await;
/// assert_eq!(replies, [Ok(1), Err(ServerError::NotRunning)]);
/// # Ok(()) }
/// ```
pub fn join<'a, O, S, A, const H: usize>(
    calls: impl IntoIterator<Item = Call<'a, O, S, A, H>>,
) -> Join<'a, O, S, A, H>
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    Join { calls: calls.into_iter().map(|call| Member::Sending(call.send())).collect() }
}

/// Several calls at once: see [`join`].
///
/// A future of the outcomes, in the order of the calls.
///
/// # Cancel safety
///
/// As a [`Call`]: what was sent is executed, its reply is dropped.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let calls = join((0..3).map(|_| counter.increment())); // nothing was sent yet
/// assert_eq!(calls.await, [Ok(1), Ok(2), Ok(3)]);
/// # Ok(()) }
/// ```
#[must_use = "calls do nothing until they are awaited"]
pub struct Join<'a, O: Outcome, S: Server, A, const H: usize> {
    calls: Vec<Member<'a, O, S, A, H>>,
}

enum Member<'a, O: Outcome, S: Server, A, const H: usize> {
    Sending(SendCall<'a, O, S, A, H>),
    Waiting(Pending<O::Reply>),
    Done(Option<O>),
}

// Nothing in it is ever pinned.
impl<O: Outcome, S: Server, A, const H: usize> Unpin for Join<'_, O, S, A, H> {}

impl<O, S, A, const H: usize> Join<'_, O, S, A, H>
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// Gives all of them the same time; each one's own time-out no longer counts.
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
    /// let (slow, slower) = (Slow::start(Slow).await?, Slow::start(Slow).await?);
    /// let replies = join([slow.forever(), slower.forever()]).within(Duration::from_secs(1)).await;
    /// assert!(replies.iter().all(|reply| matches!(reply, Err(ServerError::Timeout(_)))));
    /// # Ok(()) }
    /// ```
    pub fn within(mut self, limit: Duration) -> Self {
        for call in &mut self.calls {
            if let Member::Sending(sending) = call {
                sending.limit(limit);
            }
        }
        self
    }
}

impl<O, S, A, const H: usize> Member<'_, O, S, A, H>
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// `true` when its outcome is there.
    fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        loop {
            let next = match self {
                Self::Done(_) => return true,
                Self::Sending(sending) => match Pin::new(sending).poll(cx) {
                    Poll::Pending => return false,
                    Poll::Ready(Ok(pending)) => Self::Waiting(pending),
                    Poll::Ready(Err(error)) => Self::Done(Some(O::error(error))),
                },
                Self::Waiting(pending) => match pending.poll_reply(cx) {
                    Poll::Pending => return false,
                    Poll::Ready(reply) => Self::Done(Some(reply.map_or_else(O::error, O::reply))),
                },
            };
            *self = next;
        }
    }
}

impl<O, S, A, const H: usize> Future for Join<'_, O, S, A, H>
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    type Output = Vec<O>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<O>> {
        let this = self.get_mut();
        let mut all = true;
        for call in &mut this.calls {
            all &= call.poll(cx);
        }
        if !all {
            return Poll::Pending;
        }
        let outcome = |member| match member {
            Member::Done(outcome) => outcome,
            Member::Sending(_) | Member::Waiting(_) => None,
        };
        Poll::Ready(std::mem::take(&mut this.calls).into_iter().filter_map(outcome).collect())
    }
}

impl<O: Outcome, S: Server, A, const H: usize> std::fmt::Debug for Join<'_, O, S, A, H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Join").field("calls", &self.calls.len()).finish()
    }
}
