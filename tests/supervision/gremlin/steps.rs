//! The gremlin, and those who have work for the tree: one step after the other, by chance that can be
//! had again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{DynamicSupervisor, ServerId};

use super::clerk::{ClerkClient, Site};
use super::random::Random;
use super::story::What;
use super::tree::{Kind, Plan};
use super::world::World;
use crate::support::{pass, settle};

/// A child that was stopped by hand, and is owed its start.
pub struct Debt {
    pub parent: Arc<str>,
    pub child: Arc<Plan>,
}

/// A child that was deleted and started anew: it is the last one of that incarnation.
pub struct Move {
    pub supervisor: ServerId,
    pub id: Arc<str>,
}

pub struct Gremlin {
    pub world: Arc<World>,
    pub plan: Arc<Plan>,
    pub random: Random,
    /// All supervisors but the root.
    pub branches: Vec<Arc<Plan>>,
    pub sites: Vec<Arc<Site>>,
    /// Clients that follow, by the path of their clerk.
    pub followers: BTreeMap<Arc<str>, ClerkClient>,
    pub debts: Vec<Debt>,
    pub moves: Vec<Move>,
    /// Whom it has an eye on.
    favourites: Vec<Arc<Site>>,
    rooms: usize,
    senders: usize,
}

impl Gremlin {
    pub fn new(world: &Arc<World>, plan: &Arc<Plan>, random: Random) -> Self {
        let branches = plan.all().into_iter().skip(1).filter(|plan| plan.limit().is_some());
        let mut followers = BTreeMap::new();
        for copies in plan.all().iter().filter_map(|plan| match &plan.kind {
            Kind::Pool(_, copies) => Some(copies),
            _ => None,
        }) {
            for (nth, site) in (0..).zip(&copies.sites) {
                followers.insert(Arc::clone(site.path()), copies.pool.at(nth));
            }
        }
        Self {
            world: Arc::clone(world),
            plan: Arc::clone(plan),
            random,
            branches: branches.collect(),
            sites: world.sites(),
            followers,
            debts: Vec::new(),
            moves: Vec::new(),
            favourites: Vec::new(),
            rooms: 0,
            senders: 0,
        }
    }

    /// So many steps.
    pub async fn run(&mut self, steps: u32) {
        for nth in 0..steps {
            if nth % 25 == 0 {
                let favourite = Arc::clone(self.random.pick(&self.branches));
                self.favourites.clone_from(&self.sites);
                let prefix = format!("{}/", favourite.path);
                self.favourites.retain(|site| site.path().starts_with(&prefix));
            }
            self.step().await;
            let time = match self.random.below(10) {
                0..5 => 0,
                5..9 => u64::from(self.random.below(100)),
                _ => u64::from(self.random.below(2_000)),
            };
            settle().await;
            pass(Duration::from_millis(time)).await;
        }
    }

    async fn step(&mut self) {
        match self.random.below(200) {
            0..40 => self.call(),
            40..55 => self.keep_busy(),
            55..75 => self.send_letters(),
            75..85 => self.fill(),
            85..95 => self.watch(),
            95..97 => self.link(),
            97..120 => self.blow_up(),
            120..132 => self.kill(),
            132..150 => self.stop(),
            150..162 => self.spoil_starts(),
            162..165 => self.kill_branch(),
            165..167 => self.stop_branch(),
            167..177 => self.terminate(false).await,
            177..183 => self.terminate(true).await,
            183..192 => self.open_room().await,
            192..194 => self.close_room().await,
            _ => self.pay().await,
        }
    }

    pub fn note(&self, what: String) {
        self.world.story.note(What::Step(what));
    }

    /// A time of up to so many milliseconds.
    pub fn time(&mut self, millis_max: u32) -> Duration {
        Duration::from_millis(u64::from(self.random.below(millis_max)))
    }

    /// A clerk, often one of those that it has an eye on.
    pub fn victim(&mut self) -> Arc<Site> {
        let favoured = !self.favourites.is_empty() && self.random.one_in(3);
        let among = if favoured { &self.favourites } else { &self.sites };
        Arc::clone(self.random.pick(among))
    }

    /// A client of the clerk at this site: one that follows, where there is one, or by name.
    pub fn client(&mut self, site: &Site) -> ClerkClient {
        let follower = self.followers.get(site.path()).cloned();
        follower.filter(|_| !self.random.one_in(3)).unwrap_or_else(|| site.client())
    }

    /// A number for who sends letters.
    pub fn sender(&mut self) -> usize {
        self.senders += 1;
        self.senders
    }

    /// Another room, of any kind.
    pub async fn open_room(&mut self) {
        let (nth, room) = (self.rooms, self.random.one_in(4).then_some(2));
        self.rooms += 1;
        let site = self.world.open(&format!("root/rooms/{nth}"), room);
        self.sites.push(Arc::clone(&site));
        let spec = super::tree::spec(&self.world, &super::tree::plan_room(&site, nth));
        let came = DynamicSupervisor::<()>::named("root/rooms").start(spec).await;
        let told = came.as_ref().map(|_| ()).map_err(ToString::to_string);
        self.note(format!("open {}: {told:?}", site.path()));
        if let Ok(client) = came {
            self.followers.insert(Arc::clone(site.path()), client);
        }
    }
}
