//! A supervisor that was killed has children that still end when its successor starts: they are waited
//! for, and cost nobody a restart.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildError, ChildSpec, Shutdown};
use tokio::time::Instant;

use crate::brood::{Ends, SECOND, SlowClient, named, slow};
use crate::child::ChildClient;
use crate::support::{Gate, Journal, pass, settle, took};

/// A root without a restart to spare, but for that of `inner`.
async fn root_of(
    inner: impl FnMut() -> genserver_runtime::StartSupervisor + Send + 'static,
) -> Supervisor {
    let root = Supervisor::one_for_one().intensity(1, 60 * SECOND);
    root.child("inner", inner).await.expect("its children start")
}

#[tokio::test(start_paused = true)]
async fn the_successor_of_a_killed_supervisor_waits_for_the_names_of_its_children() {
    let (journal, inside) = (Journal::new(), Journal::new());
    let notes = inside.clone();
    let root = root_of(move || {
        let notes = notes.clone();
        Supervisor::one_for_one().name("inner").child("deeper", move || {
            Supervisor::one_for_one().spec(named(&notes, "a")).spec(slow(
                &notes,
                "b",
                Ends::After(2 * SECOND),
            ))
        })
    })
    .await;
    let gate = Gate::new();
    let waits = SlowClient::named("b").wait(gate.clone()).send().await.expect("it runs");
    gate.reached().await;
    let since = Instant::now();
    Supervisor::named("inner").kill().await.expect("it runs");
    pass(SECOND).await;
    journal.note(format!("{:?}", ChildClient::named("a").is_running()));
    gate.open();
    waits.await.expect("its handler goes on");
    root.sync().await.expect("it runs");
    took(since, 3 * SECOND);
    // Nobody was there twice, and the last ones went in order.
    inside.holds(&["+a", "+b", "waited", "-b shutdown", "-a shutdown", "+a", "+b"]);
    journal.holds(&["true"]);
    assert_eq!(root.child("inner").await.expect("it is known").restarts, 1);
}

#[tokio::test(start_paused = true)]
async fn a_child_of_a_killed_supervisor_that_does_not_come_to_its_end_is_killed_in_its_time() {
    let journal = Journal::new();
    let inside = journal.clone();
    let root = root_of(move || {
        let child = slow(&inside, "a", Ends::After(Duration::ZERO));
        let child = child.shutdown(Shutdown::After(2 * SECOND));
        Supervisor::one_for_one().name("inner").spec(child)
    })
    .await;
    let gate = Gate::new();
    let waits = SlowClient::named("a").wait(gate.clone()).send().await.expect("it runs");
    gate.reached().await;
    let (since, ended) = (Instant::now(), SlowClient::named("a").monitor());
    Supervisor::named("inner").kill().await.expect("it runs");
    assert_eq!(waits.await, Err(ServerError::Exit(ExitReason::Killed)));
    assert_eq!(ended.await.reason, ExitReason::Killed);
    took(since, 2 * SECOND);
    root.sync().await.expect("it runs");
    took(since, 2 * SECOND);
    assert!(SlowClient::named("a").is_running());
    assert_eq!(root.child("inner").await.expect("it is known").restarts, 1);
}

#[tokio::test(start_paused = true)]
async fn who_has_the_name_and_stays_is_not_waited_for() {
    let journal = Journal::new();
    let _holder = crate::child::Child::start(journal.clone(), "a").name("a").await;
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let since = Instant::now();
    let taken = supervisor.start(named(&journal, "a")).await;
    assert!(matches!(taken, Err(ChildError::Start(StartError::AlreadyStarted(_)))), "{taken:?}");
    took(since, Duration::ZERO);
}

/// Its name is that of a child of the same supervisor, which ends when that one ends.
#[tokio::test(start_paused = true)]
async fn a_sibling_that_has_the_name_is_not_waited_for_while_their_supervisor_ends() {
    let journal = Journal::new();
    let begins = Gate::new();
    let supervisor = Supervisor::one_for_one().spec(named(&journal, "a")).await;
    let supervisor = supervisor.expect("its children start");
    let (inside, gate) = (journal.clone(), begins.clone());
    let twin = ChildSpec::new("twin", move || {
        let (journal, gate) = (inside.clone(), gate.clone());
        async move {
            gate.pass().await;
            crate::child::Child::start(journal, "twin").name("a").await
        }
    });
    let starting = tokio::spawn({
        let supervisor = supervisor.clone();
        async move { supervisor.start(twin).await }
    });
    begins.reached().await;
    let stopping = supervisor.stop();
    settle().await;
    let since = Instant::now();
    begins.open();
    let taken = starting.await.expect("it does not panic");
    assert!(matches!(taken, Err(ChildError::Start(StartError::AlreadyStarted(_)))), "{taken:?}");
    stopping.await.expect("it stops");
    took(since, Duration::ZERO);
}
