//! A call that runs where it is made: on the caller's task, with the body of an idle server, which is
//! put back in the end.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll, ready};

use crate::body::Body;
use crate::call::{Call, DONE, Stage};
use crate::core::{Core, Wait};
use crate::drain;
use crate::ending;
use crate::frame;
use crate::inbox::{Inbox, Life, Mode};
use crate::limit;
use crate::outcome::Outcome;
use crate::pending::Caller;
use crate::reply::ReplyTo;
use crate::report;
use crate::rest::Stir;
use crate::send::{Lost, queue};
use crate::server::{Request, Server};
use crate::turn::{self, Interrupt};

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Call<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    /// Polls the call: runs it here, or queues it, or looks whether its reply is there. Where another
    /// server may take it that the one that was found did not, it is pending, with its arguments in
    /// place.
    pub(crate) fn advance(
        &mut self,
        found: Option<&Arc<Core<S>>>,
        cx: &mut Context<'_>,
    ) -> Poll<O> {
        if matches!(self.stage, Stage::Sent(_)) {
            return self.poll_pending(cx);
        }
        let core = match found {
            Some(core) => core,
            None => {
                ready!(limit::proceed(cx));
                match self.address.direct() {
                    Some(core) => core,
                    None => return self.poll_found(cx),
                }
            }
        };
        let args = self.args.take().expect(DONE);
        if S::INLINE
            && frame::has_room()
            && core.home.is_current()
            && let Some(mut body) = core.try_enter()
        {
            if S::POSTPONES && body.state.as_ref().is_some_and(|state| S::postpones(H, state)) {
                // It goes through the queue, to be put aside there.
                core.leave(body);
            } else {
                body.cx.disturb();
                if body.state.as_ref().is_some_and(|state| !S::accepts(state)) {
                    return Poll::Ready(refuse::<O, S, A, H>(core, body));
                }
                core.count_call();
                core.running.store(number(H), Ordering::Relaxed);
                return if S::INLINE_FN {
                    self.run_fn(core, body, args, cx)
                } else {
                    self.run_async(core, body, args, cx)
                };
            }
        }
        self.queue(core, args, cx)
    }

    #[inline(never)]
    fn queue(&mut self, core: &Arc<Core<S>>, args: A, cx: &mut Context<'_>) -> Poll<O> {
        let caller = Caller::of(&core.home, Some(cx.waker()));
        let registered = matches!(caller, Caller::Waiting(_));
        self.stage = Stage::Sent(self.pending(core, &caller));
        let Stage::Sent(pending) = &mut self.stage else {
            unreachable!("invariant: set just above")
        };
        let Err(lost) = queue::<O, S, A, H>(core, args, pending, Wait::Silent) else {
            return if registered { self.poll_queued(cx) } else { self.poll_pending(cx) };
        };
        self.stage = Stage::Idle;
        match lost {
            Lost { args, .. } if args.is_some() && self.address.moves() => {
                self.args = args;
                Poll::Pending
            }
            lost => Poll::Ready(O::error(lost.error)),
        }
    }

    /// A `fn` handler, on this stack.
    #[inline]
    fn run_fn(
        &mut self,
        core: &Arc<Core<S>>,
        mut body: Box<Body<S>>,
        args: A,
        cx: &mut Context<'_>,
    ) -> Poll<O> {
        let span = report::handler_span(core, H);
        let run = S::run(&mut body, args);
        // As `turn::run`, which has another caller: shared, it would not be inlined.
        let outcome = frame::run(self.deadline(), || {
            catch_unwind(AssertUnwindSafe(|| turn::poll_once(span.as_ref(), run)))
        });
        core.running.store(0, Ordering::Relaxed);
        match outcome {
            Ok(reply) if !body.cx.is_ending() => {
                core.put_back(body);
                Poll::Ready(O::reply(reply))
            }
            outcome => self.end(core, body, outcome.map_err(Interrupt::Panicked), cx),
        }
    }

    /// An `async fn` handler, first polled on this stack.
    fn run_async(
        &mut self,
        core: &Arc<Core<S>>,
        mut body: Box<Body<S>>,
        args: A,
        cx: &mut Context<'_>,
    ) -> Poll<O> {
        // Boxed, so that a future without one, which is moved as a whole, is small.
        let span = report::handler_span(core, H).map(Box::new);
        let mut begun = Box::pin(async move {
            let outcome = {
                let mut run = pin!(S::run(&mut body, args));
                poll_fn(|cx| {
                    let _span = span.as_ref().map(|span| span.enter());
                    turn::poll_caught(run.as_mut(), cx)
                })
                .await
            };
            (body, outcome)
        });
        let mut edges = None;
        let poll = || begun.as_mut().poll(cx);
        match frame::poll(self.deadline(), core.id, &mut edges, poll) {
            Poll::Ready((body, outcome)) => {
                core.running.store(0, Ordering::Relaxed);
                match outcome {
                    Ok(reply) if !body.cx.is_ending() => {
                        core.put_back(body);
                        Poll::Ready(O::reply(reply))
                    }
                    outcome => self.end(core, body, outcome.map_err(Interrupt::Panicked), cx),
                }
            }
            Poll::Pending => {
                let pending = self.begun(core);
                pending.slot().mark_started();
                let reply = ReplyTo::new(Arc::clone(pending.slot()));
                core.waits(None, edges);
                turn::take_over(core, H, begun, reply);
                self.stage = Stage::Sent(pending);
                self.poll_pending(cx)
            }
        }
    }

    /// The server ends with the handler.
    #[cold]
    fn end(
        &mut self,
        core: &Arc<Core<S>>,
        mut body: Box<Body<S>>,
        outcome: Result<O::Reply, Interrupt>,
        cx: &mut Context<'_>,
    ) -> Poll<O> {
        let pending = self.begun(core);
        let reply = ReplyTo::new(Arc::clone(pending.slot()));
        turn::settle(core, &mut body, H, outcome, reply);
        core.leave(body);
        self.stage = Stage::Sent(pending);
        self.poll_pending(cx)
    }
}

impl<S: Server> Core<S> {
    /// Takes the body of an idle server, to run one call where it is made.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call of its own is a tenth of an inline call")]
    pub(crate) fn try_enter(&self) -> Option<Box<Body<S>>> {
        let mut inbox = self.lock();
        let free = inbox.queue.is_empty()
            && inbox.mode.inline()
            && !self.attention.load(Ordering::Relaxed);
        if free {
            inbox.mode.set(Mode::ASLEEP, false);
            inbox.body.take()
        } else {
            None
        }
    }

    /// Puts the body back, or runs on with it where there is work.
    pub(crate) fn leave(self: &Arc<Self>, body: Box<Body<S>>) {
        self.put_back(body);
    }

    /// As [`leave`](Self::leave), in the way of every inline call.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call of its own is a tenth of an inline call")]
    pub(crate) fn put_back(self: &Arc<Self>, body: Box<Body<S>>) {
        self.note_state(&body);
        if !body.cx.is_quiet() {
            return self.leave_slowly(self.lock(), body);
        }
        let mut inbox = self.lock();
        let still = inbox.queue.is_empty()
            && !inbox.mode.is(Mode::RESTS)
            && !self.waited.load(Ordering::Relaxed)
            && !self.attention.load(Ordering::Relaxed);
        if still {
            inbox.body = Some(body);
        } else {
            self.leave_slowly(inbox, body);
        }
    }

    /// Puts the body back where there may be more to do.
    #[cold]
    fn leave_slowly(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox<S>>, body: Box<Body<S>>) {
        if inbox.mode.is(Mode::RESTS) {
            // Also where the drain task goes on: what it does next need not be a message.
            self.rested(&mut inbox, Stir::Message);
        }
        let quiet =
            inbox.queue.is_empty() && body.cx.is_quiet() && !self.attention.load(Ordering::Relaxed);
        if !quiet {
            return self.run_on(inbox, body);
        }
        if self.waited.load(Ordering::Relaxed) {
            // Seen of a handler that ran where it was called.
            self.waited.store(false, Ordering::Relaxed);
            inbox.cold().since = None;
        }
        inbox.body = Some(body);
    }

    /// Work for a body that is at hand: the parked drain task takes it, or a new one.
    fn run_on(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox<S>>, body: Box<Body<S>>) {
        if matches!(inbox.life, Life::Ending | Life::Ended) {
            // The runtime went while a handler ran on another thread.
            drop(inbox);
            ending::drop_body(body);
        } else if inbox.parked {
            // An end is seen by the drain task as any that was asked for, and so is what the handler
            // wants done when it has returned.
            self.attention.fetch_or(!body.cx.is_quiet(), Ordering::AcqRel);
            inbox.body = Some(body);
            Self::wake_drain(inbox);
        } else {
            drop(inbox);
            drain::spawn(self, body);
        }
    }
}

fn number(handler: usize) -> u16 {
    u16::try_from(handler + 1).unwrap_or(u16::MAX)
}

/// The machine's state refuses the call.
#[cold]
fn refuse<O, S, A, const H: usize>(core: &Arc<Core<S>>, body: Box<Body<S>>) -> O
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    let state = body.state.as_ref().expect("invariant: it was looked at");
    let refused = turn::invalid::<S>(H, state);
    core.lock().cold().counters.refused += 1;
    core.leave(body);
    O::error(refused)
}
