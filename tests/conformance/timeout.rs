//! Time-outs: who waits for how long, and what becomes of the late reply.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::servers::{busy_probe, probe};
use crate::support::{Gate, pass, settle, timed_out, took};

const DEFAULT: Duration = Duration::from_secs(5);
const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(start_paused = true)]
async fn gs_23_a_queued_call_waits_five_seconds() {
    let (client, _, _gate) = busy_probe().await;
    let begun = Instant::now();
    let late = timed_out(client.note("x").await);
    took(begun, DEFAULT);
    assert_eq!(late.waited, DEFAULT);
    assert!(!late.inherited);
}

#[tokio::test(start_paused = true)]
async fn gs_23_a_call_waits_as_long_as_it_says() {
    for limit in [Duration::ZERO, Duration::from_millis(1), DEFAULT / 2, DAY] {
        let (client, _, _gate) = busy_probe().await;
        let begun = Instant::now();
        assert_eq!(timed_out(client.note("x").timeout(limit).await).waited, limit);
        took(begun, limit);
    }
}

#[tokio::test(start_paused = true)]
async fn gs_23_a_call_without_a_time_out_waits_for_ever() {
    let (client, _, gate) = busy_probe().await;
    let call = client.note("x").no_timeout();
    tokio::pin!(call);
    tokio::time::timeout(DAY, &mut call).await.expect_err("it waits");
    gate.open();
    assert_eq!(call.await, Ok(3));
}

/// A server and handlers with time-outs of their own.
struct Patience {
    gate: Gate,
}

#[genserver(call_timeout = "2s")]
impl Patience {
    #[init]
    fn new(gate: Gate) -> Self {
        Self { gate }
    }

    #[call]
    async fn server(&self) {
        self.gate.pass().await;
    }

    #[call(timeout = "300ms")]
    async fn handler(&self) {
        self.gate.pass().await;
    }

    #[call(timeout = infinity)]
    async fn endless(&self) {
        self.gate.pass().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_default_is_given_for_the_server_or_for_the_handler() {
    let gate = Gate::new();
    let client = Patience::start(gate.clone()).await.expect("its init cannot fail");
    let begun = Instant::now();
    timed_out(client.server().await);
    took(begun, Duration::from_secs(2));
    gate.open();
    let begun = Instant::now();
    timed_out(client.handler().await);
    took(begun, Duration::from_millis(300));
    gate.open();
    let endless = client.endless();
    tokio::pin!(endless);
    tokio::time::timeout(DAY, &mut endless).await.expect_err("it waits");
}

#[tokio::test(start_paused = true)]
async fn gs_27_a_late_reply_reaches_nobody_and_is_counted() {
    let (client, journal, gate) = busy_probe().await;
    timed_out(client.note("late").await);
    assert_eq!(client.counters().late, 0);
    gate.open();
    client.sync().await.expect("it runs");
    assert_eq!(client.counters().late, 1);
    assert_eq!(client.note("next").await, Ok(4), "the next call gets its own reply");
    journal.holds(&["wait", "waited", "late", "next"]);
}

#[tokio::test(start_paused = true)]
async fn gs_28_a_timed_out_request_is_executed_all_the_same() {
    let (client, journal, gate) = busy_probe().await;
    let error = client.note("late").await.expect_err("it is busy");
    assert_eq!(error.executed(), genserver_runtime::Executed::Maybe);
    journal.holds(&["wait"]);
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(&["wait", "waited", "late"]);
}

#[tokio::test(start_paused = true)]
async fn gs_28_an_abandoned_request_is_skipped_where_the_handler_says_so() {
    let (client, journal, gate) = busy_probe().await;
    timed_out(client.fresh("timed out").await);
    drop(client.fresh("dropped").send().await.expect("there is room"));
    let awaited = client.fresh("awaited").send().await.expect("there is room");
    gate.open();
    awaited.await.expect("it was waited for");
    journal.holds(&["wait", "waited", "awaited"]);
    assert_eq!(client.counters().dropped, 2);
}

#[tokio::test(start_paused = true)]
async fn an_inline_reply_is_returned_even_if_late() {
    let (client, _) = probe().await;
    assert_eq!(client.note("x").timeout(Duration::ZERO).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn time_outs_are_never_early_and_at_most_50_ms_late() {
    let (client, _, _gate) = busy_probe().await;
    let mut calls = tokio::task::JoinSet::new();
    for step in 0..40 {
        let client = client.clone();
        calls.spawn(async move {
            let begun = Instant::now();
            timed_out(client.note("x").await);
            took(begun, DEFAULT);
        });
        settle().await;
        pass(Duration::from_millis(step)).await;
    }
    while let Some(checked) = calls.join_next().await {
        checked.expect("in time");
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_sent_request_counts_from_the_sending() {
    let (client, _, _gate) = busy_probe().await;
    let begun = Instant::now();
    let pending = client.note("x").send().await.expect("there is room");
    pass(DAY).await;
    timed_out(pending.await);
    assert_eq!(begun.elapsed(), DAY, "its time was over long ago");
}
