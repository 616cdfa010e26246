//! `cx.continue_with`: what comes right after the running handler, before anything queued.

use genserver_runtime::prelude::*;

use crate::bell::{BellClient, Pause, Ring, Then, bell, bell_with, busy_bell};
use crate::support::{Gate, exited, panicked, settle};

#[tokio::test(start_paused = true)]
async fn gs_85_what_init_continues_with_comes_before_any_message() {
    let (bell, journal) = bell_with(|cx| {
        let me: BellClient = cx.weak();
        me.tell("own cast").try_send().expect("there is room");
        me.send_info(Ring("own info")).try_send().expect("there is room");
        cx.continue_with(Then("first", &["third"]));
        cx.continue_with(Then("second", &[]));
    })
    .await;
    journal.holds(&[]);
    bell.tell("cast").await.expect("there is room");
    bell.sync().await.expect("it runs");
    journal.holds(&["first 0", "second 0", "third 0", "own cast 0", "own info 0", "cast 0"]);
}

#[tokio::test(start_paused = true)]
async fn gs_85_start_does_not_wait_for_what_init_continues_with() {
    let gate = Gate::new();
    let (bell, journal) = bell_with({
        let gate = gate.clone();
        move |cx| cx.continue_with(Pause(gate, &["end"]))
    })
    .await;
    gate.reached().await;
    let call = bell.act(Box::new(|cx| cx.continue_with(Then("called", &[])))).send().await;
    settle().await;
    journal.holds(&["pause 0"]);
    gate.open();
    call.expect("there is room").await.expect("it runs");
    bell.sync().await.expect("it runs");
    journal.holds(&["pause 0", "end 0", "called 0"]);
}

#[tokio::test(start_paused = true)]
async fn gs_86_the_reply_is_sent_before_the_continuation() {
    for queued in [false, true] {
        let (bell, journal) = bell().await;
        let gate = Gate::new();
        let pause = Pause(gate.clone(), &[]);
        let call = bell.act(Box::new(|cx| cx.continue_with(pause))).no_timeout();
        if queued {
            let pending = call.send().await.expect("there is room");
            bell.tell("mailbox").await.expect("there is room");
            pending.await.expect("the continuation waits");
        } else {
            call.await.expect("the continuation waits");
            bell.tell("mailbox").await.expect("there is room");
        }
        gate.reached().await;
        settle().await;
        journal.holds(&["pause 0"]);
        gate.open();
        bell.sync().await.expect("it runs");
        journal.holds(&["pause 0", "mailbox 0"]);
    }
}

#[tokio::test(start_paused = true)]
async fn gs_87_messages_wait_for_a_whole_chain() {
    let (bell, journal, gate) = busy_bell().await;
    let go = |cx: &mut Cx<_>| cx.continue_with(Then("a", &["b", "c"]));
    bell.tell_to(Box::new(go)).await.expect("there is room");
    bell.tell("between").await.expect("there is room");
    bell.tell_to(Box::new(go)).await.expect("there is room");
    gate.open();
    bell.sync().await.expect("it runs");
    journal.holds(&["a 0", "b 0", "c 0", "between 0", "a 0", "b 0", "c 0"]);
    let handled = bell.sys().get_status().expect("it runs").handled;
    assert_eq!((handled.casts, handled.continued), (4, 6));
}

#[tokio::test(start_paused = true)]
async fn gs_87_a_stop_waits_for_a_whole_chain() {
    let (bell, journal, gate) = busy_bell().await;
    let go = |cx: &mut Cx<_>| cx.continue_with(Then("a", &["b"]));
    bell.tell_to(Box::new(go)).await.expect("there is room");
    let stop = bell.stop();
    let late = bell.act(Box::new(|_| {})).send().await.expect("there is room");
    gate.open();
    stop.await.expect("it ran");
    assert_eq!(exited(late.await), ExitReason::Normal);
    journal.holds(&["a 0", "b 0"]);
}

/// A bell in the middle of a chain.
async fn chaining() -> (BellClient, crate::support::Journal, Gate) {
    let (bell, journal) = bell().await;
    let gate = Gate::new();
    let pause = Pause(gate.clone(), &["next"]);
    bell.act(Box::new(|cx| cx.continue_with(pause))).await.expect("it runs");
    gate.reached().await;
    (bell, journal, gate)
}

#[tokio::test(start_paused = true)]
async fn gs_87_a_stop_during_a_chain_waits_for_its_end() {
    let (bell, journal, gate) = chaining().await;
    bell.tell("before").await.expect("there is room");
    let stop = bell.stop();
    gate.open();
    stop.await.expect("it ran");
    journal.holds(&["pause 0", "next 0", "before 0"]);
}

#[tokio::test(start_paused = true)]
async fn stop_now_ends_a_chain_after_the_running_handler() {
    let (bell, journal, gate) = chaining().await;
    let queued = bell.act(Box::new(|_| {})).send().await.expect("there is room");
    let stop = bell.stop_now();
    settle().await;
    assert!(bell.is_running(), "its handler waits");
    gate.open();
    stop.await.expect("it ran");
    assert_eq!(exited(queued.await), ExitReason::Normal);
    journal.holds(&["pause 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_kill_drops_a_chain() {
    let (bell, journal, _gate) = chaining().await;
    let queued = bell.act(Box::new(|_| {})).send().await.expect("there is room");
    bell.kill().await.expect("it ran");
    assert_eq!(exited(queued.await), ExitReason::Killed);
    journal.holds(&["pause 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_crash_in_a_chain_ends_the_server() {
    let (bell, journal, gate) = busy_bell().await;
    let go = |cx: &mut Cx<_>| cx.continue_with(Then("a", &["crash", "never"]));
    bell.tell_to(Box::new(go)).await.expect("there is room");
    let queued = bell.act(Box::new(|_| {})).send().await.expect("there is room");
    gate.open();
    let panic = panicked(queued.await);
    assert_eq!((panic.handler(), panic.message()), ("then", "expected: told to"));
    journal.holds(&["a 0", "crash 0"]);
    assert!(!bell.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_ends_its_server_continues_with_nothing() {
    let (bell, journal) = bell().await;
    let go = |cx: &mut Cx<_>| {
        cx.continue_with(Then("never", &[]));
        cx.stop(ExitReason::Normal);
    };
    bell.act(Box::new(go)).await.expect("it replies");
    assert!(!bell.is_running());
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn a_chain_is_done_before_the_server_is_suspended() {
    let (bell, journal, gate) = chaining().await;
    bell.tell("mailbox").await.expect("there is room");
    let suspend = bell.sys().suspend();
    gate.open();
    suspend.await.expect("it runs");
    settle().await;
    journal.holds(&["pause 0", "next 0"]);
    bell.sys().resume().await.expect("it runs");
    bell.sync().await.expect("it runs");
    journal.holds(&["pause 0", "next 0", "mailbox 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_timer_and_a_task_wait_for_a_chain_too() {
    let (bell, journal) = bell().await;
    bell.act(Box::new(|cx| {
        cx.send_after(std::time::Duration::ZERO, Ring("timer"));
        cx.spawn_then(async {}, |_| Ring("task"));
        cx.continue_with(Then("a", &["b"]));
    }))
    .await
    .expect("it runs");
    settle().await;
    journal.holds(&["a 0", "b 0", "timer 0", "task 0"]);
}
