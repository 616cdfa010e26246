//! `priority = high`: before what is queued, in an order of its own.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Phase};

use crate::support::{Gate, Journal, deadlocked, exited, pass, settle, timed_out};

const SECOND: Duration = Duration::from_secs(1);

/// A message by type that hurries.
struct Urgent(&'static str);

/// A message by type that does not.
struct Calm(&'static str);

/// A server with room for three and the given policy, and what sends to it.
macro_rules! server {
    ($server:ident, $client:ident, $policy:ident, $busy:ident) => {
        struct $server {
            journal: Journal,
        }

        #[genserver(mailbox = 3, overflow = $policy)]
        impl $server {
            #[init]
            fn new(journal: Journal) -> Self {
                Self { journal }
            }

            #[cast]
            async fn wait(&self, gate: Gate) {
                gate.pass().await;
            }

            #[cast]
            fn tell(&self, word: &'static str) {
                self.journal.note(word);
            }

            #[call]
            fn ask(&self, word: &'static str) {
                self.journal.note(word);
            }

            #[info]
            fn calm(&self, calm: Calm) {
                self.journal.note(calm.0);
            }

            #[cast(priority = high)]
            fn tell_first(&self, word: &'static str) {
                self.journal.note(word);
            }

            #[call(priority = high)]
            fn ask_first(&self, word: &'static str) {
                self.journal.note(word);
            }

            #[call(priority = high, skip_abandoned)]
            fn ask_if_awaited(&self, word: &'static str) {
                self.journal.note(word);
            }

            /// Calls the last one, which calls the rest.
            #[call(priority = high)]
            async fn chain(&self, mut path: Vec<$client>) -> Result<(), ServerError> {
                match path.pop() {
                    Some(next) => next.chain(path).no_timeout().await.split()?,
                    None => Ok(()),
                }
            }

            #[info(priority = high)]
            fn urgent(&self, urgent: Urgent) {
                self.journal.note(urgent.0);
            }
        }

        /// One that is busy until the gate opens.
        async fn $busy() -> ($client, Journal, Gate) {
            let (journal, gate) = (Journal::new(), Gate::new());
            let client = $server::start(journal.clone()).await.expect("its init cannot fail");
            client.wait(gate.clone()).await.expect("there is room");
            gate.reached().await;
            (client, journal, gate)
        }
    };
}

server!(Patient, PatientClient, wait, patient);
server!(Strict, StrictClient, reject, strict);
server!(Newest, NewestClient, drop_oldest, newest);
server!(Oldest, OldestClient, drop_newest, oldest);

/// Opens the gate; what was sent is handled in this order.
async fn handled(client: &impl Client, journal: &Journal, gate: &Gate, expected: &[&str]) {
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(expected);
}

#[tokio::test(start_paused = true)]
async fn what_hurries_comes_before_what_is_queued_in_its_own_order() {
    let (client, journal, gate) = patient().await;
    client.tell("cast").await.expect("there is room");
    client.tell_first("first").await.expect("there is room");
    client.send_info(Urgent("second")).await.expect("there is room");
    let tasks = [tokio::spawn(ask(&client, "third")), tokio::spawn(ask(&client, "fourth"))];
    settle().await;
    handled(&client, &journal, &gate, &["first", "second", "third", "fourth", "cast"]).await;
    for task in tasks {
        task.await.expect("no panic").expect("it runs");
    }
}

/// A high call, which may wait for room.
fn ask(
    client: &PatientClient,
    word: &'static str,
) -> impl Future<Output = Result<(), ServerError>> + Send + use<> {
    let client = client.clone();
    async move { client.ask_first(word).await }
}

#[tokio::test(start_paused = true)]
async fn what_hurries_comes_before_the_rest_of_a_running_batch() {
    let journal = Journal::new();
    let client = Patient::start(journal.clone()).await.expect("its init cannot fail");
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("there is room");
    client.tell("batch").await.expect("there is room");
    client.send_info(Calm("rest")).await.expect("there is room");
    gate.reached().await;
    let high = client.ask_first("high").send().await.expect("there is room");
    handled(&client, &journal, &gate, &["high", "batch", "rest"]).await;
    high.await.expect("it runs");
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_room_hurries_when_it_is_let_in() {
    let (client, journal, gate) = patient().await;
    let second = Gate::new();
    client.wait(second.clone()).await.expect("there is room");
    client.tell("batch").await.expect("there is room");
    client.tell("rest").await.expect("there is room");
    let waits = tokio::spawn(ask(&client, "high"));
    settle().await;
    assert_eq!(client.sys().get_status().expect("it runs").mailbox.senders, 1);
    gate.open();
    second.reached().await;
    settle().await;
    assert_eq!(client.sys().get_status().expect("it runs").mailbox.senders, 0);
    second.open();
    settle().await;
    journal.holds(&["high", "batch", "rest"]);
    waits.await.expect("no panic").expect("it runs");
}

#[tokio::test(start_paused = true)]
async fn what_hurries_on_an_idle_server_runs_where_it_is_called() {
    let journal = Journal::new();
    let client = Patient::start(journal.clone()).await.expect("its init cannot fail");
    client.ask_first("inline").await.expect("it runs");
    client.tell_first("cast").await.expect("there is room");
    client.ask_first("behind").await.expect("it runs");
    client.send_after(Duration::ZERO, Urgent("timer")).expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["inline", "cast", "behind", "timer"]);
}

#[tokio::test(start_paused = true)]
async fn what_hurries_counts_against_the_bound() {
    let (client, journal, gate) = strict().await;
    for word in ["1", "2", "3"] {
        client.tell_first(word).try_send().expect("there is room");
    }
    assert_eq!(client.tell_first("x").try_send(), Err(SendError::Full));
    assert_eq!(client.tell("x").try_send(), Err(SendError::Full));
    assert_eq!(client.ask_first("x").try_send().map(drop), Err(ServerError::Full));
    assert_eq!(
        (client.counters().refused, client.sys().get_status().map(|s| s.mailbox.now)),
        (3, Ok(3))
    );
    handled(&client, &journal, &gate, &["1", "2", "3"]).await;
    client.tell_first("4").try_send().expect("there is room again");
    client.sync().await.expect("it runs");
    assert_eq!(journal.count("4"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_that_does_not_hurry_is_dropped_for_what_does() {
    let (client, journal, gate) = newest().await;
    for word in ["1", "2", "3"] {
        client.tell(word).try_send().expect("there is room");
    }
    client.tell_first("high").try_send().expect("the oldest makes room");
    client.tell("4").try_send().expect("the oldest makes room");
    assert_eq!(client.counters().dropped, 2);
    handled(&client, &journal, &gate, &["high", "3", "4"]).await;
}

#[tokio::test(start_paused = true)]
async fn the_newest_is_dropped_even_if_it_hurries() {
    let (client, journal, gate) = oldest().await;
    for word in ["1", "2", "3"] {
        client.tell(word).try_send().expect("there is room");
    }
    client.tell_first("high").try_send().expect("it is dropped");
    assert_eq!(client.ask_first("x").try_send().map(drop), Err(ServerError::Full));
    assert_eq!(client.counters().dropped, 1);
    handled(&client, &journal, &gate, &["1", "2", "3"]).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_stop_is_handled_before_it() {
    for ahead in [false, true] {
        let (client, journal, gate) = patient().await;
        if ahead {
            client.tell("cast").await.expect("there is room");
        }
        client.tell_first("before").await.expect("there is room");
        let asked = client.ask_first("asked").send().await.expect("there is room");
        let stop = client.stop();
        gate.open();
        stop.await.expect("it ran");
        asked.await.expect("it was sent before the stop");
        let expected = ["before", "asked", "cast"];
        journal.holds(&expected[..2 + usize::from(ahead)]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_after_a_stop_does_not_keep_the_server() {
    let (client, journal, gate) = patient().await;
    client.tell_first("before").await.expect("there is room");
    let stop = client.stop();
    let late = client.ask_first("after").send().await.expect("there is room");
    gate.open();
    stop.await.expect("it ran");
    assert_eq!(exited(late.await), ExitReason::Normal);
    journal.holds(&["before"]);
}

#[tokio::test(start_paused = true)]
async fn stop_now_and_kill_go_before_what_hurries() {
    for kill in [false, true] {
        let (client, journal, gate) = patient().await;
        let asked = client.ask_first("never").send().await.expect("there is room");
        let stop = if kill { client.kill() } else { client.stop_now() };
        gate.open();
        stop.await.expect("it ran");
        let reason = if kill { ExitReason::Killed } else { ExitReason::Normal };
        assert_eq!(exited(asked.await), reason);
        journal.holds(&[]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_at_the_state_comes_after_what_hurried_before_it() {
    let (client, journal, gate) = patient().await;
    client.tell_first("high").await.expect("there is room");
    let seen = journal.clone();
    let look = client.sys().format_state(10);
    let sync = client.sync();
    gate.open();
    drop(look.await);
    seen.note("looked");
    sync.await.expect("it runs");
    journal.holds(&["high", "looked"]);
}

#[tokio::test(start_paused = true)]
async fn what_hurries_waits_while_suspended() {
    let (client, journal, gate) = patient().await;
    gate.open();
    client.sys().suspend().await.expect("it runs");
    client.tell("cast").await.expect("there is room");
    client.tell_first("high").await.expect("there is room");
    let asked = client.ask_first("asked").send().await.expect("there is room");
    drop(client.sys().format_state(10).await);
    settle().await;
    journal.holds(&[]);
    client.sys().resume().await.expect("it runs");
    asked.await.expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["high", "asked", "cast"]);
}

#[tokio::test(start_paused = true)]
async fn a_suspended_server_ends_whatever_hurries() {
    let (client, journal, gate) = patient().await;
    gate.open();
    client.sys().suspend().await.expect("it runs");
    let asked = client.ask_first("high").send().await.expect("there is room");
    client.stop().await.expect("it ran");
    assert_eq!(exited(asked.await), ExitReason::Normal);
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_request_that_hurries_is_skipped_and_counted() {
    let (client, journal, gate) = patient().await;
    timed_out(client.ask_if_awaited("timed out").await);
    drop(client.ask_if_awaited("dropped").send().await.expect("there is room"));
    let awaited = client.ask_if_awaited("awaited").send().await.expect("there is room");
    gate.open();
    awaited.await.expect("it is awaited");
    journal.holds(&["awaited"]);
    assert_eq!(client.counters().dropped, 2);
}

#[tokio::test(start_paused = true)]
async fn a_late_request_that_hurries_tells_where_it_stood() {
    let (client, _, _gate) = patient().await;
    client.tell("cast").await.expect("there is room");
    let first = client.ask_first("first").timeout(SECOND).send().await.expect("there is room");
    let second = client.ask_first("second").timeout(SECOND).send().await.expect("there is room");
    pass(SECOND * 2).await;
    assert_eq!(timed_out(first.await).phase, Phase::Queued { ahead: 0 });
    assert_eq!(timed_out(second.await).phase, Phase::Queued { ahead: 1 });
    let late = timed_out(client.ask("x").timeout(SECOND).await);
    assert_eq!(late.phase, Phase::Room);
}

#[tokio::test(start_paused = true)]
async fn a_request_behind_what_hurries_counts_it() {
    let (client, _, _gate) = patient().await;
    client.tell_first("high").await.expect("there is room");
    client.tell("cast").await.expect("there is room");
    let late = timed_out(client.ask("x").timeout(SECOND).await);
    assert_eq!(late.phase, Phase::Queued { ahead: 2 });
}

#[tokio::test(start_paused = true)]
async fn a_circle_of_requests_that_hurry_is_told_and_withdrawn() {
    let journal = Journal::new();
    let one = Patient::start(journal.clone()).await.expect("its init cannot fail");
    let two = Patient::start(journal.clone()).await.expect("its init cannot fail");
    // Of two, it is the one that begins: its request is being handled.
    for path in [vec![one.clone()], vec![one.clone(), two.clone()]] {
        let length = path.len();
        let circle = deadlocked(one.chain(path).await.split().and_then(|inner| inner));
        assert_eq!(
            (circle.servers.len(), circle.call, circle.withdrawn),
            (length, "chain", length == 1)
        );
    }
    // Nothing of it is left: a stop at this place is due.
    one.stop().await.expect("it ran");
    two.tell_first("after").await.expect("there is room");
    two.stop().await.expect("it ran");
    journal.holds(&["after"]);
}
