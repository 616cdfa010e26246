//! Children that ask their supervisor while it waits for them.

use genserver_runtime::ControlError;
use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::brood::{SECOND, phase};
use crate::support::{Journal, settle, took};

/// Asks its supervisor when it begins, when it is told to, and when it ends.
pub struct Asks {
    boss: &'static str,
    journal: Journal,
}

fn answer<T>(answer: &Result<T, ServerError>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(ServerError::Deadlock(_)) => "a circle",
        Err(_) => "another error",
    }
}

#[genserver]
impl Asks {
    #[init]
    async fn new(journal: Journal, boss: &'static str) -> Self {
        let told = answer(&Supervisor::named(boss).which_children().await);
        journal.note(format!("init: {told}"));
        Self { boss, journal }
    }

    #[call]
    async fn count(&self) -> usize {
        let counts = Supervisor::named(self.boss).count_children().await;
        counts.expect("its supervisor waits for nobody").active
    }

    #[call]
    async fn end_me(&self) -> bool {
        let told = Supervisor::named(self.boss).terminate_child("asks").await;
        let told = match told {
            Err(ControlError::Supervisor(error)) => answer(&Err::<(), _>(error)),
            _ => "answered",
        };
        self.journal.note(format!("handler: {told}"));
        true
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        let told = answer(&Supervisor::named(self.boss).which_children().await);
        self.journal.note(format!("terminate, {reason}: {told}"));
    }
}

async fn asks(journal: &Journal) -> (Supervisor, AsksClient) {
    let inside = journal.clone();
    let supervisor = Supervisor::one_for_one().name("boss").await.expect("it starts");
    let start = move || Asks::start(inside.clone(), "boss");
    let child = supervisor.start_child("asks", start).await.expect("it starts");
    (supervisor, child)
}

#[tokio::test(start_paused = true)]
async fn a_child_that_asks_its_supervisor_while_it_starts_or_is_stopped_is_told_of_the_circle() {
    let journal = Journal::new();
    let since = Instant::now();
    let (supervisor, child) = asks(&journal).await;
    assert_eq!(child.count().await, Ok(1));
    supervisor.terminate_child("asks").await.expect("it is known");
    took(since, std::time::Duration::ZERO);
    journal.holds(&["init: a circle", "terminate, shutdown: a circle"]);
}

#[tokio::test(start_paused = true)]
async fn a_child_that_has_its_supervisor_stop_it_is_told_of_the_circle_and_stopped() {
    let journal = Journal::new();
    let since = Instant::now();
    let (supervisor, child) = asks(&journal).await;
    assert_eq!(child.end_me().await, Ok(true));
    settle().await;
    took(since, std::time::Duration::ZERO);
    assert_eq!(phase(&supervisor, "asks").await, genserver_runtime::ChildPhase::Stopped);
    journal.holds(&["init: a circle", "handler: a circle", "terminate, shutdown: a circle"]);
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_ends_is_not_held_up_by_a_child_that_asks_it() {
    let journal = Journal::new();
    let (supervisor, _child) = asks(&journal).await;
    let since = Instant::now();
    supervisor.stop().await.expect("it stops");
    assert!(since.elapsed() < SECOND, "{:?}", since.elapsed());
    let last = journal.lines().pop().expect("it ended");
    assert!(last.starts_with("terminate, shutdown: "), "{last}");
}
