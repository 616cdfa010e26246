//! What a time-out tells: where the request stood, and what kept the server busy.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Busy, Executed, Late, Phase};

use crate::servers::{Probe, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, timed_out};

const SECOND: Duration = Duration::from_secs(1);

/// Which handler kept the server busy, about how long.
#[track_caller]
fn busy_with(late: &Late, handler: &str, since: Duration) {
    match late.busy {
        Some(Busy { handler: busy, since: seen, .. }) => {
            assert_eq!(busy, handler);
            assert!(seen + Duration::from_millis(50) >= since, "only {seen:?}");
            assert!(seen <= since + Duration::from_millis(50), "already {seen:?}");
        }
        None => panic!("it was busy: {late:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_queued_request_tells_how_many_are_ahead() {
    let (client, _, _gate) = busy_probe().await;
    let next = timed_out(client.note("x").await);
    assert_eq!(next.phase, Phase::Queued { ahead: 0 });
    busy_with(&next, "wait", 5 * SECOND);
    assert_eq!(
        next.to_string(),
        "`Probe::note` timed out after 5s, next in the mailbox; `Probe::wait` has been running \
         for 5s"
    );
    let second = timed_out(client.note("x").timeout(SECOND).await);
    assert_eq!(second.phase, Phase::Queued { ahead: 1 });
    busy_with(&second, "wait", 6 * SECOND);
    assert_eq!(
        second.to_string(),
        "`Probe::note` timed out after 1s, queued behind 1 message; `Probe::wait` has been \
         running for 6s"
    );
    for _ in 0..810 {
        client.tell("x").await.expect("there is room");
    }
    let last = timed_out(client.fresh("x").timeout(SECOND / 2).await);
    assert_eq!(last.phase, Phase::Queued { ahead: 812 });
    assert_eq!(
        last.to_string(),
        "`Probe::fresh` timed out after 500ms, queued behind 812 messages; `Probe::wait` has been \
         running for 6.5s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_in_a_running_batch_tells_how_many_are_ahead() {
    let (client, _) = probe().await;
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("there is room");
    client.tell("x").await.expect("there is room");
    client.tell("x").await.expect("there is room");
    let late = timed_out(client.note("x").await);
    assert_eq!(late.phase, Phase::Queued { ahead: 2 });
    busy_with(&late, "wait", 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_running_request_tells_for_how_long() {
    let (client, _) = probe().await;
    let late = timed_out(client.hold(Gate::new()).timeout(3 * SECOND).await);
    assert_eq!(late.phase, Phase::Running { handler: "hold", since: 3 * SECOND });
    assert_eq!(late.busy, None, "it was busy with the request itself");
    assert_eq!(
        late.to_string(),
        "`Probe::hold` timed out after 3s, its handler has been running for 3s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_began_late_tells_for_how_long_it_ran() {
    let (client, journal, gate) = busy_probe().await;
    let pending = client.hold(Gate::new()).timeout(5 * SECOND).send().await;
    let pending = pending.expect("there is room");
    tokio::time::advance(3 * SECOND).await;
    gate.open();
    journal.until("hold").await;
    let late = timed_out(pending.await);
    assert_eq!(late.phase, Phase::Running { handler: "hold", since: 2 * SECOND });
    assert_eq!(
        late.to_string(),
        "`Probe::hold` timed out after 5s, its handler has been running for 2s"
    );
}

/// A busy probe whose mailbox is full.
async fn full() -> (ProbeClient, Journal, Gate) {
    let (journal, gate) = (Journal::new(), Gate::new());
    let start = Probe::start(journal.clone()).mailbox(1);
    let client = start.await.expect("its init cannot fail");
    client.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    client.tell("1").await.expect("there is room");
    (client, journal, gate)
}

#[tokio::test(start_paused = true)]
async fn a_request_without_room_was_not_sent() {
    let (client, journal, gate) = full().await;
    for error in [
        client.note("x").await.expect_err("it is full"),
        client.note("x").timeout(SECOND).await.expect_err("it is full"),
        client.note("x").timeout(SECOND).send().await.expect_err("it is full"),
        client.note("x").send().await.expect_err("it is full"),
    ] {
        assert_eq!(error.executed(), Executed::No);
        let late = timed_out::<()>(Err(error));
        assert_eq!(late.phase, Phase::Room);
        let waited = if late.waited == SECOND { "1s" } else { "5s" };
        assert_eq!(
            late.to_string(),
            format!("`Probe::note` timed out after {waited}, waiting for room in the mailbox")
        );
    }
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(&["wait", "waited", "1"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_got_room_may_have_been_executed() {
    let (client, journal, gate) = full().await;
    let second = Gate::new();
    let held = tokio::spawn({
        let (client, second) = (client.clone(), second.clone());
        async move { client.hold(second).timeout(SECOND).await }
    });
    let queued = tokio::spawn({
        let client = client.clone();
        async move { client.note("x").timeout(2 * SECOND).await }
    });
    crate::support::settle().await;
    gate.open();
    second.reached().await;
    let late = timed_out(held.await.expect("no panic"));
    assert_eq!(late.phase, Phase::Running { handler: "hold", since: SECOND });
    let late = timed_out(queued.await.expect("no panic"));
    assert_eq!(late.phase, Phase::Queued { ahead: 0 });
    second.open();
    client.sync().await.expect("it runs");
    journal.holds(&["wait", "waited", "1", "hold", "held", "x"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_left_for_later_says_so() {
    let mute = Mute::start().await.expect("its init cannot fail");
    let late = timed_out(mute.ask().timeout(2 * SECOND).await);
    assert_eq!((late.server, late.call), ("Mute", "ask"));
    assert_eq!((late.phase, late.busy), (Phase::Deferred, None));
    assert_eq!(
        late.to_string(),
        "`Mute::ask` timed out after 2s, its handler has left the reply for later"
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_left_for_later_is_not_mistaken_for_what_runs_now() {
    let mute = Mute::start().await.expect("its init cannot fail");
    let pending = mute.ask().timeout(2 * SECOND).send().await.expect("there is room");
    let gate = Gate::new();
    mute.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let late = timed_out(pending.await);
    assert_eq!(late.phase, Phase::Deferred);
    busy_with(&late, "wait", 2 * SECOND);
    assert_eq!(
        late.to_string(),
        "`Mute::ask` timed out after 2s, its handler has left the reply for later; `Mute::wait` \
         has been running for 2s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_deferred_request_whose_handler_runs_is_running() {
    let mute = Mute::start().await.expect("its init cannot fail");
    let late = timed_out(mute.ask_slowly(Gate::new()).timeout(2 * SECOND).await);
    assert_eq!(late.phase, Phase::Running { handler: "ask_slowly", since: 2 * SECOND });
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_takes_too_long_tells_how_many_are_ahead() {
    let (client, _, _gate) = busy_probe().await;
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    let stop = client.stop().timeout(SECOND);
    client.tell("3").await.expect("there is room");
    let late = timed_out(stop.await);
    assert_eq!((late.call, late.phase), ("stop", Phase::Queued { ahead: 2 }));
    busy_with(&late, "wait", SECOND);
}

/// Never answers.
struct Mute {
    asked: Vec<ReplyTo<u32>>,
}

#[genserver]
impl Mute {
    #[init]
    fn new() -> Self {
        Self { asked: Vec::new() }
    }

    #[call]
    fn ask(&mut self, reply: ReplyTo<u32>) {
        self.asked.push(reply);
    }

    #[call]
    async fn ask_slowly(&mut self, reply: ReplyTo<u32>, gate: Gate) {
        gate.pass().await;
        self.asked.push(reply);
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }
}
