//! Timers and the mailbox: what lies in it can be flushed, and takes no room.

use std::time::Duration;

use genserver_runtime::Client;
use genserver_runtime::prelude::*;

use crate::bell::{BellClient, Ring, SECOND, busy_bell};
use crate::support::{Gate, Journal, pass, settle};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(start_paused = true)]
async fn tm_6_a_message_in_the_mailbox_is_not_called_back_but_can_be_flushed() {
    for named in [false, true] {
        let (bell, journal, gate) = busy_bell().await;
        let client = if named { BellClient::named("bell") } else { bell.weak() };
        let stays = client.send_after(SECOND, Ring("stays")).expect("it runs");
        let flushed = client.send_after(SECOND, Ring("flushed")).expect("it runs");
        pass(2 * SECOND).await;
        assert_eq!((stays.cancel(), flushed.cancel()), (None, None), "named: {named}");
        assert_eq!(flushed.cancel_and_flush(), Some(Duration::ZERO), "named: {named}");
        assert_eq!(flushed.cancel_and_flush(), None, "named: {named}");
        gate.open();
        bell.sync().await.expect("it runs");
        journal.holds(&["stays 2"]);
        assert_eq!(stays.cancel_and_flush(), None, "it was handled");
        bell.stop().await.expect("it runs");
    }
}

#[tokio::test(start_paused = true)]
async fn tm_6_nothing_is_flushed_where_no_message_waits() {
    let nobody = BellClient::named("bell").send_after(SECOND, Ring("x")).expect("in a runtime");
    pass(2 * SECOND).await;
    assert_eq!(nobody.cancel_and_flush(), None, "nobody was there");
    let (bell, _, gate) = busy_bell().await;
    let dead = bell.send_after(SECOND, Ring("x")).expect("it runs");
    pass(2 * SECOND).await;
    let stopped = bell.stop_now();
    gate.open();
    stopped.await.expect("it ran");
    assert_eq!(dead.cancel_and_flush(), None, "it went with its server");
}

#[tokio::test(start_paused = true)]
async fn tm_9_a_tick_in_the_mailbox_can_be_flushed() {
    let (bell, journal, gate) = busy_bell().await;
    let flushed = bell.send_interval(SECOND, Ring("flushed")).expect("it runs");
    let stays = bell.send_interval(SECOND, Ring("stays")).expect("it runs");
    pass(SECOND * 3 / 2).await;
    assert_eq!(flushed.cancel_and_flush(), Some(Duration::ZERO), "its tick was due");
    assert_eq!(stays.cancel(), Some(Duration::ZERO));
    gate.open();
    pass(DAY).await;
    journal.holds(&["stays 1.5"]);
}

/// A server with room for one and the given policy.
macro_rules! policy {
    ($server:ident, $policy:ident) => {
        struct $server {
            journal: Journal,
        }

        #[genserver(mailbox = 1, overflow = $policy)]
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

            #[info]
            fn ring(&self, ring: Ring) {
                self.journal.note(ring.0);
            }
        }
    };
}

policy!(Waits, wait);
policy!(Rejects, reject);
policy!(DropsOldest, drop_oldest);
policy!(DropsNewest, drop_newest);

/// Timers fire while the mailbox is full, before and after a cast came to it.
macro_rules! check_full {
    ($server:ident, $casts:expr, $expected:expr) => {{
        let (journal, gate) = (Journal::new(), Gate::new());
        let client = $server::start(journal.clone()).await.expect("its init cannot fail");
        client.wait(gate.clone()).await.expect("there is room");
        gate.reached().await;
        for word in ["t1", "t2", "t3"] {
            client.send_after(SECOND, Ring(word)).expect("it runs");
        }
        client.tell("a").try_send().expect("there is room");
        pass(2 * SECOND).await;
        client.send_info(Ring("full")).try_send().ok();
        let casts: [Result<(), SendError>; 2] =
            [client.tell("b").try_send(), client.tell("c").try_send()];
        assert_eq!(casts, $casts);
        gate.open();
        client.sync().await.expect("it runs");
        journal.holds(&$expected);
    }};
}

#[tokio::test(start_paused = true)]
async fn a_timers_message_takes_no_room_and_is_never_dropped() {
    let full = [Err(SendError::Full); 2];
    check_full!(Waits, full, ["a", "t1", "t2", "t3"]);
    check_full!(Rejects, full, ["a", "t1", "t2", "t3"]);
    check_full!(DropsOldest, [Ok(()); 2], ["t1", "t2", "t3", "c"]);
    check_full!(DropsNewest, [Ok(()); 2], ["a", "t1", "t2", "t3"]);
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_full_of_timers_has_room() {
    let (bell, journal, gate) = busy_bell().await;
    for _ in 0..100 {
        bell.send_after(SECOND, Ring("x")).expect("it runs");
    }
    pass(2 * SECOND).await;
    assert_eq!(bell.sys().get_status().expect("it runs").mailbox.now, 100);
    bell.tell("y").try_send().expect("there is room");
    gate.open();
    bell.sync().await.expect("it runs");
    assert_eq!((journal.count("x 2"), journal.count("y 2")), (100, 1));
}

#[tokio::test(start_paused = true)]
async fn timers_of_a_suspended_server_queue_up() {
    let (bell, journal, gate) = busy_bell().await;
    gate.open();
    bell.sys().suspend().await.expect("it runs");
    bell.send_after(2 * SECOND, Ring("second")).expect("it runs");
    bell.send_after(SECOND, Ring("first")).expect("it runs");
    let ticks = bell.send_interval(SECOND, Ring("tick")).expect("it runs");
    pass(SECOND * 9 / 2).await;
    journal.holds(&[]);
    bell.sys().resume().await.expect("it runs");
    pass(SECOND).await;
    ticks.cancel();
    journal.holds(&["first 4.5", "tick 4.5", "second 4.5", "tick 5"]);
    assert_eq!(bell.counters().missed, 3);
}

#[tokio::test(start_paused = true)]
async fn an_end_at_a_time_reaches_a_suspended_server() {
    for kill in [false, true] {
        let (bell, _, gate) = busy_bell().await;
        gate.open();
        bell.sys().suspend().await.expect("it runs");
        let set = if kill {
            bell.kill_after(SECOND)
        } else {
            bell.exit_after(SECOND, ExitReason::Shutdown)
        };
        set.expect("it runs");
        pass(2 * SECOND).await;
        settle().await;
        assert!(!bell.is_running(), "kill: {kill}");
    }
}
