//! Starts: `init` and what the starter learns of it.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::servers::{Birth, BirthClient, Broken, Counter, CounterClient, How, Probe, probe};
use crate::support::{Gate, Journal, not_running, runtime, settle, took};

type Started = Result<BirthClient, StartError<Broken, BirthClient>>;

/// Starts a [`Birth`] named `birth` on a task of its own; its gate is still closed.
fn birth(how: How) -> (JoinHandle<Started>, Journal, Gate) {
    let (journal, gate) = (Journal::new(), Gate::new());
    let start = Birth::start(journal.clone(), gate.clone(), how).name("birth");
    (tokio::spawn(start), journal, gate)
}

/// A start that comes to its end at once: its gate is open.
async fn born(how: How) -> Started {
    let (start, _, gate) = birth(how);
    gate.open();
    start.await.expect("a start never panics")
}

#[tokio::test]
async fn gs_1_start_returns_after_init() {
    let (start, journal, gate) = birth(How::Ready);
    gate.reached().await;
    settle().await;
    assert!(!start.is_finished(), "init has not returned");
    journal.holds(&["init"]);
    gate.open();
    let client = start.await.expect("a start never panics").expect("init succeeded");
    assert_eq!(client.answer().await, Ok(42));
}

#[tokio::test]
async fn gs_1_an_init_that_does_not_wait_runs_in_start() {
    let counter = Counter::start(7).await.expect("its init cannot fail");
    assert_eq!(counter.get().await, Ok(7));
}

#[tokio::test]
async fn a_message_that_is_sent_during_init_is_handled_after_it() {
    let (start, _, gate) = birth(How::Ready);
    gate.reached().await;
    let early = tokio::spawn(async { BirthClient::named("birth").answer().await });
    settle().await;
    assert!(!early.is_finished(), "init has not returned");
    gate.open();
    drop(start.await.expect("a start never panics").expect("init succeeded"));
    assert_eq!(early.await.expect("no panic"), Ok(42));
}

#[tokio::test]
async fn a_message_that_is_sent_during_a_failing_init_is_refused() {
    let (start, _, gate) = birth(How::Fail);
    gate.reached().await;
    let early = tokio::spawn(async { BirthClient::named("birth").answer().await });
    settle().await;
    gate.open();
    start.await.expect("a start never panics").expect_err("init failed");
    not_running(early.await.expect("no panic"));
}

#[tokio::test]
async fn a_start_does_nothing_until_it_is_awaited() {
    let journal = Journal::new();
    drop(Birth::start(journal.clone(), Gate::new(), How::Ready).name("birth"));
    journal.holds(&[]);
    assert!(BirthClient::whereis("birth").is_none());
}

#[tokio::test]
async fn gs_4_an_init_that_stops_gives_its_reason_to_the_starter() {
    match born(How::Stop).await {
        Err(StartError::Init(error)) => assert_eq!(error, Broken("stop")),
        other => panic!("init asked for a stop: {other:?}"),
    }
    assert!(BirthClient::whereis("birth").is_none(), "its name is free");
}

#[tokio::test]
async fn gs_5_a_panic_in_init_is_told_to_the_starter() {
    match born(How::Panic).await {
        Err(StartError::Panic(panic)) => {
            assert_eq!(panic.handler(), "init");
            assert_eq!(panic.message(), "no init today");
        }
        other => panic!("init panicked: {other:?}"),
    }
    assert!(BirthClient::whereis("birth").is_none(), "its name is free");
}

/// A server whose `init` does not wait, and panics.
struct Stillborn;

#[genserver]
impl Stillborn {
    #[init]
    fn new(why: &'static str) -> Self {
        panic!("{why}")
    }

    #[call]
    fn answer(&self) -> u32 {
        42
    }
}

#[tokio::test]
async fn gs_5_a_panic_in_an_init_that_does_not_wait_is_told_too() {
    match Stillborn::start("never").name("stillborn").await {
        Err(StartError::Panic(panic)) => assert_eq!(panic.to_string(), "`init` panicked: never"),
        Ok(client) => panic!("init panicked: {:?}", client.answer().await),
        Err(other) => panic!("init panicked: {other:?}"),
    }
    assert!(StillbornClient::whereis("stillborn").is_none(), "its name is free");
}

#[tokio::test(start_paused = true)]
async fn gs_6_a_start_that_takes_too_long_is_given_up() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let limit = Duration::from_secs(3);
    let begun = Instant::now();
    let start = Birth::start(journal.clone(), gate.clone(), How::Ready).name("birth");
    match start.timeout(limit).await {
        Err(StartError::Timeout { after }) => assert_eq!(after, limit),
        other => panic!("init waits for ever: {other:?}"),
    }
    took(begun, limit);
    assert!(BirthClient::whereis("birth").is_none(), "its name is free");
    journal.until("init dropped").await;
    gate.open();
    settle().await;
    journal.holds(&["init", "init dropped"]);
}

#[tokio::test(start_paused = true)]
async fn gs_6_a_start_without_a_limit_waits_for_ever() {
    let (mut start, _, gate) = birth(How::Ready);
    let waited = tokio::time::timeout(Duration::from_secs(86_400), &mut start).await;
    waited.expect_err("init waits");
    gate.open();
    drop(start.await.expect("a start never panics").expect("init succeeded"));
}

#[tokio::test]
async fn a_dropped_start_kills_the_half_made_server() {
    let (start, journal, gate) = birth(How::Ready);
    gate.reached().await;
    start.abort();
    journal.until("init dropped").await;
    assert!(BirthClient::whereis("birth").is_none(), "its name is free");
    drop(born(How::Ready).await.expect("the name can be taken again"));
}

#[tokio::test]
async fn gs_7_an_init_that_ignores_starts_nothing() {
    match born(How::Ignore).await {
        Err(StartError::Ignored) => {}
        other => panic!("init chose not to start: {other:?}"),
    }
    assert!(BirthClient::whereis("birth").is_none(), "its name is free");
}

#[tokio::test]
async fn gs_10_a_taken_name_gives_the_server_that_holds_it() {
    let first = Probe::start(Journal::new()).name("only").await.expect("the name is free");
    let journal = Journal::new();
    match Probe::start(journal.clone()).name("only").await {
        Err(StartError::AlreadyStarted(holder)) => assert_eq!(holder.id(), first.id()),
        other => panic!("the name is taken: {other:?}"),
    }
    settle().await;
    journal.holds(&[]);
}

#[tokio::test]
async fn gs_10_a_taken_key_gives_the_server_that_holds_it() {
    let registry = Registry::new();
    let start = |journal| Probe::start(journal).key(&registry, "only");
    let first = start(Journal::new()).await.expect("the key is free");
    let journal = Journal::new();
    match start(journal.clone()).await {
        Err(StartError::AlreadyStarted(holder)) => assert_eq!(holder.id(), first.id()),
        other => panic!("the key is taken: {other:?}"),
    }
    settle().await;
    journal.holds(&[]);
    assert_eq!(registry.len(), 1);
}

#[tokio::test]
async fn gs_10_a_name_is_taken_while_init_runs() {
    let (first, journal, gate) = birth(How::Ready);
    gate.reached().await;
    match Birth::start(journal.clone(), gate.clone(), How::Ready).name("birth").await {
        Err(StartError::AlreadyStarted(holder)) => {
            gate.open();
            let first = first.await.expect("a start never panics").expect("init succeeded");
            assert_eq!(holder.id(), first.id());
        }
        other => panic!("the name is taken: {other:?}"),
    }
    journal.holds(&["init"]);
}

#[tokio::test]
async fn a_taken_key_leaves_the_name_free() {
    let registry = Registry::new();
    let first = Counter::start(1).key(&registry, 1_u32).await.expect("the key is free");
    let second = Counter::start(2).key(&registry, 1_u32).name("second").await;
    second.expect_err("the key is taken");
    assert!(CounterClient::whereis("second").is_none(), "nothing was started");
    assert_eq!(first.get().await, Ok(1));
}

#[tokio::test]
async fn gs_12_the_name_of_a_dead_server_is_free() {
    let first = Counter::start(1).name("again").await.expect("the name is free");
    first.stop().await.expect("it stops");
    let second = Counter::start(2).name("again").await.expect("the name is free again");
    assert_eq!(second.get().await, Ok(2));
    assert_ne!(first.id(), second.id());
}

#[tokio::test]
async fn gs_14_a_server_without_a_name_is_anonymous() {
    let (first, _) = probe().await;
    let (second, _) = probe().await;
    assert_eq!(first.name(), None);
    assert_ne!(first.id(), second.id());
}

#[tokio::test]
async fn gs_21_the_bound_of_the_mailbox_is_given_at_the_start() {
    let counter = Counter::start(0).mailbox(2).await.expect("its init cannot fail");
    assert_eq!(counter.add(1).try_send(), Ok(()));
    assert_eq!(counter.add(1).try_send(), Ok(()));
    assert_eq!(counter.add(1).try_send(), Err(SendError::Full));
    assert_eq!(counter.get().await, Ok(2));
}

#[test]
fn gs_21_a_server_starts_on_the_runtime_that_was_entered() {
    let runtime = runtime();
    let counter = {
        let _entered = runtime.enter();
        Counter::start(3).blocking().expect("its init cannot fail")
    };
    assert_eq!(runtime.block_on(async { counter.get().await }), Ok(3));
}

#[test]
fn a_start_without_a_runtime_fails() {
    match Counter::start(0).blocking() {
        Err(StartError::NoRuntime) => {}
        other => panic!("there is no runtime: {other:?}"),
    }
}
