//! One handler's turn: polled with its panics caught, its waiting seen, its reply sent.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::thread;

use tracing::Span;

use crate::body::Body;
use crate::clock::Instant;
use crate::core::Core;
use crate::drain;
use crate::ending::{Ending, drop_caught};
use crate::error::ServerError;
use crate::event::EventKind;
use crate::exit::{ExitReason, Panic};
use crate::frame::{self, Deadline, Edge};
use crate::late::{CallPath, Chart, InvalidState};
use crate::node::{self, Node as _};
use crate::reply::ReplyTo;
use crate::report;
use crate::room::tell;
use crate::server::{Server, allowed, state_name};

pub(crate) type Payload = Box<dyn Any + Send>;

/// Why a handler did not come to its end.
pub(crate) enum Interrupt {
    Panicked(Payload),
    Killed,
}

/// Runs a handler's future, with panics caught, until it is done or the server is killed.
pub(crate) async fn watched<S: Server, F: Future>(
    core: &Core<S>,
    mut deadline: impl FnMut() -> Deadline,
    span: Option<Span>,
    future: F,
) -> Result<F::Output, Interrupt> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        if core.killed.load(Ordering::Acquire) {
            return Poll::Ready(Err(Interrupt::Killed));
        }
        let _span = span.as_ref().map(Span::enter);
        let poll = || catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        let mut edges = None;
        match frame::poll(Some(deadline()), core.id, &mut edges, poll) {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(Interrupt::Panicked(payload))),
            Ok(Poll::Pending) => {
                core.waits(Some(cx), edges);
                if core.killed.load(Ordering::Acquire) {
                    cx.waker().wake_by_ref();
                }
                Poll::Pending
            }
        }
    })
    .await
}

/// Runs the future of a handler that cannot wait, with its panics caught.
#[inline]
pub(crate) fn run<S: Server, F: Future>(
    core: &Core<S>,
    handler: usize,
    deadline: Deadline,
    future: F,
) -> thread::Result<F::Output> {
    let span = report::handler_span(core, handler);
    frame::run(Some(deadline), || {
        catch_unwind(AssertUnwindSafe(|| poll_once(span.as_ref(), future)))
    })
}

/// Polls what is done with the first poll.
#[inline]
pub(crate) fn poll_once<F: Future>(span: Option<&Span>, future: F) -> F::Output {
    let _span = span.map(Span::enter);
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("{NEVER_WAITS}"),
    }
}

pub(crate) const NEVER_WAITS: &str = "invariant: a `fn` handler never waits";

/// Runs a future in a span, with its panics caught.
pub(crate) async fn caught<F: Future>(span: Option<Span>, future: F) -> Result<F::Output, Payload> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _span = span.as_ref().map(Span::enter);
        poll_caught(future.as_mut(), cx)
    })
    .await
}

/// Polls a future, with its panics caught.
pub(crate) fn poll_caught<F: Future>(
    mut future: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Payload>> {
    match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(payload) => Poll::Ready(Err(payload)),
    }
}

impl<S: Server> Core<S> {
    /// The running handler waits: note for what and since when, and let senders in. Where it is
    /// polled in the drain task, that is the task to wake for a kill.
    pub(crate) fn waits(&self, drain: Option<&Context<'_>>, edges: Option<Vec<Edge>>) {
        let edges = edges.unwrap_or_default();
        let (told, over) = {
            let mut inbox = self.lock();
            self.waited.store(true, Ordering::Relaxed);
            let running = inbox.batch_end() - u64::from(self.taken());
            let cold = inbox.cold();
            if let Some(cx) = drain {
                keep(&mut cold.drain, cx);
            }
            cold.since.get_or_insert_with(|| (running, Instant::now()));
            let over: Vec<_> = cold.edges.extract_if(.., |edge| !edge.stands()).collect();
            for edge in &edges {
                let known = edge.reply.identity();
                if cold.edges.iter().all(|edge| edge.reply.identity() != known) {
                    cold.edges.push(edge.clone());
                }
            }
            let told = inbox.admit(self.taken());
            self.note_high(&inbox);
            (told, over)
        };
        // What was waited for may be the last hold on another server, whose `Drop` runs then.
        drop(over);
        tell(told);
        // Every edge stands before one is looked at: of two calls that close a circle at the same
        // time, one sees it.
        for edge in edges {
            self.refuse_circle(&edge);
        }
    }

    fn refuse_circle(&self, edge: &Edge) {
        if let Some(servers) = node::circle(self, edge).filter(|_| edge.stands()) {
            // Dropped last: with the request goes its right to reply.
            let request = edge.to.withdraw(edge.reply.identity());
            let path = CallPath { servers, call: edge.call, withdrawn: request.is_some() };
            edge.reply.refuse(ServerError::Deadlock(Box::new(path)));
        }
    }
}

/// Keeps the waker of the task that polls now.
#[inline]
pub(crate) fn keep(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        none => *none = Some(cx.waker().clone()),
    }
}

/// A reply that is owed while a handler runs: dropped with a runtime that goes, its caller learns
/// that the server is gone.
pub(crate) struct Owed<R: Send>(Option<ReplyTo<R>>);

impl<R: Send> Owed<R> {
    pub(crate) fn new(reply: ReplyTo<R>) -> Self {
        Self(Some(reply))
    }

    pub(crate) fn until(&self) -> impl FnMut() -> Deadline {
        self.0.as_ref().expect("invariant: taken once").until()
    }

    pub(crate) fn take(mut self) -> ReplyTo<R> {
        self.0.take().expect("invariant: taken once")
    }
}

impl<R: Send> Drop for Owed<R> {
    fn drop(&mut self) {
        if let Some(reply) = self.0.take() {
            reply.refuse_with(ServerError::Exit(ExitReason::NotRunning));
        }
    }
}

/// The refusal of a call by the machine's state.
pub(crate) fn invalid<S: Server>(handler: usize, state: &S::State) -> ServerError {
    ServerError::InvalidState(Box::new(InvalidState {
        server: S::NAME,
        state: state_name::<S>(state),
        call: S::HANDLERS[handler].message,
        allowed: allowed::<S>(state),
        chart: Chart::of::<S>(),
    }))
}

/// Sends what a call came to. A reply is held back where the server ends with it.
pub(crate) fn settle<S: Server, R: Send + 'static>(
    core: &Core<S>,
    body: &mut Body<S>,
    handler: usize,
    outcome: Result<R, Interrupt>,
    reply: ReplyTo<R>,
) {
    match outcome {
        Ok(value) => {
            let message = S::HANDLERS[handler].message;
            if S::TRACKED || core.is_watched() {
                core.note_state(body);
            }
            match body.cx.ending() {
                None => {
                    if core.is_watched() {
                        core.tell_watch(EventKind::Replied { message });
                    }
                    if let Err(late) = reply.reply(value) {
                        core.count_late();
                        drop_caught::<S, _>(late);
                    }
                }
                Some(ending) if ending.withheld => {
                    ending.crashed = Some(Box::new(move |error| reply.refuse_with(error)));
                }
                Some(ending) => {
                    ending.reply =
                        Some((message, Box::new(move || drop_caught::<S, _>(reply.reply(value)))));
                }
            }
        }
        Err(interrupt) => {
            let mut ending = crash::<S>(handler, interrupt);
            ending.crashed = Some(Box::new(move |error| reply.refuse_with(error)));
            body.cx.end(ending);
        }
    }
}

/// The end that an interrupted handler brings.
pub(crate) fn crash<S: Server>(handler: usize, interrupt: Interrupt) -> Ending {
    crash_in(S::HANDLERS[handler].name, interrupt)
}

/// As [`crash`], in a method of this name.
pub(crate) fn crash_in(name: &'static str, interrupt: Interrupt) -> Ending {
    let mut ending = match interrupt {
        Interrupt::Killed => Ending::killed(),
        Interrupt::Panicked(payload) => Ending::new(ExitReason::Panic(Panic::new(name, &*payload))),
    };
    ending.last = name;
    ending
}

/// A handler that was polled once where it was called, and waits: the drain task takes it over.
pub(crate) fn take_over<S, F, R>(
    core: &Arc<Core<S>>,
    handler: usize,
    begun: Pin<Box<F>>,
    reply: ReplyTo<R>,
) where
    S: Server,
    F: Future<Output = (Box<Body<S>>, Result<R, Payload>)> + Send + 'static,
    R: Send + 'static,
{
    let owner = Arc::clone(core);
    let owed = Owed::new(reply);
    let rest = async move {
        let outcome = watched(&owner, owed.until(), None, begun).await;
        match outcome {
            Ok((mut body, outcome)) => {
                let outcome = outcome.map_err(Interrupt::Panicked);
                settle(&owner, &mut body, handler, outcome, owed.take());
                owner.running.store(0, Ordering::Relaxed);
                owner.tidy();
                Ok(body)
            }
            Err(_) => {
                let reply = owed.take();
                let tell = move |error| reply.refuse_with(error);
                Err(Box::new(tell) as Box<dyn FnOnce(ServerError) + Send>)
            }
        }
    };
    drain::take_over(core, Box::pin(rest));
}
