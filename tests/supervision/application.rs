//! Applications: what ends them, in which order and time they stop, and what they say of it.

use std::process::ExitCode;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{
    Activity, Application, AutoShutdown, ChildSpec, Fate, Restart, Running, Shutdown, Stopped,
    Straggler, Why,
};
use tokio::time::Instant;

use crate::child::{Child, ChildClient};
use crate::support::{Gate, Journal, settle, took};

/// Works, or closes, for as long as the test wants.
struct Slow {
    journal: Journal,
    closes: Gate,
}

#[genserver(shutdown = infinity)]
impl Slow {
    #[init]
    async fn new(journal: Journal, begins: Gate, closes: Gate) -> Self {
        begins.pass().await;
        journal.note("+slow");
        Self { journal, closes }
    }

    #[cast]
    async fn work(&self, gate: Gate) {
        gate.pass().await;
    }

    /// Never awaits.
    #[cast]
    fn block(&self, gate: Gate, release: std::sync::mpsc::Receiver<()>) {
        gate.reached_by();
        release.recv().expect("the test lets it go on");
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        self.journal.note("slow closes");
        self.closes.pass().await;
        self.journal.note("-slow");
    }
}

fn open() -> Gate {
    let gate = Gate::new();
    gate.open();
    gate
}

/// A child that notes its start and its end.
fn noting(
    journal: &Journal,
    name: &'static str,
) -> ChildSpec<ChildClient, std::convert::Infallible> {
    let journal = journal.clone();
    ChildSpec::new(name, move || Child::start(journal.clone(), name).name(name))
}

/// A child that is slow, by the name `slow`.
fn slow(
    journal: &Journal,
    begins: Gate,
    closes: Gate,
) -> ChildSpec<SlowClient, std::convert::Infallible> {
    let journal = journal.clone();
    ChildSpec::new("slow", move || {
        Slow::start(journal.clone(), begins.clone(), closes.clone()).name("slow")
    })
}

#[track_caller]
fn succeeds(stopped: &Stopped) {
    assert!(stopped.is_orderly(), "{stopped}");
    assert_eq!(format!("{:?}", stopped.exit_code()), format!("{:?}", ExitCode::SUCCESS));
}

#[track_caller]
fn fails(stopped: &Stopped) {
    assert!(!stopped.is_orderly(), "{stopped}");
    assert_eq!(format!("{:?}", stopped.exit_code()), format!("{:?}", ExitCode::FAILURE));
}

fn paths(stopped: &Stopped) -> Vec<(&str, Fate)> {
    let stragglers = stopped.stragglers.iter();
    stragglers.map(|straggler| (straggler.path.as_str(), straggler.fate)).collect()
}

#[tokio::test(start_paused = true)]
async fn it_starts_in_order_and_stops_in_the_reverse_order_when_it_is_asked() {
    let (journal, stop) = (Journal::new(), Gate::new());
    let root = Supervisor::one_for_one().spec(noting(&journal, "a")).spec(noting(&journal, "b"));
    let application = tokio::spawn({
        let stop = stop.clone();
        async move { Application::new(root).run_until(async { stop.pass().await }).await }
    });
    stop.reached().await;
    journal.until("+b").await;
    stop.open();
    let stopped = application.await.expect("it does not panic");
    journal.holds(&["+a", "+b", "-b shutdown", "-a shutdown"]);
    assert_eq!((&stopped.why, &stopped.reason), (&Why::Asked, &ExitReason::Shutdown));
    succeeds(&stopped);
    assert_eq!(stopped.to_string(), "stopped, in 0ns");
}

#[tokio::test(start_paused = true)]
async fn who_its_supervisor_had_to_kill_is_named_with_what_it_did() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let inner = {
        let journal = journal.clone();
        move || {
            let spec = slow(&journal, open(), Gate::new());
            let spec = spec.shutdown(Shutdown::After(Duration::from_secs(2)));
            Supervisor::one_for_one().spec(spec)
        }
    };
    let root = Supervisor::one_for_one().spec(noting(&journal, "a")).child("inner", inner);
    let running = Application::new(root).start().await.expect("it starts");
    SlowClient::named("slow").work(gate.clone()).await.expect("it runs");
    gate.reached().await;
    let stopped = running.stop().await;
    took(Instant::now().checked_sub(stopped.took).expect("it began"), Duration::from_secs(2));
    journal.holds(&["+a", "+slow", "-a shutdown"]);
    let id = stopped.stragglers[0].id;
    assert_eq!(paths(&stopped), [("inner/slow", Fate::Killed)]);
    let Straggler { server, name, activity, .. } = &stopped.stragglers[0];
    assert_eq!((*server, name.as_deref()), ("Slow", Some("slow")));
    assert_eq!(*activity, Activity::Handling { handler: "work", since: Duration::from_secs(2) });
    assert!(id.as_u64() > 0);
    fails(&stopped);
    assert_eq!(
        stopped.to_string(),
        "stopped, in 2s; 1 server did not stop in its time\n  \
         inner/slow (Slow \"slow\"): killed; `work` had been running for 2s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_child_that_its_supervisor_kills_by_design_is_no_straggler() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let spec = slow(&journal, open(), Gate::new()).shutdown(Shutdown::Kill);
    let root = Supervisor::one_for_one().spec(spec);
    let running = Application::new(root).start().await.expect("it starts");
    SlowClient::named("slow").work(gate.clone()).await.expect("it runs");
    gate.reached().await;
    succeeds(&running.stop().await);
}

#[tokio::test(start_paused = true)]
async fn after_its_time_what_is_left_is_named_and_killed() {
    let (journal, closes) = (Journal::new(), Gate::new());
    let spec = slow(&journal, open(), closes.clone()).shutdown(Shutdown::Infinity);
    let root = Supervisor::one_for_one().spec(noting(&journal, "a")).spec(spec).name("root");
    let application = Application::new(root).shutdown_timeout(Duration::from_secs(3));
    let running = application.start().await.expect("it starts");
    let (root, ends) = (running.root().weak(), SlowClient::named("slow").monitor());
    let stopped = running.stop().await;
    assert_eq!(stopped.took, Duration::from_secs(3));
    assert_eq!(paths(&stopped), [("slow", Fate::Running), ("a", Fate::NotAsked)]);
    assert_eq!(stopped.reason, ExitReason::Killed);
    fails(&stopped);
    assert_eq!(
        stopped.to_string(),
        "stopped, in 3s; 2 servers did not stop in their time\n  \
         slow (Slow \"slow\"): `terminate` has not returned\n  \
         a (Child \"a\"): not asked to stop: its turn did not come"
    );
    ends.await;
    settle().await;
    assert!(!root.is_running() && !ChildClient::named("a").is_running());
    // It was not waited for, and did not come to its end.
    journal.holds(&["+a", "+slow", "slow closes"]);
}

/// Stops an application whose child is in a handler that never awaits.
async fn stop_within(limit: Duration) -> Stopped {
    let (journal, gate) = (Journal::new(), Gate::new());
    let (release, released) = std::sync::mpsc::channel();
    let root =
        Supervisor::one_for_one().spec(slow(&journal, open(), open()).shutdown(Shutdown::Infinity));
    let running = Application::new(root).shutdown_timeout(limit).start().await.expect("it starts");
    let ended = SlowClient::named("slow").monitor();
    SlowClient::named("slow").block(gate.clone(), released).await.expect("it runs");
    gate.reached().await;
    let stopped = running.stop().await;
    release.send(()).expect("it waits");
    ended.await;
    stopped
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_never_awaits_is_named() {
    // The clock is the real one: the time must do for the root to ask its child, however busy the
    // machine is.
    let mut limit = Duration::from_millis(1);
    let stopped = loop {
        let stopped = stop_within(limit).await;
        fails(&stopped);
        match paths(&stopped)[..] {
            [("slow", Fate::Running)] => break stopped,
            [("slow", Fate::NotAsked)] if limit < Duration::from_secs(60) => limit *= 2,
            ref others => panic!("{others:?} after {limit:?}"),
        }
    };
    let activity = stopped.stragglers[0].activity;
    assert!(matches!(activity, Activity::Handling { handler: "block", .. }), "{activity:?}");
}

#[tokio::test(start_paused = true)]
async fn a_root_that_gives_up_is_a_failure() {
    let journal = Journal::new();
    let root = Supervisor::one_for_one().intensity(1, Duration::from_secs(5));
    let running = Application::new(root.spec(noting(&journal, "a"))).start().await;
    let running = running.expect("it starts");
    let (first, child) = (running.root().weak(), ChildClient::named("a"));
    child.boom().await.expect_err("it panics");
    first.sync().await.expect("it runs");
    first.sync().await.expect("it runs");
    child.boom().await.expect_err("it panics");
    let stopped = running.wait().await;
    assert_eq!((&stopped.why, &stopped.reason), (&Why::GaveUp, &ExitReason::Shutdown));
    fails(&stopped);
    assert_eq!(stopped.to_string(), "the root gave up: its children failed too often, in 0ns");
}

#[tokio::test(start_paused = true)]
async fn a_root_that_ends_by_itself_without_a_crash_is_a_success() {
    let journal = Journal::new();
    let spec = noting(&journal, "a").restart(Restart::Transient).significant();
    let root = Supervisor::one_for_one().auto_shutdown(AutoShutdown::AnySignificant).spec(spec);
    let running = Application::new(root).start().await.expect("it starts");
    ChildClient::named("a").quit(ExitReason::Normal).await.expect("it runs");
    let stopped = running.wait().await;
    assert_eq!(stopped.why, Why::RootEnded(ExitReason::Shutdown));
    succeeds(&stopped);
}

#[tokio::test(start_paused = true)]
async fn a_root_that_others_stop_is_bounded_too() {
    let journal = Journal::new();
    let spec = slow(&journal, open(), Gate::new()).shutdown(Shutdown::Infinity);
    let running = Application::new(Supervisor::one_for_one().spec(spec)).start().await;
    let running = running.expect("it starts");
    let stop = running.root().stop();
    let stopped = running.wait().await;
    assert_eq!(stopped.took, Duration::from_secs(8));
    assert_eq!(paths(&stopped), [("slow", Fate::Running)]);
    fails(&stopped);
    stop.await.expect_err("it was killed");
}

#[tokio::test(start_paused = true)]
async fn a_root_that_crashes_is_a_failure() {
    let journal = Journal::new();
    let running = Application::new(Child::start(journal.clone(), "root")).start().await;
    let running: Running<ChildClient> = running.expect("it starts");
    running.root().boom().await.expect_err("it panics");
    let stopped = running.wait().await;
    assert!(matches!(&stopped.why, Why::RootEnded(ExitReason::Panic(_))));
    fails(&stopped);
}

#[tokio::test(start_paused = true)]
async fn a_root_that_does_not_start_is_a_failure() {
    let journal = Journal::new();
    let root = Supervisor::one_for_one().spec(noting(&journal, "a")).spec(noting(&journal, "a"));
    let stopped = Application::new(root).run_until(std::future::pending::<()>()).await;
    let said = "not started: init failed: two children have the id \"a\"";
    assert_eq!(stopped.to_string(), said);
    fails(&stopped);
    // Told before the first of them is started.
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn asked_to_stop_while_it_starts_it_stops_when_it_has_started() {
    let (journal, begins) = (Journal::new(), Gate::new());
    let root = Supervisor::one_for_one().spec(slow(&journal, begins.clone(), open()));
    let asked = {
        let begins = begins.clone();
        async move {
            begins.reached().await;
            begins.open();
        }
    };
    succeeds(&Application::new(root).run_until(asked).await);
    journal.holds(&["+slow", "slow closes", "-slow"]);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_does_not_come_to_its_end_is_given_up_after_the_time() {
    let (journal, begins) = (Journal::new(), Gate::new());
    let root = Supervisor::one_for_one().spec(noting(&journal, "a")).spec(slow(
        &journal,
        begins.clone(),
        open(),
    ));
    let since = Instant::now();
    let stopped = Application::new(root).run_until(async { begins.reached().await }).await;
    took(since, Duration::from_secs(8));
    assert_eq!(stopped.to_string(), "not started: stopped while it was starting");
    fails(&stopped);
    journal.until("-a killed").await;
}

#[tokio::test(start_paused = true)]
async fn an_application_that_is_let_go_of_takes_its_servers_along() {
    let journal = Journal::new();
    let root = Supervisor::one_for_one().spec(noting(&journal, "a"));
    let running = Application::new(root).start().await.expect("it starts");
    drop(running);
    journal.until("-a shutdown").await;
}

#[tokio::test(start_paused = true)]
async fn two_applications_of_one_program_are_told_apart() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let spec = slow(&journal, open(), Gate::new());
    let spec = spec.shutdown(Shutdown::After(Duration::from_secs(2)));
    let one = Application::new(Supervisor::one_for_one().spec(spec)).start().await;
    let other = Application::new(Supervisor::one_for_one().spec(noting(&journal, "a")));
    let other = other.start().await.expect("it starts");
    SlowClient::named("slow").work(gate.clone()).await.expect("it runs");
    gate.reached().await;
    let stopped = one.expect("it starts").stop().await;
    assert_eq!(paths(&stopped), [("slow", Fate::Killed)]);
    assert!(ChildClient::named("a").is_running());
    succeeds(&other.stop().await);
}

/// The one test of this program that is sent signals: they reach all of its threads.
#[cfg(unix)]
#[tokio::test]
async fn sigterm_stops_it_and_ctrl_c_then_ends_it_at_once() {
    use genserver_runtime::Signal;

    let send = |signal: &str| {
        let process = std::process::id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &process]).status();
        assert!(sent.expect("`kill` is there").success());
    };
    let journal = Journal::new();
    let spec = slow(&journal, open(), Gate::new()).shutdown(Shutdown::Infinity);
    let application = Application::new(Supervisor::one_for_one().spec(spec));
    let application = application.shutdown_timeout(Duration::from_secs(60 * 60));
    let running = tokio::spawn(application.run());
    journal.until("+slow").await;
    send("-TERM");
    journal.until("slow closes").await;
    send("-INT");
    let stopped = running.await.expect("it does not panic");
    assert_eq!(stopped.why, Why::Signal(Signal::Terminate));
    assert_eq!(paths(&stopped), [("slow", Fate::Running)]);
    fails(&stopped);
}
