//! Who is started again after which end, and with whom.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildPhase, ChildSpec, ControlError, Restart, StartSupervisor};

use crate::child::{Child, ChildClient};
use crate::support::{Journal, settle};

const SECOND: Duration = Duration::from_secs(1);

/// A child that is named as it is called.
pub fn spec(journal: &Journal, name: &'static str) -> ChildSpec<ChildClient, Infallible> {
    let journal = journal.clone();
    ChildSpec::new(name, move || Child::start(journal.clone(), name).name(name))
}

/// Children of these names.
pub async fn supervise(
    start: StartSupervisor,
    journal: &Journal,
    names: &[&'static str],
) -> Supervisor {
    let start = names.iter().fold(start, |start, name| start.spec(spec(journal, name)));
    start.await.expect("its children start")
}

/// Lets a child panic, and the supervisor see to it.
pub async fn crash(name: &str) {
    ChildClient::named(name).boom().await.expect_err("it panics");
    settle().await;
}

/// A child whose `init` fails while it is told to.
pub struct Stubborn {
    tries: Journal,
}

#[genserver]
impl Stubborn {
    #[init]
    fn new(journal: Journal, refuses: Arc<AtomicBool>) -> Result<Self, &'static str> {
        if refuses.load(Ordering::Relaxed) {
            journal.note("refused");
            return Err("not now");
        }
        journal.note("started");
        Ok(Self { tries: journal })
    }

    #[call]
    fn tries(&self) -> usize {
        self.tries.lines().len()
    }

    #[call]
    fn boom(&self) {
        panic!("expected: boom");
    }
}

fn stubborn(
    journal: &Journal,
    refuses: &Arc<AtomicBool>,
) -> ChildSpec<StubbornClient, &'static str> {
    let (journal, refuses) = (journal.clone(), refuses.clone());
    ChildSpec::new("stubborn", move || Stubborn::start(journal.clone(), refuses.clone()))
}

/// How a child of this kind stands after an end, by its supervisor: `None` when it is forgotten.
async fn after(restart: Restart, reason: Option<ExitReason>) -> Option<ChildPhase> {
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(spec(&Journal::new(), "a").restart(restart)).await;
    let child = child.expect("it starts");
    let before = child.id();
    match reason {
        Some(ExitReason::Killed) => child.kill().await.expect("it is killed"),
        Some(reason) => child.quit(reason).await.expect("it replies first"),
        None => drop(child.boom().await.expect_err("it panics")),
    }
    settle().await;
    let info = match supervisor.child("a").await {
        Err(ControlError::NotFound) => return None,
        info => info.expect("the supervisor runs"),
    };
    if let ChildPhase::Running(id) = info.phase {
        assert!(Some(id) != before && child.id() == Some(id) && info.restarts == 1);
        assert_eq!(child.add(1).await, Ok(1), "its state is a new one");
    }
    supervisor.stop().await.expect("it stops");
    Some(info.phase)
}

/// Each kind of end: without a crash, and with one.
fn reasons() -> ([Option<ExitReason>; 3], [Option<ExitReason>; 3]) {
    let clean =
        [ExitReason::Normal, ExitReason::Shutdown, ExitReason::ShutdownWith("drained".into())];
    let crash = [None, Some(ExitReason::Killed), Some(ExitReason::Other("no quorum".into()))];
    (clean.map(Some), crash)
}

#[tokio::test(start_paused = true)]
async fn sup_23_a_permanent_child_is_restarted_whatever_the_reason() {
    let (clean, crash) = reasons();
    for reason in clean.into_iter().chain(crash) {
        let phase = after(Restart::Permanent, reason.clone()).await;
        assert!(matches!(phase, Some(ChildPhase::Running(_))), "{reason:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn sup_24_a_transient_child_is_restarted_after_a_crash_only() {
    let (clean, crash) = reasons();
    for reason in clean {
        assert_eq!(
            after(Restart::Transient, reason.clone()).await,
            Some(ChildPhase::Stopped),
            "{reason:?}"
        );
    }
    for reason in crash {
        let phase = after(Restart::Transient, reason.clone()).await;
        assert!(matches!(phase, Some(ChildPhase::Running(_))), "{reason:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn sup_24_a_transient_child_that_ended_can_be_started_by_hand() {
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let spec = spec(&Journal::new(), "a").restart(Restart::Transient);
    let child = supervisor.start(spec).await.expect("it starts");
    child.quit(ExitReason::Normal).await.expect("it replies first");
    settle().await;
    assert_eq!(child.add(1).await, Err(ServerError::NotRunning));
    supervisor.restart_child("a").await.expect("it is known");
    assert_eq!(child.add(1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn sup_25_a_temporary_child_is_forgotten() {
    let (clean, crash) = reasons();
    for reason in clean.into_iter().chain(crash) {
        assert_eq!(after(Restart::Temporary, reason).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn sup_25_what_a_temporary_child_was_started_with_is_not_kept() {
    let kept = Arc::new(());
    let inside = kept.clone();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let journal = Journal::new();
    let start = move || {
        let _ = &inside;
        Child::start(journal.clone(), "a")
    };
    let spec = ChildSpec::new("a", start).restart(Restart::Temporary);
    let child = supervisor.start(spec).await.expect("it starts");
    assert_eq!(Arc::strong_count(&kept), 1);
    assert_eq!(child.add(1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn sup_27_one_for_all_stops_all_in_reverse_and_starts_all_in_order() {
    let journal = Journal::new();
    let names = ["a", "b", "c", "d"];
    let _supervisor = supervise(Supervisor::one_for_all(), &journal, &names).await;
    crash("b").await;
    let boom = "-b `boom` panicked: expected: boom";
    journal.holds(&[
        "+a",
        "+b",
        "+c",
        "+d",
        boom,
        "-d shutdown",
        "-c shutdown",
        "-a shutdown",
        "+a",
        "+b",
        "+c",
        "+d",
    ]);
}

#[tokio::test(start_paused = true)]
async fn sup_28_rest_for_one_leaves_those_before_alone() {
    let journal = Journal::new();
    let names = ["a", "b", "c", "d"];
    let _supervisor = supervise(Supervisor::rest_for_one(), &journal, &names).await;
    let before = ChildClient::named("a").id();
    crash("b").await;
    let boom = "-b `boom` panicked: expected: boom";
    journal.holds(&["+a", "+b", "+c", "+d", boom, "-d shutdown", "-c shutdown", "+b", "+c", "+d"]);
    assert_eq!(ChildClient::named("a").id(), before);
}

#[tokio::test(start_paused = true)]
async fn sup_27_what_was_stopped_by_hand_stays_stopped() {
    let journal = Journal::new();
    let supervisor = supervise(Supervisor::one_for_all(), &journal, &["a", "b"]).await;
    supervisor.terminate_child("a").await.expect("it is there");
    crash("b").await;
    assert_eq!(supervisor.child("a").await.expect("it is known").phase, ChildPhase::Stopped);
    assert!(ChildClient::named("b").is_running());
}

#[tokio::test(start_paused = true)]
async fn sup_27_temporary_siblings_are_stopped_and_forgotten() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_all()
        .spec(spec(&journal, "a").restart(Restart::Temporary))
        .spec(spec(&journal, "b"))
        .await
        .expect("its children start");
    crash("b").await;
    journal.holds(&["+a", "+b", "-b `boom` panicked: expected: boom", "-a shutdown", "+b"]);
    assert_eq!(supervisor.child("a").await, Err(ControlError::NotFound));
}

#[tokio::test(start_paused = true)]
async fn sup_30_a_start_that_fails_is_tried_again_and_each_try_counts() {
    let (journal, refuses) = (Journal::new(), Arc::new(AtomicBool::new(false)));
    let supervisor = Supervisor::one_for_one().intensity(5, SECOND).await.expect("it starts");
    let ended = supervisor.monitor();
    let child = supervisor.start(stubborn(&journal, &refuses)).await.expect("it starts");
    refuses.store(true, Ordering::Relaxed);
    child.boom().await.expect_err("it panics");
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    journal.holds(&["started", "refused", "refused", "refused", "refused", "refused"]);
}

#[tokio::test(start_paused = true)]
async fn sup_30_a_start_that_fails_at_first_is_there_later() {
    let (journal, refuses) = (Journal::new(), Arc::new(AtomicBool::new(false)));
    let supervisor = Supervisor::one_for_one().intensity(1_000, SECOND).await.expect("it starts");
    let child = supervisor.start(stubborn(&journal, &refuses)).await.expect("it starts");
    refuses.store(true, Ordering::Relaxed);
    child.boom().await.expect_err("it panics");
    // Others are served between two tries.
    let info = supervisor.child("stubborn").await.expect("it is known");
    assert_eq!(info.phase, ChildPhase::Restarting);
    assert_eq!(supervisor.restart_child("stubborn").await, Err(ControlError::Restarting));
    refuses.store(false, Ordering::Relaxed);
    assert!(child.tries().await.expect("it is there") > 2);
}

#[tokio::test(start_paused = true)]
async fn sup_32_a_child_that_is_tried_again_can_be_stopped() {
    let (journal, refuses) = (Journal::new(), Arc::new(AtomicBool::new(false)));
    let supervisor = Supervisor::one_for_one().intensity(1_000, SECOND).await.expect("it starts");
    let child = supervisor.start(stubborn(&journal, &refuses)).await.expect("it starts");
    refuses.store(true, Ordering::Relaxed);
    child.boom().await.expect_err("it panics");
    supervisor.terminate_child("stubborn").await.expect("it is known");
    let info = supervisor.child("stubborn").await.expect("it is known");
    assert_eq!(info.phase, ChildPhase::Stopped);
    let tries = journal.lines().len();
    settle().await;
    assert_eq!(journal.lines().len(), tries);
    assert_eq!(child.tries().await, Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn sup_32_a_supervisor_that_tries_again_can_be_stopped() {
    let (journal, refuses) = (Journal::new(), Arc::new(AtomicBool::new(false)));
    let supervisor = Supervisor::one_for_one().intensity(1_000, SECOND).await.expect("it starts");
    let child = supervisor.start(stubborn(&journal, &refuses)).await.expect("it starts");
    refuses.store(true, Ordering::Relaxed);
    child.boom().await.expect_err("it panics");
    supervisor.stop().await.expect("it stops");
    assert_eq!(child.tries().await, Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_start_fails_in_the_middle_begins_again() {
    let (journal, refuses) = (Journal::new(), Arc::new(AtomicBool::new(false)));
    let supervisor = Supervisor::one_for_all()
        .intensity(1_000, SECOND)
        .spec(spec(&journal, "a"))
        .spec(stubborn(&journal, &refuses))
        .spec(spec(&journal, "c"))
        .await
        .expect("its children start");
    refuses.store(true, Ordering::Relaxed);
    ChildClient::named("c").boom().await.expect_err("it panics");
    let info = supervisor.child("c").await.expect("it is known");
    assert_eq!(info.phase, ChildPhase::Restarting);
    refuses.store(false, Ordering::Relaxed);
    settle().await;
    let lines = journal.lines();
    let middle = lines.iter().position(|line| line == "refused").expect("it refused");
    assert_eq!(
        lines[..middle],
        ["+a", "started", "+c", "-c `boom` panicked: expected: boom", "-a shutdown", "+a"]
    );
    assert!(
        lines.ends_with(&["-a shutdown", "+a", "started", "+c"].map(String::from)),
        "{lines:?}"
    );
}
