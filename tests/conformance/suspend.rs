//! A suspended server: nothing is handled, everything can be asked.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Activity, Client, Executed, FormatError, Phase};
use tokio::time::Instant;

use crate::servers::{Probe, ProbeClient, Word, busy_probe, probe};
use crate::support::{
    Gate, Journal, deadlocked, exited, not_running, runtime, settle, timed_out, took,
};
use crate::tally::{Tally, TallyClient};

const SECOND: Duration = Duration::from_secs(1);

/// A probe that is suspended.
async fn suspended_probe() -> (ProbeClient, Journal) {
    let (client, journal) = probe().await;
    client.sys().suspend().await.expect("it runs");
    (client, journal)
}

fn activity<C: Client>(client: &C) -> Activity {
    client.sys().get_status().expect("it runs").activity
}

#[tokio::test(start_paused = true)]
async fn sys_1_a_suspended_server_handles_nothing_and_its_callers_time_out() {
    let (client, journal) = suspended_probe().await;
    client.tell("1").await.expect("there is room");
    client.send_info(Word("2")).await.expect("there is room");
    let since = Instant::now();
    let late = timed_out(client.note("3").await);
    took(since, Duration::from_secs(5));
    assert_eq!((late.phase, late.busy), (Phase::Queued { ahead: 2 }, None));
    journal.holds(&[]);
    let status = client.sys().get_status().expect("it runs");
    assert_eq!((status.activity, status.mailbox.now), (Activity::Suspended, 3));
}

#[tokio::test(start_paused = true)]
async fn sys_2_a_resumed_server_goes_on_in_the_order_of_sending() {
    let (client, journal) = suspended_probe().await;
    client.tell("1").await.expect("there is room");
    let second = client.note("2").send().await.expect("there is room");
    client.send_info(Word("3")).await.expect("there is room");
    let fourth = client.queue("4").send().await.expect("there is room");
    client.tell("5").await.expect("there is room");
    settle().await;
    journal.holds(&[]);
    client.sys().resume().await.expect("it runs");
    assert_eq!(second.await, Ok(2));
    fourth.await.expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["1", "2", "3", "4", "5"]);
    assert_eq!(activity(&client), Activity::Idle);
}

#[tokio::test(start_paused = true)]
async fn sys_1_a_call_that_timed_out_meanwhile_is_executed_unless_it_is_skipped() {
    let (client, journal) = suspended_probe().await;
    timed_out(client.note("late").timeout(SECOND).await);
    timed_out(client.fresh("skipped").timeout(SECOND).await);
    client.sys().resume().await.expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["late"]);
}

#[tokio::test(start_paused = true)]
async fn sys_1_suspending_twice_is_suspending_once() {
    let (client, journal) = suspended_probe().await;
    client.sys().suspend().await.expect("it runs");
    client.tell("1").await.expect("there is room");
    client.sys().resume().await.expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["1"]);
    client.sys().resume().await.expect("it runs already");
    assert_eq!(client.note("2").await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn sys_1_the_running_handler_comes_to_its_end_first() {
    let (client, journal, gate) = busy_probe().await;
    client.tell("after").await.expect("there is room");
    let mut suspend = client.sys().suspend();
    tokio::time::timeout(SECOND, &mut suspend).await.expect_err("a handler runs");
    let handling = Activity::Handling { handler: "wait", since: SECOND };
    assert_eq!(activity(&client), handling);
    gate.open();
    suspend.await.expect("it runs");
    settle().await;
    journal.holds(&["wait", "waited"]);
    assert_eq!(activity(&client), Activity::Suspended);
    client.sys().resume().await.expect("it runs");
    journal.until("after").await;
}

#[tokio::test(start_paused = true)]
async fn sys_1_a_suspension_that_timed_out_comes_all_the_same() {
    let (client, journal, gate) = busy_probe().await;
    for word in ["1", "2", "3"] {
        client.tell(word).await.expect("there is room");
    }
    let late = client.sys().suspend().timeout(SECOND).await.expect_err("a handler runs");
    // It waits for the handler only, not for what is queued.
    assert_eq!(
        late.to_string(),
        "`Probe::suspend` timed out after 1s, next in the mailbox; \
         `Probe::wait` has been running for 1s"
    );
    gate.open();
    settle().await;
    assert_eq!(activity(&client), Activity::Suspended);
    journal.holds(&["wait", "waited"]);
}

#[tokio::test(start_paused = true)]
async fn sys_1_an_own_handler_that_suspends_its_server_is_told_and_nothing_comes_of_it() {
    let tally = Tally::start(Tally { value: 0 }).await.expect("it starts");
    let outcome = tally.faint().await.split().expect("it runs");
    assert_eq!(outcome.as_ref().map_err(ServerError::executed), Err(Executed::No));
    assert_eq!(deadlocked(outcome).call, "suspend");
    settle().await;
    assert_eq!(tally.add(1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn sys_4_a_suspended_server_can_be_looked_into() {
    let tally = Tally::start(Tally { value: 1 }).await.expect("it starts");
    let sys = tally.sys();
    sys.suspend().await.expect("it runs");
    tally.bump(10).await.expect("there is room");
    // At once, not after what is queued.
    assert_eq!(sys.get_state().await, Ok(Tally { value: 1 }));
    let replaced = sys.replace_state(|tally: Tally| Tally { value: tally.value + 1 }).await;
    assert_eq!(replaced, Ok(Tally { value: 2 }));
    assert_eq!(sys.format_state(100).await.as_deref(), Ok("Tally { value: 2 }"));
    assert_eq!(activity(&tally), Activity::Suspended);
    sys.resume().await.expect("it runs");
    assert_eq!(tally.add(0).await, Ok(12));
}

#[tokio::test(start_paused = true)]
async fn sys_4_debugging_can_be_turned_on_and_off_while_suspended() {
    let tally = Tally::start(Tally { value: 1 }).await.expect("it starts");
    let sys = tally.sys();
    sys.suspend().await.expect("it runs");
    sys.log(10).expect("it runs");
    sys.statistics(true).expect("it runs");
    sys.trace(true).expect("it runs");
    let mut events = sys.events().expect("it runs");
    tally.bump(1).await.expect("there is room");
    assert_eq!(sys.get_log(), Ok(Vec::new()));
    sys.resume().await.expect("it runs");
    let event = events.next().await.expect("it runs");
    assert_eq!(event.kind.to_string(), "got cast `bump`");
    sys.suspend().await.expect("it runs");
    assert_eq!(sys.get_log().expect("it runs").len(), 2);
    sys.no_debug().expect("it runs");
    assert_eq!(sys.get_log(), Ok(Vec::new()));
    assert_eq!(sys.get_statistics(), Ok(None));
}

/// What the end of a suspended server comes to: how it ran, and what the queued caller was told.
async fn end(how: impl AsyncFn(&ProbeClient)) -> (Vec<String>, ExitReason) {
    let (client, journal) = suspended_probe().await;
    client.tell("cast").await.expect("there is room");
    let queued = client.note("call").send().await.expect("there is room");
    how(&client).await;
    let reason = exited(queued.await);
    assert_eq!(client.counters().dead, 1);
    not_running(client.sys().resume().await);
    (journal.lines(), reason)
}

#[tokio::test(start_paused = true)]
async fn sys_4_and_gs_63_a_suspended_server_can_be_ended() {
    let (lines, reason) = end(async |client| client.stop().await.expect("it stops")).await;
    assert_eq!((lines, reason), (words(&["terminate: normal", "drop"]), ExitReason::Normal));

    let shutdown = ExitReason::Shutdown;
    let (lines, reason) =
        end(async |client| client.sys().terminate(shutdown.clone()).await.expect("it stops")).await;
    assert_eq!((lines, reason), (words(&["terminate: shutdown", "drop"]), shutdown.clone()));

    let (lines, reason) = end(async |client| client.kill().await.expect("it is killed")).await;
    assert_eq!((lines, reason), (words(&["drop"]), ExitReason::Killed));
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn gs_63_a_stop_that_is_queued_comes_at_once_when_its_server_is_suspended() {
    let (client, journal, gate) = busy_probe().await;
    client.tell("before").await.expect("there is room");
    let stop = client.stop();
    let suspend = client.sys().suspend();
    gate.open();
    suspend.await.expect("it was suspended");
    stop.await.expect("it stops");
    journal.holds(&["wait", "waited", "terminate: normal", "drop"]);
    assert_eq!(client.counters().dead, 1);
}

#[tokio::test(start_paused = true)]
async fn sys_1_senders_wait_for_room_and_come_after_what_is_queued() {
    let journal = Journal::new();
    let client = Probe::start(journal.clone()).mailbox(2).await.expect("it starts");
    let sys = client.sys();
    sys.suspend().await.expect("it runs");
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    let (third, fourth) = (client.clone(), client.clone());
    let third = tokio::spawn(async move { third.tell("3").await });
    settle().await;
    let fourth = tokio::spawn(async move { fourth.note("4").await });
    settle().await;
    let mailbox = sys.get_status().expect("it runs").mailbox;
    assert_eq!((mailbox.now, mailbox.senders), (2, 2));
    // EventKind is asked takes no room.
    let unformatted = FormatError::Unformatted { server: "Probe" };
    assert_eq!(sys.format_state(10).await, Err(unformatted));
    sys.resume().await.expect("it runs");
    third.await.expect("no panic").expect("there was room");
    assert_eq!(fourth.await.expect("no panic"), Ok(4));
    journal.holds(&["1", "2", "3", "4"]);
}

#[tokio::test(start_paused = true)]
async fn sys_1_a_suspended_server_that_nobody_holds_ends() {
    let (client, journal) = suspended_probe().await;
    let sys = client.sys();
    client.tell("unhandled").await.expect("there is room");
    drop(client);
    journal.until("drop").await;
    journal.holds(&["terminate: normal", "drop"]);
    not_running(sys.resume().await);
}

#[test]
fn sys_1_a_suspended_server_ends_with_its_runtime() {
    let runtime = runtime();
    let (client, journal, queued) = runtime.block_on(async {
        let (client, journal) = suspended_probe().await;
        let queued = client.note("queued").send().await.expect("there is room");
        (client, journal, queued)
    });
    drop(runtime);
    not_running(self::runtime().block_on(queued));
    not_running(client.sys().get_status());
    not_running(client.sys().resume().blocking());
    journal.holds(&["drop"]);
    not_running(client.sys().events());
}

/// Drops what is old.
struct Lossy {
    journal: Journal,
}

#[genserver(mailbox = 2, overflow = drop_oldest)]
impl Lossy {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[cast]
    fn tell(&self, #[into] word: String) {
        self.journal.note(word);
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }
}

#[tokio::test(start_paused = true)]
async fn sys_1_a_full_mailbox_drops_the_oldest_while_suspended_too() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let lossy = Lossy::start(journal.clone()).await.expect("it starts");
    lossy.wait(gate.clone()).await.expect("the oldest is dropped");
    gate.reached().await;
    for word in ["1", "2"] {
        lossy.tell(word).await.expect("the oldest is dropped");
    }
    let suspend = lossy.sys().suspend();
    gate.open();
    suspend.await.expect("it runs");
    for word in ["3", "4", "5"] {
        lossy.tell(word).await.expect("the oldest is dropped");
    }
    lossy.sys().resume().await.expect("it runs");
    lossy.sync().await.expect("it runs");
    journal.holds(&["4", "5"]);
    assert_eq!(lossy.counters().dropped, 3);
}

/// What is taken out of the queue when the suspension comes is put back, and counted again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sys_1_a_mailbox_that_drops_keeps_its_count_through_many_suspensions() {
    let lossy = Lossy::start(Journal::new()).await.expect("it starts");
    let sender = lossy.clone();
    let sending = tokio::spawn(async move {
        for _ in 0..4_000 {
            sender.tell("x").await.expect("the oldest is dropped");
        }
    });
    while !sending.is_finished() {
        lossy.sys().suspend().await.expect("it runs");
        lossy.sys().resume().await.expect("it runs");
    }
    sending.await.expect("no panic");
    lossy.sync().await.expect("it runs");
    for _ in 0..2 {
        lossy.tell("y").await.expect("there is room");
    }
    lossy.sync().await.expect("it runs");
    assert_eq!(lossy.sys().get_status().expect("it runs").mailbox.now, 0);
}

#[tokio::test(start_paused = true)]
async fn sys_4_suspended_and_resumed_by_name_and_by_a_weak_client() {
    let start = Tally::start(Tally { value: 0 }).name("suspended");
    let tally = start.await.expect("the name is free");
    TallyClient::named("suspended").sys().suspend().await.expect("it runs");
    timed_out(tally.add(1).timeout(SECOND).await);
    tally.weak().sys().resume().await.expect("it runs");
    assert_eq!(tally.add(1).await, Ok(2));
}
