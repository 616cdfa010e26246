//! The bounded mailbox and what happens when it is full.

use std::time::Duration;

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

use crate::servers::{Probe, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, settle};

/// A server with room for two and the given policy; `$busy` starts one that is busy.
macro_rules! policy {
    ($server:ident, $client:ident, $policy:ident, $busy:ident) => {
        struct $server {
            journal: Journal,
        }

        #[genserver(mailbox = 2, overflow = $policy)]
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
            fn tell(&self, #[into] word: String) {
                self.journal.note(word);
            }

            /// Sends to its own server while it runs.
            #[cast]
            fn pass_on(&self, cx: &mut Cx<Self>, #[into] word: String) {
                let me: $client = cx.weak();
                self.journal.note(format!("sent: {}", me.tell(word).try_send().is_ok()));
            }

            #[call]
            fn note(&self, #[into] word: String) {
                self.journal.note(word);
            }

            #[info]
            fn on_number(&self, number: u32) {
                self.journal.note(number.to_string());
            }
        }

        async fn $busy() -> ($client, Journal, Gate) {
            let (journal, gate) = (Journal::new(), Gate::new());
            let client = $server::start(journal.clone()).await.expect("its init cannot fail");
            client.wait(gate.clone()).await.expect("there is room");
            gate.reached().await;
            (client, journal, gate)
        }
    };
}

policy!(Patient, PatientClient, wait, patient);
policy!(Strict, StrictClient, reject, strict);
policy!(Newest, NewestClient, drop_oldest, newest);
policy!(Oldest, OldestClient, drop_newest, oldest);

/// Opens the gate; what was queued is handled in this order.
async fn handled(client: &impl Client, journal: &Journal, gate: &Gate, expected: &[&str]) {
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(expected);
}

#[tokio::test]
async fn the_mailbox_has_room_for_1024_messages() {
    let (client, journal, gate) = busy_probe().await;
    for number in 0..512 {
        client.tell("cast").try_send().expect("there is room");
        drop(client.note("call").try_send().expect("a call counts as a message"));
        assert_eq!(client.counters().refused, 0, "after {number} pairs");
    }
    assert_eq!(client.tell("x").try_send(), Err(SendError::Full));
    assert_eq!(client.note("x").try_send().map(drop), Err(ServerError::Full));
    assert_eq!(client.counters().refused, 2);
    gate.open();
    client.sync().await.expect("it runs");
    assert_eq!((journal.count("cast"), journal.count("call"), journal.count("x")), (512, 512, 0));
}

#[tokio::test]
async fn the_rest_of_a_running_batch_counts_against_the_bound() {
    let (client, _) = probe().await;
    let (first, second) = (Gate::new(), Gate::new());
    client.wait(first.clone()).await.expect("there is room");
    client.wait(second.clone()).await.expect("there is room");
    first.reached().await;
    for _ in 0..1023 {
        client.tell("x").try_send().expect("there is room");
    }
    assert_eq!(client.tell("y").try_send(), Err(SendError::Full));
    first.open();
    second.reached().await;
    client.tell("y").try_send().expect("one was handled");
    assert_eq!(client.tell("z").try_send(), Err(SendError::Full));
    second.open();
}

#[tokio::test]
async fn wait_suspends_the_sender_until_there_is_room() {
    let (client, journal, gate) = patient().await;
    client.tell("1").await.expect("there is room");
    client.note("2").try_send().map(drop).expect("there is room");
    assert_eq!(client.tell("x").try_send(), Err(SendError::Full));
    let third = tokio::spawn({
        let client = client.clone();
        async move { client.tell("3").await }
    });
    settle().await;
    assert!(!third.is_finished(), "there is no room");
    gate.open();
    third.await.expect("no panic").expect("there is room by now");
    client.sync().await.expect("it runs");
    journal.holds(&["1", "2", "3"]);
}

#[tokio::test]
async fn waiting_senders_get_room_in_the_order_in_which_they_came() {
    let (client, journal, gate) = patient().await;
    client.tell("first").await.expect("there is room");
    client.tell("second").await.expect("there is room");
    let mut senders = Vec::new();
    for number in 0..12_u32 {
        let client = client.clone();
        senders.push(tokio::spawn(async move {
            match number % 4 {
                0 => client.tell(number.to_string()).await.map_err(ServerError::from),
                1 => client.note(number.to_string()).await,
                2 => client.send_info(number).await.map_err(ServerError::from),
                _ => client.note(number.to_string()).send().await?.await,
            }
        }));
        settle().await;
    }
    gate.open();
    for sender in senders {
        sender.await.expect("no panic").expect("there is room by now");
    }
    let expected = (0..12).map(|number| number.to_string()).collect::<Vec<_>>();
    assert_eq!(journal.lines()[2..], expected);
}

#[tokio::test]
async fn who_comes_now_does_not_pass_who_waits() {
    let (client, journal, gate) = patient().await;
    client.pass_on("late").await.expect("there is room");
    client.tell("1").await.expect("there is room");
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.tell("2").await }
    });
    settle().await;
    gate.open();
    waiting.await.expect("no panic").expect("there is room by now");
    client.sync().await.expect("it runs");
    // While `pass_on` runs there is room for one: that is for who waits.
    journal.holds(&["sent: false", "1", "2"]);
}

#[tokio::test]
async fn a_sender_that_goes_while_it_waits_has_sent_nothing() {
    let (client, journal, gate) = patient().await;
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    let senders = [0, 1, 2].map(|kind| {
        let client = client.clone();
        tokio::spawn(async move {
            match kind {
                0 => client.tell("x").await.map_err(ServerError::from),
                1 => client.note("x").await,
                _ => client.note("x").send().await.map(drop),
            }
        })
    });
    settle().await;
    for sender in &senders {
        sender.abort();
    }
    settle().await;
    handled(&client, &journal, &gate, &["1", "2"]).await;
}

#[tokio::test]
async fn a_request_that_waited_for_room_is_executed_although_it_is_dropped() {
    let (client, journal, gate) = patient().await;
    let second = Gate::new();
    client.wait(second.clone()).await.expect("there is room");
    client.tell("1").await.expect("there is room");
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.note("2").send().await }
    });
    settle().await;
    gate.open();
    second.reached().await;
    let pending = waiting.await.expect("no panic").expect("there is room by now");
    drop(pending);
    handled(&client, &journal, &second, &["1", "2"]).await;
}

#[tokio::test]
async fn reject_refuses_every_sender() {
    let (client, journal, gate) = strict().await;
    client.tell("1").await.expect("there is room");
    client.send_info(2_u32).await.expect("there is room");
    assert_eq!(client.tell("x").await, Err(SendError::Full));
    assert_eq!(client.send_info(3_u32).await, Err(SendError::Full));
    assert_eq!(client.note("x").await, Err(ServerError::Full));
    assert_eq!(client.note("x").send().await.map(drop), Err(ServerError::Full));
    assert_eq!(ServerError::Full.to_string(), "the mailbox is full");
    assert_eq!(client.counters().refused, 4);
    handled(&client, &journal, &gate, &["1", "2"]).await;
}

#[tokio::test]
async fn drop_newest_drops_the_new_cast_and_refuses_the_new_call() {
    let (client, journal, gate) = oldest().await;
    client.tell("1").await.expect("there is room");
    let call = client.note("2").send().await.expect("there is room");
    assert_eq!(client.tell("x").await, Ok(()));
    assert_eq!(client.tell("x").try_send(), Ok(()));
    assert_eq!(client.send_info(3_u32).await, Ok(()));
    assert_eq!(client.counters().dropped, 3);
    assert_eq!(client.note("x").await, Err(ServerError::Full));
    assert_eq!(client.counters().refused, 1);
    handled(&client, &journal, &gate, &["1", "2"]).await;
    assert_eq!(call.await, Ok(()));
}

#[tokio::test]
async fn drop_oldest_drops_the_oldest_cast_or_info() {
    let (client, journal, gate) = newest().await;
    client.tell("1").await.expect("there is room");
    client.send_info(2_u32).await.expect("there is room");
    client.tell("3").await.expect("the first is dropped");
    client.tell("4").try_send().expect("the second is dropped");
    assert_eq!(client.counters().dropped, 2);
    handled(&client, &journal, &gate, &["3", "4"]).await;
}

#[tokio::test]
async fn drop_oldest_never_drops_a_call() {
    let (client, journal, gate) = newest().await;
    let first = client.note("1").send().await.expect("there is room");
    client.tell("x").await.expect("there is room");
    let second = client.note("2").send().await.expect("the cast is dropped");
    assert_eq!(client.counters().dropped, 1);
    // Only calls are left: nothing can make room.
    assert_eq!(client.tell("x").await, Err(SendError::Full));
    assert_eq!(client.note("x").await, Err(ServerError::Full));
    handled(&client, &journal, &gate, &["1", "2"]).await;
    assert_eq!((first.await, second.await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn drop_oldest_keeps_the_place_of_a_stop() {
    let (client, journal, gate) = newest().await;
    let call = client.note("1").send().await.expect("there is room");
    client.tell("x").await.expect("there is room");
    let stop = client.stop();
    client.tell("y").await.expect("the first cast is dropped");
    client.tell("z").await.expect("the second cast is dropped");
    gate.open();
    assert_eq!(call.await, Ok(()), "it was queued before the stop");
    stop.await.expect("it stops");
    journal.holds(&["1"]);
}

#[tokio::test]
async fn an_unbounded_mailbox_takes_everything() {
    let (client, journal, gate) = endless().await;
    for _ in 0..5000 {
        client.tell("x").try_send().expect("there is room");
    }
    gate.open();
    client.sync().await.expect("it runs");
    assert_eq!(journal.count("x"), 5000);
}

struct Endless {
    journal: Journal,
}

#[genserver(mailbox = unbounded)]
impl Endless {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[cast]
    fn tell(&self, #[into] word: String) {
        self.journal.note(word);
    }
}

async fn endless() -> (EndlessClient, Journal, Gate) {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Endless::start(journal.clone()).await.expect("its init cannot fail");
    client.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    (client, journal, gate)
}

/// How much a probe with this bound takes while it is busy.
async fn room(bound: u32) -> u32 {
    let start = Probe::start(Journal::new()).mailbox(bound);
    let client: ProbeClient = start.await.expect("its init cannot fail");
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let mut taken = 0;
    while client.tell("x").try_send().is_ok() {
        taken += 1;
    }
    taken
}

#[tokio::test]
async fn the_start_sets_the_bound() {
    for bound in [1, 2, 100, 2000] {
        assert_eq!(room(bound).await, bound);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_framework_asks_takes_no_room() {
    let (client, _, gate) = strict().await;
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    let sync = tokio::spawn({
        let client = client.clone();
        async move { client.sync().await }
    });
    settle().await;
    assert!(!sync.is_finished(), "it is in the queue");
    gate.open();
    tokio::time::timeout(Duration::from_secs(1), sync)
        .await
        .expect("it is answered")
        .expect("no panic")
        .expect("it runs");
}
