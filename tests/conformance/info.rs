//! Messages by type: `#[info]`, `send_info`, `Recipient`.

use genserver_runtime::Recipient;
use genserver_runtime::prelude::*;

use crate::servers::{Broken, Order, Probe, ProbeClient, Word, busy_probe, probe};
use crate::support::{Journal, settle};

#[tokio::test]
async fn gs_44_a_message_goes_to_the_info_handler_of_its_type() {
    let (client, journal) = probe().await;
    client.send_info(Word("plain")).await.expect("there is room");
    client.sync().await.expect("it runs");
    journal.holds(&["plain"]);
}

#[tokio::test]
async fn gs_44_infos_keep_their_order_with_calls_and_casts() {
    let (client, journal, gate) = busy_probe().await;
    client.tell("cast").await.expect("there is room");
    client.send_info(Word("info")).await.expect("there is room");
    let call = client.note("call").send().await.expect("there is room");
    gate.open();
    call.await.expect("it runs");
    journal.holds(&["wait", "waited", "cast", "info", "call"]);
}

#[tokio::test]
async fn gs_43_an_info_can_stop_its_server() {
    let (client, journal) = probe().await;
    let order = Order::Stop(ExitReason::Shutdown);
    client.send_info(order).await.expect("there is room");
    journal.until("drop").await;
    journal.holds(&["terminate: shutdown", "drop"]);
}

#[tokio::test]
async fn gs_46_an_info_that_fails_ends_its_server() {
    let (client, journal) = probe().await;
    client.send_info(Order::Crash(Broken("info"))).await.expect("there is room");
    let behind = client.note("never").await.expect_err("it has ended");
    match behind {
        ServerError::Exit(ExitReason::Error(error)) => {
            assert_eq!(error.downcast_ref(), Some(&Broken("info")));
        }
        other => panic!("the error is the reason: {other:?}"),
    }
    journal.until("drop").await;
    journal.holds(&["terminate: broken: info", "drop"]);
}

#[tokio::test]
async fn a_recipient_hides_the_type_of_its_server() {
    let (probe, journal) = probe().await;
    let other = Echo::start(journal.clone()).await.expect("its init cannot fail");
    let recipients: [Recipient<Word>; 2] = [probe.recipient(), other.recipient()];
    for recipient in &recipients {
        recipient.send(Word("hello")).await.expect("there is room");
        recipient.clone().try_send(Word("again")).expect("there is room");
    }
    probe.sync().await.expect("it runs");
    other.sync().await.expect("it runs");
    assert_eq!((journal.count("hello"), journal.count("echo hello")), (1, 1));
    assert_eq!((journal.count("again"), journal.count("echo again")), (1, 1));
}

struct Echo {
    journal: Journal,
}

#[genserver]
impl Echo {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[info]
    fn on_word(&mut self, Word(word): Word) {
        self.journal.note(format!("echo {word}"));
    }
}

#[tokio::test]
async fn a_recipient_keeps_its_server_alive() {
    let (client, journal) = probe().await;
    let recipient: Recipient<Word> = client.recipient();
    drop(client);
    settle().await;
    recipient.send(Word("alive")).await.expect("it lives");
    settle().await;
    journal.holds(&["alive"]);
    drop(recipient);
    journal.until("drop").await;
}

#[tokio::test]
async fn a_recipient_of_a_weak_client_keeps_nothing_alive() {
    let (client, journal) = probe().await;
    let recipient: Recipient<Word> = client.weak().recipient();
    recipient.send(Word("alive")).await.expect("it lives");
    drop(client);
    journal.until("drop").await;
    journal.holds(&["alive", "terminate: normal", "drop"]);
    let refused = recipient.send(Word("late")).await;
    assert_eq!(refused, Err(SendError::NotRunning));
}

#[tokio::test]
async fn a_recipient_by_name_reaches_the_present_incarnation() {
    let recipient: Recipient<Word> = ProbeClient::named("heard").recipient();
    assert_eq!(recipient.send(Word("early")).await, Err(SendError::NotRunning));
    for _ in 0..2 {
        let journal = Journal::new();
        let client = Probe::start(journal.clone()).name("heard").await.expect("the name is free");
        recipient.send(Word("here")).await.expect("it lives");
        client.stop().await.expect("it stops");
        assert_eq!(journal.count("here"), 1);
    }
}

#[tokio::test]
async fn an_info_counts_against_the_bound() {
    let (client, _, gate) = busy_probe().await;
    for _ in 0..1024 {
        client.send_info(Word("x")).try_send().expect("there is room");
    }
    assert_eq!(client.send_info(Word("y")).try_send(), Err(SendError::Full));
    let waiting = client.send_info(Word("z"));
    tokio::pin!(waiting);
    tokio::select! {
        biased;
        sent = &mut waiting => panic!("there is no room: {sent:?}"),
        () = settle() => {}
    }
    gate.open();
    waiting.await.expect("there is room by now");
}

#[tokio::test]
async fn a_recipient_tells_whether_its_server_runs_and_may_be_weak() {
    let (client, journal) = probe().await;
    let strong: Recipient<Word> = client.recipient();
    let weak = strong.weak();
    drop(client);
    assert!(strong.is_running() && weak.is_running(), "the strong one keeps it");
    drop(strong);
    journal.until("drop").await;
    assert!(!weak.is_running());
    assert_eq!(weak.try_send(Word("late")), Err(SendError::NotRunning));
}
