//! How a supervisor starts, and what it refuses.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{
    Backoff, ChildPhase, ChildSpec, Restart, Shutdown, SpecError, StartSupervisor, SupervisorError,
};

use crate::brood::{Mood, SECOND, crash, family, named, phase};
use crate::child::ChildClient;
use crate::crew::Begins;
use crate::support::{Gate, Journal, settle};

/// Begins when it may.
pub struct Waiting;

#[genserver]
impl Waiting {
    #[init]
    async fn new(journal: Journal, gate: Gate) -> Self {
        gate.pass().await;
        journal.note("+waiting");
        Self
    }
}

#[tokio::test(start_paused = true)]
async fn sup_1_a_child_waits_for_the_one_before_and_the_start_for_all() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let (inside, door) = (journal.clone(), gate.clone());
    let start = Supervisor::one_for_one()
        .child("waiting", move || Waiting::start(inside.clone(), door.clone()))
        .spec(named(&journal, "b"));
    let start = tokio::spawn(start.into_future());
    gate.reached().await;
    settle().await;
    journal.holds(&[]);
    assert!(!start.is_finished());
    gate.open();
    let supervisor = start.await.expect("it does not panic").expect("its children start");
    journal.holds(&["+waiting", "+b"]);
    assert!(supervisor.is_running());
}

#[tokio::test(start_paused = true)]
async fn sup_4_a_supervisor_may_choose_not_to_start() {
    let supervisor = Supervisor::one_for_one()
        .child("inner", async || {
            Err::<Supervisor, StartError<SupervisorError, _>>(StartError::Ignored)
        })
        .await
        .expect("nothing failed");
    assert_eq!(phase(&supervisor, "inner").await, ChildPhase::Stopped);
}

/// Two children, and one that begins so.
async fn with_third(begins: Begins) -> (StartError<SupervisorError, Supervisor>, Journal) {
    let journal = Journal::new();
    let start = Supervisor::one_for_one()
        .spec(named(&journal, "a"))
        .spec(named(&journal, "b"))
        .spec(Mood::new(begins).spec("c"))
        .spec(named(&journal, "d"))
        .name("top")
        .timeout(SECOND);
    let error = start.await.expect_err("a child does not start");
    (error, journal)
}

#[tokio::test(start_paused = true)]
async fn sup_5_a_child_that_does_not_start_takes_those_before_it_back() {
    let reasons = [
        (Begins::Fail, "init failed: \"fail\""),
        (Begins::Stop, "init failed: \"stop\""),
        (Begins::Panic, "`init` panicked: stillborn"),
    ];
    for (begins, reason) in reasons {
        let (error, journal) = with_third(begins).await;
        let StartError::Init(error) = error else { panic!("not of init: {error:?}") };
        let expected = SupervisorError::Child { id: "c".into(), reason: reason.into() };
        assert_eq!(error, expected);
        journal.holds(&["+a", "+b", "-b shutdown", "-a shutdown"]);
        assert!(ChildClient::whereis("a").is_none() && Supervisor::whereis("top").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn sup_5_a_start_that_takes_too_long_takes_its_children_along() {
    let (error, journal) = with_third(Begins::Waits).await;
    assert!(matches!(error, StartError::Timeout { after: SECOND }), "{error:?}");
    settle().await;
    journal.holds(&["+a", "+b", "-b killed", "-a killed"]);
    assert!(ChildClient::whereis("a").is_none() && Supervisor::whereis("top").is_none());
}

#[tokio::test(start_paused = true)]
async fn sup_5_a_name_that_is_taken_starts_no_child() {
    let journal = Journal::new();
    let first = Supervisor::one_for_one().name("top").await.expect("it starts");
    let error = Supervisor::one_for_one().spec(named(&journal, "a")).name("top").await;
    let StartError::AlreadyStarted(holder) = error.expect_err("it is taken") else {
        panic!("the holder is told")
    };
    assert_eq!(holder.id(), first.id());
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn sup_19_three_restarts_in_five_seconds_unless_it_is_said() {
    let journal = Journal::new();
    let supervisor = family(&journal, &["a"]).await;
    let ended = supervisor.monitor();
    let child = ChildClient::named("a");
    for _ in 0..2 {
        for _ in 0..3 {
            crash(&child).await;
            assert!(supervisor.is_running());
        }
        crate::support::pass(Duration::from_millis(5_001)).await;
    }
    for _ in 0..4 {
        crash(&child).await;
    }
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
}

#[tokio::test(start_paused = true)]
async fn sup_20_sup_22_what_makes_no_sense_is_refused_before_a_child_starts() {
    let journal = Journal::new();
    let with = |start: StartSupervisor| start.spec(named(&journal, "a"));
    let top = Supervisor::one_for_one;
    let significant = named(&journal, "b").significant();
    let cases = [
        (top().intensity(1, Duration::ZERO), SpecError::ZeroPeriod),
        (top().backoff(Backoff::new(Duration::ZERO, SECOND)), SpecError::ZeroBackoff),
        (top().backoff(Backoff::new(2 * SECOND, SECOND)), SpecError::BackoffOrder),
        (top().backoff(Backoff::new(SECOND, SECOND).jitter(2.0)), SpecError::BackoffJitter),
        (
            top().spec(significant),
            SpecError::BadCombination {
                restart: Restart::Permanent,
                auto_shutdown: genserver_runtime::AutoShutdown::Never,
            },
        ),
    ];
    for (start, expected) in cases {
        let start = with(start);
        assert_eq!(start.check(), Err(SupervisorError::Spec(expected)));
        let error = start.await.expect_err("it is refused");
        assert!(
            matches!(error, StartError::Init(SupervisorError::Spec(error)) if error == expected),
            "{expected:?}"
        );
    }
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn sup_21_two_children_of_one_id_are_refused_before_a_child_starts() {
    let journal = Journal::new();
    let start = Supervisor::one_for_one()
        .spec(named(&journal, "a"))
        .spec(named(&journal, "b"))
        .spec(named(&journal, "a"));
    let expected = SupervisorError::DuplicateChildId("a".into());
    assert_eq!(start.check(), Err(expected.clone()));
    let error = start.await.expect_err("it is refused");
    assert!(matches!(error, StartError::Init(error) if error == expected));
    journal.holds(&[]);
    assert_eq!(Supervisor::one_for_one().spec(named(&journal, "a")).check(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn sup_51_what_a_supervisor_runs_is_told_by_its_status() {
    let supervisor = Supervisor::one_for_one().name("top").await.expect("it starts");
    let status = supervisor.sys().get_status().expect("it runs");
    assert_eq!((status.server, status.name.as_deref()), ("Supervisor", Some("top")));
    assert!(status.trap_exit);
}

/// What is said of a child where its server is written.
pub struct Visitor;

#[genserver(restart = temporary, shutdown = infinity)]
impl Visitor {
    #[call]
    fn ping(&self) -> u32 {
        7
    }
}

/// What it says of an end alone.
pub struct Guest;

#[genserver(restart = transient, shutdown = kill)]
impl Guest {}

#[tokio::test(start_paused = true)]
async fn gs_15_sup_52_a_server_says_how_it_is_supervised_and_who_adds_it_may_say_otherwise() {
    let supervisor = Supervisor::one_for_one()
        .spec(ChildSpec::of(|| Visitor::start(Visitor)))
        .spec(ChildSpec::of(|| Guest::start(Guest)))
        .spec(
            ChildSpec::of(|| Visitor::start(Visitor))
                .id("other")
                .restart(Restart::Permanent)
                .shutdown(Shutdown::After(SECOND)),
        )
        .child("plain", || Visitor::start(Visitor))
        .await
        .expect("its children start");
    let children = supervisor.which_children().await.expect("it runs");
    let specs: Vec<_> = children
        .iter()
        .map(|child| (child.id.as_deref().expect("it has one"), child.restart, child.shutdown))
        .collect();
    assert_eq!(
        specs,
        [
            ("plain", Restart::Temporary, Shutdown::Infinity),
            ("other", Restart::Permanent, Shutdown::After(SECOND)),
            ("Guest", Restart::Transient, Shutdown::Kill),
            ("Visitor", Restart::Temporary, Shutdown::Infinity),
        ]
    );
}
