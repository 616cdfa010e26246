//! What the thread knows of the handler that it is running: how deep calls nest, until when the
//! request is waited for, and which calls the handler is waiting on.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Instant;
use crate::id::ServerId;
use crate::node::Node;
use crate::slot::Answerable;

/// How many inline calls may nest on one stack.
pub(crate) const NESTING_MAX: u32 = 16;

/// Until when the caller of the running handler waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Deadline {
    /// Nobody waits, or for as long as it takes.
    Never,
    /// A time-out whose clock was not read yet.
    Within(Duration),
    At(Instant),
}

/// A call that the running handler is waiting on.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) to: Arc<dyn Node>,
    pub(crate) reply: Arc<dyn Answerable>,
    pub(crate) call: &'static str,
    /// Whether the reply may come from anywhere once the handler has begun.
    pub(crate) until_begun: bool,
}

impl Edge {
    /// Whether the server that is waited for still has to do something.
    pub(crate) fn stands(&self) -> bool {
        self.reply.awaited() && !(self.until_begun && self.reply.started())
    }
}

// Cells of plain values: what needs no destructor is reached without a look at whether it lives.
struct Frame {
    depth: Cell<u32>,
    deadline: Cell<Deadline>,
    /// Whether the running handler is one whose waiting is seen: an `async fn`, polled by us.
    polled: Cell<bool>,
    /// Whether it waits on something: then there are edges.
    waits: Cell<bool>,
    /// The slot that the running deferred handler was given.
    deferring: Cell<usize>,
    /// The server whose handler is polled, or whose `init` is.
    server: Cell<Option<ServerId>>,
}

thread_local! {
    static FRAME: Frame = const {
        Frame {
            depth: Cell::new(0),
            deadline: Cell::new(Deadline::Never),
            polled: Cell::new(false),
            waits: Cell::new(false),
            deferring: Cell::new(0),
            server: Cell::new(None),
        }
    };

    /// The edges of the running handler.
    static EDGES: Cell<Vec<Edge>> = const { Cell::new(Vec::new()) };

    /// The server whose blocking handler runs on this thread, which nobody polls.
    static BLOCKED: Cell<Option<Arc<dyn Node>>> = const { Cell::new(None) };
}

/// How many handlers run on this stack.
#[inline]
pub(crate) fn depth() -> u32 {
    FRAME.with(|frame| frame.depth.get())
}

/// The deadline of the running handler's request.
#[inline]
pub(crate) fn deadline() -> Deadline {
    FRAME.with(|frame| frame.deadline.get())
}

/// Notes that the running handler waits on a call. Outside a handler nothing is noted.
#[inline]
pub(crate) fn wait_on(edge: impl FnOnce() -> Edge) {
    FRAME.with(|frame| {
        if frame.polled.get() {
            frame.waits.set(true);
            let mut edges = EDGES.take();
            edges.push(edge());
            EDGES.set(edges);
        }
    });
}

/// What the handler around a running one had.
struct Outer {
    deadline: Deadline,
    polled: bool,
    waits: bool,
    edges: Vec<Edge>,
}

/// A handler that runs on this stack, until it is dropped.
pub(crate) struct Entered(Outer);

/// A handler that is polled on this stack, until it is dropped; with the server of the one around it.
pub(crate) struct Polled(Outer, Option<ServerId>);

/// A `fn` handler begins: it cannot wait for calls, so none are noted.
#[inline]
pub(crate) fn enter_fn(deadline: Deadline) -> Entered {
    FRAME.with(|frame| Entered(enter(frame, deadline, false)))
}

/// Runs a handler that may block its thread, of the server `node`.
pub(crate) fn blocking<R>(
    node: Arc<dyn Node>,
    deadline: Deadline,
    handler: impl FnOnce() -> R,
) -> R {
    let _entered = enter_poll(deadline, node.id());
    let _blocked = Blocked(BLOCKED.replace(Some(node)));
    handler()
}

/// Puts back what was there.
struct Blocked(Option<Arc<dyn Node>>);

impl Drop for Blocked {
    fn drop(&mut self) {
        BLOCKED.set(self.0.take());
    }
}

/// A blocking handler is about to wait: its server notes for what, as it does for a handler that it
/// polls.
pub(crate) fn blocks() {
    let Some(node) = BLOCKED.take() else { return };
    BLOCKED.set(Some(Arc::clone(&node)));
    if FRAME.with(|frame| frame.waits.replace(false)) {
        node.waits_on(EDGES.take());
    }
}

/// The server on whose behalf this code runs. A `fn` handler that runs where it is called does not
/// note it: it cannot wait for a start.
pub(crate) fn server() -> Option<ServerId> {
    FRAME.with(|frame| frame.server.get())
}

/// Code that runs on behalf of a server or of nobody, until this is dropped.
pub(crate) struct Behalf(Option<ServerId>);

#[inline]
pub(crate) fn on_behalf(server: Option<ServerId>) -> Behalf {
    Behalf(FRAME.with(|frame| frame.server.replace(server)))
}

/// Runs a future on behalf of a server or of nobody.
pub(crate) async fn behalf_of<F: Future>(server: Option<ServerId>, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _behalf = on_behalf(server);
        future.as_mut().poll(cx)
    })
    .await
}

impl Drop for Behalf {
    #[inline]
    fn drop(&mut self) {
        FRAME.with(|frame| frame.server.set(self.0));
    }
}

/// A level of this stack that is no handler's, until it is dropped.
pub(crate) struct Level;

impl Level {
    /// `None` where too many nest already.
    pub(crate) fn enter() -> Option<Self> {
        let enter = |frame: &Frame| {
            let depth = frame.depth.get();
            (depth < NESTING_MAX).then(|| frame.depth.set(depth + 1))
        };
        FRAME.with(enter).map(|()| Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        FRAME.with(|frame| frame.depth.set(frame.depth.get() - 1));
    }
}

/// A poll of an `async` handler of this server begins.
#[inline]
pub(crate) fn enter_poll(deadline: Deadline, server: ServerId) -> Polled {
    FRAME.with(|frame| {
        let outer = enter(frame, deadline, true);
        Polled(outer, frame.server.replace(Some(server)))
    })
}

#[inline]
fn enter(frame: &Frame, deadline: Deadline, polled: bool) -> Outer {
    frame.depth.set(frame.depth.get() + 1);
    let waits = frame.waits.replace(false);
    Outer {
        deadline: frame.deadline.replace(deadline),
        polled: frame.polled.replace(polled),
        waits,
        edges: if waits { EDGES.take() } else { Vec::new() },
    }
}

impl Outer {
    /// Puts back what was there.
    #[inline]
    fn restore(&mut self, frame: &Frame) {
        frame.polled.set(self.polled);
        frame.deadline.set(self.deadline);
        frame.depth.set(frame.depth.get() - 1);
        let over = frame.waits.replace(self.waits);
        if over || self.waits {
            // What was noted and not asked for goes with its handler.
            drop(EDGES.replace(std::mem::take(&mut self.edges)));
        }
    }
}

impl Polled {
    /// The calls that the handler waits on since it was entered.
    #[expect(clippy::unused_self, reason = "only who has entered may ask")]
    #[inline]
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let waits = FRAME.with(|frame| frame.waits.replace(false));
        if waits { EDGES.take() } else { Vec::new() }
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        FRAME.with(|frame| self.0.restore(frame));
    }
}

impl Drop for Polled {
    #[inline]
    fn drop(&mut self) {
        FRAME.with(|frame| {
            frame.server.set(self.1);
            self.0.restore(frame);
        });
    }
}

/// Runs a handler that was given the right to reply to `slot`.
pub(crate) async fn deferring<F: Future>(slot: usize, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let outer = FRAME.with(|frame| frame.deferring.replace(slot));
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        FRAME.with(|frame| frame.deferring.set(outer));
        polled.unwrap_or_else(|payload| resume_unwind(payload))
    })
    .await
}

/// Runs a part of a handler that does not share its caller's patience.
pub(crate) async fn without_deadline<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // Should it panic, the handler's own frame goes with it.
        let outer = FRAME.with(|frame| frame.deadline.replace(Deadline::Never));
        let polled = future.as_mut().poll(cx);
        FRAME.with(|frame| frame.deadline.set(outer));
        polled
    })
    .await
}

/// Whether a slot is dropped by its own handler's panic: the engine then tells the caller why.
pub(crate) fn panics_with(slot: usize) -> bool {
    std::thread::panicking() && FRAME.with(|frame| frame.deferring.get() == slot)
}
