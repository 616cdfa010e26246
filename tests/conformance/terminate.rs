//! `#[terminate]`: when it runs, when it does not, and for how long.

use std::time::Duration;

use genserver_runtime::ServerError;
use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::servers::{Broken, Counter, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, exited, not_running, settle, took};

/// The reason that `terminate` was told after this.
async fn terminates(client: &ProbeClient, journal: &Journal) -> String {
    journal.until("drop").await;
    let lines = journal.lines();
    let told: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("terminate: ")).collect();
    assert_eq!(told.len(), 1, "it runs once: {lines:?}");
    assert!(!client.is_running());
    told[0].to_owned()
}

#[tokio::test]
async fn gs_64_terminate_runs_when_a_handler_stops_its_server() {
    let (client, journal) = probe().await;
    client.quit(ExitReason::Normal).await.expect("it replies");
    assert_eq!(terminates(&client, &journal).await, "normal");

    let (client, journal) = probe().await;
    client.leave(ExitReason::Other("own".into())).await.expect("there is room");
    assert_eq!(terminates(&client, &journal).await, "own");
}

#[tokio::test]
async fn gs_64_terminate_runs_after_a_panic_with_the_panic_as_reason() {
    let (client, journal) = probe().await;
    client.boom("inline").await.expect_err("it panics");
    assert_eq!(terminates(&client, &journal).await, "`boom` panicked: inline");

    let (client, journal) = probe().await;
    let sent = client.boom("queued").send().await.expect("there is room");
    sent.await.expect_err("it panics");
    assert_eq!(terminates(&client, &journal).await, "`boom` panicked: queued");
}

#[tokio::test]
async fn gs_64_terminate_runs_after_a_crash_with_the_error_as_reason() {
    let (client, journal) = probe().await;
    client.fail(Broken("cast")).await.expect("there is room");
    assert_eq!(terminates(&client, &journal).await, "broken: cast");
}

#[tokio::test]
async fn gs_64_terminate_runs_at_a_stop() {
    let (client, journal) = probe().await;
    client.stop_with(ExitReason::Shutdown).await.expect("it stops");
    assert_eq!(terminates(&client, &journal).await, "shutdown");

    let (client, journal) = probe().await;
    client.stop_now().await.expect("it stops");
    assert_eq!(terminates(&client, &journal).await, "normal");
}

#[tokio::test]
async fn gs_65_terminate_does_not_run_at_a_kill() {
    let (client, journal, _gate) = busy_probe().await;
    client.kill().await.expect("it is killed");
    journal.holds(&["wait", "drop"]);
}

/// Fails to begin with something to lose.
struct Abortive {
    journal: Journal,
}

#[genserver]
impl Abortive {
    #[init]
    fn new(journal: Journal, ignore: bool) -> Init<Self, Broken> {
        let half = Self { journal };
        let decision = if ignore { Init::Ignore } else { Init::Stop(Broken("init")) };
        drop(half);
        decision
    }

    #[terminate]
    fn close(&mut self, _reason: &ExitReason) {
        self.journal.note("terminate");
    }
}

#[tokio::test]
async fn gs_65_terminate_does_not_run_when_init_fails() {
    let journal = Journal::new();
    for ignore in [true, false] {
        Abortive::start(journal.clone(), ignore).await.expect_err("it does not start");
    }
    settle().await;
    journal.holds(&[]);
}

#[tokio::test]
async fn gs_66_a_server_without_terminate_ends() {
    let counter = Counter::start(0).await.expect("its init cannot fail");
    counter.add(1).await.expect("there is room");
    counter.stop_with(ExitReason::Shutdown).await.expect("it stops");
    not_running(counter.get().await);
}

/// Is changed half-way by a handler that panics.
struct Halfway {
    done: u32,
    journal: Journal,
}

#[genserver]
impl Halfway {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { done: 0, journal }
    }

    #[call]
    fn work(&mut self) {
        self.done = 1;
        assert_eq!(self.done, 2, "half-way");
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.journal.note(format!("{} done, crashed: {}", self.done, reason.is_crash()));
    }
}

#[tokio::test]
async fn gs_38_terminate_sees_what_a_failed_handler_has_changed() {
    let journal = Journal::new();
    let client = Halfway::start(journal.clone()).await.expect("its init cannot fail");
    client.work().await.expect_err("it panics");
    journal.until("1 done, crashed: true").await;
}

/// Waits in `terminate`, and is dropped there when it takes too long.
macro_rules! slow {
    ($server:ident, $client:ident, $shutdown:tt) => {
        struct $server {
            journal: Journal,
            gate: Gate,
        }

        #[genserver(shutdown = $shutdown)]
        impl $server {
            #[init]
            fn new(journal: Journal, gate: Gate) -> Self {
                Self { journal, gate }
            }

            #[cast]
            async fn wait(&self, gate: Gate) {
                gate.pass().await;
            }

            #[call]
            fn echo(&self) -> u32 {
                1
            }

            #[terminate]
            async fn close(&mut self, _reason: &ExitReason) {
                self.journal.note("terminate");
                self.gate.pass().await;
                self.journal.note("terminated");
            }
        }
    };
}

slow!(Brief, BriefClient, "2s");
slow!(Endless, EndlessClient, infinity);
slow!(Abrupt, AbruptClient, kill);

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn terminate_is_dropped_when_it_takes_longer_than_shutdown() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Brief::start(journal.clone(), gate).await.expect("its init cannot fail");
    let begun = Instant::now();
    assert_eq!(exited(client.stop().await), ExitReason::Killed);
    took(begun, 2 * SECOND);
    journal.holds(&["terminate"]);
}

#[tokio::test(start_paused = true)]
async fn terminate_may_take_as_long_as_shutdown_says() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Brief::start(journal.clone(), gate.clone()).await.expect("its init cannot fail");
    let stop = client.stop();
    gate.reached().await;
    tokio::time::advance(Duration::from_millis(1999)).await;
    gate.open();
    stop.await.expect("it stops");
    journal.holds(&["terminate", "terminated"]);
}

#[tokio::test(start_paused = true)]
async fn terminate_may_take_for_ever_where_shutdown_is_infinity() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Endless::start(journal.clone(), gate.clone()).await.expect("its init cannot fail");
    let stop = client.stop();
    tokio::pin!(stop);
    tokio::time::timeout(86_400 * SECOND, &mut stop).await.expect_err("it terminates");
    gate.open();
    stop.await.expect("it stops");
    journal.holds(&["terminate", "terminated"]);
}

#[tokio::test(start_paused = true)]
async fn terminate_does_not_run_where_shutdown_is_kill() {
    let journal = Journal::new();
    let start = Abrupt::start(journal.clone(), Gate::new());
    start.await.expect("its init cannot fail").stop().await.expect("it stops");
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn a_kill_ends_a_terminate_that_waits() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Endless::start(journal.clone(), gate.clone()).await.expect("its init cannot fail");
    let stop = client.stop();
    gate.reached().await;
    settle().await;
    let kill = client.kill();
    tokio::time::timeout(SECOND, kill).await.expect("it is killed").expect("it is killed");
    assert_eq!(exited(stop.await), ExitReason::Killed);
    journal.holds(&["terminate"]);
}

#[tokio::test(start_paused = true)]
async fn queued_callers_are_answered_before_terminate_runs() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Endless::start(journal.clone(), gate.clone()).await.expect("its init cannot fail");
    let busy = Gate::new();
    client.wait(busy.clone()).await.expect("there is room");
    busy.reached().await;
    let queued = client.echo().send().await.expect("there is room");
    drop(client.stop_now());
    busy.open();
    assert_eq!(exited(queued.await), ExitReason::Normal);
    gate.reached().await;
    journal.holds(&["terminate"]);
    not_running(client.echo().await);
    assert!(!client.is_running(), "it takes no messages any more");
    gate.open();
}

#[tokio::test(start_paused = true)]
async fn shutdown_bounds_terminate_by_five_seconds() {
    let gate = Gate::new();
    let client = Default::start(gate).await.expect("its init cannot fail");
    let begun = Instant::now();
    let error = client.stop().await.expect_err("terminate waits for ever");
    assert_eq!(error, ServerError::Exit(ExitReason::Killed));
    took(begun, 5 * SECOND);
}

struct Default {
    gate: Gate,
}

#[genserver]
impl Default {
    #[init]
    fn new(gate: Gate) -> Self {
        Self { gate }
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        self.gate.pass().await;
    }
}
