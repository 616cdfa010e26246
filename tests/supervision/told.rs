//! What a supervisor writes to `tracing`.

use genserver_runtime::prelude::*;
use genserver_runtime::{Restart, Shutdown};
use tracing::Level;

use crate::brood::{Ends, Mood, SECOND, crash, named, slow};
use crate::child::ChildClient;
use crate::crew::{Begins, other};
use crate::events::{Events, Told};
use crate::support::{Journal, settle};

/// What a supervisor told of its children of this type: message, child, reason.
fn of_children(events: &Events, server: &str, level: Level) -> Vec<(String, String, String)> {
    let told = events.of(server, level).into_iter();
    let told = told.filter(|told| told.level == level && !told.get("child").is_empty());
    told.map(|told| (told.message().into(), told.get("child").into(), told.get("reason").into()))
        .collect()
}

fn line(message: &str, child: &str, reason: &str) -> (String, String, String) {
    (message.into(), child.into(), reason.into())
}

#[tokio::test(start_paused = true)]
async fn sup_39_a_child_that_ends_otherwise_at_a_shutdown_is_told_and_the_shutdown_goes_on() {
    let events = Events::listen();
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one()
        .spec(slow(&journal, "a", Ends::After(SECOND)))
        .spec(slow(&journal, "b", Ends::Never).shutdown(Shutdown::After(SECOND)))
        .spec(slow(&journal, "c", Ends::Panics))
        .spec(slow(&journal, "d", Ends::After(SECOND)).shutdown(Shutdown::Kill))
        .await
        .expect("its children start");
    supervisor.stop().await.expect("it stops");
    let odd = "child did not shut down as asked";
    assert_eq!(
        of_children(&events, "Slow", Level::ERROR),
        [line(odd, "c", "`terminate` panicked: expected: no end"), line(odd, "b", "killed")]
    );
    assert_eq!(journal.lines()[4..], ["-a shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn sup_39_an_end_that_the_supervisor_has_not_seen_to_is_found_at_its_shutdown() {
    let cases = [
        (Restart::Permanent, ExitReason::Normal, true),
        (Restart::Permanent, ExitReason::ShutdownWith("done".into()), true),
        (Restart::Permanent, ExitReason::Shutdown, false),
        (Restart::Permanent, other("moved"), true),
        (Restart::Transient, ExitReason::Normal, false),
        (Restart::Transient, ExitReason::ShutdownWith("done".into()), false),
        (Restart::Temporary, other("moved"), true),
    ];
    for (restart, reason, is_told) in cases {
        let events = Events::listen();
        let journal = Journal::new();
        let supervisor = Supervisor::one_for_one().await.expect("it starts");
        let child = supervisor.start(named(&journal, "a").restart(restart)).await;
        let child = child.expect("it starts");
        let ended = child.monitor();
        supervisor.sys().suspend().await.expect("it runs");
        child.quit(reason.clone()).await.expect("it replies first");
        ended.await;
        supervisor.stop_now().await.expect("it stops");
        let expected = line("child did not shut down as asked", "a", &reason.to_string());
        let told = of_children(&events, "Child", Level::ERROR);
        assert_eq!(told, if is_told { vec![expected] } else { Vec::new() }, "{restart} {reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn sup_47_an_exit_signal_that_is_nobodys_end_is_told_and_harms_nothing() {
    let events = Events::listen();
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().spec(named(&journal, "a")).await;
    let supervisor = supervisor.expect("its children start");
    for reason in [ExitReason::Normal, ExitReason::Shutdown, other("lost")] {
        supervisor.exit(reason);
    }
    supervisor.sync().await.expect("it runs");
    let told = events.of("", Level::ERROR);
    let reasons: Vec<_> = told.iter().map(|told| told.get("reason")).collect();
    assert_eq!(reasons, ["normal", "shutdown", "lost"]);
    assert!(told.iter().all(|told| told.get("supervisor") == number(&supervisor)));
    journal.holds(&["+a"]);
}

fn number(supervisor: &Supervisor) -> String {
    supervisor.id().expect("it runs").as_u64().to_string()
}

#[tokio::test(start_paused = true)]
async fn sup_49_each_start_and_end_is_told_with_the_child_it_is_about() {
    let events = Events::listen();
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().spec(named(&journal, "a")).await;
    let supervisor = supervisor.expect("its children start");
    let child = ChildClient::named("a");
    let first = child.id().expect("it runs");
    crash(&child).await;
    let second = child.id().expect("it runs");

    let started: Vec<Told> = events.of("Child", Level::INFO);
    let started: Vec<_> = started.iter().filter(|told| told.message() == "child started").collect();
    let ids: Vec<_> = started.iter().map(|told| told.get("id").to_owned()).collect();
    assert_eq!(ids, [first, second].map(|id| id.as_u64().to_string()));
    for told in started {
        assert_eq!(told.level, Level::INFO);
        assert_eq!((told.get("child"), told.get("restart")), ("a", "permanent"));
        assert_eq!(told.get("supervisor"), number(&supervisor));
    }

    let reason = "`boom` panicked: expected: boom";
    assert_eq!(
        of_children(&events, "Child", Level::ERROR),
        [line("child terminated", "a", reason)]
    );
}

#[tokio::test(start_paused = true)]
async fn sup_49_an_end_that_a_child_is_there_for_is_no_trouble() {
    for restart in [Restart::Transient, Restart::Temporary] {
        let events = Events::listen();
        let supervisor = Supervisor::one_for_one().await.expect("it starts");
        for reason in
            [ExitReason::Normal, ExitReason::Shutdown, ExitReason::ShutdownWith("x".into())]
        {
            let spec = named(&Journal::new(), "a").restart(restart);
            let child = supervisor.start(spec).await.expect("it starts");
            child.quit(reason).await.expect("it replies first");
            settle().await;
            drop(supervisor.terminate_child("a").await);
            drop(supervisor.delete_child("a").await);
        }
        events.no_trouble("Child");
    }
}

#[tokio::test(start_paused = true)]
async fn sup_49_a_start_that_fails_is_told() {
    let events = Events::listen();
    let mood = Mood::new(Begins::Fail);
    let supervisor = Supervisor::one_for_one().intensity(1, SECOND).await.expect("it starts");
    supervisor.start(mood.spec("a")).await.expect_err("it fails");
    let failed = || line("child did not start", "a", "init failed: \"fail\"");
    assert_eq!(of_children(&events, "Birth", Level::ERROR), [failed()]);

    mood.set(Begins::Ready);
    let child = supervisor.start(mood.spec("a")).await.expect("it starts");
    mood.set(Begins::Fail);
    let ended = supervisor.monitor();
    child.kill().await.expect("it runs");
    ended.await;
    // The restart, and no more: the second try would be one restart too many.
    assert_eq!(
        of_children(&events, "Birth", Level::ERROR)[1..],
        [line("child terminated", "a", "killed"), failed()]
    );
    let top = events.of("", Level::ERROR);
    assert_eq!(top.len(), 1, "{top:#?}");
    assert_eq!(top[0].message(), "shutdown: reached the maximum restart intensity");
}
