//! The end of a runtime: `terminate` does not run, `Drop` does, callers learn that nobody is
//! there.

use genserver_runtime::ExitReason;
use genserver_runtime::prelude::*;

use crate::servers::{Counter, Probe, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, exited, not_running, runtime, settle};

/// After the end of its runtime a server is gone for everybody.
#[track_caller]
fn gone(client: &ProbeClient, journal: &Journal, before: &[&str]) {
    not_running(client.note("late").blocking());
    assert_eq!(client.tell("late").blocking(), Err(SendError::NotRunning));
    not_running(client.stop().blocking());
    not_running(runtime().block_on(async { client.note("late").await }));
    assert!(!client.is_running());
    let mut lines = before.to_vec();
    lines.push("drop");
    journal.holds(&lines);
}

#[test]
fn an_idle_server_ends_with_its_runtime() {
    let runtime = runtime();
    let (client, journal) = runtime.block_on(probe());
    drop(runtime);
    gone(&client, &journal, &[]);
}

#[test]
fn a_server_that_has_worked_ends_with_its_runtime() {
    let runtime = runtime();
    let (client, journal) = runtime.block_on(async {
        let (client, journal) = probe().await;
        for _ in 0..3 {
            client.queue("x").await.expect("it runs");
            settle().await;
        }
        (client, journal)
    });
    drop(runtime);
    journal.holds(&["x", "x", "x", "drop"]);
    gone(&client, &journal, &["x", "x", "x"]);
}

#[test]
fn a_named_server_is_dropped_with_its_runtime() {
    let runtime = runtime();
    let journal = Journal::new();
    let client = runtime.block_on(async {
        Probe::start(journal.clone()).name("idle").await.expect("the name is free")
    });
    let handle = runtime.handle().clone();
    drop(runtime);
    journal.holds(&["drop"]);
    gone(&client, &journal, &[]);
    let named = ProbeClient::named("idle").on(&handle);
    not_running(named.note("late").blocking());
}

#[test]
fn a_detached_server_is_dropped_with_its_runtime() {
    let runtime = runtime();
    let journal = Journal::new();
    let weak = runtime.block_on(async {
        let client = Probe::start(journal.clone()).detach().await;
        client.expect("its init cannot fail").weak()
    });
    drop(runtime);
    journal.holds(&["drop"]);
    not_running(weak.note("late").blocking());
}

#[test]
fn a_keyed_server_is_gone_with_its_runtime() {
    let (registry, journal) = (Registry::new(), Journal::new());
    let first = runtime();
    first.block_on(async {
        drop(Probe::start(journal.clone()).key(&registry, 1_u32).await.expect("the key is free"));
    });
    drop(first);
    let second = runtime();
    let keyed: ProbeClient = registry.client(1);
    not_running(second.block_on(async { keyed.note("late").await }));
    not_running(second.block_on(async { keyed.note("late").send().await }));
    let cast = second.block_on(async { keyed.tell("late").await });
    assert_eq!(cast, Err(SendError::NotRunning));
    journal.holds(&["drop"]);
    second.block_on(async {
        let again = Probe::start(Journal::new()).key(&registry, 1).await;
        assert_eq!(again.expect("the key is free").note("new").await, Ok(1));
    });
}

#[test]
fn queued_callers_learn_of_the_end() {
    let runtime = runtime();
    let (client, journal, pending) = runtime.block_on(async {
        let (client, journal) = probe().await;
        client.tell("never").await.expect("there is room");
        let pending = client.note("never").send().await.expect("there is room");
        (client, journal, pending)
    });
    drop(runtime);
    not_running(self::runtime().block_on(pending));
    gone(&client, &journal, &[]);
}

#[test]
fn a_running_handler_is_dropped() {
    let runtime = runtime();
    let gate = Gate::new();
    let (client, journal, running, behind) = runtime.block_on(async {
        let (client, journal) = probe().await;
        let running = client.hold(gate.clone()).send().await.expect("there is room");
        gate.reached().await;
        let behind = client.note("never").send().await.expect("there is room");
        (client, journal, running, behind)
    });
    drop(runtime);
    let other = self::runtime();
    assert_eq!(exited(other.block_on(running)), ExitReason::NotRunning);
    not_running(other.block_on(behind));
    gone(&client, &journal, &["hold", "hold dropped"]);
}

#[test]
fn a_handler_that_began_where_it_was_called_is_dropped() {
    let (first, second) = (runtime(), runtime());
    let gate = Gate::new();
    let (client, journal) = first.block_on(probe());
    first.block_on(async {
        // The caller goes; the handler stays with the server.
        tokio::select! {
            biased;
            held = client.hold(gate.clone()) => panic!("the gate is closed: {held:?}"),
            () = gate.reached() => {}
        }
    });
    let behind = second.block_on(client.note("never").send()).expect("there is room");
    drop(first);
    not_running(second.block_on(behind));
    gone(&client, &journal, &["hold", "hold dropped"]);
}

#[test]
fn a_sender_that_waits_for_room_learns_of_the_end() {
    let (first, second) = (runtime(), runtime());
    let (client, _gate) = first.block_on(async {
        let (client, _, gate) = busy_probe().await;
        while client.tell("x").try_send().is_ok() {}
        (client, gate)
    });
    let sender = second.spawn({
        let client = client.clone();
        async move { client.tell("y").await }
    });
    second.block_on(settle());
    drop(first);
    assert_eq!(second.block_on(sender).expect("no panic"), Err(SendError::NotRunning));
}

#[test]
fn who_waits_for_an_end_learns_of_it() {
    let (first, second) = (runtime(), runtime());
    let (client, _gate) = first.block_on(async {
        let (client, _, gate) = busy_probe().await;
        (client, gate)
    });
    let stop = client.stop();
    drop(first);
    assert_eq!(exited(second.block_on(stop)), ExitReason::NotRunning);
}

#[test]
fn a_deferred_reply_is_dropped_with_the_runtime() {
    let runtime = runtime();
    let (_mute, pending) = runtime.block_on(async {
        let mute = Mute::start().await.expect("its init cannot fail");
        let pending = mute.ask().send().await.expect("there is room");
        settle().await;
        (mute, pending)
    });
    drop(runtime);
    // Whoever is first tells the caller: the right to reply that is dropped, or the clock that
    // stops.
    match self::runtime().block_on(pending) {
        Err(ServerError::NoReply | ServerError::Exit(ExitReason::NotRunning)) => {}
        other => panic!("nobody can reply any more: {other:?}"),
    }
}

struct Mute {
    asked: Option<ReplyTo<u32>>,
}

#[genserver]
impl Mute {
    #[init]
    fn new() -> Self {
        Self { asked: None }
    }

    #[call]
    fn ask(&mut self, reply: ReplyTo<u32>) {
        self.asked = Some(reply);
    }
}

#[test]
fn a_start_ends_with_its_runtime() {
    use crate::servers::{Birth, How};
    let first = runtime();
    let journal = Journal::new();
    let mut start = Box::pin(Birth::start(journal.clone(), Gate::new(), How::Ready));
    first.block_on(async {
        tokio::select! {
            biased;
            started = &mut start => panic!("init waits: {started:?}"),
            () = settle() => {}
        }
    });
    drop(first);
    match runtime().block_on(start) {
        Err(StartError::NoRuntime) => {}
        other => panic!("its runtime is gone: {other:?}"),
    }
    journal.holds(&["init", "init dropped"]);
}

#[test]
fn a_server_of_another_runtime_is_called_through_its_queue() {
    let (first, second) = (runtime(), runtime());
    let counter = first.block_on(async { Counter::start(1).await }).expect("it starts");
    let client = counter.clone();
    let call = second.spawn(async move { client.increment().await });
    second.block_on(settle());
    assert!(!call.is_finished(), "its own runtime does not run");
    first.block_on(settle());
    assert_eq!(second.block_on(call).expect("no panic"), Ok(2));
}
