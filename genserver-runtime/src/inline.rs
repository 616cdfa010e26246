//! A call that runs where it is made: on the caller's task, with the body of an idle server.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use crate::body::Body;
use crate::call::Call;
use crate::core::{Core, Wait};
use crate::frame;
use crate::node::Node;
use crate::outcome::Outcome;
use crate::pending::Pending;
use crate::reply::ReplyTo;
use crate::report;
use crate::send::{Lost, asked, queue};
use crate::server::{Mode, Request};
use crate::turn::{self, Interrupt, Payload};

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
        if matches!(S::MODE, Mode::Sync | Mode::Async)
            && frame::depth() < frame::NESTING_MAX
            && core.home.is_current()
            && let Some(mut body) = core.try_enter()
        {
            if S::POSTPONES && body.state.as_ref().is_some_and(|state| S::postpones(H, state)) {
                // It goes through the queue, to be put aside there.
                core.leave(body);
            } else {
                body.cx.disturb();
                return match S::MODE {
                    Mode::Sync => self.run_fn(core, body, args),
                    _ => self.run_async(core, body, args, cx),
                };
            }
        }
        match queue::<O, S, A, H>(core, args, self.limit, Wait::Silent) {
            Ok((pending, _)) => {
                self.pending = Some(pending);
                Started::Pending
            }
            Err(lost) => Started::Lost(lost),
        }
    }

    /// A `fn` handler, on this stack.
    #[inline]
    fn run_fn(&mut self, core: &Arc<Core<S>>, mut body: Box<Body<S>>, args: A) -> Started<O, A> {
        if let Some(refused) = refused::<O, S, A, H>(core, &body) {
            core.leave(body);
            return Started::Done(refused);
        }
        core.count_call();
        core.running.store(number(H), Ordering::Relaxed);
        let entered = frame::enter_fn(self.limit.resolve().0);
        let span = report::handler_span(core, H);
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let _span = span.as_ref().map(tracing::Span::enter);
            let run = pin!(S::run(&mut body, args));
            run.poll(&mut Context::from_waker(Waker::noop()))
        }));
        drop(entered);
        core.running.store(0, Ordering::Relaxed);
        match polled {
            Ok(Poll::Ready(reply)) => self.finish(core, body, Ok(reply)),
            Ok(Poll::Pending) => unreachable!("invariant: a `fn` handler never waits"),
            Err(payload) => self.finish(core, body, Err(payload)),
        }
    }

    /// An `async fn` handler, first polled on this stack.
    fn run_async(
        &mut self,
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
        let (deadline, _) = self.limit.resolve();
        let mut begun = Box::pin(async move {
            let outcome = turn::caught(span, S::run(&mut body, args)).await;
            (body, outcome)
        });
        let entered = frame::enter_poll(deadline, core.id);
        let polled = begun.as_mut().poll(cx);
        let edges = entered.edges();
        drop(entered);
        match polled {
            Poll::Ready((body, outcome)) => {
                core.running.store(0, Ordering::Relaxed);
                self.finish(core, body, outcome)
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

    /// The handler is done: the server is left, or ends with it.
    #[inline]
    fn finish(
        &mut self,
        core: &Arc<Core<S>>,
        mut body: Box<Body<S>>,
        outcome: Result<O::Reply, Payload>,
    ) -> Started<O, A> {
        match outcome {
            Ok(reply) if !body.cx.is_ending() => {
                core.leave(body);
                Started::Done(O::reply(reply))
            }
            outcome => {
                let pending = self.pending(core);
                let reply = ReplyTo::new(Arc::clone(pending.slot()));
                let outcome = outcome.map_err(Interrupt::Panicked);
                turn::settle(core, &mut body, H, outcome, reply);
                core.leave(body);
                self.pending = Some(pending);
                Started::Pending
            }
        }
    }

    #[cold]
    fn pending(&self, core: &Arc<Core<S>>) -> Pending<O::Reply> {
        Pending::new(Arc::clone(core) as Arc<dyn Node>, &asked::<S, H, A, O::Reply>(self.limit))
    }
}

fn number(handler: usize) -> u16 {
    u16::try_from(handler + 1).unwrap_or(u16::MAX)
}

/// How far the first poll came.
pub(crate) enum Started<O, A> {
    Done(O),
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
