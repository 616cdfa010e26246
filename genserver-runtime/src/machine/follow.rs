//! What follows when a machine has moved: `#[exit]`, `#[enter]`, `#[transition]` and state time-outs;
//! in this order, and before the reply.
//!
//! `Send` is promised in the signatures, as in `dispatch.rs` and for the same reason.
#![allow(clippy::manual_async_fn, reason = "an `async fn` cannot promise `Send`")]

use std::future::Future;

use crate::body::Body;
use crate::ending::Ending;
use crate::exit::Crash;
use crate::reply::ReplyTo;
use crate::server::{Defer, Notify, Request, Server};

/// Does what follows from a transition that was carried out.
pub(crate) async fn follow<S: Server>(body: &mut Body<S>) {
    let Some(transition) = body.cx.take_moved() else { return };
    if let Err(crash) = S::moved(body, &transition).await {
        // The caller must not take for done what is not saved.
        let mut ending = Ending::new(crash.0);
        ending.withheld = true;
        ending.last = transition.message.unwrap_or("init");
        body.cx.end(ending);
    }
    if !body.cx.is_ending() && (transition.is_change() || transition.message.is_none()) {
        body.arm_state_timeouts(&transition);
    }
}

/// Runs the handler of a call, and what follows from its transition.
#[inline]
pub(crate) fn run<'a, S, const H: usize, A, R>(
    body: &'a mut Body<S>,
    args: A,
) -> impl Future<Output = R> + Send + 'a
where
    S: Request<H, A, R>,
    A: Send + 'static,
    R: Send + 'static,
{
    async move {
        let reply = S::run(body, args).await;
        if S::FOLLOWS {
            follow(body).await;
        }
        reply
    }
}

/// The same of a cast, an info, or what the server sends itself.
pub(crate) fn notify<'a, S, const H: usize, A>(
    body: &'a mut Body<S>,
    args: A,
) -> impl Future<Output = Result<(), Crash>> + Send + 'a
where
    S: Notify<H, A>,
    A: Send + 'a,
{
    async move {
        S::run(body, args).await?;
        if S::FOLLOWS {
            follow(body).await;
        }
        Ok(())
    }
}

/// The same of a call that replies through its [`ReplyTo`].
pub(crate) fn defer<'a, S, const H: usize, A, R>(
    body: &'a mut Body<S>,
    args: A,
    reply: ReplyTo<R>,
) -> impl Future<Output = ()> + Send + 'a
where
    S: Defer<H, A, R>,
    A: Send + 'static,
    R: Send + 'static,
{
    async move {
        S::defer(body, args, reply).await;
        if S::FOLLOWS {
            follow(body).await;
        }
    }
}
