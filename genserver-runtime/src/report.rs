//! What the engine writes to `tracing`; nothing here costs more than a level check when nobody
//! listens.

use std::sync::Arc;

use tracing::{Level, Span, debug, enabled, error, event_enabled, info, warn};

use crate::body::Body;
use crate::core::Core;
use crate::event::Event;
use crate::exit::{ExitReason, Panic};
use crate::id::ServerId;
use crate::node::Node as _;
use crate::server::{Server, state_name};
use crate::shown::{REPORTED_MAX, shown};

/// The span of a handler: a child of its caller's, on both paths.
#[inline]
pub(crate) fn handler_span<S: Server>(core: &Core<S>, handler: usize) -> Option<Span> {
    listened().then(|| new_handler_span(core, handler))
}

/// Whether somebody may want spans: one load and a comparison where nobody does.
#[inline]
fn listened() -> bool {
    Level::DEBUG <= tracing::level_filters::LevelFilter::current()
        && enabled!(target: "genserver::handler", Level::DEBUG)
}

#[cold]
fn new_handler_span<S: Server>(core: &Core<S>, handler: usize) -> Span {
    tracing::debug_span!(
        target: "genserver::handler",
        "handler",
        server = S::NAME,
        id = core.id.as_u64(),
        handler = S::HANDLERS[handler].name,
    )
}

/// The caller's span, when somebody listens.
#[inline]
pub(crate) fn caller_span() -> Option<Span> {
    if !listened() {
        return None;
    }
    let span = Span::current();
    (!span.is_disabled() && !span.is_none()).then_some(span)
}

pub(crate) fn started<S: Server>(core: &Core<S>, name: Option<&Arc<str>>) {
    debug!(target: "genserver", server = S::NAME, id = core.id.as_u64(), name = name.map(|n| &**n), "started");
}

/// A server ended: a crash is an error, an orderly end is not. The state is shown as far as it can be,
/// and what `#[format_state]` hides is not in it.
pub(crate) fn ending<S: Server>(
    core: &Core<S>,
    reason: &ExitReason,
    last: &'static str,
    body: Option<&Body<S>>,
) {
    let id = core.id.as_u64();
    match reason {
        ExitReason::Killed | ExitReason::NotRunning => {
            debug!(target: "genserver", server = S::NAME, id, %reason, "ended");
        }
        reason if reason.is_crash() => {
            if event_enabled!(target: "genserver", Level::ERROR) {
                crashed(core, reason, last, body);
            }
        }
        reason => info!(target: "genserver", server = S::NAME, id, %reason, "ended"),
    }
}

/// An exit signal ended a server: whoever it came from has reported what there is to report.
pub(crate) fn signalled<S: Server>(core: &Core<S>, reason: &ExitReason) {
    debug!(target: "genserver", server = S::NAME, id = core.id.as_u64(), %reason, "ended by an exit signal");
}

#[cold]
fn crashed<S: Server>(
    core: &Core<S>,
    reason: &ExitReason,
    last: &'static str,
    body: Option<&Body<S>>,
) {
    let (id, name, label) = (core.id.as_u64(), core.name(), core.label());
    let state = body.and_then(|body| body.state.as_ref()).map_or("", state_name::<S>);
    let data = body.and_then(|body| shown(body, REPORTED_MAX).ok());
    let log = core.logged();
    let log = log.iter().map(ToString::to_string).collect::<Vec<_>>();
    let log = (!log.is_empty()).then(|| log.join("; "));
    error!(
        target: "genserver",
        server = S::NAME,
        id,
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

pub(crate) fn panic_in_drop(server: &'static str, panic: &Panic) {
    error!(target: "genserver", server, %panic, "the state panicked while it was dropped");
}

/// Messages that nobody waits for died with their server.
pub(crate) fn dead_letters<S: Server>(core: &Core<S>, count: u64) {
    warn!(target: "genserver", server = S::NAME, id = core.id.as_u64(), count, "dead letters: the server ended before it handled them");
}

/// The overflow policy dropped a message. Told at the first, second, fourth, eighth.. time.
pub(crate) fn dropped<S: Server>(core: &Core<S>, message: &'static str, count: u64) {
    if count.is_power_of_two() {
        warn!(target: "genserver", server = S::NAME, id = core.id.as_u64(), message, count, "mailbox full: messages were dropped");
    }
}

/// A message that the machine's state does not accept, and that cannot be kept for another one either.
pub(crate) fn no_room_aside<S: Server>(core: &Core<S>, message: &'static str, state: &'static str) {
    let count = count_refused(core);
    if count.is_power_of_two() {
        warn!(target: "genserver", server = S::NAME, id = core.id.as_u64(), message, state, count, "refused: as many messages are postponed as the mailbox has room for");
    }
}

fn count_refused<S: Server>(core: &Core<S>) -> u64 {
    let mut inbox = core.lock();
    let counters = &mut inbox.cold().counters;
    counters.refused += 1;
    counters.refused
}

/// A cast or an info that the machine's state does not accept. Counted each time, told at a
/// limited rate.
pub(crate) fn refused<S: Server>(core: &Core<S>, message: &'static str, state: &'static str) {
    let count = count_refused(core);
    if count.is_power_of_two() {
        warn!(target: "genserver", server = S::NAME, id = core.id.as_u64(), message, state, count, "refused: no guard accepts this state");
    }
}
