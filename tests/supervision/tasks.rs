//! Tasks that are linked with a server.

use genserver_runtime::Client;
use genserver_runtime::prelude::*;
use tokio::sync::oneshot;

use crate::crew::{WorkerClient, ends_with, other, trapping, worker};
use crate::support::settle;

/// Tells when it is dropped.
struct Dropped(Option<oneshot::Sender<()>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.take().map(|told| told.send(()));
    }
}

#[tokio::test]
async fn lm_11_a_linked_task_ends_with_its_server() {
    for reason in [ExitReason::Shutdown, other("tired")] {
        let worker = worker().await;
        let (told, dropped) = oneshot::channel();
        let task = worker.spawn_linked(async move {
            let _dropped = Dropped(Some(told));
            std::future::pending::<()>().await;
        });
        settle().await;
        ends_with(&worker, reason.clone()).await;
        assert_eq!(task.await.expect("no panic comes through"), Err(reason));
        dropped.await.expect("its future is gone");
    }
}

#[tokio::test]
async fn lm_11_a_linked_task_goes_on_after_a_normal_end() {
    let worker = worker().await;
    let (go, gone) = oneshot::channel();
    let task = worker.spawn_linked(gone);
    settle().await;
    worker.stop().await.expect("it stops");
    settle().await;
    assert!(!task.is_finished());
    go.send(7).expect("it waits");
    assert_eq!(task.await.expect("no panic comes through"), Ok(Ok(7)));
}

#[tokio::test]
async fn lm_11_the_panic_of_a_linked_task_is_an_exit_signal() {
    let (guard, journal) = trapping().await;
    let task = guard.spawn_linked(async { panic!("out of ink") });
    match task.await.expect("no panic comes through") {
        Err(ExitReason::Panic(panic)) => assert_eq!(panic.message(), "out of ink"),
        outcome => panic!("it was a panic: {outcome:?}"),
    }
    guard.sync().await.expect("it runs");
    journal.holds(&["signal: `task` panicked: out of ink"]);
    let worker = worker().await;
    let ended = worker.monitor();
    drop(worker.spawn_linked(async { panic!("out of ink") }));
    assert!(matches!(ended.await.reason, ExitReason::Panic(_)));
}

#[tokio::test]
async fn lm_11_the_end_of_a_linked_task_is_nothing() {
    let (guard, journal) = trapping().await;
    let task = guard.spawn_linked(async { 7 });
    assert_eq!(task.await.expect("no panic comes through"), Ok(7));
    guard.sync().await.expect("it runs");
    journal.holds(&[]);
    assert_eq!(guard.sys().get_status().expect("it runs").monitored_by, 0);
}

#[tokio::test]
async fn lm_12_a_linked_task_that_is_aborted_was_killed() {
    let (guard, journal) = trapping().await;
    let task = guard.spawn_linked(std::future::pending::<()>());
    settle().await;
    task.abort();
    assert!(task.await.expect_err("it was aborted").is_cancelled());
    guard.sync().await.expect("it runs");
    journal.holds(&["signal: killed"]);
}

#[tokio::test]
async fn lm_10_a_task_that_is_linked_with_nobody_does_not_run() {
    let gone = worker().await;
    gone.stop().await.expect("it stops");
    for absent in [gone, WorkerClient::named("nobody")] {
        let task = absent.spawn_linked(async { panic!("it does not run") });
        let outcome: Result<(), _> = task.await.expect("no panic comes through");
        assert_eq!(outcome, Err(ExitReason::NotRunning));
    }
}

#[tokio::test]
async fn lm_9_a_linked_task_keeps_its_server_alive() {
    let worker = worker().await;
    let (go, gone) = oneshot::channel::<()>();
    let task = worker.spawn_linked(gone);
    let (weak, ended) = (worker.weak(), worker.monitor());
    drop(worker);
    settle().await;
    assert_eq!(weak.ping().await, Ok(7));
    go.send(()).expect("it waits");
    assert_eq!(task.await.expect("no panic comes through"), Ok(Ok(())));
    assert_eq!(ended.await.reason, ExitReason::Normal);
}
