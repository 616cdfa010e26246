//! What generated code calls for a queued message, by the kind of its handler.
//!
//! `Send` is promised in the signatures: where these futures are used, rustc no longer knows that the
//! lifetimes in arguments and replies are `'static`, and could not find it out.
#![allow(clippy::manual_async_fn, reason = "an `async fn` cannot promise `Send`")]

use std::future::Future;
use std::sync::Arc;

use tokio::task::spawn_blocking;
use tracing::Span;

use crate::body::Body;
use crate::clock::Instant;
use crate::core::Core;
use crate::ending::{Ending, drop_caught};
use crate::event::EventKind;
use crate::exit::Crash;
use crate::frame::{self, Deadline};
use crate::machine;
use crate::node::Node;
use crate::options::Kind;
use crate::reply::ReplyTo;
use crate::report;
use crate::server::{Block, Defer, Notify, Request, Server, state_name};
use crate::slot::Answerable;
use crate::turn::{self, Interrupt, Owed, crash, invalid, settle, watched};

/// A request that is to be run; it is answered otherwise, and its arguments go.
#[inline]
fn admitted<S, const H: usize, A, R>(
    core: &Core<S>,
    body: &Body<S>,
    args: A,
    reply: ReplyTo<R>,
) -> Option<(A, ReplyTo<R>)>
where
    A: Send + 'static,
    S: Request<H, A, R>,
    R: Send + 'static,
{
    let skipped = S::HANDLERS[H].skip_abandoned && reply.is_closed();
    if !skipped && body.state.as_ref().is_none_or(S::accepts) {
        return Some((args, reply));
    }
    refuse::<S, H, A, R>(core, body, skipped, reply);
    drop_caught::<S, _>(args);
    None
}

#[cold]
fn refuse<S, const H: usize, A, R>(core: &Core<S>, body: &Body<S>, skipped: bool, reply: ReplyTo<R>)
where
    A: Send + 'static,
    S: Request<H, A, R>,
    R: Send + 'static,
{
    let Some(state) = body.state.as_ref().filter(|_| !skipped) else {
        core.lock().cold().counters.dropped += 1;
        return;
    };
    core.lock().cold().counters.refused += 1;
    if core.is_watched() {
        core.tell_watch(EventKind::Refused { message: S::HANDLERS[H].message });
    }
    reply.refuse_with(invalid::<S>(H, state));
}

/// A handler returned, and no reply went out by that.
fn told_without_reply<S: Server>(core: &Core<S>, body: &Body<S>, handler: usize) {
    if core.is_watched() {
        core.note_state(body);
        core.tell_watch(EventKind::NoReply { message: S::HANDLERS[handler].message });
    }
}

/// Runs a queued call.
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
        if let Some((args, reply)) = admitted::<S, H, A, R>(&core, &body, args, reply) {
            let owed = Owed::new(reply);
            let span = report::handler_span(&core, H);
            let until = owed.until();
            let outcome = watched(&core, until, span, S::run(&mut body, args)).await;
            settle(&core, &mut body, H, outcome, owed.take());
        }
        body.cx.run = Some(core);
        body
    }
}

/// As [`answer`], for a handler that cannot wait.
#[doc(hidden)]
#[inline]
pub fn answer_now<S, const H: usize, A, R>(
    core: &Core<S>,
    body: &mut Body<S>,
    args: A,
    reply: ReplyTo<R>,
) where
    A: Send + 'static,
    S: Request<H, A, R>,
    R: Send + 'static,
{
    if let Some((args, reply)) = admitted::<S, H, A, R>(core, body, args, reply) {
        let deadline = reply.until()();
        let outcome = turn::run(core, H, deadline, S::run(body, args));
        settle(core, body, H, outcome.map_err(Interrupt::Panicked), reply);
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
            let run = S::run(&mut body, args);
            let outcome = watched(&core, || Deadline::Never, span, run).await;
            notified(&core, &mut body, H, outcome);
        } else {
            unheard(&core, &body, H, args);
        }
        body.cx.run = Some(core);
        body
    }
}

/// As [`notify`], for a handler that cannot wait.
#[doc(hidden)]
#[inline]
pub fn notify_now<S, const H: usize, A>(core: &Core<S>, body: &mut Body<S>, args: A)
where
    A: Send,
    S: Notify<H, A>,
{
    if !body.state.as_ref().is_none_or(S::accepts) {
        return unheard(core, body, H, args);
    }
    let outcome = turn::run(core, H, Deadline::Never, S::run(body, args));
    notified(core, body, H, outcome.map_err(Interrupt::Panicked));
}

/// The handler of a cast or an info has returned.
#[inline]
fn notified<S: Server>(
    core: &Core<S>,
    body: &mut Body<S>,
    handler: usize,
    outcome: Result<Result<(), Crash>, Interrupt>,
) {
    match outcome {
        Ok(Ok(())) => told_without_reply(core, body, handler),
        Ok(Err(crash)) => {
            let mut ending = Ending::new(crash.0);
            ending.last = S::HANDLERS[handler].name;
            body.cx.end(ending);
        }
        Err(interrupt) => body.cx.end(crash::<S>(handler, interrupt)),
    }
}

/// The state does not accept a cast or an info.
#[cold]
fn unheard<S: Server, A>(core: &Core<S>, body: &Body<S>, handler: usize, args: A) {
    drop_caught::<S, _>(args);
    let handler = &S::HANDLERS[handler];
    if handler.ignored {
        core.lock().cold().counters.ignored += 1;
    } else if !matches!(handler.kind, Kind::Idle | Kind::Every | Kind::StateTimeout) {
        // What time brings in another state was sent by nobody.
        let state = body.state.as_ref().map_or("", state_name::<S>);
        report::refused(core, handler.message, state);
        if core.is_watched() {
            core.tell_watch(EventKind::Refused { message: handler.message });
        }
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
        if let Some((args, reply)) = admitted::<S, H, A, R>(&core, &body, args, reply) {
            let slot = reply.share();
            let span = report::handler_span(&core, H);
            let run = frame::deferring(slot.identity(), S::defer(&mut body, args, reply));
            match watched(&core, slot.until(), span, run).await {
                Ok(()) => match body.cx.ending().filter(|ending| ending.withheld) {
                    Some(ending) => {
                        ending.crashed = Some(Box::new(move |error| {
                            slot.refuse(error);
                        }));
                    }
                    None => {
                        slot.mark_deferred();
                        if slot.awaited() {
                            core.remember(&(slot as Arc<dyn Answerable>));
                        }
                        told_without_reply(&core, &body, H);
                    }
                },
                Err(interrupt) => {
                    let mut ending = crash::<S>(H, interrupt);
                    ending.crashed = Some(Box::new(move |error| {
                        slot.refuse(error);
                    }));
                    body.cx.end(ending);
                }
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
        if let Some((args, reply)) = admitted::<S, H, A, R>(&core, &body, args, reply) {
            let deadline = reply.until()();
            let owed = Owed::new(reply);
            let span = report::handler_span(&core, H);
            core.observe(Instant::now());
            let node = Arc::clone(&core) as Arc<dyn Node>;
            let after = span.clone();
            let travel = spawn_blocking(move || {
                let _span = span.as_ref().map(Span::enter);
                let outcome = frame::blocking(node, deadline, || S::block(&mut body, args));
                (body, outcome)
            });
            let Ok((back, outcome)) = travel.await else {
                // Only a runtime that goes cancels it, and then this task too.
                return std::future::pending().await;
            };
            body = back;
            let mut outcome = outcome.map_err(Interrupt::Panicked);
            if S::FOLLOWS && outcome.is_ok() {
                let followed =
                    watched(&core, owed.until(), after, machine::follow(&mut body)).await;
                outcome = followed.and(outcome);
            }
            settle(&core, &mut body, H, outcome, owed.take());
        }
        body.cx.run = Some(core);
        body
    }
}
