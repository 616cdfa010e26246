//! How often is too often, and how long a restart waits.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Backoff, ChildPhase, SpecError, SupervisorError};
use tokio::time::Instant;

use crate::child::ChildClient;
use crate::restart::{crash, spec, supervise};
use crate::support::{Journal, pass, took};

const SECOND: Duration = Duration::from_secs(1);
const BOOM_A: &str = "-a `boom` panicked: expected: boom";

#[tokio::test(start_paused = true)]
async fn sup_33_one_restart_too_many_ends_all_children_and_the_supervisor() {
    let journal = Journal::new();
    let start = Supervisor::one_for_one().intensity(1, 5 * SECOND);
    let supervisor = supervise(start, &journal, &["a", "b", "c"]).await;
    let ended = supervisor.monitor();
    crash("a").await;
    crash("a").await;
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    journal.holds(&["+a", "+b", "+c", BOOM_A, "+a", BOOM_A, "-c shutdown", "-b shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn sup_33_restarts_are_counted_for_all_children_together() {
    let journal = Journal::new();
    let start = Supervisor::one_for_one().intensity(2, 5 * SECOND);
    let supervisor = supervise(start, &journal, &["a", "b", "c"]).await;
    let ended = supervisor.monitor();
    for name in ["a", "b", "c"] {
        crash(name).await;
    }
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
}

#[tokio::test(start_paused = true)]
async fn sup_33_restarts_older_than_the_period_drop_out() {
    let journal = Journal::new();
    let start = Supervisor::one_for_one().intensity(1, 5 * SECOND);
    let supervisor = supervise(start, &journal, &["a"]).await;
    for _ in 0..5 {
        crash("a").await;
        pass(6 * SECOND).await;
    }
    let child = supervisor.child("a").await.expect("it is known");
    assert_eq!(child.restarts, 5);
    assert!(supervisor.is_running());
}

#[tokio::test(start_paused = true)]
async fn sup_34_the_end_of_a_supervisor_is_that_of_any_child() {
    let journal = Journal::new();
    let inner = journal.clone();
    let supervisor = Supervisor::one_for_one()
        .child("inner", move || {
            Supervisor::one_for_one().intensity(0, SECOND).spec(spec(&inner, "a"))
        })
        .await
        .expect("its children start");
    crash("a").await;
    // The inner one gave up, and was started again with its child.
    assert_eq!(supervisor.child("inner").await.expect("it is known").restarts, 1);
    assert!(ChildClient::named("a").is_running());
    journal.holds(&["+a", BOOM_A, "+a"]);
    let ended = supervisor.monitor();
    for _ in 0..3 {
        crash("a").await;
    }
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    assert!(!ChildClient::named("a").is_running());
}

#[tokio::test(start_paused = true)]
async fn a_period_of_no_time_and_an_impossible_back_off_are_refused() {
    let cases = [
        (Supervisor::one_for_one().intensity(1, Duration::ZERO), SpecError::ZeroPeriod),
        (with(Backoff::new(Duration::ZERO, SECOND)), SpecError::ZeroBackoff),
        (with(Backoff::new(2 * SECOND, SECOND)), SpecError::BackoffOrder),
        (with(Backoff::new(SECOND, SECOND).jitter(2.0)), SpecError::BackoffJitter),
    ];
    for (start, expected) in cases {
        let error = start.await.expect_err("it is refused");
        assert!(
            matches!(error, StartError::Init(SupervisorError::Spec(error)) if error == expected)
        );
    }
}

fn with(backoff: Backoff) -> genserver_runtime::StartSupervisor {
    Supervisor::one_for_one().backoff(backoff)
}

#[tokio::test(start_paused = true)]
async fn with_a_back_off_each_restart_waits_longer_and_calls_wait_with_it() {
    let journal = Journal::new();
    let start = with(Backoff::new(SECOND, 4 * SECOND)).intensity(1_000, SECOND);
    let supervisor = supervise(start, &journal, &[]).await;
    let child = supervisor.start(spec(&journal, "a")).await.expect("it starts");
    for seconds in [1, 2, 4, 4] {
        child.boom().await.expect_err("it panics");
        let since = Instant::now();
        let info = supervisor.child("a").await.expect("it is known");
        assert_eq!(info.phase, ChildPhase::Restarting);
        assert_eq!(child.add(1).await, Ok(1));
        took(since, seconds * SECOND);
    }
    // It stayed up for longer than the longest delay.
    pass(5 * SECOND).await;
    child.boom().await.expect_err("it panics");
    let since = Instant::now();
    assert_eq!(child.add(1).await, Ok(1));
    took(since, SECOND);
}

#[tokio::test(start_paused = true)]
async fn with_a_back_off_siblings_stop_at_once_and_start_with_the_group() {
    let journal = Journal::new();
    let start = Supervisor::one_for_all().backoff(Backoff::new(SECOND, SECOND));
    let _supervisor = supervise(start, &journal, &["a", "b"]).await;
    crash("a").await;
    journal.holds(&["+a", "+b", BOOM_A, "-b shutdown"]);
    pass(2 * SECOND).await;
    journal.holds(&["+a", "+b", BOOM_A, "-b shutdown", "+a", "+b"]);
}

#[tokio::test(start_paused = true)]
async fn a_child_that_is_stopped_while_its_restart_waits_stays_stopped() {
    let journal = Journal::new();
    let start = Supervisor::one_for_all().backoff(Backoff::new(SECOND, SECOND));
    let supervisor = supervise(start, &journal, &["a", "b"]).await;
    crash("a").await;
    supervisor.terminate_child("a").await.expect("it is known");
    pass(2 * SECOND).await;
    // Its sibling had waited for it.
    journal.holds(&["+a", "+b", BOOM_A, "-b shutdown", "+b"]);
    assert_eq!(supervisor.child("a").await.expect("it is known").phase, ChildPhase::Stopped);
}
