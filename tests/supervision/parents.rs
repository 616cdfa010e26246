//! Parents: who starts a server with a link, and what either learns of the other.

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

use crate::crew::{Begins, Birth, BirthClient, came_to, guard, other, trapping, worker};
use crate::support::{Gate, Journal, settle};

#[tokio::test]
async fn gs_2_start_link_links_in_the_same_step() {
    let (guard, journal) = trapping().await;
    assert_eq!(guard.bear(Begins::ThenEnds).await, Ok("ok".to_owned()));
    guard.sync().await.expect("it runs");
    settle().await;
    journal.holds(&["exit: at once"]);
    let (guard, _) = self::guard().await;
    let worker = guard.hire(Journal::new()).await.expect("it runs");
    let links = guard.sys().get_status().expect("it runs").links;
    assert_eq!(links, [worker.id().expect("it runs")]);
    let ended = guard.monitor();
    worker.stop_with(other("tired")).await.expect("it stops");
    assert_eq!(ended.await.reason, other("tired"));
}

#[tokio::test]
async fn gs_2_who_does_not_trap_survives_a_normal_end() {
    let (guard, _) = guard().await;
    let worker = guard.hire(Journal::new()).await.expect("it runs");
    worker.stop().await.expect("it stops");
    settle().await;
    assert!(guard.is_running());
}

#[tokio::test(start_paused = true)]
async fn gs_3_a_start_that_is_monitored_and_fails_tells_by_its_error_only() {
    let (guard, journal) = trapping().await;
    for (how, outcome) in [(Begins::ThenEnds, "ok"), (Begins::Waits, "too late")] {
        assert_eq!(guard.bear_monitored(how).await, Ok(outcome.to_owned()));
        guard.sync().await.expect("it runs");
    }
    settle().await;
    let downs = journal.lines().into_iter().filter(|line| line.contains("is down: at once"));
    assert_eq!(downs.count(), 1);
    assert_eq!(journal.lines().len(), 2); // and the exit of the same
    let status = guard.sys().get_status().expect("it runs");
    assert_eq!((status.monitors, status.links.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn gs_4_an_init_that_fails_is_an_exit_to_the_linked_starter() {
    let failures = [
        (Begins::Stop, "init: stop", "exit: init asked for a stop"),
        (Begins::Fail, "init: fail", "exit: normal"),
        (Begins::Ignore, "ignored", "exit: normal"),
        (Begins::Panic, "panic", "exit: `init` panicked: stillborn"),
    ];
    for (how, outcome, exit) in failures {
        let (guard, journal) = trapping().await;
        assert_eq!(guard.bear(how).await, Ok(outcome.to_owned()));
        guard.sync().await.expect("it runs");
        journal.holds(&[exit]);
        // Who does not trap gets its error, and ends if the init did not fail quietly.
        let (guard, _) = self::guard().await;
        let weak = guard.weak();
        assert_eq!(guard.bear(how).await, Ok(outcome.to_owned()));
        settle().await;
        assert_eq!(weak.is_running(), exit == "exit: normal");
    }
}

#[tokio::test(start_paused = true)]
async fn gs_6_a_start_that_takes_too_long_is_no_exit() {
    let (guard, journal) = trapping().await;
    assert_eq!(guard.bear(Begins::Waits).await, Ok("too late".to_owned()));
    guard.sync().await.expect("it runs");
    journal.holds(&[]);
    assert!(guard.sys().get_status().expect("it runs").links.is_empty());
}

#[tokio::test(start_paused = true)]
async fn gs_6_who_monitors_a_start_that_is_given_up_learns_that_it_was_killed() {
    let start = tokio::spawn(async { came_to(Birth::start(Begins::Waits).name("late").await) });
    settle().await;
    let ended = BirthClient::named("late").monitor();
    start.abort();
    let down = ended.await;
    assert_eq!((down.name.as_deref(), down.reason), (Some("late"), ExitReason::Killed));
}

#[tokio::test]
async fn gs_10_a_name_that_is_taken_links_nobody() {
    let (guard, journal) = trapping().await;
    let _holder = Birth::start(Begins::Ready).name("twin").await.expect("the name is free");
    let outcome = guard.hire_under("twin".to_owned(), Begins::Ready).await;
    assert_eq!(outcome, Ok("taken".to_owned()));
    guard.sync().await.expect("it runs");
    journal.holds(&[]);
    assert!(guard.sys().get_status().expect("it runs").links.is_empty());
}

#[tokio::test]
async fn gs_19_gs_64_the_end_of_the_parent_runs_terminate_though_it_is_trapped() {
    for reason in [ExitReason::Normal, ExitReason::Shutdown, other("tired")] {
        let (guard, _) = guard().await;
        let journal = Journal::new();
        let child = guard.bear_another(journal.clone()).await.expect("it runs");
        let ended = child.monitor();
        guard.stop_with(reason.clone()).await.expect("it stops");
        assert_eq!(ended.await.reason, reason);
        journal.holds(&[&format!("terminate: {reason}")]);
    }
}

#[tokio::test]
async fn gs_19_the_parent_is_the_starter_also_under_a_name() {
    let journal = Journal::new();
    let guard = crate::crew::Guard::start(Journal::new()).name("boss").await.expect("it starts");
    let child = guard.bear_another(journal.clone()).await.expect("it runs");
    let ended = child.monitor();
    guard.kill().await.expect("it is killed");
    assert_eq!(ended.await.reason, ExitReason::Killed);
    journal.holds(&["terminate: killed"]);
}

#[tokio::test]
async fn gs_65_an_exit_signal_that_is_not_trapped_runs_terminate_all_the_same() {
    let journal = Journal::new();
    let (guard, _) = guard().await;
    let worker = guard.hire(journal.clone()).await.expect("it runs");
    let ended = worker.monitor();
    guard.fail().await.expect("it runs");
    assert!(ended.await.reason.is_crash());
    journal.holds(&["terminate: `fail` panicked: out of paper"]);
}

#[tokio::test]
async fn gs_65_a_kill_that_spreads_is_a_signal_like_another() {
    let journal = Journal::new();
    let (guard, _) = guard().await;
    let worker = guard.hire(journal.clone()).await.expect("it runs");
    let ended = worker.monitor();
    guard.kill().await.expect("it is killed");
    assert_eq!(ended.await.reason, ExitReason::Killed);
    journal.holds(&["terminate: killed"]);
}

#[tokio::test]
async fn gs_69_the_exit_of_a_child_or_of_a_peer_is_a_message() {
    let (guard, journal) = trapping().await;
    let child = guard.hire(Journal::new()).await.expect("it runs");
    let peer = worker().await;
    guard.link(peer.clone()).await.expect("it runs");
    child.stop_with(other("child")).await.expect("it stops");
    peer.stop_with(other("peer")).await.expect("it stops");
    guard.sync().await.expect("it runs");
    journal.holds(&["exit: child", "exit: peer"]);
}

#[tokio::test]
async fn sys_4_the_end_of_the_parent_reaches_a_server_that_is_suspended() {
    let (guard, _) = guard().await;
    let journal = Journal::new();
    let child = guard.bear_another(journal.clone()).await.expect("it runs");
    child.sys().suspend().await.expect("it runs");
    let ended = child.monitor();
    guard.stop_with(ExitReason::Shutdown).await.expect("it stops");
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    journal.holds(&["terminate: shutdown"]);
}

#[tokio::test]
async fn sys_4_exits_wait_while_a_server_is_suspended() {
    let (guard, journal) = trapping().await;
    let worker = worker().await;
    guard.link(worker.clone()).await.expect("it runs");
    guard.sys().suspend().await.expect("it runs");
    worker.kill().await.expect("it is killed");
    settle().await;
    journal.holds(&[]);
    guard.sys().resume().await.expect("it runs");
    guard.sync().await.expect("it runs");
    journal.holds(&["exit: killed"]);
}

#[tokio::test]
async fn sys_10_a_status_tells_of_links_and_monitors() {
    let (guard, _) = trapping().await;
    let worker = guard.hire(Journal::new()).await.expect("it runs");
    guard.watch(worker.clone()).await.expect("it runs");
    let outside = worker.monitor();
    let status = guard.sys().get_status().expect("it runs");
    assert_eq!(status.links, [worker.id().expect("it runs")]);
    assert_eq!((status.monitors, status.monitored_by, status.trap_exit), (1, 0, true));
    let status = worker.sys().get_status().expect("it runs");
    assert_eq!(status.links, [guard.id().expect("it runs")]);
    assert_eq!((status.monitors, status.monitored_by, status.trap_exit), (0, 2, false));
    drop(outside);
}

#[tokio::test]
async fn an_end_in_a_handler_that_waits_is_seen_after_it() {
    let (guard, journal) = trapping().await;
    let gate = Gate::new();
    let child = guard.hire(Journal::new()).await.expect("it runs");
    guard.wait(gate.clone()).await.expect("it runs");
    gate.reached().await;
    child.kill().await.expect("it is killed");
    gate.open();
    guard.sync().await.expect("it runs");
    journal.holds(&["waited", "exit: killed"]);
}
