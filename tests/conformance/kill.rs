//! `kill`: the running handler is dropped where it waits, and not before.

use std::sync::mpsc;

use genserver_runtime::prelude::*;

use crate::servers::{Counter, Dropped, busy_probe, probe};
use crate::support::{Gate, Journal, exited, not_running, settle};

#[tokio::test]
async fn a_kill_drops_the_running_handler_where_it_waits() {
    for queued in [false, true] {
        let (client, journal) = probe().await;
        let gate = Gate::new();
        let running = tokio::spawn({
            let (client, gate) = (client.clone(), gate.clone());
            async move {
                let call = client.hold(gate);
                if queued { call.send().await?.await } else { call.await }
            }
        });
        gate.reached().await;
        client.kill().await.expect("it is killed");
        assert_eq!(exited(running.await.expect("no panic")), ExitReason::Killed);
        gate.open();
        settle().await;
        journal.holds(&["hold", "hold dropped", "drop"]);
        not_running(client.note("late").await);
        not_running(client.kill().await);
    }
}

#[tokio::test]
async fn a_kill_of_an_idle_server_does_not_run_terminate() {
    let (client, journal) = probe().await;
    client.kill().await.expect("it is killed");
    journal.holds(&["drop"]);
    let counter = Counter::start(0).await.expect("its init cannot fail");
    counter.kill().await.expect("it is killed");
    not_running(counter.get().await);
}

#[tokio::test]
async fn a_kill_goes_before_what_is_queued_and_before_a_stop() {
    let (client, journal, _gate) = busy_probe().await;
    client.tell("never").await.expect("there is room");
    let stop = client.stop();
    client.kill().await.expect("it is killed");
    assert_eq!(exited(stop.await), ExitReason::Killed);
    journal.holds(&["wait", "drop"]);
    assert_eq!(client.counters().dead, 1);
}

#[tokio::test]
async fn a_kill_after_many_messages_reaches_the_waiting_handler() {
    // Its drain task has stayed: the handler begins where it is called all the same.
    let (client, journal) = probe().await;
    for _ in 0..3 {
        client.queue("x").await.expect("it runs");
        settle().await;
    }
    let gate = Gate::new();
    let running = tokio::spawn({
        let (client, gate) = (client.clone(), gate.clone());
        async move { client.hold(gate).await }
    });
    gate.reached().await;
    settle().await;
    client.tell("never").await.expect("there is room");
    settle().await;
    client.kill().await.expect("it is killed");
    assert_eq!(exited(running.await.expect("no panic")), ExitReason::Killed);
    assert_eq!(journal.count("hold dropped"), 1);
}

/// Works for a while before it waits.
struct Worker {
    journal: Journal,
}

#[genserver]
impl Worker {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[cast]
    async fn work(&self, began: mpsc::Sender<()>, go_on: mpsc::Receiver<()>) {
        let guard = Dropped(self.journal.clone(), "dropped");
        began.send(()).expect("the test listens");
        go_on.recv().expect("the test tells");
        drop(go_on);
        self.journal.note("worked");
        tokio::task::yield_now().await;
        self.journal.note("never");
        std::mem::forget(guard);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_does_not_interrupt_what_does_not_wait() {
    let journal = Journal::new();
    let client = Worker::start(journal.clone()).await.expect("its init cannot fail");
    let (begins, began) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel();
    client.work(begins, goes_on).await.expect("there is room");
    tokio::task::spawn_blocking(move || began.recv()).await.expect("no panic").expect("it began");
    let kill = client.kill();
    journal.holds(&[]);
    go_on.send(()).expect("the handler listens");
    kill.await.expect("it is killed");
    journal.holds(&["worked", "dropped"]);
}
