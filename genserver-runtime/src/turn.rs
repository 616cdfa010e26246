//! One handler's turn: polled with its panics caught, its waiting seen, its reply sent.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use tokio::task::spawn_blocking;
use tracing::Span;

use crate::body::Body;
use crate::clock::Instant;
use crate::core::{Core, tell};
use crate::drain;
use crate::ending::Ending;
use crate::error::ServerError;
use crate::exit::{ExitReason, Panic};
use crate::frame::{self, Deadline, Edge};
use crate::late::CallPath;
use crate::node::{self, Node as _};
use crate::reply::{Answerable as _, ReplyTo};
use crate::report;
use crate::server::{Block, Defer, Notify, Request, Server};

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
        let entered = frame::enter_poll(deadline());
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(Interrupt::Panicked(payload))),
            Ok(Poll::Pending) => {
                let edges = entered.edges();
                drop(entered);
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

/// Runs a future in a span, with its panics caught.
pub(crate) async fn caught<F: Future>(span: Option<Span>, future: F) -> Result<F::Output, Payload> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _span = span.as_ref().map(Span::enter);
        poll_caught(future.as_mut(), cx)
    })
    .await
}

fn poll_caught<F: Future>(
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
    pub(crate) fn waits(&self, drain: Option<&Context<'_>>, edges: Vec<Edge>) {
        let (told, over) = {
            let mut inbox = self.lock();
            self.waited.store(true, Ordering::Relaxed);
            let running = inbox.batch_end() - u64::from(self.taken());
            let cold = inbox.cold();
            if let Some(cx) = drain {
                keep(&mut cold.drain, cx);
            }
            cold.since.get_or_insert_with(|| (running, Instant::now()));
            let over: Vec<_> = cold.edges.extract_if(.., |edge| !edge.reply.awaited()).collect();
            for edge in &edges {
                let known = edge.reply.identity();
                if cold.edges.iter().all(|edge| edge.reply.identity() != known) {
                    cold.edges.push(edge.clone());
                }
            }
            (inbox.admit(self.taken()), over)
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
        if let Some(servers) = node::circle(self, edge) {
            // Dropped last: with the request goes its right to reply.
            let request = edge.to.withdraw(edge.reply.identity());
            let path = CallPath { servers, call: edge.call, withdrawn: request.is_some() };
            edge.reply.refuse(ServerError::Deadlock(Box::new(path)));
        }
    }
}

/// Keeps the waker of the task that polls now.
pub(crate) fn keep(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        none => *none = Some(cx.waker().clone()),
    }
}

/// A reply that is owed while a handler runs: dropped with a runtime that goes, its caller learns
/// that the server is gone.
struct Owed<R: Send>(Option<ReplyTo<R>>);

impl<R: Send> Owed<R> {
    fn until(&self) -> impl FnMut() -> Deadline {
        self.0.as_ref().expect("invariant: taken once").until()
    }

    fn take(mut self) -> ReplyTo<R> {
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

/// Whether a request is to be run; it is answered otherwise.
fn admitted<S, const H: usize, A, R>(
    core: &Core<S>,
    body: &Body<S>,
    reply: ReplyTo<R>,
) -> Option<ReplyTo<R>>
where
    A: Send + 'static,
    S: Request<H, A, R>,
    R: Send + 'static,
{
    if S::HANDLERS[H].skip_abandoned && reply.is_closed() {
        core.lock().cold().counters.dropped += 1;
        return None;
    }
    let Some(state) = &body.state else { return Some(reply) };
    if S::accepts(state) {
        return Some(reply);
    }
    core.lock().cold().counters.refused += 1;
    reply.refuse_with(invalid::<S>(H, state));
    None
}

/// The refusal of a call by the machine's state.
pub(crate) fn invalid<S: Server>(handler: usize, state: &S::State) -> ServerError {
    ServerError::InvalidState(Box::new(crate::late::InvalidState {
        server: S::NAME,
        state: S::state_name(state),
        call: S::HANDLERS[handler].message,
        allowed: S::allowed(state),
        machine: std::any::TypeId::of::<S>(),
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
        Ok(value) => match &mut body.cx.ending {
            None => {
                if reply.reply(value).is_err() {
                    core.count_late();
                }
            }
            Some(ending) => ending.reply = Some(Box::new(move || drop(reply.reply(value)))),
        },
        Err(interrupt) => {
            let mut ending = crash::<S>(handler, interrupt);
            ending.crashed = Some(Box::new(move |error| reply.refuse_with(error)));
            body.cx.ending = Some(ending);
        }
    }
}

/// The end that an interrupted handler brings.
pub(crate) fn crash<S: Server>(handler: usize, interrupt: Interrupt) -> Box<Ending> {
    let name = S::HANDLERS[handler].name;
    let mut ending = match interrupt {
        Interrupt::Killed => Ending::killed(),
        Interrupt::Panicked(payload) => Ending::new(ExitReason::Panic(Panic::new(name, &*payload))),
    };
    ending.last = name;
    Box::new(ending)
}

/// Runs a queued call.
///
/// `Send` is promised here, as by its siblings: where the future is used, rustc no longer knows that
/// the lifetimes in `A` and `R` are `'static`, and could not find it out.
#[doc(hidden)]
pub fn answer<S, const H: usize, A, R>(
    mut body: Box<Body<S>>,
    args: A,
    reply: ReplyTo<R>,
) -> impl Future<Output = Box<Body<S>>> + Send
where
    A: Send + 'static,
    S: Request<H, A, R>,
    R: Send + 'static,
{
    async move {
        let core = body.cx.hold();
        if let Some(reply) = admitted::<S, H, A, R>(&core, &body, reply) {
            let owed = Owed(Some(reply));
            let span = report::handler_span(&core, H);
            let until = owed.until();
            let outcome = watched(&core, until, span, S::run(&mut body, args)).await;
            settle(&core, &mut body, H, outcome, owed.take());
        }
        body.cx.run = Some(core);
        body
    }
}

/// Runs a cast or an info.
#[doc(hidden)]
pub fn notify<S, const H: usize, A>(
    mut body: Box<Body<S>>,
    args: A,
) -> impl Future<Output = Box<Body<S>>> + Send
where
    A: Send,
    S: Notify<H, A>,
{
    async move {
        let core = body.cx.hold();
        if body.state.as_ref().is_none_or(S::accepts) {
            let span = report::handler_span(&core, H);
            match watched(&core, || Deadline::Never, span, S::run(&mut body, args)).await {
                Ok(Ok(())) => {}
                Ok(Err(crash)) => {
                    let mut ending = Ending::new(crash.0);
                    ending.last = S::HANDLERS[H].name;
                    body.cx.ending = Some(Box::new(ending));
                }
                Err(interrupt) => body.cx.ending = Some(crash::<S>(H, interrupt)),
            }
        } else {
            let state = body.state.as_ref().map_or("", S::state_name);
            report::refused(&core, S::HANDLERS[H].message, state);
        }
        body.cx.run = Some(core);
        body
    }
}

/// Runs a call that replies through its [`ReplyTo`].
#[doc(hidden)]
pub fn defer<S, const H: usize, A, R>(
    mut body: Box<Body<S>>,
    args: A,
    reply: ReplyTo<R>,
) -> impl Future<Output = Box<Body<S>>> + Send
where
    A: Send + 'static,
    S: Defer<H, A, R>,
    R: Send + 'static,
{
    async move {
        let core = body.cx.hold();
        if let Some(reply) = admitted::<S, H, A, R>(&core, &body, reply) {
            let slot = reply.share();
            let span = report::handler_span(&core, H);
            let run = frame::deferring(slot.identity(), S::defer(&mut body, args, reply));
            if let Err(interrupt) = watched(&core, slot.until(), span, run).await {
                let mut ending = crash::<S>(H, interrupt);
                ending.crashed = Some(Box::new(move |error| {
                    slot.refuse(error);
                }));
                body.cx.ending = Some(ending);
            }
        }
        body.cx.run = Some(core);
        body
    }
}

/// Runs a call on the blocking pool: the body travels there and back.
#[doc(hidden)]
pub fn block<S, const H: usize, A, R>(
    mut body: Box<Body<S>>,
    args: A,
    reply: ReplyTo<R>,
) -> impl Future<Output = Box<Body<S>>> + Send
where
    S: Block<H, A, R>,
    A: Send + 'static,
    R: Send + 'static,
{
    async move {
        let core = body.cx.hold();
        if let Some(reply) = admitted::<S, H, A, R>(&core, &body, reply) {
            let deadline = reply.until()();
            let owed = Owed(Some(reply));
            let span = report::handler_span(&core, H);
            core.observe(Instant::now());
            let travel = spawn_blocking(move || {
                let entered = frame::enter_fn(deadline);
                let _span = span.as_ref().map(Span::enter);
                let outcome = catch_unwind(AssertUnwindSafe(|| S::block(&mut body, args)));
                drop(entered);
                (body, outcome)
            });
            let Ok((back, outcome)) = travel.await else {
                // Only a runtime that goes cancels it, and then this task too.
                return std::future::pending().await;
            };
            body = back;
            settle(&core, &mut body, H, outcome.map_err(Interrupt::Panicked), owed.take());
        }
        body.cx.run = Some(core);
        body
    }
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
    let owed = Owed(Some(reply));
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
