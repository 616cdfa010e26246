//! Names and keys: who is reached through them.

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

use crate::servers::{Counter, CounterClient, Probe, ProbeClient, probe};
use crate::support::{Gate, Journal, exited, not_running, runtime};

#[tokio::test]
async fn gs_13_a_name_is_scoped_by_the_type_of_its_server() {
    let counter = Counter::start(1).name("same").await.expect("the name is free");
    let probe = Probe::start(Journal::new()).name("same").await.expect("for its type, too");
    assert_eq!(CounterClient::named("same").id(), counter.id());
    assert_eq!(ProbeClient::named("same").id(), probe.id());
    Counter::start(2).name("same").await.expect_err("one name, one counter");
}

#[tokio::test]
async fn gs_16_a_name_is_resolved_to_a_strong_client() {
    assert!(ProbeClient::whereis("here").is_none());
    let journal = Journal::new();
    let client = Probe::start(journal.clone()).name("here").await.expect("the name is free");
    let found = ProbeClient::whereis("here").expect("it runs");
    assert_eq!(found.id(), client.id());
    assert_eq!(found.name().as_deref(), Some("here"));
    found.stop().await.expect("it stops");
    assert!(ProbeClient::whereis("here").is_none());
    assert_eq!(found.name().as_deref(), Some("here"), "a client knows it after the end");
}

#[tokio::test]
async fn a_client_by_name_reaches_the_present_incarnation() {
    let named = CounterClient::named("phoenix");
    for life in 0..3 {
        not_running(named.get().await);
        assert_eq!(named.id(), None);
        let counter = Counter::start(life).name("phoenix").await.expect("the name is free");
        assert_eq!(named.get().await, Ok(life));
        assert_eq!(named.id(), counter.id());
        counter.stop().await.expect("it stops");
    }
}

#[tokio::test]
async fn a_client_by_key_reaches_the_present_incarnation() {
    let registry = Registry::new();
    let keyed: CounterClient = registry.client((1_u32, "tuple"));
    for life in 0..3 {
        not_running(keyed.get().await);
        assert!(registry.get(&(1, "tuple")).is_none());
        let start = Counter::start(life).key(&registry, (1, "tuple"));
        let counter = start.await.expect("the key is free");
        assert_eq!(keyed.get().await, Ok(life));
        assert_eq!(registry.get(&(1, "tuple")).and_then(|found| found.id()), counter.id());
        assert_eq!(registry.keys(), [(1, "tuple")]);
        counter.stop().await.expect("it stops");
        assert!(!registry.contains(&(1, "tuple")));
    }
}

#[tokio::test]
async fn a_strong_client_stays_with_its_incarnation() {
    let first = Counter::start(1).name("twice").await.expect("the name is free");
    first.stop().await.expect("it stops");
    let _second = Counter::start(2).name("twice").await.expect("the name is free");
    not_running(first.get().await);
}

/// Knows what its name stands for while it ends.
struct Heir {
    journal: Journal,
}

#[genserver]
impl Heir {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[call]
    fn boom(&self) {
        panic!("end");
    }

    #[call]
    fn echo(&self) -> u32 {
        1
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[terminate]
    fn close(&mut self, _reason: &ExitReason) {
        self.journal.note(match HeirClient::whereis("crown") {
            Some(_) => "still mine",
            None => "free",
        });
    }
}

async fn heir(journal: &Journal) -> HeirClient {
    Heir::start(journal.clone()).name("crown").await.expect("the name is free")
}

#[tokio::test]
async fn the_name_is_free_before_terminate_runs() {
    let journal = Journal::new();
    heir(&journal).await.stop().await.expect("it stops");
    journal.holds(&["free"]);
}

#[tokio::test]
async fn the_name_is_free_when_the_running_caller_learns_of_the_death() {
    let journal = Journal::new();
    let first = heir(&journal).await;
    exited(first.boom().await);
    let second = heir(&journal).await;
    assert_eq!(second.echo().await, Ok(1));
}

#[tokio::test]
async fn the_name_is_free_when_a_queued_caller_learns_of_the_death() {
    let journal = Journal::new();
    let first = heir(&journal).await;
    let gate = Gate::new();
    first.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let queued = first.echo().send().await.expect("there is room");
    drop(first.kill());
    exited(queued.await);
    heir(&journal).await.stop().await.expect("it stops");
    journal.holds(&["free"]);
}

#[tokio::test]
async fn the_key_is_free_when_the_end_is_known() {
    let registry = Registry::new();
    for _ in 0..3 {
        let start = Probe::start(Journal::new()).key(&registry, 1_u32);
        let client = start.await.expect("the key is free");
        exited(client.boom("end").await);
    }
    assert!(registry.is_empty());
}

#[test]
fn names_of_two_runtimes_do_not_meet() {
    let (first, second) = (runtime(), runtime());
    let start = |value| async move { Counter::start(value).name("local").await };
    let one = first.block_on(start(1)).expect("the name is free");
    let two = second.block_on(start(2)).expect("in this runtime, too");
    assert_ne!(one.id(), two.id());
    let named = CounterClient::named("local");
    assert_eq!(first.block_on(async { named.get().await }), Ok(1));
    assert_eq!(second.block_on(async { named.get().await }), Ok(2));
    drop(first);
    assert_eq!(second.block_on(async { named.get().await }), Ok(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_name_is_looked_up_in_a_given_runtime() {
    let counter = Counter::start(4).name("given").await.expect("the name is free");
    let handle = tokio::runtime::Handle::current();
    let outside = std::thread::spawn(move || {
        let named = CounterClient::named("given");
        not_running(named.get().blocking());
        named.on(&handle).get().blocking()
    });
    let outcome = tokio::task::spawn_blocking(move || outside.join()).await;
    assert_eq!(outcome.expect("no panic").expect("no panic"), Ok(4));
    assert_eq!(counter.on(&tokio::runtime::Handle::current()).get().await, Ok(4));
}

/// A server that is named by its attribute.
struct Only;

#[genserver(name = "only one")]
impl Only {
    #[init]
    fn new() -> Self {
        Self
    }

    #[call]
    fn name(&self, cx: &mut Cx<Self>) -> Option<String> {
        cx.name().map(|name| name.to_string())
    }
}

#[tokio::test]
async fn the_attribute_gives_a_name_and_the_start_another() {
    let first = Only::start().await.expect("the name is free");
    assert_eq!(first.name().await, Ok(Some("only one".to_owned())));
    Only::start().await.expect_err("the name is taken");
    let second = Only::start().name("another").await.expect("the name is free");
    assert_eq!(Client::name(&second).as_deref(), Some("another"));
}

#[tokio::test]
async fn a_server_knows_its_identity() {
    let (client, _) = probe().await;
    let id = client.id().expect("it runs");
    assert_eq!(client.weak().id(), Some(id));
    assert!(format!("{client:?}").starts_with("ProbeClient"));
    client.stop().await.expect("it stops");
    assert_eq!(client.id(), Some(id), "a client knows it after the end");
}

#[tokio::test]
async fn a_weak_client_by_name_stays_by_name() {
    let named = CounterClient::named("turnover");
    let first = Counter::start(0).name("turnover").await.expect("the name is free");
    let weak = named.weak();
    assert_eq!(weak.increment().await, Ok(1));
    first.stop().await.expect("it runs");
    let _second = Counter::start(0).name("turnover").await.expect("the name is free again");
    assert_eq!(weak.increment().await, Ok(1), "the present incarnation");
}
