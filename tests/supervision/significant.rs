//! Supervisors that end with their significant children.

use genserver_runtime::prelude::*;
use genserver_runtime::{AutoShutdown, ChildError, ChildSpec, Restart, SpecError, SupervisorError};

use crate::child::ChildClient;
use crate::restart::{crash, spec};
use crate::support::{Journal, settle};

/// Significant children `a` and `b` of this kind, and `c`, which is not.
async fn start(auto_shutdown: AutoShutdown, restart: Restart, journal: &Journal) -> Supervisor {
    Supervisor::one_for_one()
        .auto_shutdown(auto_shutdown)
        .spec(spec(journal, "a").restart(restart).significant())
        .spec(spec(journal, "b").restart(restart).significant())
        .spec(spec(journal, "c").restart(restart))
        .await
        .expect("its children start")
}

async fn quit(name: &str, reason: ExitReason) {
    ChildClient::named(name).quit(reason).await.expect("it replies first");
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn sup_41_the_first_significant_child_that_ends_by_itself_ends_all() {
    let clean = [ExitReason::Normal, ExitReason::Shutdown, ExitReason::ShutdownWith("done".into())];
    for reason in clean {
        let journal = Journal::new();
        let supervisor = start(AutoShutdown::AnySignificant, Restart::Transient, &journal).await;
        let ended = supervisor.monitor();
        quit("c", ExitReason::Normal).await;
        assert!(supervisor.is_running(), "it is not significant");
        quit("a", reason.clone()).await;
        assert_eq!(ended.await.reason, ExitReason::Shutdown);
        let ends = ["-c normal".into(), format!("-a {reason}"), "-b shutdown".into()];
        assert_eq!(journal.lines()[3..], ends);
    }
}

#[tokio::test(start_paused = true)]
async fn sup_41_a_temporary_one_ends_all_in_any_way() {
    let journal = Journal::new();
    let supervisor = start(AutoShutdown::AnySignificant, Restart::Temporary, &journal).await;
    let ended = supervisor.monitor();
    crash("a").await;
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
}

#[tokio::test(start_paused = true)]
async fn sup_41_one_that_is_stopped_by_hand_does_not_count() {
    let journal = Journal::new();
    let supervisor = start(AutoShutdown::AnySignificant, Restart::Transient, &journal).await;
    supervisor.terminate_child("a").await.expect("it is known");
    settle().await;
    assert!(supervisor.is_running());
}

#[tokio::test(start_paused = true)]
async fn sup_42_only_the_last_significant_child_ends_all() {
    for restart in [Restart::Transient, Restart::Temporary] {
        let journal = Journal::new();
        let supervisor = start(AutoShutdown::AllSignificant, restart, &journal).await;
        let ended = supervisor.monitor();
        quit("b", ExitReason::Normal).await;
        assert!(supervisor.is_running());
        quit("a", ExitReason::Normal).await;
        assert_eq!(ended.await.reason, ExitReason::Shutdown);
        assert_eq!(journal.lines()[3..], ["-b normal", "-a normal", "-c shutdown"]);
    }
}

#[tokio::test(start_paused = true)]
async fn sup_44_a_transient_one_that_crashes_is_restarted() {
    let journal = Journal::new();
    let supervisor = start(AutoShutdown::AnySignificant, Restart::Transient, &journal).await;
    crash("a").await;
    assert!(supervisor.is_running() && ChildClient::named("a").is_running());
}

#[tokio::test(start_paused = true)]
async fn sup_45_what_could_never_count_is_refused() {
    let journal = Journal::new();
    let cases = [
        (AutoShutdown::AnySignificant, Restart::Permanent),
        (AutoShutdown::Never, Restart::Transient),
        (AutoShutdown::Never, Restart::Temporary),
    ];
    for (auto_shutdown, restart) in cases {
        let expected = SpecError::BadCombination { restart, auto_shutdown };
        let significant = || spec(&journal, "a").restart(restart).significant();
        let start = || Supervisor::one_for_one().auto_shutdown(auto_shutdown);
        let error = start().spec(significant()).await.expect_err("it is refused");
        assert!(
            matches!(error, StartError::Init(SupervisorError::Spec(error)) if error == expected)
        );
        let supervisor = start().await.expect("it has no children");
        let error = supervisor.start(significant()).await.expect_err("it is refused");
        assert!(matches!(error, ChildError::Spec(error) if error == expected));
    }
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn sup_46_the_end_of_a_significant_supervisor_is_that_of_its_own() {
    let journal = Journal::new();
    let inside = journal.clone();
    let inner = ChildSpec::new("inner", move || {
        Supervisor::one_for_one()
            .auto_shutdown(AutoShutdown::AnySignificant)
            .spec(spec(&inside, "a").restart(Restart::Transient).significant())
    });
    let supervisor = Supervisor::one_for_one()
        .auto_shutdown(AutoShutdown::AnySignificant)
        .spec(inner.restart(Restart::Transient).significant())
        .spec(spec(&journal, "b"))
        .await
        .expect("its children start");
    let ended = supervisor.monitor();
    quit("a", ExitReason::Normal).await;
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    journal.holds(&["+a", "+b", "-a normal", "-b shutdown"]);
}
