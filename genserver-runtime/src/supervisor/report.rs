//! What a supervisor tells of its children, as events of `tracing`: progress as `info`, the rest as
//! `error`, each with the child it is about.

use std::sync::Weak;

use tracing::{error, info};

use crate::core::Core;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::link::Exit;
use crate::node::Node;
use crate::options::Restart;
use crate::options::Shutdown;
use crate::supervisor::child::{Child, Traits};
use crate::supervisor::tree::Supervisor;

fn number(supervisor: &Weak<Core<Supervisor>>) -> u64 {
    supervisor.upgrade().map_or(0, |core| core.id.as_u64())
}

/// A child has started.
pub(crate) fn started(
    supervisor: &Weak<Core<Supervisor>>,
    child: Option<&str>,
    traits: &Traits,
    id: Option<ServerId>,
) {
    let id = id.map_or(0, ServerId::as_u64);
    info!(target: "genserver", supervisor = number(supervisor), child, server = traits.server, id, restart = %traits.restart, "child started");
}

/// A child did not start.
pub(crate) fn start_failed(
    supervisor: &Weak<Core<Supervisor>>,
    child: Option<&str>,
    traits: &Traits,
    reason: &str,
) {
    error!(target: "genserver", supervisor = number(supervisor), child, server = traits.server, restart = %traits.restart, reason, "child did not start");
}

/// A child has ended by itself; told where that is not what it is there for.
pub(crate) fn terminated(
    supervisor: &Weak<Core<Supervisor>>,
    child: &Child,
    id: ServerId,
    reason: &ExitReason,
) {
    if !reason.is_crash() && child.traits().restart != Restart::Permanent {
        return;
    }
    let (name, traits, id) = (child.id(), child.traits(), id.as_u64());
    error!(target: "genserver", supervisor = number(supervisor), child = name, server = traits.server, id, restart = %traits.restart, %reason, "child terminated");
}

/// A child was stopped; told where it did not end as it was asked to.
pub(crate) fn stopped(
    supervisor: &Weak<Core<Supervisor>>,
    child: &Child,
    id: ServerId,
    reason: &ExitReason,
) {
    if is_odd(child, reason) {
        let (name, traits, id) = (child.id(), child.traits(), id.as_u64());
        error!(target: "genserver", supervisor = number(supervisor), child = name, server = traits.server, id, restart = %traits.restart, %reason, "child did not shut down as asked");
    }
}

fn is_odd(child: &Child, reason: &ExitReason) -> bool {
    match reason {
        ExitReason::Shutdown => false,
        ExitReason::Killed => child.traits().shutdown != Shutdown::Kill,
        ExitReason::Normal | ExitReason::ShutdownWith(_) => {
            child.traits().restart == Restart::Permanent
        }
        _ => true,
    }
}

/// A child of a dynamic supervisor was stopped; told where it crashed meanwhile.
pub(crate) fn stopped_one(
    supervisor: &Weak<Core<Supervisor>>,
    child: &dyn Node,
    reason: &ExitReason,
) {
    if reason.is_crash() && *reason != ExitReason::Killed {
        error!(target: "genserver", supervisor = number(supervisor), server = child.kind(), id = child.id().as_u64(), %reason, "child did not shut down as asked");
    }
}

/// An exit signal came that is no child's end, and not the parent's.
pub(crate) fn unexpected(id: ServerId, exit: &Exit) {
    error!(target: "genserver", supervisor = id.as_u64(), reason = %exit.reason, "unexpected exit signal: {exit}");
}

/// There were too many restarts.
pub(crate) fn gave_up(id: ServerId) {
    error!(target: "genserver", supervisor = id.as_u64(), "shutdown: reached the maximum restart intensity");
}
