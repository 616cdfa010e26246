//! A call that runs where it is made: on the caller's task, with the body of an idle server.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use crate::body::Body;
use crate::call::Call;
use crate::core::{Core, Wait};
use crate::frame::{self, Frame};
use crate::node::Node;
use crate::outcome::Outcome;
use crate::pending::Pending;
use crate::reply::ReplyTo;
use crate::report;
use crate::send::{Lost, asked, queue};
use crate::server::Request;
use crate::turn::{self, Interrupt};

impl<O: Outcome<Reply: Send + 'static>, S, A, const H: usize> Call<'_, O, S, A, H>
where
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    #[inline]
    pub(crate) fn start(
        &mut self,
        core: &Arc<Core<S>>,
        args: A,
        cx: &mut Context<'_>,
    ) -> Started<O, A> {
        if S::INLINE { self.enter(core, args, cx) } else { self.queue(core, args, cx) }
    }

    #[inline]
    fn enter(&mut self, core: &Arc<Core<S>>, args: A, cx: &mut Context<'_>) -> Started<O, A> {
        frame::with(|frame| {
            if frame.has_room()
                && core.home.is_current()
                && let Some(mut body) = core.try_enter()
            {
                if S::POSTPONES && body.state.as_ref().is_some_and(|state| S::postpones(H, state)) {
                    // It goes through the queue, to be put aside there.
                    core.leave(body);
                } else {
                    body.cx.disturb();
                    return if S::INLINE_FN {
                        self.run_fn(frame, core, body, args)
                    } else {
                        self.run_async(frame, core, body, args, cx)
                    };
                }
            }
            self.queue(core, args, cx)
        })
    }

    fn queue(&mut self, core: &Arc<Core<S>>, args: A, cx: &Context<'_>) -> Started<O, A> {
        match queue::<O, S, A, H>(core, args, self.limit, Wait::Silent, Some(cx)) {
            Ok((pending, _)) => {
                self.pending = Some(pending);
                Started::Queued
            }
            Err(lost) => Started::Lost(lost),
        }
    }

    /// A `fn` handler, on this stack.
    #[inline]
    fn run_fn(
        &mut self,
        frame: &Frame,
        core: &Arc<Core<S>>,
        mut body: Box<Body<S>>,
        args: A,
    ) -> Started<O, A> {
        if let Some(refused) = refused::<O, S, A, H>(core, &body) {
            core.leave(body);
            return Started::Done(refused);
        }
        core.count_call();
        core.running.store(number(H), Ordering::Relaxed);
        let (deadline, _) = self.limit.resolve_in(frame);
        let span = report::handler_span(core, H);
        // As `turn::run`, which has another caller: shared, it would not be inlined.
        let polled = frame.run(deadline, || {
            let run = S::run(&mut body, args);
            catch_unwind(AssertUnwindSafe(|| turn::poll_once(span.as_ref(), run)))
        });
        core.running.store(0, Ordering::Relaxed);
        match polled {
            Ok(Poll::Ready(reply)) if !body.cx.is_ending() => {
                core.leave(body);
                Started::Done(O::reply(reply))
            }
            polled => self.end(core, body, turn::ran(polled)),
        }
    }

    /// An `async fn` handler, first polled on this stack.
    fn run_async(
        &mut self,
        frame: &Frame,
        core: &Arc<Core<S>>,
        mut body: Box<Body<S>>,
        args: A,
        cx: &mut Context<'_>,
    ) -> Started<O, A> {
        if let Some(refused) = refused::<O, S, A, H>(core, &body) {
            core.leave(body);
            return Started::Done(refused);
        }
        core.count_call();
        core.running.store(number(H), Ordering::Relaxed);
        let span = report::handler_span(core, H);
        let (deadline, _) = self.limit.resolve_in(frame);
        let mut begun = Box::pin(async move {
            let outcome = {
                let mut run = pin!(S::run(&mut body, args));
                poll_fn(|cx| {
                    let _span = span.as_ref().map(tracing::Span::enter);
                    turn::poll_caught(run.as_mut(), cx)
                })
                .await
            };
            (body, outcome)
        });
        let (polled, edges) = frame.poll(deadline, core.id, || begun.as_mut().poll(cx));
        match polled {
            Poll::Ready((body, outcome)) => {
                core.running.store(0, Ordering::Relaxed);
                match outcome {
                    Ok(reply) if !body.cx.is_ending() => {
                        core.leave(body);
                        Started::Done(O::reply(reply))
                    }
                    outcome => self.end(core, body, outcome.map_err(Interrupt::Panicked)),
                }
            }
            Poll::Pending => {
                let pending = self.pending(core);
                pending.slot().mark_started();
                let reply = ReplyTo::new(Arc::clone(pending.slot()));
                core.waits(None, edges);
                turn::take_over(core, H, begun, reply);
                self.pending = Some(pending);
                Started::Pending
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
    ) -> Started<O, A> {
        let pending = self.pending(core);
        let reply = ReplyTo::new(Arc::clone(pending.slot()));
        turn::settle(core, &mut body, H, outcome, reply);
        core.leave(body);
        self.pending = Some(pending);
        Started::Pending
    }

    #[cold]
    fn pending(&self, core: &Arc<Core<S>>) -> Pending<O::Reply> {
        let asked = asked::<S, H, A, O::Reply>(self.limit);
        Pending::new(Arc::clone(core) as Arc<dyn Node>, &asked, None)
    }
}

fn number(handler: usize) -> u16 {
    u16::try_from(handler + 1).unwrap_or(u16::MAX)
}

/// How far the first poll came.
pub(crate) enum Started<O, A> {
    Done(O),
    /// In the mailbox, or waiting for room in it; whoever waits is woken.
    Queued,
    Pending,
    Lost(Lost<A>),
}

fn refused<O, S, A, const H: usize>(core: &Core<S>, body: &Body<S>) -> Option<O>
where
    O: Outcome<Reply: Send + 'static>,
    A: Send + 'static,
    S: Request<H, A, O::Reply>,
{
    let state = body.state.as_ref().filter(|state| !S::accepts(state))?;
    core.lock().cold().counters.refused += 1;
    Some(O::error(turn::invalid::<S>(H, state)))
}
