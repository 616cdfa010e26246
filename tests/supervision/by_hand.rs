//! Children that are started, stopped, started again, forgotten and looked at by hand.

use std::convert::Infallible;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{
    ChildCounts, ChildError, ChildInfo, ChildPhase, ChildSpec, ControlError, Restart, Shutdown,
};

use crate::brood::{HOUR, Mood, crash, family, named, patient, phase};
use crate::child::{Child, ChildClient};
use crate::crew::Begins;
use crate::support::{Journal, settle};

#[tokio::test(start_paused = true)]
async fn sup_6_a_child_that_is_not_started_is_kept_unless_it_is_temporary() {
    let mood = Mood::new(Begins::Ignore);
    let supervisor = Supervisor::one_for_one()
        .spec(mood.spec("a"))
        .spec(mood.spec("b").restart(Restart::Transient))
        .spec(mood.spec("c").restart(Restart::Temporary))
        .await
        .expect("nothing failed");
    assert_eq!(phase(&supervisor, "a").await, ChildPhase::Stopped);
    assert_eq!(phase(&supervisor, "b").await, ChildPhase::Stopped);
    assert_eq!(supervisor.child("c").await, Err(ControlError::NotFound));

    let error = supervisor.start(mood.spec("d")).await.expect_err("there is no client");
    assert!(matches!(error, ChildError::Start(StartError::Ignored)), "{error:?}");
    assert_eq!(phase(&supervisor, "d").await, ChildPhase::Stopped);
    let temporary = mood.spec("e").restart(Restart::Temporary);
    let error = supervisor.start(temporary).await.expect_err("there is no client");
    assert!(matches!(error, ChildError::Start(StartError::Ignored)), "{error:?}");
    assert_eq!(supervisor.child("e").await, Err(ControlError::NotFound));

    assert_eq!(supervisor.restart_child("a").await, Ok(None));
    mood.set(Begins::Ready);
    assert!(matches!(supervisor.restart_child("a").await, Ok(Some(_))));
}

#[tokio::test(start_paused = true)]
async fn sup_6_a_child_may_choose_not_to_be_started_again() {
    let mood = Mood::new(Begins::Ready);
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(mood.spec("a")).await.expect("it starts");
    mood.set(Begins::Ignore);
    child.kill().await.expect("it runs");
    settle().await;
    assert_eq!(phase(&supervisor, "a").await, ChildPhase::Stopped);
    assert_eq!(child.ping().await, Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn sup_7_what_a_start_gives_besides_reaches_who_started_the_child() {
    let journal = Journal::new();
    let inside = journal.clone();
    let mut starts = 0;
    let spec = ChildSpec::new("a", move || {
        starts += 1;
        let (start, nth) = (Child::start(inside.clone(), "a"), starts);
        async move { Ok::<_, StartError<Infallible, ChildClient>>((start.await?, nth)) }
    });
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let (child, nth) = supervisor.start(spec).await.expect("it starts");
    assert_eq!(nth, 1);
    crash(&child).await;
    assert_eq!(child.add(1).await, Ok(1), "it follows");

    supervisor.terminate_child("a").await.expect("it is known");
    let again = supervisor.restart::<(ChildClient, i32)>("a").await.expect("it is stopped");
    let (again, nth) = again.expect("it starts");
    assert_eq!((again.id(), nth), (child.id(), 3));
    supervisor.terminate_child("a").await.expect("it is known");
    let other = supervisor.restart::<ChildClient>("a").await;
    assert!(matches!(other, Err(ControlError::OtherType)), "{other:?}");
    assert_eq!(child.add(1).await, Ok(1), "it runs all the same");
}

#[tokio::test(start_paused = true)]
async fn sup_8_a_child_whose_start_fails_is_not_added() {
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    for begins in [Begins::Fail, Begins::Stop, Begins::Panic] {
        let error = supervisor.start(Mood::new(begins).spec("a")).await.expect_err("it fails");
        let as_expected = match &error {
            ChildError::Start(StartError::Init(error)) => {
                *error == if begins == Begins::Fail { "fail" } else { "stop" }
            }
            ChildError::Start(StartError::Panic(_)) => begins == Begins::Panic,
            _ => false,
        };
        assert!(as_expected, "{error:?}");
        assert_eq!(supervisor.child("a").await, Err(ControlError::NotFound));
    }
    let child = supervisor.start(Mood::new(Begins::Ready).spec("a")).await.expect("it is free");
    assert_eq!(child.ping().await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn sup_9_an_id_is_taken_by_a_child_however_it_stands() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    let error = supervisor.start(named(&journal, "a")).await.expect_err("it is taken");
    assert!(matches!(error, ChildError::AlreadyStarted(id) if Some(id) == child.id()), "{error:?}");
    crash(&child).await;
    assert_eq!(phase(&supervisor, "a").await, ChildPhase::Restarting);
    let error = supervisor.start(named(&journal, "a")).await.expect_err("it is taken");
    assert!(matches!(error, ChildError::AlreadyPresent), "{error:?}");
    supervisor.terminate_child("a").await.expect("it is known");
    let error = supervisor.start(named(&journal, "a")).await.expect_err("it is taken");
    assert!(matches!(error, ChildError::AlreadyPresent), "{error:?}");
    journal.holds(&["+a", "-a `boom` panicked: expected: boom"]);
}

#[tokio::test(start_paused = true)]
async fn sup_10_a_child_that_is_stopped_by_hand_stays_stopped() {
    for restart in [Restart::Permanent, Restart::Transient, Restart::Temporary] {
        let journal = Journal::new();
        let supervisor = Supervisor::one_for_one().await.expect("it starts");
        let child = supervisor.start(named(&journal, "a").restart(restart)).await;
        let child = child.expect("it starts");
        let ended = child.monitor();
        assert_eq!(supervisor.terminate_child("a").await, Ok(()));
        assert_eq!(ended.await.reason, ExitReason::Shutdown);
        settle().await;
        journal.holds(&["+a", "-a shutdown"]);
        assert_eq!(child.add(1).await, Err(ServerError::NotRunning));
        if restart == Restart::Temporary {
            assert_eq!(supervisor.terminate_child("a").await, Err(ControlError::NotFound));
        } else {
            assert_eq!(phase(&supervisor, "a").await, ChildPhase::Stopped);
            assert_eq!(supervisor.terminate_child("a").await, Ok(()));
        }
        assert_eq!(supervisor.terminate_child("b").await, Err(ControlError::NotFound));
    }
}

#[tokio::test(start_paused = true)]
async fn sup_12_a_child_is_started_again_by_hand() {
    let mood = Mood::new(Begins::Ready);
    let supervisor = patient().await;
    let child = supervisor.start(mood.spec("a")).await.expect("it starts");
    assert_eq!(supervisor.restart_child("a").await, Err(ControlError::Running));
    assert_eq!(supervisor.restart_child("b").await, Err(ControlError::NotFound));
    supervisor.terminate_child("a").await.expect("it is known");

    mood.set(Begins::Fail);
    let error = supervisor.restart_child("a").await.expect_err("it fails");
    assert_eq!(error, ControlError::Start("init failed: \"fail\"".into()));
    assert_eq!(phase(&supervisor, "a").await, ChildPhase::Stopped);

    mood.set(Begins::Ready);
    let id = supervisor.restart_child("a").await.expect("it starts");
    assert_eq!(id, child.id());
    assert_eq!(child.ping().await, Ok(7));

    child.kill().await.expect("it runs");
    assert_eq!(phase(&supervisor, "a").await, ChildPhase::Restarting);
    assert_eq!(supervisor.restart_child("a").await, Err(ControlError::Restarting));
}

#[tokio::test(start_paused = true)]
async fn sup_13_a_child_is_forgotten_when_it_is_stopped() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let child = supervisor.start(named(&journal, "a")).await.expect("it starts");
    assert_eq!(supervisor.delete_child("a").await, Err(ControlError::Running));
    assert_eq!(supervisor.delete_child("b").await, Err(ControlError::NotFound));
    crash(&child).await;
    assert_eq!(supervisor.delete_child("a").await, Err(ControlError::Restarting));
    supervisor.terminate_child("a").await.expect("it is known");
    assert_eq!(supervisor.delete_child("a").await, Ok(()));
    assert_eq!(supervisor.delete_child("a").await, Err(ControlError::NotFound));
    // An attempt that was due for it finds nobody.
    crate::support::pass(2 * HOUR).await;
    assert_eq!(supervisor.which_children().await, Ok(Vec::new()));
    let again = supervisor.start(named(&journal, "a")).await.expect("the id is free");
    assert_eq!(again.add(1).await, Ok(1));
    assert_eq!(child.add(1).await, Err(ServerError::NotRunning), "it was another child");
}

#[tokio::test(start_paused = true)]
async fn sup_14_a_supervisor_that_has_ended_says_so() {
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    supervisor.stop().await.expect("it stops");
    let gone = ControlError::Supervisor(ServerError::NotRunning);
    assert_eq!(supervisor.terminate_child("a").await, Err(gone.clone()));
    assert_eq!(supervisor.restart_child("a").await, Err(gone.clone()));
    assert_eq!(supervisor.delete_child("a").await, Err(gone.clone()));
    assert_eq!(supervisor.child("a").await, Err(gone));
    assert_eq!(supervisor.which_children().await, Err(ServerError::NotRunning));
    assert_eq!(supervisor.count_children().await, Err(ServerError::NotRunning));
    let journal = Journal::new();
    let error = supervisor.start(named(&journal, "a")).await.expect_err("nobody is there");
    assert!(matches!(error, ChildError::Supervisor(ServerError::NotRunning)), "{error:?}");
    journal.holds(&[]);
}

fn ids(children: Vec<ChildInfo>) -> Vec<String> {
    children.into_iter().map(|child| child.id.expect("it has an id").to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn sup_15_the_children_are_listed_the_latest_first() {
    let journal = Journal::new();
    let supervisor = family(&journal, &["a", "b"]).await;
    let _inner = supervisor.start_child("inner", Supervisor::one_for_one).await.expect("it starts");
    supervisor.terminate_child("a").await.expect("it is known");
    let children = supervisor.which_children().await.expect("it runs");
    let b = ChildClient::named("b").id().expect("it runs");
    assert_eq!(children[1].phase, ChildPhase::Running(b));
    assert_eq!(children[2].phase, ChildPhase::Stopped);
    let kinds: Vec<_> = children.iter().map(|child| (child.server, child.supervisor)).collect();
    assert_eq!(kinds, [("Supervisor", true), ("Child", false), ("Child", false)]);
    assert_eq!(ids(children), ["inner", "b", "a"]);
    // Started again, a child has the place that it had.
    supervisor.restart_child("a").await.expect("it starts");
    assert_eq!(ids(supervisor.which_children().await.expect("it runs")), ["inner", "b", "a"]);
}

#[tokio::test(start_paused = true)]
async fn sup_16_children_are_counted() {
    let journal = Journal::new();
    let supervisor = patient().await;
    let counts = || async {
        let ChildCounts { specs, active, supervisors, workers, .. } =
            supervisor.count_children().await.expect("it runs");
        [specs, active, supervisors, workers]
    };
    assert_eq!(counts().await, [0, 0, 0, 0]);
    let a = supervisor.start(named(&journal, "a")).await.expect("it starts");
    let _b = supervisor.start(named(&journal, "b")).await.expect("it starts");
    let _inner = supervisor.start_child("inner", Supervisor::one_for_one).await.expect("it starts");
    assert_eq!(counts().await, [3, 3, 1, 2]);
    crash(&a).await;
    assert_eq!(counts().await, [3, 2, 1, 2], "one waits for its restart");
    supervisor.terminate_child("inner").await.expect("it is known");
    assert_eq!(counts().await, [3, 1, 1, 2]);
    supervisor.delete_child("inner").await.expect("it is stopped");
    assert_eq!(counts().await, [2, 1, 0, 2]);
}

#[tokio::test(start_paused = true)]
async fn sup_17_sup_18_a_specification_has_its_defaults_filled_in() {
    let journal = Journal::new();
    let supervisor = family(&journal, &["a"]).await;
    let _inner = supervisor.start_child("inner", Supervisor::one_for_one).await.expect("it starts");
    let other = named(&journal, "b").restart(Restart::Transient).shutdown(Shutdown::Kill);
    let _other = supervisor.start(other).await.expect("it starts");

    let child = supervisor.child("a").await.expect("it is known");
    assert_eq!(child.id.as_deref(), Some("a"));
    assert_eq!((child.server, child.supervisor), ("Child", false));
    assert_eq!(child.restart, Restart::Permanent);
    assert_eq!(child.shutdown, Shutdown::After(Duration::from_secs(5)));
    assert!(!child.significant);
    assert_eq!(child.restarts, 0);

    let inner = supervisor.child("inner").await.expect("it is known");
    assert_eq!((inner.server, inner.supervisor), ("Supervisor", true));
    assert_eq!((inner.restart, inner.shutdown), (Restart::Permanent, Shutdown::Infinity));

    let other = supervisor.child("b").await.expect("it is known");
    assert_eq!((other.restart, other.shutdown), (Restart::Transient, Shutdown::Kill));
    assert_eq!(supervisor.child("c").await, Err(ControlError::NotFound));
}
