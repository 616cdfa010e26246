//! A tree of a thousand servers: how it is meant to be, and how it is built.

use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{
    Backoff, ChildSpec, DynamicSupervisor, PartitionSupervisor, Restart, Shutdown, StartSupervisor,
    Strategy,
};

use super::clerk::{ClerkClient, Site, Stillborn, clerk};
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// How often is too often, unless said otherwise.
const OFTEN: Limit = (3, Duration::from_secs(5));

/// Restarts at the most, in which time.
pub type Limit = (u32, Duration);

/// A child, as its parent starts it.
pub struct Plan {
    pub path: Arc<str>,
    pub id: Arc<str>,
    pub kind: Kind,
}

pub enum Kind {
    Clerk {
        site: Arc<Site>,
        restart: Restart,
        shutdown: Shutdown,
    },
    Branch(Branch),
    /// Its children are started one by one.
    Rooms(Limit),
    /// Its children are copies.
    Pool(Limit, Arc<Copies>),
}

pub struct Branch {
    pub strategy: Strategy,
    pub limit: Limit,
    pub backoff: Option<Backoff>,
    pub children: Vec<Arc<Plan>>,
}

/// What a partition supervisor and the test share.
pub struct Copies {
    pub sites: Vec<Arc<Site>>,
    pub pool: PartitionSupervisor<ClerkClient, Stillborn>,
}

impl Plan {
    /// This one and all below it.
    pub fn all(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let mut all = vec![Arc::clone(self)];
        if let Kind::Branch(branch) = &self.kind {
            all.extend(branch.children.iter().flat_map(Self::all));
        }
        all
    }

    pub fn limit(&self) -> Option<Limit> {
        match &self.kind {
            Kind::Clerk { .. } => None,
            Kind::Branch(branch) => Some(branch.limit),
            Kind::Rooms(limit) | Kind::Pool(limit, _) => Some(*limit),
        }
    }
}

/// Makes plans.
struct Architect<'a>(&'a Arc<World>);

impl Architect<'_> {
    /// So many clerks, of all kinds.
    fn clerks(&self, path: &str, count: usize) -> Vec<Arc<Plan>> {
        let clerk = |nth: usize| {
            let path = format!("{path}/{nth}");
            let room = (nth % 4 == 1).then_some(2);
            let restart = match nth % 10 {
                7 => Restart::Transient,
                9 => Restart::Temporary,
                _ => Restart::Permanent,
            };
            let shutdown = match nth % 8 {
                3 => Shutdown::After(SECOND / 4),
                5 => Shutdown::Kill,
                _ => Shutdown::After(5 * SECOND),
            };
            let site = self.0.open(&path, room);
            plan(&path, Kind::Clerk { site, restart, shutdown })
        };
        (0..count).map(clerk).collect()
    }

    fn cell(&self, path: &str, strategy: Strategy, clerks: usize) -> Arc<Plan> {
        let children = self.clerks(path, clerks);
        plan_branch(path, Branch { strategy, limit: OFTEN, backoff: None, children })
    }

    /// So many cells of all strategies under one.
    fn cells(&self, path: &str, strategy: Strategy, cells: usize, clerks: usize) -> Arc<Plan> {
        let each = [Strategy::OneForOne, Strategy::OneForAll, Strategy::RestForOne];
        let cell = |nth: usize| self.cell(&format!("{path}/{nth}"), each[nth % 3], clerks);
        let children = (0..cells).map(cell).collect();
        plan_branch(path, Branch { strategy, limit: (6, 5 * SECOND), backoff: None, children })
    }

    /// A supervisor in a supervisor, so many times.
    fn deep(&self, path: &str, levels: usize) -> Arc<Plan> {
        let strategy = [Strategy::OneForAll, Strategy::RestForOne][levels % 2];
        let mut children = self.clerks(path, 8);
        if levels > 1 {
            children.insert(4, self.deep(&format!("{path}/below"), levels - 1));
        }
        plan_branch(path, Branch { strategy, limit: OFTEN, backoff: None, children })
    }

    fn pool(&self, path: &str, copies: usize) -> Arc<Plan> {
        let sites = (0..copies).map(|nth| self.0.open(&format!("{path}/{nth}"), None));
        let sites: Vec<_> = sites.collect();
        let (world, inside) = (Arc::clone(self.0), sites.clone());
        let pool = PartitionSupervisor::new(move |nth| {
            world.attempt(inside[nth].path());
            clerk(&inside[nth])
        });
        let pool = pool.partitions(copies).intensity(OFTEN.0, OFTEN.1);
        plan(path, Kind::Pool(OFTEN, Arc::new(Copies { sites, pool })))
    }
}

fn plan(path: &str, kind: Kind) -> Arc<Plan> {
    let id = path.rsplit('/').next().expect("a path is not empty");
    Arc::new(Plan { path: path.into(), id: id.into(), kind })
}

fn plan_branch(path: &str, branch: Branch) -> Arc<Plan> {
    plan(path, Kind::Branch(branch))
}

/// A room: it is nobody's child by id, and may be of any kind.
pub fn plan_room(site: &Arc<Site>, nth: usize) -> Arc<Plan> {
    let restart = [Restart::Permanent, Restart::Transient, Restart::Temporary][nth % 3];
    let shutdown = Shutdown::After(5 * SECOND);
    plan(site.path(), Kind::Clerk { site: Arc::clone(site), restart, shutdown })
}

/// All that starts with the tree: 800 servers; the rooms come later.
pub fn plan_tree(world: &Arc<World>) -> Arc<Plan> {
    let architect = Architect(world);
    let slow = Branch {
        strategy: Strategy::OneForOne,
        limit: (6, 20 * SECOND),
        backoff: Some(Backoff::new(SECOND / 4, 2 * SECOND)),
        children: architect.clerks("root/slow", 60),
    };
    let hall = Branch {
        strategy: Strategy::OneForOne,
        limit: (8, 5 * SECOND),
        backoff: None,
        children: architect.clerks("root/hall", 127),
    };
    let children = vec![
        architect.cells("root/a", Strategy::OneForOne, 6, 40),
        architect.cells("root/b", Strategy::RestForOne, 6, 30),
        architect.cells("root/c", Strategy::OneForAll, 4, 25),
        architect.deep("root/deep", 5),
        plan_branch("root/slow", slow),
        architect.pool("root/pool", 24),
        plan("root/rooms", Kind::Rooms((5, 5 * SECOND))),
        plan_branch("root/hall", hall),
    ];
    // What ends here ends the test.
    let limit = (40, 5 * SECOND);
    let root = Branch { strategy: Strategy::OneForOne, limit, backoff: None, children };
    plan_branch("root", root)
}

/// A supervisor with all below it.
pub fn build(world: &Arc<World>, path: &Arc<str>, branch: &Branch) -> StartSupervisor {
    let start = match branch.strategy {
        Strategy::OneForAll => Supervisor::one_for_all(),
        Strategy::RestForOne => Supervisor::rest_for_one(),
        _ => Supervisor::one_for_one(),
    };
    let (restarts_max, period) = branch.limit;
    let mut start = start.intensity(restarts_max, period).name(Arc::clone(path));
    if let Some(backoff) = branch.backoff {
        start = start.backoff(backoff);
    }
    branch.children.iter().fold(start, |start, child| add(world, start, child))
}

fn add(world: &Arc<World>, start: StartSupervisor, child: &Arc<Plan>) -> StartSupervisor {
    let (world, plan) = (Arc::clone(world), Arc::clone(child));
    let id = Arc::clone(&child.id);
    match &child.kind {
        Kind::Clerk { .. } => start.spec(spec(&world, child)),
        Kind::Branch(_) => start.child(id, move || {
            world.attempt(&plan.path);
            let Kind::Branch(branch) = &plan.kind else { unreachable!("it is one") };
            build(&world, &plan.path, branch)
        }),
        Kind::Rooms(limit) => {
            let (restarts_max, period) = *limit;
            start.child(id, move || {
                world.attempt(&plan.path);
                let rooms = DynamicSupervisor::new().intensity(restarts_max, period);
                rooms.name(Arc::clone(&plan.path))
            })
        }
        Kind::Pool(_, copies) => {
            let copies = Arc::clone(copies);
            start.child(id, move || {
                world.attempt(&plan.path);
                copies.pool.start().name(Arc::clone(&plan.path))
            })
        }
    }
}

/// A clerk as a child.
pub fn spec(world: &Arc<World>, plan: &Arc<Plan>) -> ChildSpec<ClerkClient, Stillborn> {
    let Kind::Clerk { site, restart, shutdown } = &plan.kind else {
        unreachable!("only clerks are started so")
    };
    let (world, site) = (Arc::clone(world), Arc::clone(site));
    let start = move || {
        world.attempt(site.path());
        clerk(&site)
    };
    ChildSpec::new(Arc::clone(&plan.id), start).restart(*restart).shutdown(*shutdown)
}
