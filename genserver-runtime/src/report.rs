//! What the engine writes to `tracing`; nothing here costs more than a level check when nobody
//! listens.

use std::any::Any;

use tracing::{Level, Span, debug, enabled, error, event_enabled, info, warn};

use crate::body::Body;
use crate::core::Core;
use crate::event::Event;
use crate::exit::{ExitReason, Panic};
use crate::id::ServerId;
use crate::node::Node;
use crate::server::{Server, state_name};
use crate::shown::{REPORTED_MAX, shown};

/// The span of a handler: a child of its caller's, on both paths.
#[inline]
pub(crate) fn handler_span<S: Server>(core: &Core<S>, handler: usize) -> Option<Span> {
    listened().then(|| new_handler_span(S::NAME, core.id, S::HANDLERS[handler].name))
}

/// Whether somebody may want spans: one load and a comparison where nobody does.
#[inline]
fn listened() -> bool {
    Level::DEBUG <= tracing::level_filters::LevelFilter::current() && asked()
}

/// Out of line: what is inlined into every path is the look at the level alone.
#[cold]
fn asked() -> bool {
    enabled!(target: "genserver::handler", Level::DEBUG)
}

#[cold]
fn new_handler_span(server: &'static str, id: ServerId, handler: &'static str) -> Span {
    tracing::debug_span!(target: "genserver::handler", "handler", server, id = id.as_u64(), handler)
}

/// The caller's span, when somebody listens. Boxed: that there is none is passed on with every message.
#[inline]
pub(crate) fn caller_span() -> Option<Box<Span>> {
    if listened() { current_span() } else { None }
}

#[cold]
fn current_span() -> Option<Box<Span>> {
    let span = Span::current();
    (!span.is_disabled() && !span.is_none()).then(|| Box::new(span))
}

pub(crate) fn started(server: &'static str, id: ServerId, name: Option<&str>) {
    debug!(target: "genserver", server, id = id.as_u64(), name, "started");
}

/// What a crashed server leaves for its report.
pub(crate) struct Remains {
    state: &'static str,
    data: Option<String>,
    log: Vec<Event>,
}

impl Remains {
    /// The state is shown as far as it can be, and what `#[format_state]` hides is not in it.
    #[cold]
    fn of<S: Server>(core: &Core<S>, body: Option<&Body<S>>) -> Self {
        Self {
            state: body.and_then(|body| body.state.as_ref()).map_or("", state_name::<S>),
            data: body.and_then(|body| shown(body, REPORTED_MAX).ok()),
            log: core.logged(),
        }
    }
}

/// A server ended: a crash is an error, an orderly end is not.
pub(crate) fn ending<S: Server>(
    core: &Core<S>,
    reason: &ExitReason,
    last: &'static str,
    body: Option<&Body<S>>,
) {
    ended(core, reason, last, &|| Remains::of(core, body));
}

fn ended(node: &dyn Node, reason: &ExitReason, last: &'static str, remains: &dyn Fn() -> Remains) {
    let (server, id) = (node.kind(), node.id().as_u64());
    match reason {
        ExitReason::Killed | ExitReason::NotRunning => {
            debug!(target: "genserver", server, id, %reason, "ended");
        }
        reason if reason.is_crash() => {
            if event_enabled!(target: "genserver", Level::ERROR) {
                crashed(node, reason, last, remains());
            }
        }
        reason => info!(target: "genserver", server, id, %reason, "ended"),
    }
}

/// An exit signal ended a server: whoever it came from has reported what there is to report.
pub(crate) fn signalled(server: &'static str, id: ServerId, reason: &ExitReason) {
    debug!(target: "genserver", server, id = id.as_u64(), %reason, "ended by an exit signal");
}

#[cold]
fn crashed(node: &dyn Node, reason: &ExitReason, last: &'static str, remains: Remains) {
    let Remains { state, data, log } = remains;
    let (name, label) = (node.name(), node.label());
    let log = log.iter().map(ToString::to_string).collect::<Vec<_>>();
    let log = (!log.is_empty()).then(|| log.join("; "));
    error!(
        target: "genserver",
        server = node.kind(),
        id = node.id().as_u64(),
        name = name.as_deref(),
        label = label.as_deref(),
        last_message = last,
        state,
        data,
        log,
        %reason,
        "crashed"
    );
}

/// One event of a traced server.
pub(crate) fn traced(event: &Event) {
    info!(target: "genserver::trace", server = event.server, id = event.id.as_u64(), state = event.state, "{}", event.kind);
}

/// A task of a server panicked, and nobody is told but by this.
pub(crate) fn task_panicked(server: &'static str, id: ServerId, panic: &Panic) {
    error!(target: "genserver", server, id = id.as_u64(), %panic, "a task of the server panicked");
}

/// The state could not be copied for somebody who looked into a server.
pub(crate) fn panic_in_sys(server: &'static str, id: ServerId, panic: &Panic) {
    error!(target: "genserver", server, id = id.as_u64(), %panic, "what was asked of the server panicked");
}

pub(crate) fn init_failed(server: &'static str, reason: &dyn std::fmt::Display) {
    error!(target: "genserver", server, %reason, "init failed");
}

#[cold]
pub(crate) fn panic_in_drop(
    server: &'static str,
    method: &'static str,
    payload: &(dyn Any + Send),
) {
    let panic = Panic::new(method, payload);
    error!(target: "genserver", server, %panic, "the state panicked while it was dropped");
}

#[cold]
pub(crate) fn waker_panicked(payload: &(dyn Any + Send)) {
    let panic = Panic::new("waker", payload);
    error!(target: "genserver", %panic, "a waker panicked: whoever waits by it is not told");
}

/// Messages that nobody waits for died with their server.
pub(crate) fn dead_letters(server: &'static str, id: ServerId, count: u64) {
    warn!(target: "genserver", server, id = id.as_u64(), count, "dead letters: the server ended before it handled them");
}

/// The overflow policy dropped a message. Told at the first, second, fourth, eighth.. time.
pub(crate) fn dropped(server: &'static str, id: ServerId, message: &'static str, count: u64) {
    if count.is_power_of_two() {
        warn!(target: "genserver", server, id = id.as_u64(), message, count, "mailbox full: messages were dropped");
    }
}

/// A message that the machine's state does not accept, and that cannot be kept for another one either.
/// Counted each time, told at a limited rate.
pub(crate) fn no_room_aside(node: &dyn Node, message: &'static str, state: &'static str) {
    let (server, id, count) = (node.kind(), node.id().as_u64(), node.count_refused());
    if count.is_power_of_two() {
        warn!(target: "genserver", server, id, message, state, count, "refused: as many messages are postponed as the mailbox has room for");
    }
}

/// A cast or an info that the machine's state does not accept. Counted each time, told at a
/// limited rate.
pub(crate) fn refused(node: &dyn Node, message: &'static str, state: &'static str) {
    let (server, id, count) = (node.kind(), node.id().as_u64(), node.count_refused());
    if count.is_power_of_two() {
        warn!(target: "genserver", server, id, message, state, count, "refused: no guard accepts this state");
    }
}
