//! What a supervisor tells of its children.

use std::sync::Arc;

use crate::id::ServerId;
use crate::options::Restart;
use crate::options::Shutdown;
use crate::supervisor::child::Child;
use crate::supervisor::family::Family;
use crate::supervisor::plan::Phase;

/// A child, as its supervisor sees it: its specification, with what it left out filled in, and how
/// it stands.
///
/// Like an entry of `supervisor:which_children/1` and what `supervisor:get_childspec/2` gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChildInfo {
    /// Its id; `None` for a child of a [`DynamicSupervisor`](crate::DynamicSupervisor).
    pub id: Option<Arc<str>>,
    /// How it stands.
    pub phase: ChildPhase,
    /// The type of its server, by name.
    pub server: &'static str,
    /// Whether it is a supervisor itself.
    pub supervisor: bool,
    /// When it is started again.
    pub restart: Restart,
    /// How long it may take to end.
    pub shutdown: Shutdown,
    /// Whether its end counts for the supervisor's automatic shutdown.
    pub significant: bool,
    /// How often it was started again by itself.
    pub restarts: u32,
}

/// How a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildPhase {
    /// It runs.
    Running(ServerId),
    /// It has ended, and will be started again.
    Restarting,
    /// It is not running, and not started again by itself. Like `undefined` in OTP.
    Stopped,
}

impl ChildInfo {
    pub(crate) fn of(child: &Child) -> Self {
        Self {
            id: child.spot.fixed().id.clone(),
            phase: phase(child),
            server: child.traits().server,
            supervisor: child.traits().supervises,
            restart: child.traits().restart,
            shutdown: child.traits().shutdown,
            significant: child.traits().significant,
            restarts: child.spot.restarts(),
        }
    }
}

fn phase(child: &Child) -> ChildPhase {
    match (child.member.phase, child.current) {
        (Phase::Up, Some(id)) => ChildPhase::Running(id),
        (Phase::Down, _) => ChildPhase::Stopped,
        (Phase::Up | Phase::Restarting, _) => ChildPhase::Restarting,
    }
}

/// How many children a supervisor has. Like `supervisor:count_children/1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChildCounts {
    /// Specifications; of a dynamic supervisor always 1.
    pub specs: usize,
    /// Children that run.
    pub active: usize,
    /// Children that are supervisors, running or not.
    pub supervisors: usize,
    /// The other children, running or not.
    pub workers: usize,
}

impl ChildCounts {
    pub(crate) fn of(family: &Family) -> Self {
        let children = || family.children.values();
        let all = children().count();
        let supervisors = children().filter(|child| child.traits().supervises).count();
        Self {
            specs: if family.is_dynamic() { 1 } else { all },
            active: children().filter(|child| child.member.phase == Phase::Up).count(),
            supervisors,
            workers: all - supervisors,
        }
    }
}
