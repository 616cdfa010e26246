//! A request that was sent and whose reply is waited for.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::clock::{self, Instant};
use crate::error::ServerError;
use crate::frame::{self, Deadline, Edge};
use crate::home::Home;
use crate::late::{Busy, Late, Phase};
use crate::limit::Limit;
use crate::node::Node;
use crate::slot::{Answerable, Expire, Found, Slot};
use crate::sweeper::Whose;

mod timer;

use timer::{Timer, arm, arm_own};

/// The reply to a request that is on its way: what `.send()` gives.
///
/// `'static`: it borrows no client and keeps no server alive. The time-out counts from the sending.
///
/// Like a request id of `gen_server:send_request/2`, awaited as by `gen_server:wait_response/2`.
///
/// # Errors
///
/// Those of the [`Call`](crate::Call) that was sent.
///
/// # Panics
///
/// When it is polled again after it was ready.
///
/// # Cancel safety
///
/// Polling it in `select!` or [`tokio::time::timeout`] by reference loses nothing: it can be
/// awaited again. Dropping it gives the reply up; the request is executed all the same, unless its
/// handler is marked `skip_abandoned`.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// # struct Bell(Vec<ReplyTo<u32>>);
/// # #[genserver] impl Bell {
/// #     #[call] fn heard(&mut self, reply: ReplyTo<u32>) { self.0.push(reply); }
/// #     #[call] fn ring(&mut self) { self.0.drain(..).for_each(|reply| drop(reply.reply(1))); }
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use tokio::time::timeout;
///
/// let bell = Bell::start(Bell(Vec::new())).await?;
/// let mut heard = bell.heard().send().await?;
/// assert!(timeout(Duration::from_secs(1), &mut heard).await.is_err()); // silence so far
/// bell.ring().await?;
/// assert_eq!(heard.await?, 1);
/// # Ok(()) }
/// ```
#[must_use = "a reply that nobody awaits is dropped"]
pub struct Pending<T> {
    slot: Arc<Slot<T>>,
    call: &'static str,
    timer: Timer,
    waited: Duration,
    stands: Stands,
    /// Whether the time is what was left to the handler that asked.
    inherited: bool,
    waits: Waits,
}

/// Where a request stands, as far as its caller knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// It may still wait for room.
    Room,
    Sent,
    /// Answered, or too late.
    Done,
}

/// What a request brings along.
pub(crate) struct Asked {
    pub(crate) call: &'static str,
    pub(crate) limit: Limit,
    pub(crate) waits: Waits,
}

/// Who sends a request.
pub(crate) enum Caller<'a> {
    /// Somebody in another runtime than the server's, or in none. It is registered by its first poll, which looks
    /// for the reply: the server runs on another thread, and may have replied by then. To wake a caller that does
    /// not wait yet may cost a system call.
    Abroad,
    /// Somebody in the server's runtime, whose sweeper then takes care of the default time-out.
    Here,
    /// The same, who waits at once: it is registered from the start, and its first poll need not look.
    Waiting(&'a Waker),
}

impl<'a> Caller<'a> {
    #[inline]
    pub(crate) fn of(home: &Home, waits: Option<&'a Waker>) -> Self {
        if home.is_current() { waits.map_or(Self::Here, Self::Waiting) } else { Self::Abroad }
    }
}

/// What a caller waits for, as far as circles are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// For the server, until the reply is there.
    Server,
    /// For the server until the handler has begun, and then for whoever has the right to reply.
    UntilBegun,
    /// For nothing that a circle could hold up.
    Nobody,
}

impl<T> Pending<T> {
    #[inline]
    fn disarm(&mut self) {
        match &self.timer {
            Timer::Rolled => {
                if let Some(key) = self.slot.take_key() {
                    self.slot.node().home().sweeper().remove(key);
                }
            }
            Timer::Swept(key) => self.slot.node().home().sweeper().remove(*key),
            Timer::Abroad(home, key) => home.sweeper().remove(*key),
            Timer::Off | Timer::Exact(_) | Timer::Thread(_) => {}
        }
        self.timer = Timer::Off;
    }
}

impl<T: Send + 'static> Pending<T> {
    /// A slot for the reply, with its time-out running.
    pub(crate) fn new(node: Arc<dyn Node>, asked: &Asked) -> Self {
        let caller = Caller::of(node.home(), None);
        let mut pending = Self::queued(node, asked, &caller);
        pending.sweep();
        pending
    }

    /// The same, of a request that may be put on the roll when it is sent.
    #[inline]
    pub(crate) fn queued(node: Arc<dyn Node>, asked: &Asked, caller: &Caller<'_>) -> Self {
        let (deadline, inherited) = asked.limit.resolve();
        let exact = inherited || matches!(asked.limit, Limit::Within(_));
        let (abroad, waker) = match caller {
            Caller::Abroad => (true, None),
            Caller::Here => (false, None),
            Caller::Waiting(waker) => (false, Some(Waker::clone(waker))),
        };
        let slot = Slot::of(node, deadline, waker);
        let (timer, waited) = match deadline {
            Deadline::Within(within) if !abroad && !exact => (Timer::Rolled, within),
            deadline => arm(&slot, deadline, exact),
        };
        Self {
            slot,
            call: asked.call,
            timer,
            waited,
            inherited,
            stands: Stands::Sent,
            waits: asked.waits,
        }
    }

    /// Gives a request that is on no roll another time, from now on.
    pub(crate) fn limit(&mut self, within: Duration) {
        debug_assert!(!matches!(self.timer, Timer::Rolled), "the roll would keep the first one");
        self.disarm();
        (self.timer, self.waited) = arm(&self.slot, Deadline::Within(within), true);
    }

    /// What is to be put on the roll, if anything.
    #[inline]
    pub(crate) fn to_enroll(&self) -> Option<Arc<dyn Expire>> {
        let rolled = matches!(self.timer, Timer::Rolled);
        rolled.then(|| Arc::clone(&self.slot) as Arc<dyn Expire>)
    }

    /// The sweeper takes what is on no roll.
    pub(crate) fn sweep(&mut self) {
        if matches!(self.timer, Timer::Rolled) {
            let home = self.slot.node().home();
            let slot = Arc::clone(&self.slot) as Arc<dyn Expire>;
            let key = home.sweeper().insert(slot, self.waited, Whose::Own);
            home.end_sweeper_if_gone();
            self.timer = Timer::Swept(key);
        }
    }

    pub(crate) fn slot(&self) -> &Arc<Slot<T>> {
        &self.slot
    }

    /// The request waits for room in the mailbox.
    pub(crate) fn in_room(&mut self) {
        self.stands = Stands::Room;
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.timer {
            Timer::Abroad(home, _) if home.is_gone() => {
                // The time begins anew, by a clock that goes on: never early.
                self.timer = arm_own(&self.slot, self.waited);
                self.is_over(cx)
            }
            Timer::Off | Timer::Rolled | Timer::Swept(_) | Timer::Abroad(..) => false,
            Timer::Exact(sleep) => sleep.as_mut().poll(cx).is_ready(),
            Timer::Thread(at) if Handle::try_current().is_ok() => {
                // It was made on a plain thread, and is awaited in a task.
                let mut sleep = Box::pin(clock::sleep_until(Instant::from_std(*at)));
                let over = sleep.as_mut().poll(cx).is_ready();
                self.timer = Timer::Exact(sleep);
                over
            }
            Timer::Thread(at) => std::time::Instant::now() >= *at,
        }
    }

    /// Whether the time of a request that waits for room is over.
    pub(crate) fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        // The slot first: whose clock stops is woken to look at its timer.
        self.slot.poll_expired(cx) || self.is_over(cx)
    }

    #[inline]
    fn finish(&mut self) {
        self.stands = Stands::Done;
        self.disarm();
    }

    /// The error of a request that took too long.
    pub(crate) fn late(&mut self) -> ServerError {
        let id = self.slot.identity();
        let (phase, busy) = if self.stands == Stands::Room && self.slot.node().leave_room(id) {
            (Phase::Room, None)
        } else {
            let (phase, busy) = self.slot.node().stands(id, self.slot.seq(), self.slot.started());
            (if self.slot.deferred() { Phase::Deferred } else { phase }, busy)
        };
        ServerError::Timeout(Box::new(Late {
            server: self.slot.node().kind(),
            call: self.call,
            phase,
            busy: busy.filter(|_: &Busy| !matches!(phase, Phase::Running { .. })),
            waited: self.waited,
            inherited: self.inherited,
        }))
    }

    /// The first poll of a request whose slot knows who waits: there is nothing to look at but a
    /// timer of its own.
    pub(crate) fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, ServerError>> {
        if matches!(self.timer, Timer::Exact(_) | Timer::Thread(_)) {
            return self.poll_reply(cx);
        }
        self.note_edge();
        Poll::Pending
    }

    pub(crate) fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, ServerError>> {
        assert!(self.stands != Stands::Done, "a reply was polled after it had been taken");
        let found = match self.slot.poll(cx) {
            Poll::Ready(found) => found,
            Poll::Pending if self.is_over(cx) => {
                // A reply that came in between is lost as any late one.
                self.slot.give_up();
                Found::Expired
            }
            Poll::Pending => {
                self.note_edge();
                return Poll::Pending;
            }
        };
        let outcome = match found {
            Found::Reply(reply) => Ok(reply),
            Found::Error(error) => Err(error),
            Found::Expired => Err(self.late()),
        };
        self.finish();
        Poll::Ready(outcome)
    }

    fn note_edge(&self) {
        let until_begun = match self.waits {
            Waits::Server => false,
            Waits::UntilBegun => true,
            Waits::Nobody => return,
        };
        frame::wait_on(|| Edge {
            to: Arc::clone(self.slot.node()),
            reply: Arc::clone(&self.slot) as Arc<dyn Answerable>,
            call: self.call,
            until_begun,
        });
    }
}

impl<T: Send + 'static> Future for Pending<T> {
    type Output = Result<T, ServerError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_reply(cx)
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if self.stands == Stands::Done {
            return;
        }
        // First, so that the roll gives it no place any more; and what is the user's last: it may panic.
        let left = self.slot.leave();
        self.disarm();
        if self.stands == Stands::Room {
            self.slot.node().leave_room(self.slot.identity());
        }
        left.tell();
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("server", &self.slot.node().kind())
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
