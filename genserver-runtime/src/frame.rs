//! What the thread knows of the handler that it is running: how deep calls nest, until when the
//! request is waited for, and which calls the handler is waiting on.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::thread;
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
    /// How many of the edges are its own, the last ones.
    waits: Cell<usize>,
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
            waits: Cell::new(0),
            deferring: Cell::new(0),
            server: Cell::new(None),
        }
    };

    /// The edges of the handlers that run on this stack, those of the outermost first.
    static EDGES: Cell<Vec<Edge>> = const { Cell::new(Vec::new()) };

    /// The server whose blocking handler runs on this thread, which nobody polls.
    static BLOCKED: Cell<Option<Arc<dyn Node>>> = const { Cell::new(None) };
}

/// What a frame was before a handler.
#[derive(Default)]
struct Outer {
    /// Where it is another one.
    deadline: Option<Deadline>,
    polled: bool,
}

impl Outer {
    /// Another handler begins. Kept here and not given: what a thread's local gives is copied on its way.
    #[inline]
    fn enter(&mut self, frame: &Frame, deadline: Option<Deadline>, polled: bool) {
        frame.depth.set(frame.depth.get() + 1);
        self.deadline = deadline.map(|deadline| frame.deadline.replace(deadline));
        self.polled = frame.polled.replace(polled);
    }
}

impl Frame {
    #[inline]
    fn leave(&self, outer: &Outer) {
        self.depth.set(self.depth.get() - 1);
        match outer.deadline {
            None => {}
            // Most often, and then nothing else needs to be kept meanwhile.
            Some(Deadline::Never) => self.deadline.set(Deadline::Never),
            Some(deadline) => self.deadline.set(deadline),
        }
        self.polled.set(outer.polled);
    }

    /// The calls that the running handler waits on, which are not its own any more.
    #[cold]
    fn take_edges(&self) -> Vec<Edge> {
        let mut edges = EDGES.take();
        let own = edges.split_off(edges.len() - self.waits.replace(0));
        EDGES.set(edges);
        own
    }
}

/// Whether one more handler may run on this stack.
#[inline]
pub(crate) fn has_room() -> bool {
    FRAME.with(|frame| frame.depth.get() < NESTING_MAX)
}

/// Runs what does not panic as a `fn` handler: it cannot wait for calls, so none are noted. Without a
/// deadline, that of the running handler stands.
#[inline]
pub(crate) fn run<R>(deadline: Option<Deadline>, handler: impl FnOnce() -> R) -> R {
    let mut outer = Outer::default();
    FRAME.with(|frame| outer.enter(frame, deadline, false));
    let output = handler();
    FRAME.with(|frame| frame.leave(&outer));
    output
}

/// Polls what does not panic as an `async` handler of this server; tells the calls that it waits on,
/// where there are any.
#[inline]
pub(crate) fn poll<R>(
    deadline: Option<Deadline>,
    server: ServerId,
    waits: &mut Option<Vec<Edge>>,
    poll: impl FnOnce() -> R,
) -> R {
    let (mut outer, mut behalf, mut waited) = (Outer::default(), None, 0);
    FRAME.with(|frame| {
        outer.enter(frame, deadline, true);
        behalf = frame.server.replace(Some(server));
        waited = frame.waits.replace(0);
    });
    let output = poll();
    FRAME.with(|frame| {
        if frame.waits.get() > 0 {
            *waits = Some(frame.take_edges());
        }
        frame.waits.set(waited);
        frame.server.set(behalf);
        frame.leave(&outer);
    });
    output
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
            frame.waits.set(frame.waits.get() + 1);
            let mut edges = EDGES.take();
            edges.push(edge());
            EDGES.set(edges);
        }
    });
}

/// Runs a handler that may block its thread, of the server `node`; its panics are caught.
pub(crate) fn blocking<R>(
    node: Arc<dyn Node>,
    deadline: Deadline,
    handler: impl FnOnce() -> R,
) -> thread::Result<R> {
    let server = node.id();
    let outer = BLOCKED.replace(Some(node));
    let handler = || catch_unwind(AssertUnwindSafe(handler));
    let outcome = poll(Some(deadline), server, &mut None, handler);
    drop(BLOCKED.replace(outer));
    outcome
}

/// A blocking handler is about to wait: its server notes for what, as it does for a handler that it
/// polls.
pub(crate) fn blocks() {
    let Some(node) = BLOCKED.take() else { return };
    BLOCKED.set(Some(Arc::clone(&node)));
    if FRAME.with(|frame| frame.waits.get() > 0) {
        node.waits_on(FRAME.with(Frame::take_edges));
    }
}

/// The server on whose behalf this code runs. A `fn` handler does not note it: it cannot wait for a
/// start.
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

/// A deadline that stands again when this is dropped, also by a panic.
struct Patience(Deadline);

impl Drop for Patience {
    fn drop(&mut self) {
        FRAME.with(|frame| frame.deadline.set(self.0));
    }
}

/// Runs a part of a handler that does not share its caller's patience.
pub(crate) async fn without_deadline<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _outer = Patience(FRAME.with(|frame| frame.deadline.replace(Deadline::Never)));
        future.as_mut().poll(cx)
    })
    .await
}

/// Whether a slot is dropped by its own handler's panic: the engine then tells the caller why.
pub(crate) fn panics_with(slot: usize) -> bool {
    thread::panicking() && FRAME.with(|frame| frame.deferring.get() == slot)
}
