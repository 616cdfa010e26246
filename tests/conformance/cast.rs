//! Casts: sent, handled, never answered.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::servers::{Broken, Counter, ProbeClient, busy_probe, probe};
use crate::support::{Journal, settle};

#[tokio::test(start_paused = true)]
async fn gs_41_a_cast_does_not_wait_for_its_handler() {
    let (client, journal, gate) = busy_probe().await;
    let begun = Instant::now();
    client.tell("x").await.expect("there is room");
    assert_eq!(begun.elapsed(), Duration::ZERO);
    journal.holds(&["wait"]);
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(&["wait", "waited", "x"]);
}

#[tokio::test]
async fn gs_41_a_cast_is_queued_although_the_server_is_idle() {
    let (client, journal) = probe().await;
    client.tell("x").await.expect("there is room");
    journal.holds(&[]);
    settle().await;
    journal.holds(&["x"]);
}

#[tokio::test(start_paused = true)]
async fn gs_41_a_cast_to_nobody_says_so_at_once() {
    let (client, _) = probe().await;
    client.stop().await.expect("it stops");
    let begun = Instant::now();
    let unknown = ProbeClient::named("nobody");
    let unkeyed: ProbeClient = Registry::new().client("nobody");
    for client in [&client, &client.weak(), &unknown, &unkeyed] {
        let error = client.tell("x").await.expect_err("nobody is there");
        assert_eq!(error, SendError::NotRunning);
        assert_eq!(ServerError::from(error), ServerError::NotRunning);
        assert_eq!(client.tell("x").try_send(), Err(SendError::NotRunning));
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn gs_42_a_full_mailbox_refuses_what_does_not_wait() {
    let (client, _, gate) = busy_probe().await;
    for _ in 0..1024 {
        client.tell("x").try_send().expect("there is room");
    }
    assert_eq!(client.tell("y").try_send(), Err(SendError::Full));
    gate.open();
    client.tell("z").await.expect("it waits for room");
    assert_eq!(client.counters().refused, 1);
}

#[tokio::test]
async fn gs_43_a_cast_that_returns_goes_on() {
    let counter = Counter::start(0).await.expect("its init cannot fail");
    counter.add(2).await.expect("there is room");
    counter.add(3).await.expect("there is room");
    assert_eq!(counter.get().await, Ok(5));
}

/// What is behind the end is never handled; `terminate` is told the reason.
async fn ends(client: ProbeClient, journal: Journal, reason: &str) {
    client.tell("never").await.expect("there is room");
    journal.until("drop").await;
    let terminate = format!("terminate: {reason}");
    assert_eq!(journal.lines()[1..], [terminate, "drop".to_owned()]);
    assert!(!client.is_running());
    assert_eq!(client.counters().dead, 1);
}

#[tokio::test]
async fn gs_43_a_cast_can_stop_its_server() {
    let (client, journal) = probe().await;
    client.leave(ExitReason::Other("done".into())).await.expect("there is room");
    ends(client, journal, "done").await;
}

#[tokio::test]
async fn gs_43_a_cast_that_fails_ends_its_server() {
    let (client, journal) = probe().await;
    client.fail(Broken("cast")).await.expect("there is room");
    ends(client, journal, "broken: cast").await;
}

#[tokio::test]
async fn gs_43_a_cast_that_panics_ends_its_server() {
    let (client, journal) = probe().await;
    client.burst("bad luck").await.expect("there is room");
    ends(client, journal, "`burst` panicked: bad luck").await;
}

/// A pool whose loans come back by themselves.
struct Pool {
    free: u32,
}

#[genserver(mailbox = 1, overflow = reject)]
impl Pool {
    #[init]
    fn new(free: u32) -> Self {
        Self { free }
    }

    #[call]
    fn lend(&mut self, cx: &mut Cx<Self>) -> Loan {
        self.free -= 1;
        Loan(cx.weak())
    }

    #[call]
    fn free(&self) -> u32 {
        self.free
    }

    #[cast]
    fn ballast(&mut self) {}

    #[cast(unbounded)]
    fn give_back(&mut self) {
        self.free += 1;
    }
}

#[derive(Debug)]
struct Loan(PoolClient);

impl Drop for Loan {
    fn drop(&mut self) {
        // The pool may be gone: then there is nothing to give back to.
        let _ = self.0.give_back().post();
    }
}

#[tokio::test]
async fn an_unbounded_cast_is_posted_from_drop_into_a_full_mailbox() {
    let pool = Pool::start(3).await.expect("its init cannot fail");
    let loans = [pool.lend().await, pool.lend().await, pool.lend().await];
    pool.ballast().try_send().expect("there is room");
    assert_eq!(pool.ballast().try_send(), Err(SendError::Full));
    drop(loans);
    settle().await;
    assert_eq!(pool.free().await, Ok(3));
}

#[tokio::test]
async fn an_unbounded_cast_takes_no_room() {
    let pool = Pool::start(0).await.expect("its init cannot fail");
    for _ in 0..100 {
        pool.give_back().await.expect("it never waits");
    }
    pool.ballast().try_send().expect("there is room");
    settle().await;
    assert_eq!(pool.free().await, Ok(100));
}

#[tokio::test]
async fn a_post_to_nobody_says_so() {
    let pool = Pool::start(1).await.expect("its init cannot fail");
    let loan = pool.lend().await.expect("one is free");
    pool.stop().await.expect("it stops");
    assert_eq!(pool.give_back().post(), Err(SendError::NotRunning));
    drop(loan);
}
