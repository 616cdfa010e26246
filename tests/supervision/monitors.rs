//! Monitors: told once of an end, whatever it was.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, ServerId};
use tokio::time::timeout;

use crate::crew::{Worker, WorkerClient, ends_with, guard, other, worker};
use crate::support::{Gate, Journal, runtime, settle};

#[tokio::test]
async fn lm_1_a_monitor_tells_each_end_once() {
    let (guard, journal) = guard().await;
    for reason in [ExitReason::Normal, ExitReason::Shutdown, other("tired")] {
        let worker = worker().await;
        let monitor = guard.watch(worker.clone()).await.expect("it runs");
        let outside = worker.monitor();
        ends_with(&worker, reason.clone()).await;
        let down = outside.await;
        assert_eq!((down.server, down.kind, &down.reason), (worker.id(), "Worker", &reason));
        settle().await;
        let id = worker.id().expect("it ran");
        assert_eq!(journal.count(&format!("Worker {id} is down: {reason}")), 1);
        guard.unwatch(monitor).await.expect("it runs");
    }
    assert_eq!(journal.lines().len(), 3);
}

#[tokio::test]
async fn lm_1_a_panic_a_kill_and_a_stop_are_told_too() {
    let one = worker().await;
    let ended = one.monitor();
    one.fail().await.expect("it runs");
    assert!(matches!(ended.await.reason, ExitReason::Panic(_)));
    let one = worker().await;
    let ended = one.monitor();
    one.kill().await.expect("it is killed");
    assert_eq!(ended.await.reason, ExitReason::Killed);
    let one = worker().await;
    let ended = one.monitor();
    one.stop_with(other("moved")).await.expect("it stops");
    assert_eq!(ended.await.reason, other("moved"));
}

#[tokio::test]
async fn lm_1_a_monitor_keeps_nothing_alive() {
    let (guard, journal) = guard().await;
    let worker = worker().await;
    guard.watch(worker.weak()).await.expect("it runs");
    let ended = worker.monitor();
    drop(worker);
    assert_eq!(ended.await.reason, ExitReason::Normal);
    settle().await;
    assert_eq!(journal.lines().len(), 1);
}

#[tokio::test]
async fn lm_1_whoever_waits_for_a_stop_finds_that_monitors_were_told() {
    let (guard, journal) = guard().await;
    let worker = worker().await;
    guard.watch(worker.clone()).await.expect("it runs");
    worker.stop().await.expect("it stops");
    guard.sync().await.expect("it runs");
    assert_eq!(journal.lines().len(), 1);
}

#[tokio::test]
async fn lm_2_a_server_that_is_not_there_is_down_at_once() {
    let (guard, journal) = guard().await;
    let gone = worker().await;
    gone.stop().await.expect("it stops");
    let down = gone.monitor().await;
    assert_eq!((down.server, down.reason), (gone.id(), ExitReason::NotRunning));
    let nobody = WorkerClient::named("nobody").monitor().await;
    assert_eq!((nobody.server, nobody.name.as_deref()), (None, Some("nobody")));
    assert_eq!(nobody.reason, ExitReason::NotRunning);
    guard.watch(gone.clone()).await.expect("it runs");
    guard.watch(WorkerClient::named("nobody")).await.expect("it runs");
    guard.sync().await.expect("it runs");
    let id = gone.id().expect("a strong client knows it");
    journal.holds(&[
        &format!("Worker {id} is down: not running"),
        "Worker \"nobody\" is down: not running",
    ]);
}

#[tokio::test]
async fn lm_3_each_monitor_tells_for_itself() {
    let (guard, journal) = guard().await;
    let worker = worker().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(guard.watch(worker.clone()).await.expect("it runs"));
    }
    let outside = [worker.monitor(), worker.monitor()];
    ids.extend(outside.iter().map(genserver_runtime::Monitor::id));
    assert_eq!(worker.sys().get_status().expect("it runs").monitored_by, 5);
    worker.stop().await.expect("it stops");
    for monitor in outside {
        let id = monitor.id();
        assert_eq!(monitor.await.monitor, id);
    }
    guard.sync().await.expect("it runs");
    assert_eq!(journal.lines().len(), 3);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn lm_5_a_monitor_that_is_dropped_tells_nothing() {
    let (guard, journal) = guard().await;
    let worker = worker().await;
    let monitor = guard.watch(worker.clone()).await.expect("it runs");
    let outside = worker.monitor();
    guard.unwatch(monitor).await.expect("it runs");
    drop(outside);
    let status = worker.sys().get_status().expect("it runs");
    assert_eq!(status.monitored_by, 0);
    assert_eq!(guard.sys().get_status().expect("it runs").monitors, 0);
    worker.stop().await.expect("it stops");
    settle().await;
    journal.holds(&[]);
}

#[tokio::test]
async fn lm_5_what_lies_in_the_mailbox_is_not_handled_any_more() {
    let (guard, journal) = guard().await;
    let worker = worker().await;
    guard.watch(worker.clone()).await.expect("it runs");
    let gate = Gate::new();
    let waiting = guard.unwatch_after(gate.clone()).send().await.expect("it runs");
    gate.reached().await;
    worker.stop().await.expect("it stops");
    assert_eq!(guard.sys().get_status().expect("it runs").mailbox.now, 1); // it lies there
    gate.open();
    waiting.await.expect("it runs");
    guard.sync().await.expect("it runs");
    journal.holds(&[]);
}

#[tokio::test]
async fn lm_5_the_monitors_of_a_server_end_with_it() {
    let (guard, _) = guard().await;
    let worker = worker().await;
    guard.watch(worker.clone()).await.expect("it runs");
    guard.watch_for_good(worker.clone()).await.expect("it runs");
    assert_eq!(worker.sys().get_status().expect("it runs").monitored_by, 2);
    guard.stop().await.expect("it stops");
    assert_eq!(worker.sys().get_status().expect("it runs").monitored_by, 0);
}

#[tokio::test]
async fn lm_5_a_monitor_that_is_kept_for_good_tells_also_without_its_ref() {
    let (guard, journal) = guard().await;
    let worker = worker().await;
    guard.watch_for_good(worker.clone()).await.expect("it runs");
    worker.stop().await.expect("it stops");
    guard.sync().await.expect("it runs");
    assert_eq!(journal.lines().len(), 1);
}

#[tokio::test]
async fn lm_6_the_name_is_free_when_the_end_is_told() {
    let start = || Worker::start(Journal::new()).name("printer");
    let first = start().await.expect("the name is free");
    let ended = WorkerClient::named("printer").monitor();
    first.kill().await.expect("it is killed");
    let down = ended.await;
    assert_eq!((down.name.as_deref(), down.server), (Some("printer"), first.id()));
    assert!(WorkerClient::whereis("printer").is_none());
    let second = start().await.expect("the name is free");
    assert_ne!(second.id(), down.server);
    // By a strong client the name is known too.
    let ended = second.monitor();
    second.stop().await.expect("it stops");
    assert_eq!(ended.await.name.as_deref(), Some("printer"));
}

#[tokio::test]
async fn lm_8_a_server_that_monitors_itself_hears_nothing() {
    let (guard, journal) = guard().await;
    guard.watch_itself().await.expect("it runs");
    let status = guard.sys().get_status().expect("it runs");
    assert_eq!((status.monitors, status.monitored_by), (0, 0));
    guard.stop().await.expect("it stops");
    journal.holds(&["terminate: normal"]);
}

#[tokio::test]
async fn gs_3_lm_15_a_start_is_monitored_without_a_gap() {
    let (client, ended) = Worker::start(Journal::new()).monitored().await.expect("it starts");
    assert_eq!(client.ping().await, Ok(7));
    ends_with(&client, other("done")).await;
    let down = ended.await;
    assert_eq!((down.server, down.reason), (client.id(), other("done")));
}

#[tokio::test(start_paused = true)]
async fn a_monitor_waits_as_long_as_the_server_lives() {
    let worker = worker().await;
    let mut ended = worker.monitor();
    timeout(Duration::from_secs(3600), &mut ended).await.expect_err("it lives");
    worker.stop().await.expect("it stops");
    assert_eq!(ended.await.reason, ExitReason::Normal);
}

#[tokio::test]
async fn a_monitor_counts_from_the_moment_it_was_made() {
    let worker = worker().await;
    let ended = worker.monitor(); // not polled before the end
    worker.stop_with(other("early")).await.expect("it stops");
    assert_eq!(ended.await.reason, other("early"));
}

#[test]
fn lm_17_the_end_of_the_runtime_is_told_in_another_one() {
    let (one, two) = (runtime(), runtime());
    let (worker, ended) = one.block_on(async {
        let worker = worker().await;
        let ended = worker.monitor();
        (worker, ended)
    });
    drop(one);
    let down = two.block_on(ended);
    assert_eq!((down.server, down.reason), (worker.id(), ExitReason::NotRunning));
    assert_eq!(worker.monitor().blocking().reason, ExitReason::NotRunning);
}

#[test]
fn an_end_is_waited_for_on_a_thread_without_a_runtime() {
    let runtime = runtime();
    let worker = runtime.block_on(worker());
    let ended = worker.monitor();
    let id: Option<ServerId> = worker.id();
    runtime.block_on(worker.stop()).expect("it stops");
    assert_eq!(ended.blocking().server, id);
}
