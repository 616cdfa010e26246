//! Clients of children, which follow restarts.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Backoff, WhileRestarting};
use tokio::time::Instant;

use crate::brood::{HOUR, SECOND, named, patient};
use crate::support::{Gate, Journal, panicked, settle, took};

/// A child whose handlers wait for the test.
pub struct Desk {
    journal: Journal,
}

#[genserver]
impl Desk {
    #[init]
    fn new(journal: Journal) -> Self {
        journal.note("+");
        Self { journal }
    }

    #[call]
    pub async fn fail_after(&self, gate: Gate) {
        gate.pass().await;
        self.journal.note("fails");
        panic!("expected: it failed");
    }

    #[call]
    pub fn note(&self, line: String) {
        self.journal.note(line);
    }

    #[cast]
    pub fn post(&self, line: String) {
        self.journal.note(line);
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        settle().await;
        self.journal.note("-");
    }
}

/// A supervisor that lets its child wait for a second, and the child.
async fn desk(journal: &Journal) -> (Supervisor, DeskClient) {
    let start = Supervisor::one_for_one().backoff(Backoff::new(SECOND, SECOND));
    let supervisor = start.await.expect("it has no children");
    let inside = journal.clone();
    let start = move || Desk::start(inside.clone()).name("desk");
    let desk = supervisor.start_child("desk", start).await.expect("it starts");
    (supervisor, desk)
}

/// Lets the desk fail while this is queued behind the failing handler.
async fn fail_with<R>(desk: &DeskClient, queued: impl Future<Output = R> + Send + 'static) -> R
where
    R: Send + 'static,
{
    let gate = Gate::new();
    let (failing, door) = (desk.clone(), gate.clone());
    let failing = tokio::spawn(async move { failing.fail_after(door).await });
    gate.reached().await;
    let queued = tokio::spawn(queued);
    settle().await;
    gate.open();
    assert_eq!(
        panicked(failing.await.expect("it does not panic")).message(),
        "expected: it failed"
    );
    queued.await.expect("it does not panic")
}

#[tokio::test(start_paused = true)]
async fn what_was_being_executed_is_not_sent_again() {
    let journal = Journal::new();
    let (_supervisor, desk) = desk(&journal).await;
    fail_with(&desk, async {}).await;
    desk.note("later".into()).await.expect("it is there again");
    journal.holds(&["+", "fails", "-", "+", "later"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_in_the_queue_of_an_incarnation_that_fails_is_answered() {
    let journal = Journal::new();
    let (_supervisor, desk) = desk(&journal).await;
    let queued = desk.clone();
    let outcome = fail_with(&desk, async move { queued.note("queued".into()).await }).await;
    assert_eq!(panicked(outcome).message(), "expected: it failed");
    desk.note("later".into()).await.expect("it is there again");
    journal.holds(&["+", "fails", "-", "+", "later"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_the_restart_and_is_executed_once() {
    let journal = Journal::new();
    let (_supervisor, desk) = desk(&journal).await;
    fail_with(&desk, async {}).await;
    let since = Instant::now();
    let calls = ["one", "two", "three"].map(|line| desk.note(line.into()).into_future());
    for call in calls {
        assert_eq!(call.await, Ok(()));
    }
    took(since, SECOND);
    journal.holds(&["+", "fails", "-", "+", "one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_no_longer_than_its_time_out() {
    let journal = Journal::new();
    let (_supervisor, desk) = desk(&journal).await;
    fail_with(&desk, async {}).await;
    let since = Instant::now();
    let limit = Duration::from_millis(300);
    let outcome = desk.note("late".into()).timeout(limit).await;
    assert_eq!(outcome, Err(ServerError::Restarting));
    took(since, limit);
    desk.note("later".into()).await.expect("it is there again");
    journal.holds(&["+", "fails", "-", "+", "later"]);
}

#[tokio::test(start_paused = true)]
async fn a_cast_waits_for_the_restart_or_says_at_once_that_there_is_one() {
    let journal = Journal::new();
    let (_supervisor, desk) = desk(&journal).await;
    fail_with(&desk, async {}).await;
    assert_eq!(desk.post("lost".into()).try_send(), Err(SendError::Restarting));
    desk.post("posted".into()).await.expect("it waits for the restart");
    desk.sync().await.expect("it runs");
    journal.holds(&["+", "fails", "-", "+", "posted"]);
}

#[tokio::test(start_paused = true)]
async fn who_shall_not_wait_is_told_that_the_child_is_being_restarted() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let spec = named(&journal, "a").while_restarting(WhileRestarting::Refuse);
    let child = supervisor.start(spec).await.expect("it starts");
    child.boom().await.expect_err("it panics");
    let since = Instant::now();
    assert_eq!(child.add(1).await, Err(ServerError::Restarting));
    took(since, Duration::ZERO);
    crate::support::pass(2 * HOUR).await;
    assert_eq!(child.add(1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_child_that_is_stopped_meanwhile_is_told_that_nobody_comes() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    child.boom().await.expect_err("it panics");
    let waiting = tokio::spawn(async move { child.add(1).no_timeout().await });
    settle().await;
    assert!(!waiting.is_finished());
    supervisor.terminate_child("a").await.expect("it is known");
    assert_eq!(waiting.await.expect("it does not panic"), Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_child_whose_supervisor_ends_is_told_that_nobody_comes() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    child.boom().await.expect_err("it panics");
    let waiting = tokio::spawn(async move { child.add(1).no_timeout().await });
    settle().await;
    supervisor.kill().await.expect("it runs");
    assert_eq!(waiting.await.expect("it does not panic"), Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn a_client_follows_a_restart_by_hand_and_one_with_its_siblings() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_all().await.expect("it starts");
    let a = supervisor.start(named(&journal, "a")).await.expect("it starts");
    let b = supervisor.start(named(&journal, "b")).await.expect("it starts");
    assert_eq!(a.add(5).await, Ok(5));
    b.boom().await.expect_err("it panics");
    settle().await;
    assert_eq!(a.add(1).await, Ok(1), "it is another one");
    supervisor.terminate_child("a").await.expect("it is known");
    supervisor.restart_child("a").await.expect("it is stopped");
    assert_eq!(a.add(2).await, Ok(2));
    journal.holds(&[
        "+a",
        "+b",
        "-b `boom` panicked: expected: boom",
        "-a shutdown",
        "+a",
        "+b",
        "-a shutdown",
        "+a",
    ]);
}

#[tokio::test(start_paused = true)]
async fn a_child_tells_its_supervisor_and_its_restarts() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    let status = child.sys().get_status().expect("it runs");
    assert_eq!((status.parent, status.restarts), (supervisor.id(), 0));
    for restarts in 1..=2 {
        child.boom().await.expect_err("it panics");
        settle().await;
        let status = child.sys().get_status().expect("it runs");
        assert_eq!((status.parent, status.restarts), (supervisor.id(), restarts));
    }
    let status = supervisor.sys().get_status().expect("it runs");
    assert_eq!((status.parent, status.restarts), (None, 0));
}
