//! Children that wait for a sibling which their supervisor starts again when it has stopped them.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildSpec, Shutdown};
use tokio::time::Instant;

use crate::child::{Child, ChildClient};
use crate::support::{Gate, Journal, settle, took};

/// Asks a sibling, and waits for as long as it takes.
struct Front {
    back: ChildClient,
    journal: Journal,
}

#[genserver]
impl Front {
    #[cast]
    async fn ask(&self, gate: Gate) {
        gate.pass().await;
        let told = self.back.add(1).no_timeout().await;
        self.journal.note(format!("asked: {told:?}"));
    }

    #[cast]
    async fn end_and_ask(&self, gate: Gate) {
        gate.reached_by();
        let ended = self.back.boom().await;
        assert!(matches!(ended, Err(ServerError::Exit(_))), "{ended:?}");
        let told = self.back.add(1).no_timeout().await;
        self.journal.note(format!("asked: {told:?}"));
    }

    #[call]
    fn live(&self) {}
}

async fn tree(journal: &Journal) -> (Supervisor, ChildClient, FrontClient) {
    let supervisor = Supervisor::one_for_all().await.expect("it has no children");
    let noted = Journal::new();
    let start = move || Child::start(noted.clone(), "back");
    let back = supervisor.start_child("back", start).await.expect("it starts");
    let (client, noted) = (back.clone(), journal.clone());
    let start = move || Front::start(Front { back: client.clone(), journal: noted.clone() });
    let front = ChildSpec::new("front", start).shutdown(Shutdown::Infinity);
    let front = supervisor.start(front).await.expect("it starts");
    (supervisor, back, front)
}

#[tokio::test(start_paused = true)]
async fn a_child_that_is_being_stopped_does_not_wait_for_a_sibling() {
    let (journal, gate, since) = (Journal::new(), Gate::new(), Instant::now());
    let (supervisor, back, front) = tree(&journal).await;
    front.ask(gate.clone()).await.expect("it runs");
    gate.reached().await;
    back.boom().await.expect_err("it panics");
    settle().await; // The supervisor waits for the end of the front.
    gate.open();
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, front.live()).await.expect("no circle").expect("it comes again");
    took(since, Duration::ZERO);
    journal.holds(&["asked: Err(Restarting)"]);
    supervisor.stop().await.expect("it runs");
}

#[tokio::test(start_paused = true)]
async fn a_child_that_waits_for_a_sibling_is_told_when_it_is_to_be_stopped() {
    let (journal, gate, since) = (Journal::new(), Gate::new(), Instant::now());
    let (supervisor, _back, front) = tree(&journal).await;
    front.end_and_ask(gate.clone()).await.expect("it runs");
    gate.reached().await;
    settle().await;
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, front.live()).await.expect("no circle").expect("it comes again");
    took(since, Duration::ZERO);
    journal.holds(&["asked: Err(Restarting)"]);
    supervisor.stop().await.expect("it runs");
}
