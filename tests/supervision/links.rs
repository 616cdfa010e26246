//! Links: servers that end together.

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

use crate::crew::{Worker, WorkerClient, ends_with, guard, other, trapping, worker};
use crate::support::{Gate, Journal, not_running, runtime, settle};

#[tokio::test]
async fn lm_9_a_link_has_two_ends() {
    for swap in [false, true] {
        let (one, two) = (worker().await, worker().await);
        one.link(two.clone()).await.expect("it runs");
        assert_eq!(one.sys().get_status().expect("it runs").links, [two.id().expect("it runs")]);
        assert_eq!(two.sys().get_status().expect("it runs").links, [one.id().expect("it runs")]);
        let (first, second) = if swap { (&two, &one) } else { (&one, &two) };
        let ended = second.monitor();
        ends_with(first, other("tired")).await;
        assert_eq!(ended.await.reason, other("tired"));
    }
}

#[tokio::test]
async fn lm_9_two_links_are_one() {
    let (guard, journal) = trapping().await;
    let worker = worker().await;
    guard.link(worker.clone()).await.expect("it runs");
    guard.link(worker.clone()).await.expect("it runs");
    worker.kill().await.expect("it is killed");
    guard.sync().await.expect("it runs");
    journal.holds(&["exit: killed"]);
    let (one, two) = (self::worker().await, self::worker().await);
    one.link(two.clone()).await.expect("it runs");
    two.link(one.clone()).await.expect("it runs");
    one.unlink(two.clone()).await.expect("it runs");
    assert!(two.sys().get_status().expect("it runs").links.is_empty());
    one.kill().await.expect("it is killed");
    settle().await;
    assert_eq!(two.ping().await, Ok(7));
}

#[tokio::test]
async fn lm_9_nothing_comes_after_unlink() {
    for by_other in [false, true] {
        let (one, two) = (worker().await, worker().await);
        one.link(two.clone()).await.expect("it runs");
        let (first, second) = if by_other { (&two, &one) } else { (&one, &two) };
        first.unlink(second.clone()).await.expect("it runs");
        two.kill().await.expect("it is killed");
        settle().await;
        assert_eq!(one.ping().await, Ok(7));
    }
}

#[tokio::test]
async fn lm_9_an_exit_that_lies_in_the_mailbox_is_not_handled_after_unlink() {
    let (guard, journal) = trapping().await;
    let worker = worker().await;
    guard.link(worker.clone()).await.expect("it runs");
    let gate = Gate::new();
    let waiting = guard.unlink_after(gate.clone(), worker.clone()).send().await.expect("it runs");
    gate.reached().await;
    worker.kill().await.expect("it is killed");
    assert_eq!(guard.sys().get_status().expect("it runs").mailbox.now, 1); // it lies there
    gate.open();
    waiting.await.expect("it runs");
    guard.sync().await.expect("it runs");
    journal.holds(&[]);
}

#[tokio::test]
async fn lm_9_a_server_that_is_linked_with_itself_is_not() {
    let one = worker().await;
    one.link(one.clone()).await.expect("it runs");
    assert!(one.sys().get_status().expect("it runs").links.is_empty());
    one.stop().await.expect("it stops");
}

#[tokio::test]
async fn lm_9_linked_servers_keep_each_other_alive() {
    let (one, two) = (worker().await, worker().await);
    one.link(two.clone()).await.expect("it runs");
    let (weak, ended) = (one.weak(), two.monitor());
    drop((one, two));
    settle().await;
    assert_eq!(weak.ping().await, Ok(7));
    weak.stop_with(other("over")).await.expect("it stops");
    assert_eq!(ended.await.reason, other("over"));
}

#[tokio::test]
async fn lm_9_who_is_held_by_nothing_but_a_link_ends_without_it() {
    let (one, two) = (worker().await, worker().await);
    one.link(two.clone()).await.expect("it runs");
    let ended = two.monitor();
    drop(two);
    settle().await;
    one.stop().await.expect("it stops"); // a normal end, which is no signal
    assert_eq!(ended.await.reason, ExitReason::Normal);
}

#[tokio::test]
async fn lm_10_a_link_with_a_server_that_is_not_there() {
    let gone = worker().await;
    gone.stop().await.expect("it stops");
    for absent in [gone.clone(), WorkerClient::named("nobody")] {
        let (guard, journal) = trapping().await;
        guard.link(absent.clone()).await.expect("it runs");
        guard.sync().await.expect("it runs");
        let from = if absent.id().is_some() { "exit" } else { "signal" };
        journal.holds(&[&format!("{from}: not running")]);
        let one = worker().await;
        let ended = one.monitor();
        one.link(absent).await.expect("the handler comes to its end");
        assert_eq!(ended.await.reason, ExitReason::NotRunning);
    }
}

#[tokio::test]
async fn lm_10_who_waits_in_line_is_told_that_the_server_is_gone() {
    let gone = worker().await;
    gone.stop().await.expect("it stops");
    let one = worker().await;
    let link = one.link(gone).send().await.expect("it runs");
    let behind = one.ping().send().await.expect("it runs");
    link.await.expect("the handler comes to its end");
    not_running(behind.await);
}

#[tokio::test]
async fn lm_11_a_normal_end_is_nothing_unless_it_is_trapped() {
    let (guard, journal) = trapping().await;
    let (one, two) = (worker().await, worker().await);
    guard.link(one.clone()).await.expect("it runs");
    two.link(one.clone()).await.expect("it runs");
    one.stop().await.expect("it stops");
    guard.sync().await.expect("it runs");
    journal.holds(&["exit: normal"]);
    assert_eq!(two.ping().await, Ok(7));
    assert!(two.sys().get_status().expect("it runs").links.is_empty());
}

#[tokio::test]
async fn lm_11_gs_70_any_other_end_spreads_with_its_reason() {
    for reason in [ExitReason::Shutdown, ExitReason::ShutdownWith("moving".into()), other("x")] {
        let workers = [worker().await, worker().await, worker().await];
        workers[0].link(workers[1].clone()).await.expect("it runs");
        workers[1].link(workers[2].clone()).await.expect("it runs");
        let ended = workers[2].monitor();
        ends_with(&workers[0], reason.clone()).await;
        assert_eq!(ended.await.reason, reason);
    }
}

#[tokio::test]
async fn lm_11_a_panic_spreads_as_the_panic_that_it_was() {
    let (one, two) = (worker().await, worker().await);
    one.link(two.clone()).await.expect("it runs");
    let ended = two.monitor();
    one.fail().await.expect("it runs");
    match ended.await.reason {
        ExitReason::Panic(panic) => assert_eq!(panic.message(), "out of paper"),
        reason => panic!("it was a panic: {reason:?}"),
    }
}

#[tokio::test]
async fn lm_12_a_kill_is_trapped_by_those_who_are_linked_only() {
    let (guard, journal) = trapping().await;
    let worker = worker().await;
    guard.link(worker.clone()).await.expect("it runs");
    let ended = worker.monitor();
    worker.kill().await.expect("it is killed");
    assert_eq!(ended.await.reason, ExitReason::Killed);
    guard.sync().await.expect("it runs");
    journal.holds(&["exit: killed"]);
    guard.kill().await.expect("it is killed, though it traps");
    journal.holds(&["exit: killed"]);
}

#[tokio::test]
async fn lm_12_an_end_with_the_reason_killed_is_one_like_another() {
    let (guard, journal) = trapping().await;
    let worker = worker().await;
    guard.link(worker.clone()).await.expect("it runs");
    ends_with(&worker, ExitReason::Killed).await;
    guard.exit(ExitReason::Killed);
    guard.sync().await.expect("it runs");
    journal.holds(&["exit: killed", "signal: killed"]);
}

#[tokio::test]
async fn lm_13_normal_ends_oneself_and_nobody_else() {
    let (guard, journal) = guard().await;
    guard.exit(ExitReason::Normal);
    guard.sync().await.expect("it runs");
    journal.holds(&[]);
    assert!(!guard.trap(true).await.expect("it runs"));
    guard.exit(ExitReason::Normal);
    guard.sync().await.expect("it runs");
    journal.holds(&["signal: normal"]);
    assert!(guard.trap(false).await.expect("it runs"));
    guard.leave(ExitReason::Normal).await.expect("it runs");
    assert_eq!(guard.monitor().await.reason, ExitReason::Normal);
}

#[tokio::test]
async fn lm_20_an_exit_signal_waits_for_the_running_handler() {
    let journal = Journal::new();
    let worker = Worker::start(journal.clone()).await.expect("it starts");
    let gate = Gate::new();
    worker.wait(gate.clone()).await.expect("it runs");
    gate.reached().await;
    let queued = worker.ping().send().await.expect("it runs");
    let ended = worker.monitor();
    worker.exit(other("enough"));
    settle().await;
    assert!(worker.is_running());
    gate.open();
    assert_eq!(ended.await.reason, other("enough"));
    assert_eq!(queued.await, Err(ServerError::Exit(other("enough"))));
    journal.holds(&["waited", "terminate: enough"]);
}

#[tokio::test]
async fn lm_20_a_kill_drops_the_handler_where_it_waits() {
    let journal = Journal::new();
    let worker = Worker::start(journal.clone()).await.expect("it starts");
    let (guard, told) = trapping().await;
    guard.link(worker.clone()).await.expect("it runs");
    let gate = Gate::new();
    worker.wait(gate.clone()).await.expect("it runs");
    gate.reached().await;
    worker.kill().await.expect("it is killed");
    guard.sync().await.expect("it runs");
    told.holds(&["exit: killed"]);
    journal.holds(&[]);
}

#[tokio::test]
async fn a_long_row_of_linked_servers_ends_without_a_deep_stack() {
    let first = worker().await;
    let mut last = first.clone();
    for _ in 0..2_000 {
        let next = worker().await;
        last.link(next.clone()).await.expect("it runs");
        last = next;
    }
    let ended = last.monitor();
    drop(last);
    ends_with(&first, other("all of them")).await;
    assert_eq!(ended.await.reason, other("all of them"));
}

#[test]
fn lm_17_linked_servers_end_with_their_runtimes() {
    let (one, two) = (runtime(), runtime());
    let first = one.block_on(worker());
    let ended = two.block_on(async {
        let second = worker().await;
        // In a row of its own runtime, and with a server of the other one.
        let third = worker().await;
        second.link(third.clone()).await.expect("it runs");
        second.link(first.clone()).await.expect("it runs");
        (third.weak(), third.monitor())
    });
    drop(one);
    assert_eq!(two.block_on(ended.1).reason, ExitReason::NotRunning);
    assert!(!ended.0.is_running());
    not_running(first.ping().blocking());
}

#[test]
fn a_runtime_that_ends_with_a_long_row_needs_no_deep_stack() {
    let runtime = runtime();
    let (first, ended) = runtime.block_on(async {
        let first = worker().await;
        let mut last = first.clone();
        for _ in 0..5_000 {
            let next = worker().await;
            last.link(next.clone()).await.expect("it runs");
            last = next;
        }
        (first.weak(), last.monitor())
    });
    drop(runtime);
    assert_eq!(ended.blocking().reason, ExitReason::NotRunning);
    assert!(!first.is_running());
}
