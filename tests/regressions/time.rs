//! Time-outs that once did not come, or too late.

use std::time::Duration;

use genserver_runtime::Pending;
use genserver_runtime::prelude::*;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use crate::servers::{CellClient, cell};
use crate::support::{Gate, idle, settle, soon, timed_out};

/// Waits in its handler until its caller has gone.
struct Watchful {
    gone: UnboundedSender<()>,
}

#[genserver]
impl Watchful {
    #[init]
    fn new(gone: UnboundedSender<()>) -> Self {
        Self { gone }
    }

    #[call]
    async fn watch(&self, mut reply: ReplyTo<u32>) {
        reply.closed().await;
        self.gone.send(()).expect("the test listens");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_for_its_caller_to_go_learns_of_the_default_time_out() {
    let (gone, mut told) = unbounded_channel();
    let server = Watchful::start(gone).await.expect("its init cannot fail");
    timed_out(soon(server.watch()).await);
    assert_eq!(soon(told.recv()).await, Some(()));
    soon(server.sync()).await.expect("it is free again");
}

#[tokio::test(start_paused = true)]
async fn a_request_of_a_plain_thread_times_out_also_in_a_task() {
    let (cell, _) = cell().await;
    let gate = Gate::new();
    cell.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let sender = cell.clone();
    let sent = std::thread::spawn(move || sender.add(1).try_send());
    let pending = sent.join().expect("it does not panic").expect("there is room");
    let late = timed_out(soon(pending).await);
    assert_eq!(late.waited, Duration::from_secs(5));
}

/// Calls a cell after a while.
struct Relay {
    cell: CellClient,
}

#[genserver]
impl Relay {
    #[init]
    fn new(cell: CellClient) -> Self {
        Self { cell }
    }

    #[call]
    async fn relay(&self, gate: Gate) -> (Result<u64, ServerError>, Duration) {
        gate.pass().await;
        let begun = Instant::now();
        let outcome = self.cell.add(1).await;
        (outcome, begun.elapsed())
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_began_before_the_first_tick_hands_on_only_what_is_left_of_its_time() {
    let (cell, _) = cell().await;
    let (busy, gate) = (Gate::new(), Gate::new());
    cell.wait(busy.clone()).await.expect("there is room");
    busy.reached().await;
    let relay = Relay::start(cell).await.expect("its init cannot fail");
    let relayed = tokio::spawn({
        let (relay, gate) = (relay.clone(), gate.clone());
        async move { relay.relay(gate).await }
    });
    gate.reached().await;
    idle().await;
    idle().await;
    gate.open();
    let relayed = soon(relayed).await.expect("it does not panic");
    let (outcome, took) = relayed.expect("the nested call is over before the tick that ends it");
    assert!(timed_out(outcome).inherited);
    assert!(took <= Duration::from_millis(1_050), "{took:?} were left");
}

/// Calls that wait for ever, or as long as they have time.
struct Deaf {
    unheard: Vec<ReplyTo<u32>>,
}

#[genserver]
impl Deaf {
    #[call(timeout = "1s")]
    fn short(&mut self, reply: ReplyTo<u32>) {
        self.unheard.push(reply);
    }

    #[call(timeout = "3s")]
    fn long(&mut self, reply: ReplyTo<u32>) {
        self.unheard.push(reply);
    }
}

/// So many ticks of the paused clock.
async fn pass(ticks: u32) {
    for _ in 0..ticks {
        tokio::time::advance(Duration::from_millis(25)).await;
        settle().await;
    }
}

/// Asserts that what was sent just now is late after its time, and at most 50 ms after it.
async fn is_late_after(pending: Pending<u32>, limit: Duration) {
    let begun = Instant::now();
    timed_out(soon(pending).await);
    let took = begun.elapsed();
    assert!((limit..=limit + Duration::from_millis(50)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_has_its_own_time_where_another_one_was_given_up_before_it() {
    const SHORT: Duration = Duration::from_secs(1);
    const LONG: Duration = Duration::from_secs(3);
    let deaf = Deaf::start(Deaf { unheard: Vec::new() }).await.expect("it starts");
    // Before the first tick, and after some.
    for ticks in [0, 20] {
        let given_up = deaf.short().send().await.expect("there is room");
        pass(ticks).await;
        drop(given_up);
        is_late_after(deaf.long().send().await.expect("there is room"), LONG).await;
        let given_up = deaf.long().send().await.expect("there is room");
        pass(ticks).await;
        drop(given_up);
        is_late_after(deaf.short().send().await.expect("there is room"), SHORT).await;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_together_are_late_one_after_another() {
    let deaf = Deaf::start(Deaf { unheard: Vec::new() }).await.expect("it starts");
    let begun = Instant::now();
    let long = deaf.long().send().await.expect("there is room");
    let short = deaf.short().send().await.expect("there is room");
    is_late_after(short, Duration::from_secs(1)).await;
    timed_out(soon(long).await);
    assert!(begun.elapsed() >= Duration::from_secs(3));
    assert!(begun.elapsed() <= Duration::from_millis(3_050));
}
