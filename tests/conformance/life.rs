//! How long a server lives: as long as something keeps it.

use genserver_runtime::prelude::*;

use crate::servers::{Counter, CounterClient, Probe, ProbeClient, probe};
use crate::support::{Gate, Journal, not_running, settle};

#[tokio::test]
async fn a_server_ends_normally_when_its_last_client_goes() {
    let (client, journal) = probe().await;
    let second = client.clone();
    drop(client);
    settle().await;
    assert_eq!(second.note("alive").await, Ok(1));
    drop(second);
    journal.until("drop").await;
    journal.holds(&["alive", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn what_is_queued_is_handled_before_the_end() {
    let (client, journal) = probe().await;
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("there is room");
    client.tell("cast").await.expect("there is room");
    let call = client.note("call").send().await.expect("there is room");
    drop(client);
    gate.reached().await;
    gate.open();
    assert_eq!(call.await, Ok(4));
    journal.until("drop").await;
    journal.holds(&["wait", "waited", "cast", "call", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_start_that_nobody_keeps_ends_at_once() {
    let journal = Journal::new();
    drop(Probe::start(journal.clone()).await.expect("its init cannot fail"));
    journal.until("drop").await;
    journal.holds(&["terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_weak_client_keeps_nothing_alive() {
    let (client, journal) = probe().await;
    let weak = client.weak();
    assert_eq!(weak.note("alive").await, Ok(1));
    assert!(weak.clone().is_running());
    drop(client);
    journal.until("drop").await;
    not_running(weak.note("late").await);
    assert!(!weak.is_running());
    assert!(weak.strong().is_none());
}

#[tokio::test]
async fn a_weak_client_becomes_a_strong_one_while_the_server_lives() {
    let (client, journal) = probe().await;
    let strong = client.weak().strong().expect("it lives");
    drop(client);
    settle().await;
    assert_eq!(strong.note("alive").await, Ok(1));
    drop(strong);
    journal.until("drop").await;
}

#[tokio::test]
async fn a_client_made_by_the_last_handler_saves_the_server() {
    let (to, saved) = tokio::sync::oneshot::channel();
    let client = Immortal::start().await.expect("its init cannot fail");
    client.save(to).await.expect("there is room");
    drop(client);
    let saved = saved.await.expect("the handler saves it");
    settle().await;
    assert_eq!(saved.answer().await, Ok(42));
}

#[tokio::test]
async fn a_weak_client_made_by_a_handler_saves_nothing() {
    let client = Immortal::start().await.expect("its init cannot fail");
    let task = client.task().await.expect("it runs");
    assert_eq!(client.answer().await, Ok(42));
    drop(client);
    not_running(task.await.expect("no panic"));
}

/// Hands clients of itself out.
struct Immortal;

#[genserver]
impl Immortal {
    #[init]
    fn new() -> Self {
        Self
    }

    #[cast]
    fn save(&self, cx: &mut Cx<Self>, to: tokio::sync::oneshot::Sender<ImmortalClient>) {
        to.send(cx.client()).expect("the test waits for it");
    }

    /// A task with a weak client, which calls when the server is gone.
    #[call]
    fn task(&self, cx: &mut Cx<Self>) -> tokio::task::JoinHandle<Result<u32, ServerError>> {
        let me: ImmortalClient = cx.weak();
        tokio::spawn(async move {
            while me.is_running() {
                tokio::task::yield_now().await;
            }
            me.answer().await
        })
    }

    #[call]
    fn answer(&self) -> u32 {
        42
    }
}

#[tokio::test]
async fn a_detached_server_lives_until_it_is_stopped() {
    for at_start in [true, false] {
        let journal = Journal::new();
        let start = Probe::start(journal.clone());
        let client = if at_start { start.detach().await } else { start.await };
        let client = client.expect("its init cannot fail");
        if !at_start {
            client.detach();
            client.detach();
        }
        let weak = client.weak();
        drop(client);
        settle().await;
        assert_eq!(weak.note("alive").await, Ok(1));
        weak.stop().await.expect("it stops");
        journal.holds(&["alive", "terminate: normal", "drop"]);
    }
}

#[tokio::test]
async fn a_name_keeps_its_server_alive() {
    drop(Counter::start(5).name("kept").await.expect("the name is free"));
    settle().await;
    let named = CounterClient::named("kept");
    assert_eq!(named.get().await, Ok(5));
    named.stop().await.expect("it stops");
    not_running(named.get().await);
}

#[tokio::test]
async fn a_key_keeps_its_server_alive() {
    let (registry, journal) = (Registry::new(), Journal::new());
    drop(Probe::start(journal.clone()).key(&registry, 1_u32).await.expect("the key is free"));
    settle().await;
    assert_eq!(registry.client(1).note("alive").await, Ok(1));
    registry.client(1).stop().await.expect("it stops");
    assert!(registry.is_empty());
    journal.holds(&["alive", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_registry_that_is_dropped_lets_its_servers_go() {
    let (registry, journal) = (Registry::new(), Journal::new());
    drop(Probe::start(journal.clone()).key(&registry, 1_u32).await.expect("the key is free"));
    let clone = registry.clone();
    drop(registry);
    let by_key: ProbeClient = clone.client(1);
    drop(clone);
    settle().await;
    assert_eq!(by_key.note("alive").await, Ok(1), "a client by key keeps the registry");
    drop(by_key);
    journal.until("drop").await;
    journal.holds(&["alive", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_server_with_a_client_outlives_its_registry() {
    let registry = Registry::new();
    let client = Counter::start(5).key(&registry, 1_u32).await.expect("the key is free");
    drop(registry);
    settle().await;
    assert_eq!(client.get().await, Ok(5));
    client.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_server_with_a_name_outlives_its_registry() {
    let registry = Registry::new();
    let start = Counter::start(0).name("both").key(&registry, 1_u32);
    let client = start.await.expect("both are free");
    drop(registry);
    drop(client);
    settle().await;
    assert_eq!(CounterClient::named("both").increment().await, Ok(1), "its name keeps it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_come_and_go_on_two_threads_lose_nothing() {
    for _ in 0..200 {
        let counter = Counter::start(0).await.expect("its init cannot fail");
        let tasks = [counter.clone(), counter.clone()].map(|client| {
            tokio::spawn(async move {
                for _ in 0..10 {
                    client.clone().add(1).await.expect("a client keeps it");
                }
                drop(client);
            })
        });
        let weak = counter.weak();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(counter.get().await, Ok(20));
        drop(counter);
        while weak.is_running() {
            tokio::task::yield_now().await;
        }
    }
}
