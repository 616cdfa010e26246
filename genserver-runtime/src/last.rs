//! The last of a server: its home forgets it, and those who wait for its end are told.

use std::mem::take;
use std::sync::Arc;

use crate::core::Core;
use crate::exit::ExitReason;
use crate::frame::Edge;
use crate::home::Home;
use crate::id::ServerId;
use crate::inbox::{Claim, Life};
use crate::monitor::Down;
use crate::server::Server;
use crate::slot::Slot;
use crate::spot::Spot;
use crate::tie::Ties;

/// What is left of an ended server: who is to be told, and what goes when they were.
struct Last {
    id: ServerId,
    kind: &'static str,
    watchers: Vec<Arc<Slot<ExitReason>>>,
    edges: Vec<Edge>,
    ties: Option<Box<Ties>>,
    claims: Vec<Arc<dyn Claim>>,
    name: Option<Arc<str>>,
    started_for: bool,
    tails: Vec<Box<dyn Send>>,
    parent: Option<Arc<Spot>>,
}

impl Last {
    fn take<S: Server>(core: &Core<S>, reason: &ExitReason) -> Self {
        let mut inbox = core.lock();
        inbox.life = Life::Ended;
        let parent = inbox.parent.clone();
        let cold = inbox.cold();
        cold.reason = Some(reason.clone());
        cold.stops = Vec::new();
        cold.drain = None;
        cold.since = None;
        Self {
            id: core.id,
            kind: S::NAME,
            watchers: take(&mut cold.watchers),
            edges: take(&mut cold.edges),
            ties: cold.ties.take(),
            claims: take(&mut cold.claims),
            name: cold.name.clone(),
            started_for: cold.callers.is_some(),
            tails: take(&mut cold.tails),
            parent,
        }
    }

    /// Its home forgets it, and its supervisor is told.
    fn leave(&mut self, home: &Home, reason: &ExitReason) {
        self.edges = Vec::new();
        if !self.claims.is_empty() {
            // Its home was told of it while it ended.
            home.forget(self.id);
        }
        if self.started_for {
            home.forget_callers(self.id);
        }
        if let Some(parent) = self.parent.take() {
            parent.ended(self.id, reason);
        }
    }

    /// Whoever waits for the end finds that those with ties to it were told.
    fn tell(self, reason: &ExitReason, monitors: &ExitReason, links: Option<&ExitReason>) {
        if let Some(ties) = self.ties {
            let down = Down::new(Some(self.id), self.kind, self.name, monitors.clone());
            ties.part(&down, links);
        }
        for watcher in self.watchers {
            watcher.ended(reason.clone());
        }
        drop(self.tails);
    }
}

/// Tells those who wait for the end.
pub(crate) fn finish<S: Server>(core: &Core<S>, reason: &ExitReason) {
    finish_as(core, reason, reason, Some(reason));
}

/// As [`finish`], of a server whose `init` did not come to its end: those with ties to it are told why.
pub(crate) fn finish_half<S: Server>(
    core: &Core<S>,
    monitors: &ExitReason,
    links: Option<&ExitReason>,
) {
    finish_as(core, &ExitReason::NotRunning, monitors, links);
}

fn finish_as<S: Server>(
    core: &Core<S>,
    reason: &ExitReason,
    monitors: &ExitReason,
    links: Option<&ExitReason>,
) {
    let mut last = Last::take(core, reason);
    last.leave(&core.home, reason);
    core.end_watch(reason);
    last.tell(reason, monitors, links);
}
