//! Statistics of a server: what came in, what went out, what handlers took.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Statistics, Sys};

use crate::support::{Gate, pass, settle};
use crate::tally::{Desk, Door, Tally, TallyClient};

const SECOND: Duration = Duration::from_secs(1);

async fn measured() -> (TallyClient, Sys<TallyClient>) {
    let tally = Tally::start(Tally { value: 0 }).statistics().await.expect("it starts");
    let sys = tally.sys();
    (tally, sys)
}

#[track_caller]
fn statistics<C>(sys: &Sys<C>) -> Statistics {
    sys.get_statistics().expect("it runs").expect("it is measured")
}

/// Checks how many messages came in and how many replies went out.
#[track_caller]
fn counted<C>(sys: &Sys<C>, messages_in: u64, messages_out: u64) {
    let seen = statistics(sys);
    assert_eq!((seen.messages_in, seen.messages_out), (messages_in, messages_out));
}

#[tokio::test(start_paused = true)]
async fn sys_11_statistics_are_turned_on_and_off() {
    let tally = Tally::start(Tally { value: 0 }).await.expect("it starts");
    let sys = tally.sys();
    assert_eq!(sys.get_statistics(), Ok(None));
    tally.add(1).await.expect("it runs");
    sys.statistics(true).expect("it runs");
    counted(&sys, 0, 0);
    pass(3 * SECOND).await;
    tally.add(1).await.expect("it runs");
    // Once more: they go on.
    sys.statistics(true).expect("it runs");
    assert_eq!(statistics(&sys).since, 3 * SECOND);
    counted(&sys, 1, 1);
    sys.statistics(false).expect("it runs");
    assert_eq!(sys.get_statistics(), Ok(None));
    sys.statistics(true).expect("it runs");
    counted(&sys, 0, 0);
}

#[tokio::test(start_paused = true)]
async fn sys_12_a_call_is_one_message_in_and_one_out() {
    let (tally, sys) = measured().await;
    tally.add(1).await.expect("it runs");
    counted(&sys, 1, 1);
    let queued = tally.add(1).send().await.expect("there is room");
    queued.await.expect("it runs");
    counted(&sys, 2, 2);
}

#[tokio::test(start_paused = true)]
async fn sys_11_a_message_without_a_reply_only_comes_in() {
    let (tally, sys) = measured().await;
    tally.bump(1).await.expect("there is room");
    tally.sync().await.expect("it runs");
    counted(&sys, 1, 0);
    // What is asked of the server itself is no message.
    let state: Tally = sys.get_state().await.expect("it runs");
    assert_eq!(state.value, 1);
    counted(&sys, 1, 0);
    // A reply that the handler has left to others is none of its own.
    let desk = Desk::default();
    let reply = tally.ask(desk.clone()).send().await.expect("there is room");
    tally.sync().await.expect("it runs");
    desk.reply(1);
    reply.await.expect("it was answered");
    counted(&sys, 2, 0);
}

#[tokio::test(start_paused = true)]
async fn sys_11_a_refusal_is_no_reply_of_a_handler() {
    let door = Door::start().statistics().await.expect("it starts");
    door.close().await.expect_err("it is shut");
    door.knock().await.expect("there is room");
    door.sync().await.expect("it runs");
    counted(&door.sys(), 2, 0);
}

/// Has the handler run for so long.
async fn run(tally: &TallyClient, handler: &str, time: Duration) {
    let gate = Gate::new();
    match handler {
        "wait" => tally.wait(gate.clone()).await.expect("there is room"),
        _ => drop(tally.hold(gate.clone()).send().await.expect("there is room")),
    }
    gate.reached().await;
    pass(time).await;
    gate.open();
    tally.sync().await.expect("it runs");
}

#[tokio::test(start_paused = true)]
async fn sys_11_how_long_handlers_took_and_which_was_the_slowest() {
    let (tally, sys) = measured().await;
    assert_eq!((statistics(&sys).busy, statistics(&sys).slowest), (Duration::ZERO, None));
    run(&tally, "wait", 2 * SECOND).await;
    assert_eq!(statistics(&sys).slowest, Some(("wait", 2 * SECOND)));
    run(&tally, "hold", 3 * SECOND).await;
    run(&tally, "wait", SECOND).await;
    pass(60 * SECOND).await;
    settle().await;
    let seen = statistics(&sys);
    assert_eq!((seen.busy, seen.slowest), (6 * SECOND, Some(("hold", 3 * SECOND))));
    assert_eq!(seen.since, 66 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn sys_11_a_handler_that_began_before_is_not_measured() {
    let tally = Tally::start(Tally { value: 0 }).await.expect("it starts");
    let sys = tally.sys();
    let gate = Gate::new();
    let held = tally.hold(gate.clone());
    let (held, ()) = tokio::join!(held, async {
        gate.reached().await;
        sys.statistics(true).expect("it runs");
        pass(SECOND).await;
        gate.open();
    });
    held.expect("it runs");
    let seen = statistics(&sys);
    assert_eq!((seen.messages_in, seen.busy, seen.slowest), (0, Duration::ZERO, None));
}
