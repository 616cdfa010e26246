//! Links, monitors and keys that are made while the other side ends, on several threads.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Down, Exit};
use tokio::time::timeout;

struct Peer {
    downs: usize,
    exits: usize,
    monitors: usize,
}

#[genserver]
impl Peer {
    #[call]
    fn link(&mut self, cx: &mut Cx<Self>, other: PeerClient) {
        cx.link(&other);
    }

    #[call]
    fn unlink(&mut self, cx: &mut Cx<Self>, other: PeerClient) {
        cx.unlink(&other);
    }

    #[call]
    fn trap(&mut self, cx: &mut Cx<Self>) {
        cx.trap_exit(true);
    }

    #[call]
    fn monitor(&mut self, cx: &mut Cx<Self>, other: PeerClient) {
        cx.monitor(&other).keep();
        self.monitors += 1;
    }

    #[call]
    fn counts(&self) -> (usize, usize, usize) {
        (self.downs, self.exits, self.monitors)
    }

    #[info]
    fn on_down(&mut self, _: Down) {
        self.downs += 1;
    }

    #[info]
    fn on_exit(&mut self, _: Exit) {
        self.exits += 1;
    }
}

async fn peer() -> PeerClient {
    Peer::start(Peer { downs: 0, exits: 0, monitors: 0 }).await.expect("it starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_end_reaches_all_that_tie_themselves_meanwhile_once() {
    for _ in 0..200 {
        let watcher = peer().await;
        watcher.trap().await.expect("it runs");
        let (target, plain) = (peer().await, peer().await);
        let tie = tokio::spawn({
            let (watcher, target) = (watcher.clone(), target.clone());
            async move {
                watcher.link(target.clone()).await.expect("it runs");
                watcher.monitor(target.clone()).await.expect("it runs");
                drop(Client::monitor(&target).await);
            }
        });
        let link = tokio::spawn({
            let (plain, target) = (plain.clone(), target.clone());
            async move { target.link(plain).await.is_ok() }
        });
        let end = tokio::spawn({
            let target = target.clone();
            async move { drop(target.kill().await) }
        });
        let linked = timeout(Duration::from_secs(10), async {
            end.await.expect("no panic");
            tie.await.expect("no panic");
            link.await.expect("no panic")
        });
        let linked = linked.await.expect("nobody waits for ever");
        if linked {
            let ended = timeout(Duration::from_secs(10), Client::monitor(&plain)).await;
            ended.expect("it ends with what it is linked with");
        }
        let told = async {
            while watcher.counts().await.expect("it runs") != (1, 1, 1) {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), told).await.expect("it is told once of each");
        let status = watcher.sys().get_status().expect("it runs");
        assert_eq!((status.links.len(), status.monitors), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn links_made_and_undone_from_both_sides_agree() {
    for _ in 0..200 {
        let (one, two) = (peer().await, peer().await);
        let turns = |from: PeerClient, to: PeerClient| async move {
            for nth in 0..20 {
                if nth % 2 == 0 {
                    from.link(to.clone()).await.expect("it runs");
                } else {
                    from.unlink(to.clone()).await.expect("it runs");
                }
            }
        };
        let first = tokio::spawn(turns(one.clone(), two.clone()));
        let second = tokio::spawn(turns(two.clone(), one.clone()));
        first.await.expect("no panic");
        second.await.expect("no panic");
        let links = |peer: &PeerClient| peer.sys().get_status().expect("it runs").links.len();
        assert_eq!(links(&one), links(&two));
    }
}

struct Owner;

#[genserver]
impl Owner {
    #[call]
    fn live(&self) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_of_a_dead_owner_is_free_at_once() {
    let owners: Registry<u32, OwnerClient> = Registry::new();
    let mut tasks = Vec::new();
    for key in 0..4 {
        let owners = owners.clone();
        tasks.push(tokio::spawn(async move {
            for nth in 0..300 {
                let owner = Owner::start(Owner).key(&owners, key).await.expect("the key is free");
                let down = owner.monitor();
                match nth % 3 {
                    0 => drop(owner.kill().await),
                    1 => drop(owner.stop().await),
                    _ => {
                        drop(owners.client(key).live().send().await);
                        drop(owner.kill());
                    }
                }
                assert_eq!(down.await.server, owner.id());
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    assert!(owners.is_empty());
}
