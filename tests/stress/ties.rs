//! Links, monitors, exit signals and kills from all sides at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Down, Exit, Monitor, MonitorId, MonitorRef, ServerId};

use crate::random::{Random, rounds};
use crate::support::{BOTH, in_time, turns, until_tasks};

/// What was told wrongly, and how many are gone.
#[derive(Clone, Debug, Default)]
struct Counts {
    wrong: Arc<AtomicU32>,
    dropped: Arc<AtomicU32>,
}

/// Linked with others, told of the ends of others.
struct Peer {
    counts: Counts,
    /// How often it has linked itself with these: of no other an exit may come to it. A link with
    /// a server that is gone tells so each time.
    linked: HashMap<ServerId, u32>,
    monitors: Vec<MonitorRef>,
    told: HashSet<MonitorId>,
}

#[genserver]
impl Peer {
    #[init]
    fn new(cx: &mut Cx<Self>, counts: Counts, traps: bool) -> Self {
        cx.trap_exit(traps);
        Self { counts, linked: HashMap::new(), monitors: Vec::new(), told: HashSet::new() }
    }

    #[call]
    fn link(&mut self, cx: &mut Cx<Self>, other: PeerClient) {
        if let Some(id) = other.id() {
            *self.linked.entry(id).or_default() += 1;
        }
        cx.link(&other);
    }

    #[call]
    fn unlink(&mut self, cx: &mut Cx<Self>, other: PeerClient) {
        cx.unlink(&other);
        if let Some(id) = other.id() {
            self.linked.remove(&id);
        }
    }

    #[call]
    async fn watch(&mut self, cx: &mut Cx<Self>, other: PeerClient, for_good: bool) {
        let monitor = cx.monitor(&other);
        turns(1).await;
        if for_good {
            monitor.keep();
        } else {
            self.monitors.push(monitor);
        }
    }

    #[call]
    fn look_away(&mut self) {
        let gone: Vec<_> = self.monitors.iter().map(MonitorRef::id).collect();
        self.monitors.clear();
        // Nothing of them is to be told after this.
        self.told.extend(gone);
    }

    #[info]
    fn on_down(&mut self, down: Down) {
        self.monitors.retain(|monitor| monitor.id() != down.monitor);
        self.note(self.told.contains(&down.monitor));
        self.told.insert(down.monitor);
    }

    #[info]
    fn on_exit(&mut self, exit: Exit) {
        // Only those that trap make links, and none with each other.
        if let Some(id) = exit.server {
            let left = self.linked.get_mut(&id).filter(|left| **left > 0);
            let wrong = left.map(|left| *left -= 1).is_none();
            self.note(wrong);
        }
    }

    fn note(&self, wrong: bool) {
        self.counts.wrong.fetch_add(u32::from(wrong), Ordering::SeqCst);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.counts.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

const PEERS: u32 = 16;

/// The peers that trap make the links, with those that do not.
async fn peers(counts: &Counts) -> Vec<PeerClient> {
    let mut peers = Vec::new();
    for at in 0..PEERS {
        let start = Peer::start(counts.clone(), at < PEERS / 2);
        peers.push(start.await.expect("its init cannot fail"));
    }
    peers
}

/// Does this and that to them; gives what it monitors.
async fn troublemaker(mut random: Random, peers: Vec<PeerClient>, steps: u32) -> Vec<Monitor> {
    let mut monitors = Vec::new();
    let (trapping, others) = peers.split_at(peers.len() / 2);
    for _ in 0..steps {
        let one = random.pick(trapping).clone();
        let other = random.pick(others).clone();
        let any = random.pick(&peers).clone();
        // They may have ended: then there is nobody to ask.
        match random.below(16) {
            0..4 => drop(one.link(other).await),
            4..6 => drop(one.unlink(other).await),
            6..8 => drop(any.watch(other, random.one_in(2)).await),
            8 => drop(any.look_away().await),
            9..12 => monitors.push(any.monitor()),
            12 => drop(any.monitor()),
            13 if random.one_in(4) => drop(any.kill().await),
            14 if random.one_in(4) => any.exit(ExitReason::Shutdown),
            15 => any.exit(ExitReason::Normal),
            _ => turns(random.below(3)).await,
        }
    }
    monitors
}

async fn round(mut random: Random) {
    let counts = Counts::default();
    let peers = peers(&counts).await;
    let mut monitors: Vec<_> = peers.iter().map(Client::monitor).collect();
    let mut tasks = Vec::new();
    for _ in 0..6 {
        let trouble = troublemaker(random.fork(), peers.clone(), 60);
        tasks.push(tokio::spawn(trouble));
    }
    for task in tasks {
        monitors.extend(in_time("trouble", task).await.expect("it does not panic"));
    }
    for peer in &peers {
        drop(in_time("a kill", peer.kill()).await);
    }
    let mut told = HashSet::new();
    for monitor in monitors {
        let id = monitor.id();
        let down = in_time("a monitor", monitor).await;
        assert_eq!(down.monitor, id, "it told of another one");
        assert!(told.insert(id), "a monitor told twice");
    }
    drop(peers);
    assert_eq!(counts.wrong.load(Ordering::SeqCst), 0, "what was told should not have been");
    // This one and the runtime's guard are left.
    in_time("the rest", until_tasks(2)).await;
    assert_eq!(counts.dropped.load(Ordering::SeqCst), PEERS, "somebody is left");
}

#[test]
fn links_monitors_and_ends_from_all_sides() {
    for threads in BOTH {
        rounds(40, |random| {
            let runtime = threads.runtime();
            runtime.block_on(async {
                tokio::spawn(round(random)).await.expect("the round holds");
            });
        });
    }
}
