//! Calls from another runtime than the server's: their time is kept where they are made.

use std::time::Duration;

use genserver_runtime::{Pending, Phase};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use crate::servers::{ProbeClient, busy_probe};
use crate::support::{Gate, Journal, runtime, timed_out, took};

const DEFAULT: Duration = Duration::from_secs(5);

/// A runtime that goes on by itself, with a server whose handler waits at the gate.
fn serving() -> (Runtime, ProbeClient, Journal, Gate) {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().expect("it can be built");
    let (client, journal, gate) = runtime.block_on(busy_probe());
    (runtime, client, journal, gate)
}

/// Where nothing is to be done, its clock goes on to the next time-out.
fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("it can be built")
}

/// A request that a runtime has sent which goes.
fn sent(client: &ProbeClient, line: &str) -> (Runtime, Pending<usize>) {
    let sends = runtime();
    let pending = sends.block_on(async { client.note(line).send().await });
    (sends, pending.expect("there is room"))
}

#[test]
fn a_call_from_another_runtime_times_out_by_the_clock_there() {
    let (_serves, client, _journal, _gate) = serving();
    paused().block_on(async {
        let begun = Instant::now();
        let late = timed_out(client.note("late").await);
        took(begun, DEFAULT);
        assert_eq!((late.waited, late.phase), (DEFAULT, Phase::Queued { ahead: 0 }));
    });
}

#[test]
fn a_reply_reaches_a_runtime_that_did_not_send_the_request() {
    let (_serves, client, journal, gate) = serving();
    let (sends, pending) = sent(&client, "x");
    drop(sends);
    gate.open();
    assert!(runtime().block_on(pending).is_ok());
    assert_eq!(journal.count("x"), 1);
}

#[test]
fn the_time_of_a_request_goes_on_when_the_runtime_that_sent_it_has_gone() {
    let (_serves, client, _journal, _gate) = serving();
    let (sends, pending) = sent(&client, "x");
    drop(sends);
    assert_eq!(timed_out(paused().block_on(pending)).waited, DEFAULT);
}

#[test]
fn the_time_of_a_request_goes_on_when_the_runtime_that_sent_it_goes() {
    let (_serves, client, _journal, _gate) = serving();
    let (sends, pending) = sent(&client, "x");
    let late = paused().block_on(async {
        let waits = tokio::spawn(pending);
        tokio::task::yield_now().await;
        sends.shutdown_background();
        timed_out(waits.await.expect("it does not panic"))
    });
    assert_eq!(late.waited, DEFAULT);
}
