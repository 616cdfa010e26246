//! A request that goes through the queue.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::call::Call;
use crate::core::{Core, Refused, Sent, Wait};
use crate::error::ServerError;
use crate::inbox::Inbox;
use crate::item::{Item, Lane};
use crate::limit::{self, Limit};
use crate::node::Node;
use crate::outcome::Outcome;
use crate::overflow::Full;
use crate::pending::{Asked, Caller, Pending, Waits};
use crate::reply::ReplyTo;
use crate::report;
use crate::roll::Enrolled;
use crate::room::Ticket;
use crate::server::{Mode, Request, Server};
use crate::slot::Answerable;

/// A request that was not taken.
pub(crate) struct Lost<A> {
    /// Back for another try, when the server was not there.
    pub(crate) args: Option<A>,
    pub(crate) error: ServerError,
}

/// Sends a request, whose reply is waited for with `pending`, through the queue; with a ticket where it
/// waits for room and asked to be told.
pub(crate) fn queue<O: Outcome<Reply: Send + 'static>, S, A, const H: usize>(
    core: &Arc<Core<S>>,
    args: A,
    pending: &mut Pending<O::Reply>,
    wait: Wait,
) -> Result<Option<Ticket>, Lost<A>>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    let slot = Arc::clone(pending.slot());
    let mut args = Some(args);
    let span = report::caller_span();
    let lane = const { Lane::declared(&S::HANDLERS[H]) };
    let call = pending.to_enroll();
    let mut enrolled = None;
    let make = |seq| {
        slot.enqueued(seq);
        let args = args.take().expect("invariant: a message is made once");
        Item::new(S::message(args, ReplyTo::new(slot)), span)
    };
    let push = |inbox: &mut Inbox<S>, taken| {
        let pushed = inbox.push_made(lane, taken, make);
        // One that waits for room has its time, too.
        if let Some(call) = call
            && !matches!(pushed, Err(Full::Refused(_)))
        {
            enrolled = Some(core.enroll(inbox, call));
        }
        pushed
    };
    let sent = core.send_by(wait, push);
    match enrolled {
        None | Some(Enrolled::Yes) => {}
        Some(Enrolled::First) => core.enrolled_first(),
        Some(Enrolled::No) => pending.sweep(),
    }
    match sent {
        Ok(Sent::Queued) => Ok(None),
        Ok(Sent::Waiting(ticket)) => {
            pending.in_room();
            Ok(ticket)
        }
        Err(Refused::Full) => Err(Lost { args: None, error: ServerError::Full }),
        Err(Refused::NotRunning) => Err(Lost { args, error: ServerError::NotRunning }),
    }
}

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Call<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// What its reply is waited for with.
    #[inline]
    pub(crate) fn pending(&self, core: &Arc<Core<S>>, caller: &Caller<'_>) -> Pending<O::Reply> {
        Pending::queued(Arc::clone(core) as Arc<dyn Node>, &self.asked(), caller)
    }

    /// The same, of a request that is in no queue.
    #[cold]
    pub(crate) fn begun(&self, core: &Arc<Core<S>>) -> Pending<O::Reply> {
        Pending::new(Arc::clone(core) as Arc<dyn Node>, &self.asked())
    }

    fn asked(&self) -> Asked {
        let waits = if S::MODE == Mode::Deferred { Waits::UntilBegun } else { Waits::Server };
        Asked { call: S::HANDLERS[H].message, limit: self.limit(), waits }
    }
}

/// A request on its way into the mailbox: see [`Call::send`].
///
/// Ready with the [`Pending`] reply once the request is in the mailbox, which may wait for room.
///
/// # Errors
///
/// `NotRunning`, `Full` where the overflow policy refuses, `Timeout` where there was no room in
/// time, and `Deadlock` in a handler that waits for room which only itself could make.
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
/// let sending = counter.increment().send(); // not sent yet
/// let reply = sending.await?; // in the mailbox
/// assert_eq!(reply.await?, 1);
/// # Ok(()) }
/// ```
#[must_use = "a request is sent when this is awaited"]
pub struct SendCall<'a, O: Outcome, S: Server, A, const H: usize> {
    pub(crate) call: Call<'a, O, S, A, H>,
    pub(crate) room: Option<(Pending<O::Reply>, Ticket)>,
}

// Nothing in it is ever pinned.
impl<O: Outcome, S: Server, A, const H: usize> Unpin for SendCall<'_, O, S, A, H> {}

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> SendCall<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// Gives the request another time, as long as it is not sent.
    pub(crate) fn limit(&mut self, limit: Duration) {
        self.call.limit = Some(Limit::Within(limit));
    }

    /// Sends; `None` where it waits for room.
    fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<First<O::Reply>> {
        let call = &mut self.call;
        let mut tried = None;
        loop {
            let found;
            let core = match call.address.direct() {
                Some(core) => core,
                None => {
                    found = ready!(call.find(&mut tried, cx))?;
                    &found
                }
            };
            let args = call.args.take().expect("a request was polled after it was sent");
            let mut pending = call.pending(core, &Caller::of(&core.home, None));
            match queue::<O, S, A, H>(core, args, &mut pending, Wait::Told) {
                Ok(None) => return Poll::Ready(Ok(Some(pending))),
                Ok(Some(ticket)) => {
                    self.room = Some((pending, ticket));
                    return Poll::Ready(Ok(None));
                }
                Err(Lost { args, .. }) if args.is_some() && call.address.moves() => {
                    call.args = args;
                }
                Err(lost) => return Poll::Ready(Err(lost.error)),
            }
        }
    }
}

/// What the first polls of a request come to.
type First<R> = Result<Option<Pending<R>>, ServerError>;

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Future for SendCall<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    type Output = Result<Pending<O::Reply>, ServerError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.room.is_none() {
            ready!(limit::proceed(cx));
            if let Some(pending) = ready!(this.poll_first(cx))? {
                return Poll::Ready(Ok(pending));
            }
        }
        let (mut pending, mut ticket) = this.room.take().expect("invariant: set just above");
        if let Poll::Ready(taken) = ticket.poll(cx) {
            return Poll::Ready(taken.map(|()| pending));
        }
        if pending.is_late(cx) {
            return Poll::Ready(Err(pending.late()));
        }
        this.room = Some((pending, ticket));
        Poll::Pending
    }
}

impl<O: Outcome, S: Server, A, const H: usize> fmt::Debug for SendCall<'_, O, S, A, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SendCall").field(&self.call).finish()
    }
}
