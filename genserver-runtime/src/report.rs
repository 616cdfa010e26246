//! What the engine writes to `tracing`; nothing here costs more than a level check when nobody
//! listens.

use std::sync::Arc;

use tracing::{Level, Span, debug, enabled, error, info, warn};

use crate::core::Core;
use crate::exit::{ExitReason, Panic};
use crate::node::Node as _;
use crate::server::Server;

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

/// A server ended: a crash is an error, an orderly end is not.
pub(crate) fn ending<S: Server>(
    core: &Core<S>,
    reason: &ExitReason,
    last: &'static str,
    state: &'static str,
) {
    let id = core.id.as_u64();
    match reason {
        ExitReason::Killed | ExitReason::NotRunning => {
            debug!(target: "genserver", server = S::NAME, id, %reason, "ended");
        }
        reason if reason.is_crash() => {
            let name = core.name();
            error!(target: "genserver", server = S::NAME, id, name = name.as_deref(), last_message = last, state, %reason, "crashed");
        }
        reason => info!(target: "genserver", server = S::NAME, id, %reason, "ended"),
    }
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

/// A cast or an info that the machine's state does not accept. Counted each time, told at a
/// limited rate.
pub(crate) fn refused<S: Server>(core: &Core<S>, message: &'static str, state: &'static str) {
    let count = {
        let mut inbox = core.lock();
        let counters = &mut inbox.cold().counters;
        counters.refused += 1;
        counters.refused
    };
    if count.is_power_of_two() {
        warn!(target: "genserver", server = S::NAME, id = core.id.as_u64(), message, state, count, "refused: no guard accepts this state");
    }
}
