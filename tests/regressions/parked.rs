//! A handler that begins where it is called, while the drain task of its server is parked.

use genserver_runtime::prelude::*;
use tokio::runtime::Builder;

use crate::servers::{Cell, CellClient, park, parked};
use crate::support::{
    Drops, Gate, Latch, idle, in_time, is_freed, settle, soon, tasks, until, workers,
};

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_leaks_no_task() {
    let before = tasks();
    let (cell, _) = parked().await;
    let running = tasks();
    for _ in 0..20 {
        cell.wait_for_one_turn().await.expect("it runs");
    }
    settle().await;
    assert_eq!(tasks(), running);
    idle().await;
    assert_eq!(tasks(), before + 1, "only the runtime's guard is left");
}

/// They are looked at in portions, of which none is lost.
#[tokio::test(start_paused = true)]
async fn very_many_parked_tasks_go_when_they_were_idle() {
    let before = tasks();
    let mut cells = Vec::new();
    for _ in 0..2_500 {
        cells.push(parked().await);
    }
    assert_eq!(tasks(), before + 1 + cells.len());
    idle().await;
    assert_eq!(tasks(), before + 1, "only the runtime's guard is left");
    for (cell, _) in &cells {
        assert_eq!(soon(cell.add(1)).await, Ok(1));
    }
}

/// On one worker the task that a task spawns runs before one that it woke: the parked task is
/// woken by the cast that the handler sends, and polled when the handler waits already.
#[test]
fn a_kill_reaches_the_waiting_handler_and_not_the_parked_task() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("it can be built");
    let (cell, drops) = runtime.block_on(parked());
    let gate = Gate::new();
    let caller = runtime.spawn({
        let (cell, gate) = (cell.clone(), gate.clone());
        async move { cell.bump_and_hold(gate).no_timeout().await }
    });
    runtime.block_on(gate.reached());
    // Behind all that the handler has woken.
    runtime.block_on(runtime.spawn(settle())).expect("it does not panic");
    let killed = in_time(move || cell.kill().blocking());
    assert_eq!(killed, Ok(()));
    let outcome = runtime.block_on(caller).expect("the caller does not panic");
    assert_eq!(outcome, Err(ServerError::Exit(ExitReason::Killed)));
    assert_eq!(drops.count(), 1);
}

/// Ends a parked server by a handler that runs where it is called; no task of it is left.
async fn ends_without_a_trace(how: impl AsyncFnOnce(&CellClient)) {
    let before = tasks();
    let (cell, drops) = parked().await;
    how(&cell).await;
    idle().await;
    assert_eq!(drops.count(), 1);
    assert_eq!(tasks(), before + 1, "only the runtime's guard is left");
    let weak = cell.weak();
    drop(cell);
    assert!(is_freed(&weak));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_stops_the_server_leaks_no_task() {
    ends_without_a_trace(async |cell| soon(cell.quit()).await.expect("it replies")).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_leaks_no_task() {
    ends_without_a_trace(async |cell| {
        soon(cell.boom()).await.expect_err("it panics");
    })
    .await;
}

/// Runs `work` on one of two workers, against a server whose drain task is parked, and takes the
/// runtime away while the handler blocks the worker; then the state must be dropped although a
/// client is still there.
fn runtime_goes_meanwhile<F>(parked: bool, work: impl FnOnce(CellClient, Latch) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = workers();
    let drops = Drops::default();
    let cell = runtime.block_on(async {
        let cell = Cell::start(drops.clone()).await.expect("its init cannot fail");
        if parked {
            park(&cell).await;
        }
        cell
    });
    let latch = Latch::new();
    drop(runtime.spawn(work(cell.clone(), latch.clone())));
    latch.reached();
    runtime.shutdown_background();
    until(|| !cell.is_running());
    // Whoever finds out that the runtime has gone ends the server.
    assert_eq!(cell.bump(1).try_send(), Err(SendError::NotRunning));
    assert_eq!(drops.count(), 0, "the handler still runs");
    latch.release();
    until(|| drops.count() == 1);
    assert_eq!(cell.bump(1).try_send(), Err(SendError::NotRunning));
}

#[test]
fn the_state_is_dropped_when_the_runtime_goes_under_a_parked_task() {
    let runtime = crate::support::runtime();
    let (cell, drops) = runtime.block_on(parked());
    drop(runtime);
    assert_eq!(drops.count(), 1);
    drop(cell);
    assert_eq!(drops.count(), 1);
}

#[test]
fn the_state_is_dropped_when_the_runtime_goes_under_a_handler_run_by_its_caller() {
    for parked in [false, true] {
        runtime_goes_meanwhile(parked, |cell, latch| async move {
            let _ = cell.block(latch).await;
        });
    }
}

#[test]
fn the_state_is_dropped_when_the_runtime_goes_under_a_handler_that_is_about_to_wait() {
    for parked in [false, true] {
        runtime_goes_meanwhile(parked, |cell, latch| async move {
            let _ = cell.block_and_hold(latch, Gate::new()).no_timeout().await;
        });
    }
}

#[test]
fn the_state_is_dropped_when_the_runtime_goes_under_a_drain_task_that_runs() {
    for parked in [false, true] {
        runtime_goes_meanwhile(parked, |cell, latch| async move {
            let _ = cell.block_for_nobody(latch).await;
        });
    }
}
