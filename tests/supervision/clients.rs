//! Clients that a supervisor gives of its children, and what they ask while nobody is there.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ControlError, DynamicSupervisor, Restart, WhileRestarting};
use tokio::time::Instant;

use crate::brood::{SECOND, crash, family, named, patient};
use crate::child::ChildClient;
use crate::crew::{GuardClient, WorkerClient, guard, other, trapping, worker};
use crate::guest::{Leaving, guest};
use crate::support::{Gate, Journal, exited, pass, settle, took};

#[tokio::test(start_paused = true)]
async fn a_child_that_was_declared_has_a_client_that_follows_it() {
    let journal = Journal::new();
    let supervisor = family(&journal, &["a", "b"]).await;
    let child = supervisor.client::<ChildClient>("a").await.expect("it is known");
    assert_eq!(child.add(1).await, Ok(1));
    crash(&child).await;
    assert_eq!(child.add(2).await, Ok(2), "of the next incarnation");
    journal.holds(&["+a", "+b", "-a `boom` panicked: expected: boom", "+a"]);
}

#[tokio::test(start_paused = true)]
async fn the_client_of_a_child_is_asked_for_by_its_id_and_its_type() {
    let supervisor = family(&Journal::new(), &["a"]).await;
    let unknown = supervisor.client::<ChildClient>("b").await;
    assert!(matches!(unknown, Err(ControlError::NotFound)), "{unknown:?}");
    let foreign = supervisor.client::<WorkerClient>("a").await;
    assert!(matches!(foreign, Err(ControlError::OtherType)), "{foreign:?}");
    let stopped = supervisor.clone();
    supervisor.stop().await.expect("it stops");
    let late = stopped.client::<ChildClient>("a").await;
    assert!(matches!(late, Err(ControlError::Supervisor(ServerError::NotRunning))), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn the_client_of_a_child_that_is_stopped_reaches_it_when_it_is_started_again() {
    let supervisor = family(&Journal::new(), &["a"]).await;
    supervisor.terminate_child("a").await.expect("it is known");
    let child = supervisor.client::<ChildClient>("a").await.expect("it is known");
    assert_eq!(child.add(1).await, Err(ServerError::NotRunning));
    supervisor.restart_child("a").await.expect("it is stopped");
    assert_eq!(child.add(1).await, Ok(1));
    supervisor.terminate_child("a").await.expect("it is known");
    supervisor.delete_child("a").await.expect("it is stopped");
    drop(supervisor.start(named(&Journal::new(), "a")).await.expect("the id is free"));
    assert_eq!(child.add(1).await, Err(ServerError::NotRunning), "it was of another child");
}

#[tokio::test(start_paused = true)]
async fn sync_waits_for_the_restart() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    crash(&child).await;
    let asked = tokio::spawn({
        let child = child.clone();
        async move { child.sync().await }
    });
    // Its time is that of a call.
    let since = Instant::now();
    assert_eq!(asked.await.expect("it does not panic"), Err(ServerError::Restarting));
    took(since, 5 * SECOND);
    pass(3_593 * SECOND).await;
    let since = Instant::now();
    let asked = child.sync();
    assert_eq!(asked.await, Ok(()));
    assert!(since.elapsed() < 5 * SECOND);
    journal.holds(&["+a", "-a `boom` panicked: expected: boom", "+a"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_of_an_incarnation_that_ends_is_asked_of_the_next_one() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    child.sys().suspend().await.expect("it runs");
    let asked = child.sync();
    let first = child.id();
    child.kill().await.expect("it is killed");
    assert_eq!(asked.await, Ok(()));
    assert_ne!(child.id(), first);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_of_a_child_that_does_not_come_again_fails() {
    let supervisor = patient().await;
    let refuses = named(&Journal::new(), "a").while_restarting(WhileRestarting::Refuse);
    let refuses = supervisor.start(refuses).await.expect("it starts");
    crash(&refuses).await;
    assert_eq!(refuses.sync().await, Err(ServerError::Restarting));

    let temporary = named(&Journal::new(), "b").restart(Restart::Temporary);
    let temporary = supervisor.start(temporary).await.expect("it starts");
    temporary.sys().suspend().await.expect("it runs");
    let asked = temporary.sync();
    temporary.kill().await.expect("it is killed");
    assert_eq!(asked.await, Err(ServerError::Exit(ExitReason::Killed)));
    assert_eq!(temporary.sync().await, Err(ServerError::NotRunning));
    assert_eq!(ChildClient::named("nobody").sync().await, Err(ServerError::NotRunning));
}

/// Starts a supervisor of guests.
pub struct Landlord;

#[genserver]
impl Landlord {
    #[call]
    async fn open(&self, cx: &mut Cx<Self>) -> DynamicSupervisor {
        DynamicSupervisor::new().link(cx).await.expect("it starts")
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_its_parent_is_that_of_a_dynamic_supervisor() {
    let (landlord, journal) = (Landlord::start(Landlord).await.expect("it starts"), Journal::new());
    let house = landlord.open().await.expect("it runs");
    let ended = house.monitor();
    let resident =
        house.start_child(guest(&journal, "a", Leaving::AtOnce)).await.expect("it starts");
    landlord.stop_with(other("moved")).await.expect("it stops");
    assert_eq!(ended.await.reason, other("moved"));
    assert!(!resident.is_running());
}

/// An end to come, of this server.
type ExitAfter = fn(&GuardClient, Duration, ExitReason);

#[tokio::test(start_paused = true)]
async fn tm_13_a_server_that_traps_gets_the_exit() {
    let ways: [ExitAfter; 2] = [
        |guard, after, reason| drop(guard.exit_after(after, reason)),
        |guard, after, reason| drop(guard.weak().exit_after(after, reason)),
    ];
    for way in ways {
        let (guard, journal) = trapping().await;
        way(&guard, SECOND, other("late"));
        way(&guard, SECOND, ExitReason::Normal);
        pass(SECOND).await;
        guard.sync().await.expect("it runs");
        journal.holds(&["signal: late", "signal: normal"]);
    }
}

#[tokio::test(start_paused = true)]
async fn tm_13_a_normal_exit_is_none_and_another_comes_before_what_is_queued() {
    let worker = worker().await;
    worker.exit_after(SECOND, ExitReason::Normal).expect("it runs");
    pass(2 * SECOND).await;
    assert_eq!(worker.ping().await, Ok(7));

    let (guard, journal) = guard().await;
    guard.exit_after(SECOND, other("late")).expect("it runs");
    let gate = Gate::new();
    guard.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let queued = guard.trap(true).send().await.expect("there is room");
    pass(SECOND).await;
    settle().await;
    gate.open();
    assert_eq!(exited(queued.await), other("late"));
    journal.holds(&["waited", "terminate: late"]);
}
