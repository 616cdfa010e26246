//! Requests whose reply is awaited later.

use std::time::Duration;

use genserver_runtime::ServerError;
use genserver_runtime::prelude::*;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::servers::{Counter, ProbeClient, busy_probe, probe};
use crate::support::{exited, not_running, settle, timed_out, took};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn gs_48_a_request_is_sent_without_waiting_for_its_reply() {
    let (client, journal, gate) = busy_probe().await;
    let mut pending = client.note("x").no_timeout().send().await.expect("there is room");
    for _ in 0..2 {
        tokio::time::timeout(SECOND, &mut pending).await.expect_err("it is busy");
    }
    gate.open();
    assert_eq!(pending.await, Ok(3), "it could be waited for again");
    assert_eq!(client.counters().late, 0);
    journal.holds(&["wait", "waited", "x"]);
}

#[tokio::test]
async fn gs_48_a_sent_request_is_queued_although_the_server_is_idle() {
    let (client, journal) = probe().await;
    let pending = client.note("x").send().await.expect("there is room");
    journal.holds(&[]);
    assert_eq!(pending.await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn gs_48_the_error_of_a_request_tells_why() {
    let (client, _, gate) = busy_probe().await;
    let pending = client.note("x").send().await.expect("there is room");
    client.stop_now().timeout(Duration::ZERO).await.expect_err("it is busy");
    gate.open();
    assert_eq!(exited(pending.await), ExitReason::Normal);
}

#[tokio::test(start_paused = true)]
async fn gs_49_a_request_with_a_time_out_is_abandoned() {
    let (client, journal, gate) = busy_probe().await;
    let begun = Instant::now();
    let pending = client.note("x").timeout(SECOND).send().await.expect("there is room");
    timed_out(pending.await);
    took(begun, SECOND);
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(&["wait", "waited", "x"]);
    assert_eq!(client.counters().late, 1, "the late reply was dropped");
}

#[tokio::test]
async fn gs_50_a_request_to_nobody_fails_when_it_is_sent() {
    let (client, _) = probe().await;
    client.stop().await.expect("it stops");
    not_running(client.note("x").send().await);
    not_running(client.note("x").try_send());
    not_running(ProbeClient::named("nobody").note("x").send().await);
}

#[tokio::test]
async fn gs_50_a_request_whose_server_ends_fails_when_it_is_awaited() {
    let (client, _, gate) = busy_probe().await;
    let pending = client.note("x").try_send().expect("there is room");
    client.leave(ExitReason::Shutdown).await.expect("there is room");
    let behind = client.note("y").send().await.expect("there is room");
    gate.open();
    assert_eq!(pending.await, Ok(3));
    assert_eq!(exited(behind.await), ExitReason::Shutdown);
    not_running(client.note("z").send().await);
}

#[tokio::test]
async fn gs_51_a_reply_is_told_from_other_events_by_select() {
    let (client, journal, gate) = busy_probe().await;
    let mut pending = client.note("x").send().await.expect("there is room");
    let (tell, mut other) = tokio::sync::mpsc::channel(1);
    tell.send("unrelated").await.expect("the test listens");
    tokio::select! {
        biased;
        reply = &mut pending => panic!("it is busy: {reply:?}"),
        word = other.recv() => assert_eq!(word, Some("unrelated")),
    }
    gate.open();
    tokio::select! {
        biased;
        word = other.recv() => panic!("nothing more was sent: {word:?}"),
        reply = &mut pending => assert_eq!(reply, Ok(3)),
    }
    journal.holds(&["wait", "waited", "x"]);
}

/// Collects replies under labels, in the order in which they come.
fn collect(
    set: &mut JoinSet<(&'static str, Result<usize, ServerError>)>,
    label: &'static str,
    pending: genserver_runtime::Pending<usize>,
) {
    set.spawn(async move { (label, pending.await) });
}

#[tokio::test(start_paused = true)]
async fn gs_52_requests_are_collected_in_the_order_of_their_completion() {
    let (slow, _, gate) = busy_probe().await;
    let (fast, _) = probe().await;
    let (dying, _, end) = busy_probe().await;
    let mut set = JoinSet::new();
    assert!(set.join_next().await.is_none(), "nothing was asked");
    collect(&mut set, "slow", slow.note("x").no_timeout().try_send().expect("there is room"));
    collect(&mut set, "dying", dying.note("x").no_timeout().try_send().expect("there is room"));
    collect(&mut set, "fast", fast.note("x").no_timeout().try_send().expect("there is room"));
    let begun = Instant::now();
    assert_eq!(next(&mut set).await, ("fast", Ok(1)));
    tokio::time::timeout_at(begun + SECOND, set.join_next()).await.expect_err("both are busy");

    dying.leave(ExitReason::Shutdown).await.expect("there is room");
    drop(dying.stop_now());
    end.open();
    let (label, outcome) = next(&mut set).await;
    assert_eq!((label, exited(outcome)), ("dying", ExitReason::Normal));
    assert_eq!(set.len(), 1, "a failed member does not disturb the rest");
    gate.open();
    assert_eq!(next(&mut set).await, ("slow", Ok(3)));
    assert!(set.is_empty());
}

async fn next(
    set: &mut JoinSet<(&'static str, Result<usize, ServerError>)>,
) -> (&'static str, Result<usize, ServerError>) {
    set.join_next().await.expect("one is left").expect("no panic")
}

#[tokio::test]
async fn a_dropped_request_is_executed() {
    let (client, journal, gate) = busy_probe().await;
    drop(client.note("x").send().await.expect("there is room"));
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(&["wait", "waited", "x"]);
    assert_eq!(client.counters().late, 1);
}

#[tokio::test]
async fn a_pending_reply_keeps_no_server_alive() {
    let (client, journal) = probe().await;
    let pending = client.note("x").send().await.expect("there is room");
    drop(client);
    assert_eq!(pending.await, Ok(1), "what was queued is handled");
    journal.until("drop").await;
    journal.holds(&["x", "terminate: normal", "drop"]);
}

#[tokio::test]
async fn a_pending_reply_can_be_sent_to_another_task() {
    let counter = Counter::start(1).await.expect("its init cannot fail");
    let pending = counter.increment().send().await.expect("there is room");
    let task = tokio::spawn(pending);
    settle().await;
    assert_eq!(task.await.expect("no panic"), Ok(2));
}

#[tokio::test(start_paused = true)]
async fn try_send_never_waits() {
    let (client, _, _gate) = busy_probe().await;
    for _ in 0..1024 {
        drop(client.note("x").try_send().expect("there is room"));
    }
    let full = client.note("x").try_send().expect_err("the mailbox is full");
    assert_eq!(full, ServerError::Full);
    assert_eq!(full.executed(), genserver_runtime::Executed::No);
    assert_eq!(client.counters().refused, 1);
}
