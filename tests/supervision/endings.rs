//! How a supervisor and its children end.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildSpec, Shutdown};
use tokio::time::Instant;

use crate::brood::{Ends, HOUR, SECOND, family, named, slow};
use crate::child::{Child, ChildClient};
use crate::crew::other;
use crate::support::{Gate, Journal, exited, settle, took};

#[tokio::test(start_paused = true)]
async fn sup_2_each_child_is_waited_for_before_the_next_is_stopped() {
    let journal = Journal::new();
    let each = Duration::from_millis(150);
    let names = ["a", "b", "c", "d"];
    let start = names.iter().fold(Supervisor::one_for_one(), |start, name| {
        start.spec(slow(&journal, name, Ends::After(each)))
    });
    let supervisor = start.await.expect("its children start");
    let since = Instant::now();
    supervisor.stop().await.expect("it stops");
    took(since, 4 * each);
    assert_eq!(journal.lines()[4..], ["-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn sup_35_a_brutal_kill_runs_no_terminate() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(named(&journal, "a").shutdown(Shutdown::Kill)).await;
    let ended = child.expect("it starts").monitor();
    supervisor.stop().await.expect("it stops");
    assert_eq!(ended.await.reason, ExitReason::Killed);
    journal.holds(&["+a"]);
}

#[tokio::test(start_paused = true)]
async fn sup_35_a_child_that_is_killed_at_a_shutdown_runs_terminate_at_its_own_ends() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(named(&journal, "a").shutdown(Shutdown::Kill)).await;
    child.expect("it starts").boom().await.expect_err("it panics");
    settle().await;
    journal.holds(&["+a", "-a `boom` panicked: expected: boom", "+a"]);
}

#[tokio::test(start_paused = true)]
async fn sup_36_a_child_has_its_time_and_is_killed_then() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one()
        .spec(slow(&journal, "a", Ends::Never).shutdown(Shutdown::After(8 * SECOND)))
        .spec(slow(&journal, "b", Ends::After(2 * SECOND)).shutdown(Shutdown::After(3 * SECOND)))
        .spec(slow(&journal, "c", Ends::Never).shutdown(Shutdown::After(SECOND)))
        .await
        .expect("its children start");
    let ended = supervisor.monitor();
    let child = crate::brood::SlowClient::named("a").monitor();
    let since = Instant::now();
    supervisor.stop().await.expect("it stops");
    took(since, 11 * SECOND);
    assert_eq!(child.await.reason, ExitReason::Killed);
    assert_eq!(ended.await.reason, ExitReason::Normal);
    journal.holds(&["+a", "+b", "+c", "-b shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn sup_36_a_worker_may_have_all_the_time_too() {
    let journal = Journal::new();
    let child = slow(&journal, "a", Ends::After(HOUR)).shutdown(Shutdown::Infinity);
    let supervisor = Supervisor::one_for_one().spec(child).await.expect("it starts");
    let since = Instant::now();
    supervisor.stop().await.expect("it stops");
    took(since, HOUR);
    journal.holds(&["+a", "-a shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn sup_37_a_kill_drops_a_handler_where_it_waits() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let child = slow(&journal, "a", Ends::Never).shutdown(Shutdown::After(SECOND));
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start(child).await.expect("it starts");
    let door = gate.clone();
    let caller = tokio::spawn(async move { child.wait(door).await });
    gate.reached().await;
    let since = Instant::now();
    supervisor.terminate_child("a").await.expect("it is known");
    took(since, SECOND);
    assert_eq!(exited(caller.await.expect("it does not panic")), ExitReason::Killed);
    journal.holds(&["+a"]);
}

#[tokio::test(start_paused = true)]
async fn sup_38_a_child_that_has_unlinked_itself_is_waited_for_all_the_same() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one()
        .spec(slow(&journal, "a", Ends::After(SECOND)))
        .spec(slow(&journal, "b", Ends::Never))
        .await
        .expect("its children start");
    for name in ["a", "b"] {
        let child = crate::brood::SlowClient::named(name);
        child.unlink(supervisor.clone()).await.expect("it runs");
    }
    let since = Instant::now();
    supervisor.stop().await.expect("it stops");
    took(since, 6 * SECOND);
    journal.holds(&["+a", "+b", "-a shutdown"]);
}

/// Starts a supervisor.
pub struct Boss;

#[genserver]
impl Boss {
    #[call]
    async fn hire(&self, cx: &mut Cx<Self>, journal: Journal) -> Supervisor {
        let start = Supervisor::one_for_one().spec(named(&journal, "a")).spec(named(&journal, "b"));
        start.link(cx).await.expect("its children start")
    }

    #[call]
    async fn hire_none(&self, cx: &mut Cx<Self>, journal: Journal) -> bool {
        let start = Supervisor::one_for_one().spec(named(&journal, "a")).spec(named(&journal, "a"));
        start.link(cx).await.is_ok()
    }

    #[call]
    fn boom(&self) {
        panic!("expected: boom");
    }
}

#[tokio::test(start_paused = true)]
async fn sup_50_the_end_of_its_parent_is_its_own() {
    for reason in [ExitReason::Normal, ExitReason::Shutdown, other("moved"), ExitReason::Killed] {
        let journal = Journal::new();
        let boss = Boss::start(Boss).await.expect("it starts");
        let supervisor = boss.hire(journal.clone()).await.expect("it runs");
        let ended = supervisor.monitor();
        if reason == ExitReason::Killed {
            boss.kill().await.expect("it runs");
        } else {
            boss.stop_with(reason.clone()).await.expect("it stops");
        }
        assert_eq!(ended.await.reason, reason);
        journal.holds(&["+a", "+b", "-b shutdown", "-a shutdown"]);
    }
}

#[tokio::test(start_paused = true)]
async fn sup_50_a_parent_that_panics_takes_the_tree_along() {
    let journal = Journal::new();
    let boss = Boss::start(Boss).await.expect("it starts");
    let supervisor = boss.hire(journal.clone()).await.expect("it runs");
    let ended = supervisor.monitor();
    boss.boom().await.expect_err("it panics");
    assert!(matches!(ended.await.reason, ExitReason::Panic(_)));
    journal.holds(&["+a", "+b", "-b shutdown", "-a shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn sup_50_a_supervisor_that_does_not_start_leaves_its_parent_alone() {
    let boss = Boss::start(Boss).await.expect("it starts");
    assert_eq!(boss.hire_none(Journal::new()).await, Ok(false));
    settle().await;
    assert!(boss.is_running());
}

#[tokio::test(start_paused = true)]
async fn sup_50_the_end_of_a_linked_supervisor_reaches_its_parent() {
    let boss = Boss::start(Boss).await.expect("it starts");
    let supervisor = boss.hire(Journal::new()).await.expect("it runs");
    let ended = boss.monitor();
    supervisor.stop_with(ExitReason::Shutdown).await.expect("it stops");
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
}

#[tokio::test(start_paused = true)]
async fn sup_53_children_are_shut_down_whatever_the_supervisors_own_reason() {
    for reason in [ExitReason::Normal, ExitReason::ShutdownWith("moving".into()), other("moved")] {
        let journal = Journal::new();
        let supervisor = family(&journal, &["a", "b"]).await;
        let ended = supervisor.monitor();
        supervisor.stop_with(reason.clone()).await.expect("it stops");
        assert_eq!(ended.await.reason, reason);
        journal.holds(&["+a", "+b", "-b shutdown", "-a shutdown"]);
    }
}

#[tokio::test(start_paused = true)]
async fn nested_trees_end_from_the_leaves() {
    let journal = Journal::new();
    let inside = journal.clone();
    let inner = ChildSpec::new("inner", move || {
        Supervisor::one_for_one().spec(named(&inside, "b")).spec(named(&inside, "c"))
    });
    let supervisor = Supervisor::one_for_one()
        .spec(named(&journal, "a"))
        .spec(inner)
        .spec(named(&journal, "d"))
        .await
        .expect("its children start");
    journal.holds(&["+a", "+b", "+c", "+d"]);
    supervisor.stop().await.expect("it stops");
    let ends = ["-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown"];
    assert_eq!(journal.lines()[4..], ends);
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_is_killed_takes_its_tree_along() {
    let journal = Journal::new();
    let inside = journal.clone();
    let inner = ChildSpec::new("inner", move || {
        Supervisor::one_for_one().spec(named(&inside, "b")).spec(named(&inside, "c"))
    });
    let supervisor = Supervisor::one_for_one().spec(named(&journal, "a")).spec(inner).await;
    let supervisor = supervisor.expect("its children start");
    let ends = ["a", "b", "c"].map(|name| ChildClient::named(name).monitor());
    supervisor.kill().await.expect("it runs");
    for end in ends {
        end.await;
    }
    let lines = journal.lines();
    let place = |line: &str| lines.iter().position(|noted| noted == line).expect("it ended");
    assert!(place("-c shutdown") < place("-b shutdown"), "{lines:?}");
    assert_eq!(lines.len(), 6, "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_ends_with_its_last_client_and_its_children_with_it() {
    let journal = Journal::new();
    let supervisor = family(&journal, &["a"]).await;
    let ended = supervisor.monitor();
    let child = ChildClient::whereis("a").expect("it runs");
    drop(supervisor);
    assert_eq!(ended.await.reason, ExitReason::Normal);
    assert_eq!(child.add(1).await, Err(ServerError::NotRunning));
    journal.holds(&["+a", "-a shutdown"]);
}

/// How long it takes to start and stop so many children, a child.
async fn cost(children: u32) -> Duration {
    let since = std::time::Instant::now();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    for nth in 0..children {
        let journal = Journal::new();
        let start = move || Child::start(journal.clone(), "child");
        let _child = supervisor.start_child(nth.to_string(), start).await.expect("it starts");
    }
    supervisor.stop().await.expect("it stops");
    since.elapsed() / children
}

#[tokio::test]
async fn sup_48_a_child_of_many_costs_what_one_of_few_does() {
    let few = cost(500).await;
    let many = cost(20_000).await;
    assert!(many <= 10 * few, "{many:?} of many, {few:?} of few");
}
