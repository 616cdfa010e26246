//! Whether the tree is as it is meant to be.

use std::collections::BTreeSet;
use std::sync::Arc;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildInfo, ChildPhase, DynamicSupervisor, Restart, ServerId};

use super::clerk::{ClerkClient, Site};
use super::model::Model;
use super::steps::Move;
use super::tree::{Branch, Kind, Plan};
use super::world::World;

/// What is looked at, and what is wrong with it.
pub struct Shape<'a> {
    pub world: &'a World,
    pub model: &'a Model,
    pub moves: &'a [Move],
    pub faults: Vec<String>,
}

impl Shape<'_> {
    fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// Looks at this one and all below it.
    pub async fn check(&mut self, plan: &Arc<Plan>) {
        for plan in plan.all() {
            let path = &plan.path;
            let Some(supervisor) = plan.limit().and_then(|_| Supervisor::whereis(Arc::clone(path)))
            else {
                if plan.limit().is_some() {
                    self.fault(format!("{path} is not there"));
                }
                continue;
            };
            let id = supervisor.id().expect("it was found");
            let mut children = supervisor.which_children().await.expect("it runs");
            children.reverse();
            self.check_counts(path, &supervisor, &children).await;
            match &plan.kind {
                Kind::Branch(branch) => self.check_branch(id, branch, &children),
                Kind::Pool(_, copies) => {
                    let ids: Vec<_> =
                        children.iter().filter_map(|child| child.id.clone()).collect();
                    let expected = (0..copies.sites.len()).map(|nth| nth.to_string().into());
                    if ids != expected.collect::<Vec<Arc<str>>>() {
                        self.fault(format!("{path} has the copies {ids:?}"));
                    }
                    for (child, site) in children.iter().zip(&copies.sites) {
                        self.check_clerk(id, site, Restart::Permanent, child);
                    }
                }
                Kind::Rooms(_) => self.check_rooms(path, &children),
                Kind::Clerk { .. } => unreachable!("it has a limit"),
            }
        }
        for site in self.world.sites() {
            self.check_site(&site);
        }
    }

    async fn check_counts(&mut self, path: &str, supervisor: &Supervisor, children: &[ChildInfo]) {
        let counts = supervisor.count_children().await.expect("it runs");
        let runs = |child: &&ChildInfo| matches!(child.phase, ChildPhase::Running(_));
        let active = children.iter().filter(runs).count();
        let supervisors = children.iter().filter(|child| child.supervisor).count();
        let all = counts.workers + counts.supervisors;
        if (counts.active, counts.supervisors, all) != (active, supervisors, children.len()) {
            self.fault(format!("{path} counts {counts:?} of {} children", children.len()));
        }
    }

    fn check_branch(&mut self, id: ServerId, branch: &Branch, children: &[ChildInfo]) {
        let moved: Vec<_> = self.moves.iter().filter(|moved| moved.supervisor == id).collect();
        let mut expected: Vec<_> = branch.children.iter().collect();
        for Move { id, .. } in moved {
            if let Some(at) = expected.iter().position(|child| child.id == *id) {
                let last = expected.remove(at);
                expected.push(last);
            }
        }
        expected.retain(|child| match &child.kind {
            Kind::Clerk { site, restart: Restart::Temporary, .. } => site.alive() > 0,
            _ => true,
        });
        let ids: Vec<_> = children.iter().filter_map(|child| child.id.as_deref()).collect();
        let wanted: Vec<_> = expected.iter().map(|child| &*child.id).collect();
        if ids != wanted {
            self.fault(format!("there are {ids:?} instead of {wanted:?}"));
            return;
        }
        for (plan, child) in expected.iter().zip(children) {
            if let Kind::Clerk { site, restart, .. } = &plan.kind {
                self.check_clerk(id, site, *restart, child);
                continue;
            }
            let found = Supervisor::whereis(Arc::clone(&plan.path)).and_then(|found| found.id());
            if child.phase != found.map_or(ChildPhase::Stopped, ChildPhase::Running) {
                self.fault(format!("{} is {:?}, found {found:?}", plan.path, child.phase));
            }
            self.check_restarts(id, &plan.path, child);
        }
    }

    fn check_clerk(&mut self, id: ServerId, site: &Site, restart: Restart, child: &ChildInfo) {
        let path = site.path();
        match child.phase {
            ChildPhase::Running(id) if site.alive() == 1 && site.current() == Some(id) => {}
            // It has ended by itself, and meant to.
            ChildPhase::Stopped
                if restart == Restart::Transient && site.alive() == 0 && site.is_orderly() => {}
            phase => self.fault(format!("{path} is {phase:?}, {} are alive", site.alive())),
        }
        self.check_restarts(id, path, child);
    }

    fn check_restarts(&mut self, id: ServerId, path: &Arc<str>, child: &ChildInfo) {
        let key = (self.world.story.nth(id), Arc::clone(path));
        let told = self.model.restarts.get(&key).copied().unwrap_or_default();
        if told != child.restarts {
            self.fault(format!("{path}: {} restarts, told of {told}", child.restarts));
        }
    }

    fn check_rooms(&mut self, path: &str, children: &[ChildInfo]) {
        let running = children.iter().filter_map(|child| match child.phase {
            ChildPhase::Running(id) => Some(id),
            _ => None,
        });
        let sites = self.world.sites();
        let rooms = sites.iter().filter(|site| site.path().starts_with("root/rooms/"));
        let alive = rooms.filter(|site| site.alive() > 0).filter_map(|site| site.current());
        let (running, alive): (BTreeSet<_>, BTreeSet<_>) = (running.collect(), alive.collect());
        if running != alive || running.len() != children.len() {
            self.fault(format!("{path} has {running:?}, and there are {alive:?}"));
        }
    }

    /// One incarnation at a time, and its name leads to it, or to nobody.
    fn check_site(&mut self, site: &Site) {
        let found = ClerkClient::whereis(Arc::clone(site.path())).and_then(|found| found.id());
        let present = site.current().filter(|_| site.alive() > 0);
        if found != present || site.overlaps() > 0 {
            let (path, overlaps) = (site.path(), site.overlaps());
            self.fault(format!("{path}: {found:?} instead of {present:?}, {overlaps} at a time"));
        }
    }
}

/// Makes sure that nothing is left of the tree.
pub fn check_end(world: &World, plan: &Arc<Plan>) -> Vec<String> {
    let mut faults = Vec::new();
    for site in world.sites() {
        let found = ClerkClient::whereis(Arc::clone(site.path())).is_some();
        if found || site.alive() > 0 {
            faults.push(format!("{} is left: {found}, {}", site.path(), site.alive()));
        }
    }
    let supervisors = plan.all().into_iter().filter(|plan| plan.limit().is_some());
    let found = |plan: &Arc<Plan>| {
        let (path, dynamic) = (Arc::clone(&plan.path), Arc::clone(&plan.path));
        Supervisor::whereis(path).is_some() || DynamicSupervisor::<()>::whereis(dynamic).is_some()
    };
    faults.extend(supervisors.filter(found).map(|plan| format!("{} is left", plan.path)));
    faults
}
