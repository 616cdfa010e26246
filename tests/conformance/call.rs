//! Calls: what the caller gets.

use std::time::{Duration, Instant as Clock};

use genserver_runtime::prelude::*;
use genserver_runtime::{Executed, Join};
use tokio::time::Instant;

use crate::servers::{Broken, Counter, CounterClient, Probe, ProbeClient, busy_probe, probe};
use crate::support::{
    Gate, Journal, deadlocked, exited, not_running, panicked, settle, timed_out, took,
};

/// A client that reaches nobody says so at once, with any time-out.
async fn reaches_nobody(client: &ProbeClient) {
    let begun = Instant::now();
    let error = client.note("x").no_timeout().await.expect_err("nobody is there");
    assert_eq!(error, ServerError::NotRunning);
    assert_eq!(error.executed(), Executed::No);
    assert_eq!(error.to_string(), "the server is not running");
    not_running(client.queue("x").await);
    not_running(client.sync().await);
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn gs_24_a_call_to_a_dead_server_fails_at_once() {
    let (client, _) = probe().await;
    client.stop().await.expect("it stops");
    reaches_nobody(&client).await;
    reaches_nobody(&client.weak()).await;
    assert!(client.strong().is_none());
}

#[tokio::test(start_paused = true)]
async fn gs_24_a_call_to_an_unknown_name_or_key_fails_at_once() {
    reaches_nobody(&ProbeClient::named("nobody")).await;
    reaches_nobody(&Registry::new().client(404_u32)).await;
}

#[tokio::test(start_paused = true)]
async fn gs_24_a_call_to_a_freed_name_fails_at_once() {
    let start = Probe::start(Journal::new()).name("gone");
    start.await.expect("the name is free").stop().await.expect("it stops");
    reaches_nobody(&ProbeClient::named("gone")).await;
}

/// What a caller gets whose request is behind the end.
async fn behind_the_end(reason: ExitReason) -> ExitReason {
    let (client, journal) = probe().await;
    client.leave(reason).await.expect("it runs");
    let outcome = client.note("never").no_timeout().await;
    assert_eq!(journal.count("never"), 0);
    exited(outcome)
}

#[tokio::test]
async fn gs_25_a_waiting_caller_learns_why_the_server_ended() {
    for reason in [
        ExitReason::Normal,
        ExitReason::Shutdown,
        ExitReason::ShutdownWith("drained".into()),
        ExitReason::Other("out of paper".into()),
    ] {
        assert_eq!(behind_the_end(reason.clone()).await, reason);
    }
}

#[tokio::test]
async fn gs_25_callers_learn_of_a_kill() {
    let (client, journal) = probe().await;
    let running = client.hold(Gate::new()).send().await.expect("there is room");
    let queued = client.note("never").send().await.expect("there is room");
    journal.until("hold").await;
    client.kill().await.expect("it is killed");
    assert_eq!(exited(running.await), ExitReason::Killed);
    assert_eq!(exited(queued.await), ExitReason::Killed);
    journal.holds(&["hold", "hold dropped", "drop"]);
}

#[tokio::test]
async fn gs_25_callers_learn_of_a_panic() {
    let (client, _, gate) = busy_probe().await;
    let first = client.boom("out of luck").send().await.expect("there is room");
    let second = client.note("never").send().await.expect("there is room");
    gate.open();
    let panic = panicked(first.await);
    assert_eq!((panic.handler(), panic.message()), ("boom", "out of luck"));
    assert_eq!(panicked(second.await), panic);
}

/// A server that calls itself.
struct Narcissus {
    me: Option<NarcissusClient>,
}

#[genserver]
impl Narcissus {
    #[init]
    fn new() -> Self {
        Self { me: None }
    }

    #[call]
    fn look(&mut self, at: NarcissusClient) {
        self.me = Some(at);
    }

    #[call]
    fn echo(&self) -> u32 {
        1
    }

    #[call]
    async fn gaze(&self) -> Result<u32, ServerError> {
        let me = self.me.as_ref().expect("told before");
        me.echo().no_timeout().await
    }

    #[call]
    async fn gaze_at(&self, cx: &mut Cx<Self>) -> Result<u32, ServerError> {
        let me: NarcissusClient = cx.client();
        me.echo().timeout(Duration::from_secs(1)).await
    }
}

/// Calls itself through `me`: told at once, and lives on.
async fn calls_itself(server: &NarcissusClient, me: NarcissusClient) {
    let begun = Instant::now();
    server.look(me).await.expect("it runs");
    let path = deadlocked(server.gaze().await.split().expect("it replied"));
    assert_eq!(path.call, "echo");
    assert_eq!(path.servers.len(), 1);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(server.echo().await, Ok(1), "it lives");
}

#[tokio::test(start_paused = true)]
async fn gs_26_a_call_to_oneself_is_a_deadlock() {
    let registry = Registry::new();
    let start = Narcissus::start().name("pond").key(&registry, 1_u32);
    let server = start.await.expect("its init cannot fail");
    calls_itself(&server, server.weak()).await;
    calls_itself(&server, NarcissusClient::named("pond")).await;
    calls_itself(&server, registry.client(1)).await;
    deadlocked(server.gaze_at().await.split().expect("it replied"));
}

#[tokio::test]
async fn gs_40_messages_of_one_sender_are_handled_in_the_order_sent() {
    let (client, journal, gate) = busy_probe().await;
    let mut pending = Vec::new();
    for round in 0..20 {
        client.tell(format!("cast {round}")).await.expect("there is room");
        let sent = client.note(format!("call {round}")).send().await;
        pending.push(sent.expect("there is room"));
        client.weak().tell(format!("weak {round}")).await.expect("there is room");
    }
    gate.open();
    client.note("last").await.expect("it runs");
    let expected = (0..20)
        .flat_map(|round| ["cast", "call", "weak"].map(|kind| format!("{kind} {round}")))
        .collect::<Vec<_>>();
    let lines = journal.lines();
    assert_eq!(lines[2..lines.len() - 1], expected);
    assert_eq!(lines[lines.len() - 1], "last");
    for reply in pending {
        reply.await.expect("it was handled");
    }
}

#[tokio::test]
async fn gs_40_an_idle_server_handles_a_cast_before_a_later_call() {
    let counter = Counter::start(0).await.expect("its init cannot fail");
    for round in 1..=100 {
        counter.add(1).await.expect("there is room");
        assert_eq!(counter.get().await, Ok(round));
    }
}

#[tokio::test]
async fn a_dropped_call_sends_nothing() {
    let (client, journal) = probe().await;
    drop(client.note("never"));
    drop(client.note("never").send());
    drop(client.tell("never"));
    client.sync().await.expect("it runs");
    journal.holds(&[]);
}

#[tokio::test]
async fn a_result_is_a_reply_and_no_crash() {
    let counter = Parser::start().await.expect("its init cannot fail");
    let error = counter.parse("seven").await.expect_err("no number");
    assert_eq!(error, CallError::Reply(Broken("no number")));
    assert_eq!(error.executed(), Executed::Maybe);
    assert_eq!(counter.parse("7").await, Ok(7));
    counter.stop().await.expect("it stops");
    assert_eq!(counter.parse("7").await, Err(CallError::Server(ServerError::NotRunning)));
}

struct Parser;

#[genserver]
impl Parser {
    #[init]
    fn new() -> Self {
        Self
    }

    #[call]
    fn parse(&self, #[into] text: String) -> Result<u32, Broken> {
        text.parse().map_err(|_| Broken("no number"))
    }
}

#[tokio::test(start_paused = true)]
async fn gs_53_many_servers_are_called_at_once() {
    let (fast, _) = probe().await;
    let (slow, _, gate) = busy_probe().await;
    let (dead, _) = probe().await;
    dead.stop().await.expect("it stops");
    let begun = Instant::now();
    let calls = [&fast, &slow, &dead].map(|client| client.queue("x"));
    let replies = join(calls).within(Duration::from_secs(2)).await;
    took(begun, Duration::from_secs(2));
    let [fast, late, dead] = replies.try_into().expect("one reply a call");
    assert_eq!(fast, Ok(()));
    assert_eq!(timed_out(late).waited, Duration::from_secs(2));
    not_running(dead);
    gate.open();
    slow.sync().await.expect("it runs");
    assert_eq!(slow.counters().late, 1, "the late answer reached nobody");
}

#[tokio::test]
async fn gs_53_many_calls_run_in_parallel() {
    let (first, _, _) = busy_probe().await;
    let (second, journal) = probe().await;
    let clients = [first, second];
    let mut all: Join<'_, _, _, _, _> = join(clients.iter().map(|client| client.note("x")));
    tokio::select! {
        biased;
        replies = &mut all => panic!("the first one is busy: {replies:?}"),
        () = journal.until("x") => {}
    }
}

/// A server that makes calls while its own mailbox is long.
struct Busy {
    counter: CounterClient,
}

#[genserver(mailbox = unbounded)]
impl Busy {
    #[init]
    fn new(counter: CounterClient) -> Self {
        Self { counter }
    }

    #[call(inline = false)]
    async fn calls(&mut self, count: u32) -> Result<Duration, ServerError> {
        let begun = Clock::now();
        for _ in 0..count {
            let pending = self.counter.increment().send().await?;
            pending.await?;
        }
        Ok(begun.elapsed())
    }

    #[cast]
    fn ballast(&mut self) {}
}

/// How long 1,000 calls take behind which `ballast` messages wait; the best of three.
async fn calls_with_ballast(ballast: u32) -> Duration {
    let counter = Counter::start(0).await.expect("its init cannot fail");
    let busy = Busy::start(counter).await.expect("its init cannot fail");
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let calls = busy.calls(1_000).no_timeout().send().await.expect("it runs");
        for _ in 0..ballast {
            busy.ballast().try_send().expect("the mailbox is unbounded");
        }
        best = best.min(calls.await.expect("it runs").expect("the counter runs"));
    }
    best
}

#[tokio::test]
async fn gs_56_a_call_costs_the_same_whatever_waits_in_the_callers_mailbox() {
    let light = calls_with_ballast(0).await;
    let heavy = calls_with_ballast(100_000).await;
    assert!(heavy < light * 10, "{heavy:?} with a long mailbox, {light:?} with an empty one");
}

#[tokio::test]
async fn a_caller_that_goes_does_not_take_its_handler_along() {
    let (client, journal) = probe().await;
    let gate = Gate::new();
    let call = tokio::spawn({
        let (client, gate) = (client.clone(), gate.clone());
        async move { client.hold(gate).await }
    });
    gate.reached().await;
    call.abort();
    settle().await;
    gate.open();
    journal.until("held").await;
    journal.holds(&["hold", "held"]);
}
