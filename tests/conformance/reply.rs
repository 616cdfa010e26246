//! Replies that are given later, from elsewhere, or not at all.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::servers::{Broken, probe};
use crate::support::{Gate, Journal, settle, timed_out, took};

type Keys = Result<u32, Broken>;

/// Lends a key; whoever comes while it is lent waits.
struct Lodge {
    journal: Journal,
    waiting: Vec<ReplyTo<Keys>>,
}

#[genserver]
impl Lodge {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal, waiting: Vec::new() }
    }

    /// Answered by `give`, `refuse` or nobody.
    #[call]
    fn ask(&mut self, reply: ReplyTo<Keys>) {
        self.journal.note("ask");
        self.waiting.push(reply);
    }

    #[cast]
    fn give(&mut self, key: u32) {
        let given = self.waiting.remove(0).reply(Ok(key));
        self.journal.note(format!("given: {}", given.is_ok()));
    }

    #[cast]
    fn refuse(&mut self, why: Broken) {
        self.waiting.remove(0).reply(Err(why)).expect("the caller waits");
    }

    #[cast]
    fn drop_all(&mut self) {
        self.waiting.clear();
    }

    #[call]
    fn closed(&self) -> bool {
        self.waiting[0].is_closed()
    }

    /// Hands the right to reply out.
    #[call]
    fn hand_out(&mut self, reply: ReplyTo<u32>, to: tokio::sync::oneshot::Sender<ReplyTo<u32>>) {
        self.journal.note("hand out");
        to.send(reply).expect("the test waits for it");
    }

    /// Replies first, and works on.
    #[call]
    async fn early(&mut self, reply: ReplyTo<u32>, gate: Gate) {
        reply.reply(1).expect("the caller waits");
        gate.pass().await;
        self.journal.note("worked on");
    }

    /// Notices that its caller goes.
    #[call]
    async fn watch(&mut self, mut reply: ReplyTo<u32>, gate: Gate) {
        assert!(!reply.is_closed());
        gate.reached_by();
        reply.closed().await;
        self.journal.note("the caller has gone");
        assert_eq!(reply.reply(7), Err(7));
    }

    /// Says nothing, and keeps the right for ever.
    #[call]
    fn forget(&mut self, reply: ReplyTo<u32>) {
        self.journal.note("forget");
        std::mem::forget(reply);
    }
}

async fn lodge() -> (LodgeClient, Journal) {
    let journal = Journal::new();
    (Lodge::start(journal.clone()).await.expect("its init cannot fail"), journal)
}

#[tokio::test]
async fn gs_30_a_caller_that_died_does_not_disturb_the_server() {
    let (client, journal) = probe().await;
    let gate = Gate::new();
    let caller = tokio::spawn({
        let (client, gate) = (client.clone(), gate.clone());
        async move { client.hold(gate).await }
    });
    gate.reached().await;
    caller.abort();
    caller.await.expect_err("it was aborted");
    gate.open();
    assert_eq!(client.note("next").await, Ok(3));
    assert_eq!(client.counters().late, 1);
    journal.holds(&["hold", "held", "next"]);
}

#[tokio::test]
async fn gs_30_a_reply_to_a_caller_that_died_gives_the_value_back() {
    let (client, journal) = lodge().await;
    let caller = tokio::spawn({
        let client = client.clone();
        async move { client.ask().await }
    });
    journal.until("ask").await;
    assert_eq!(client.closed().await, Ok(false));
    caller.abort();
    caller.await.expect_err("it was aborted");
    assert_eq!(client.closed().await, Ok(true));
    client.give(1).await.expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["ask", "given: false"]);
}

#[tokio::test]
async fn gs_31_a_handler_can_reply_later_from_another_one() {
    let (client, journal) = lodge().await;
    let first = client.ask().send().await.expect("there is room");
    let second = client.ask().send().await.expect("there is room");
    client.refuse(Broken("no key")).await.expect("it runs");
    client.give(5).await.expect("it runs");
    assert_eq!(first.await, Ok(Err(Broken("no key"))));
    assert_eq!(second.await, Ok(Ok(5)));
    journal.holds(&["ask", "ask", "given: true"]);
}

#[tokio::test]
async fn gs_32_anybody_can_reply_who_was_given_the_right() {
    let (client, _) = lodge().await;
    let (to, right) = tokio::sync::oneshot::channel();
    let call = client.hand_out(to).send().await.expect("there is room");
    let right = right.await.expect("the handler hands it out");
    let thread = std::thread::spawn(move || right.reply(9));
    assert_eq!(call.await, Ok(9));
    thread.join().expect("no panic").expect("the caller waited");
}

#[tokio::test]
async fn gs_32_a_reply_reaches_the_caller_although_the_server_has_ended() {
    let (client, _) = lodge().await;
    let (to, right) = tokio::sync::oneshot::channel();
    let call = client.hand_out(to).send().await.expect("there is room");
    let right = right.await.expect("the handler hands it out");
    client.stop().await.expect("it stops");
    right.reply(9).expect("the caller waits");
    assert_eq!(call.await, Ok(9));
}

#[tokio::test(start_paused = true)]
async fn gs_34_a_dropped_right_to_reply_is_told_at_once() {
    let (client, journal) = lodge().await;
    let begun = Instant::now();
    let call = client.ask().send().await.expect("there is room");
    client.drop_all().await.expect("it runs");
    let error = call.await.expect_err("nobody replied");
    assert_eq!(error, ServerError::NoReply);
    assert_eq!(error.to_string(), "the server dropped the request without a reply");
    assert_eq!(error.executed(), genserver_runtime::Executed::Maybe);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    journal.holds(&["ask"]);
}

#[tokio::test(start_paused = true)]
async fn gs_34_a_right_that_ends_with_its_server_is_told_at_once() {
    let (client, _) = lodge().await;
    let call = client.ask().no_timeout().send().await.expect("there is room");
    client.stop().await.expect("it stops");
    assert_eq!(call.await, Err(ServerError::NoReply));
}

#[tokio::test(start_paused = true)]
async fn gs_34_a_forgotten_right_lets_the_caller_wait() {
    let (client, _) = lodge().await;
    let begun = Instant::now();
    timed_out(client.forget().await);
    took(begun, Duration::from_secs(5));
}

#[tokio::test]
async fn gs_35_a_handler_can_reply_first_and_work_on() {
    let (client, journal) = lodge().await;
    let gate = Gate::new();
    assert_eq!(client.early(gate.clone()).await, Ok(1));
    gate.reached().await;
    journal.holds(&[]);
    gate.open();
    client.sync().await.expect("it runs");
    journal.holds(&["worked on"]);
}

#[tokio::test]
async fn a_handler_notices_that_its_caller_goes() {
    let (client, journal) = lodge().await;
    let gate = Gate::new();
    let call = client.watch(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    settle().await;
    journal.holds(&[]);
    drop(call);
    client.sync().await.expect("it runs");
    journal.holds(&["the caller has gone"]);
}
