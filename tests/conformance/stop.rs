//! Ends that are asked for: `stop`, `stop_now`, `kill`, `cx.stop`.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::servers::{Counter, CounterClient, Probe, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, deadlocked, exited, not_running, settle, timed_out, took};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn gs_36_stop_reply_runs_terminate_first() {
    let (client, journal, gate) = busy_probe().await;
    let call = client.quit(ExitReason::Shutdown).send().await.expect("there is room");
    let stop = client.stop();
    let caller = tokio::spawn({
        let journal = journal.clone();
        async move {
            let reply = call.await;
            journal.note("reply");
            reply
        }
    });
    let watcher = tokio::spawn({
        let journal = journal.clone();
        async move {
            let ended = stop.await;
            journal.note("exit");
            ended
        }
    });
    settle().await;
    gate.open();
    assert_eq!(caller.await.expect("no panic"), Ok(7));
    assert_eq!(exited(watcher.await.expect("no panic")), ExitReason::Shutdown);
    let order = ["wait", "waited", "quit", "terminate: shutdown", "drop", "reply", "exit"];
    journal.holds(&order);
}

#[tokio::test]
async fn gs_36_a_stopping_call_that_runs_where_it_is_called_waits_for_terminate() {
    let (client, journal) = probe().await;
    assert_eq!(client.quit(ExitReason::Shutdown).await, Ok(7));
    journal.holds(&["quit", "terminate: shutdown", "drop"]);
    not_running(client.note("late").await);
}

#[tokio::test]
async fn gs_36_the_reply_of_a_stopping_call_comes_when_terminate_is_done() {
    let slow = Slow::start().await.expect("its init cannot fail");
    let gate = Gate::new();
    let mut call = slow.quit(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    tokio::select! {
        biased;
        reply = &mut call => panic!("terminate has not returned: {reply:?}"),
        () = settle() => {}
    }
    gate.open();
    assert_eq!(call.await, Ok(9));
}

/// Its `terminate` waits.
struct Slow {
    gate: Option<Gate>,
}

#[genserver]
impl Slow {
    #[init]
    fn new() -> Self {
        Self { gate: None }
    }

    #[call]
    fn quit(&mut self, cx: &mut Cx<Self>, gate: Gate) -> u32 {
        self.gate = Some(gate);
        cx.stop(ExitReason::Normal);
        cx.stop(ExitReason::Shutdown);
        9
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        assert_eq!(*reason, ExitReason::Normal, "the first reason stands");
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
    }
}

/// Stops it through this client; afterwards it is gone for good.
async fn stops(client: &ProbeClient, journal: &Journal) {
    client.stop().await.expect("it stops");
    journal.holds(&["terminate: normal", "drop"]);
    assert!(!client.is_running());
    not_running(client.stop().await);
    not_running(client.note("late").await);
}

#[tokio::test]
async fn gs_57_a_stopped_server_is_gone() {
    let (client, journal) = probe().await;
    stops(&client, &journal).await;

    let (client, journal) = probe().await;
    stops(&client.weak(), &journal).await;
}

#[tokio::test]
async fn gs_57_a_server_is_stopped_by_name_and_by_key() {
    let (registry, journal) = (Registry::new(), Journal::new());
    let start = || Probe::start(journal.clone()).name("n").key(&registry, 1_u32);
    let _first = start().await.expect("both are free");
    stops(&ProbeClient::named("n"), &journal).await;

    let journal = Journal::new();
    let _second = Probe::start(journal.clone()).key(&registry, 1).await.expect("the key is free");
    stops(&registry.client(1), &journal).await;
}

#[tokio::test]
async fn gs_57_an_idle_server_without_terminate_is_gone_as_well() {
    let counter = Counter::start(0).await.expect("its init cannot fail");
    counter.stop().await.expect("it stops");
    assert!(!counter.is_running());
    not_running(counter.stop().await);
    not_running(CounterClient::named("nobody").stop().await);
}

#[tokio::test]
async fn gs_57_all_who_stop_a_server_learn_of_its_end() {
    let (client, journal, gate) = busy_probe().await;
    let stops = [client.stop(), client.weak().stop(), client.stop()];
    gate.open();
    for stop in stops {
        stop.await.expect("it stops");
    }
    journal.holds(&["wait", "waited", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn gs_58_a_server_stops_with_the_given_reason() {
    for reason in [
        ExitReason::Shutdown,
        ExitReason::ShutdownWith("moving".into()),
        ExitReason::Other("broken".into()),
    ] {
        let (client, journal, gate) = busy_probe().await;
        let stop = client.stop_with(reason.clone());
        let watcher = client.stop();
        let behind = client.note("never").send().await.expect("there is room");
        gate.open();
        stop.await.expect("it stopped for this reason");
        assert_eq!(exited(watcher.await), reason);
        assert_eq!(exited(behind.await), reason);
        let terminate = format!("terminate: {reason}");
        journal.holds(&["wait", "waited", &terminate, "drop"]);
    }
}

#[tokio::test(start_paused = true)]
async fn gs_58_a_stop_waits_as_long_as_it_says_and_goes_on() {
    let (client, journal, gate) = busy_probe().await;
    let begun = Instant::now();
    timed_out(client.stop().timeout(SECOND).await);
    took(begun, SECOND);
    let patient = client.stop();
    tokio::pin!(patient);
    tokio::time::timeout(3600 * SECOND, &mut patient).await.expect_err("it is busy");
    gate.open();
    patient.await.expect("it stops");
    journal.holds(&["wait", "waited", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn gs_61_a_stop_tells_what_else_the_server_ended_of() {
    let (client, _, gate) = busy_probe().await;
    drop(client.boom("first").send().await.expect("there is room"));
    let stop = client.stop();
    gate.open();
    match exited(stop.await) {
        ExitReason::Panic(panic) => assert_eq!(panic.to_string(), "`boom` panicked: first"),
        other => panic!("it panicked: {other}"),
    }
}

#[tokio::test]
async fn gs_61_a_stop_tells_that_terminate_panicked() {
    let client = Stubborn::start().await.expect("its init cannot fail");
    match exited(client.stop().await) {
        ExitReason::Panic(panic) => assert_eq!(panic.to_string(), "`terminate` panicked: no"),
        other => panic!("terminate panicked: {other}"),
    }
    not_running(client.stop().await);
}

struct Stubborn;

#[genserver]
impl Stubborn {
    #[init]
    fn new() -> Self {
        Self
    }

    #[terminate]
    fn close(&mut self, _reason: &ExitReason) {
        panic!("no");
    }
}

/// Stops itself out of a handler.
struct Ouroboros;

#[genserver]
impl Ouroboros {
    #[init]
    fn new() -> Self {
        Self
    }

    #[call]
    async fn bite(&self, cx: &mut Cx<Self>) -> Result<(), ServerError> {
        let me: OuroborosClient = cx.client();
        me.stop().await
    }
}

#[tokio::test]
async fn gs_62_a_stop_of_oneself_is_a_deadlock() {
    let client = Ouroboros::start().await.expect("its init cannot fail");
    let path = deadlocked(client.bite().await.split().expect("it replied"));
    assert_eq!((path.call, path.servers.len()), ("stop", 1));
}

#[tokio::test]
async fn gs_63_a_stop_has_its_place_in_the_queue() {
    let (client, journal, gate) = busy_probe().await;
    let before = client.note("before").send().await.expect("there is room");
    client.tell("cast").await.expect("there is room");
    let stop = client.stop();
    let after = client.note("after").send().await.expect("there is room");
    gate.open();
    assert_eq!(before.await, Ok(3));
    assert_eq!(exited(after.await), ExitReason::Normal);
    stop.await.expect("it stops");
    journal.holds(&["wait", "waited", "before", "cast", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn gs_63_a_stop_of_an_idle_server_is_behind_its_casts() {
    let (client, journal) = probe().await;
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    client.stop().await.expect("it stops");
    journal.holds(&["1", "2", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_stop_works_with_a_full_mailbox_and_loses_no_earlier_cast() {
    let (client, journal, gate) = busy_probe().await;
    while client.tell("x").try_send().is_ok() {}
    let stop = client.stop();
    gate.open();
    stop.await.expect("it stops");
    assert_eq!(journal.count("x"), 1024);
    assert_eq!(client.counters().dead, 0);
}

#[tokio::test]
async fn a_stop_now_ends_after_the_current_handler() {
    let (client, journal, gate) = busy_probe().await;
    let queued = client.note("never").send().await.expect("there is room");
    client.tell("never").await.expect("there is room");
    let slow = client.stop();
    let now = client.stop_now();
    gate.open();
    now.await.expect("it stops");
    slow.await.expect("it has stopped");
    assert_eq!(exited(queued.await), ExitReason::Normal);
    journal.holds(&["wait", "waited", "terminate: normal", "drop"]);
    assert_eq!(client.counters().dead, 1);
}

#[tokio::test]
async fn a_stop_now_goes_before_a_stop() {
    let (client, journal, gate) = busy_probe().await;
    let slow = client.stop_with(ExitReason::Shutdown);
    let now = client.stop_now();
    gate.open();
    now.await.expect("it stops");
    assert_eq!(exited(slow.await), ExitReason::Normal);
    journal.holds(&["wait", "waited", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_stop_now_of_an_idle_server_runs_terminate() {
    let (client, journal) = probe().await;
    client.stop_now().await.expect("it stops");
    journal.holds(&["terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_dropped_stop_is_not_taken_back() {
    let (client, journal) = probe().await;
    drop(client.stop());
    journal.until("drop").await;
    assert!(!client.is_running());
}

#[tokio::test]
async fn a_sender_that_waits_for_room_learns_of_the_end() {
    let journal = Journal::new();
    let start = Probe::start(journal.clone()).mailbox(1);
    let client = start.await.expect("its init cannot fail");
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    client.tell("in").await.expect("there is room");
    let cast = tokio::spawn({
        let client = client.clone();
        async move { client.tell("out").await }
    });
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.note("out").await }
    });
    settle().await;
    drop(client.kill());
    assert_eq!(cast.await.expect("no panic"), Err(SendError::NotRunning));
    not_running(call.await.expect("no panic"));
    assert_eq!(journal.count("out"), 0);
}
