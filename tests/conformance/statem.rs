//! Rows of `gen_statem` that are about a machine as a whole: replies, ends, sleep, reports.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Activity, Phase};
use tokio::task::JoinSet;

use crate::events::Events;
use crate::support::{Gate, Journal, exited, pass, settle, timed_out};

const SECOND: Duration = Duration::from_secs(1);

/// Nobody is served.
#[derive(Debug)]
struct Waiting {
    letters: u32,
}

/// It is served for a while.
#[derive(Debug)]
struct Serving;

/// A counter at which one waits.
struct Counter {
    journal: Journal,
    queue: Vec<ReplyTo<u32>>,
    /// Where its `#[terminate]` waits.
    gate: Option<Gate>,
}

/// What a timer brings.
struct Ring;

#[genserver(
    states(Waiting: initial, Serving),
    hibernate_after = "10s",
    derive(Debug),
)]
impl Counter {
    #[init]
    fn open(journal: Journal, gate: Option<Gate>) -> (Self, Waiting) {
        (Self { journal, queue: Vec::new(), gate }, Waiting { letters: 0 })
    }

    /// Replied to in a later state.
    #[call(Waiting)]
    fn wait(&mut self, reply: ReplyTo<u32>) {
        self.queue.push(reply);
    }

    /// Replies to all that wait, in order.
    #[call(Waiting => Serving)]
    fn serve(&mut self, st: &Waiting) -> Next {
        self.answer();
        st.goto(|_| Serving)
    }

    #[call(Serving => Waiting)]
    fn pause(&self, st: &Serving) -> Next {
        st.goto(|_| Waiting { letters: 0 })
    }

    /// Keeps state and data.
    #[call(Waiting => Serving)]
    fn keep(&self, st: &Waiting) -> Next<u32> {
        st.stay().reply(st.letters)
    }

    /// Keeps the state, with other data.
    #[call(Waiting => Serving)]
    fn post(&self, st: &Waiting) -> Next<u32> {
        let letters = st.letters + 1;
        st.stay_mut(|_, waiting| waiting.letters += 1).reply(letters)
    }

    #[state_timeout(Waiting, after = "30s" => Serving)]
    fn be_quick(&self) {
        self.journal.note("be quick");
    }

    /// Replies to all that wait, and ends.
    #[call(Waiting)]
    fn shut(&mut self, cx: &mut Cx<Self>) -> u32 {
        self.answer();
        cx.stop(ExitReason::Shutdown);
        7
    }

    #[call]
    fn ring_in(&self, cx: &mut Cx<Self>, after: Duration) {
        cx.timer("ring").start(after, Ring);
    }

    #[call(Serving, otherwise = postpone)]
    async fn stamp(&self, gate: Gate) -> u32 {
        gate.pass().await;
        self.journal.note("stamp");
        1
    }

    #[call(Serving, otherwise = postpone)]
    fn sell(&self) -> u32 {
        2
    }

    #[cast(Waiting)]
    fn stumble(&self) {
        panic!("it stumbles");
    }

    #[info]
    fn ring(&self, _: Ring) {
        self.journal.note("ring");
    }

    #[hibernate]
    fn sleep(&mut self) {
        self.journal.note("sleep");
    }

    #[enter(Waiting)]
    fn enter(&self) {
        self.journal.note("enter");
    }

    #[exit(Waiting)]
    fn exit(&self) {
        self.journal.note("exit");
    }

    #[transition]
    fn record(&self, t: &Transition) {
        self.journal.note(t.to_string());
    }

    #[format_state]
    fn shown(&self, st: &CounterState) -> String {
        format!("{st:?}, {} wait", self.queue.len())
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason, st: Option<&CounterState>) {
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
        self.journal.note(format!("terminate: {reason}, {st:?}"));
    }

    fn answer(&mut self) {
        for (number, reply) in (1..).zip(self.queue.drain(..)) {
            reply.reply(number).expect("its caller waits");
        }
    }
}

async fn counter() -> (CounterClient, Journal) {
    let journal = Journal::new();
    let client = Counter::start(journal.clone(), None).await.expect("its init cannot fail");
    (client, journal)
}

#[tokio::test(start_paused = true)]
async fn sm_8_what_stays_keeps_the_state_its_data_and_its_time_out() {
    let (client, journal) = counter().await;
    for letters in 1..=2 {
        pass(SECOND * 8).await;
        assert_eq!(client.post().await, Ok(letters));
        assert_eq!(client.keep().await, Ok(letters));
    }
    assert_eq!(client.state().await, Ok(CounterStateName::Waiting));
    journal.holds(&["enter"]);
    // The time is that of the state, not of the last message.
    pass(SECOND * 15).await;
    assert_eq!(client.state().await, Ok(CounterStateName::Serving));
    let moved = ["be quick", "exit", "Waiting -> Serving by be_quick"];
    assert_eq!(
        journal.lines().into_iter().filter(|line| line != "sleep").collect::<Vec<_>>()[1..],
        moved
    );
}

#[tokio::test]
async fn sm_20_one_handler_replies_to_several_calls_of_an_earlier_time_in_order() {
    let (client, _) = counter().await;
    let first = client.wait().send().await.expect("there is room");
    let second = client.wait().send().await.expect("there is room");
    client.keep().await.expect("it waits");
    assert_eq!(client.sys().get_status().expect("it runs").state, "Waiting");
    client.serve().await.expect("it waits");
    assert_eq!((first.await, second.await), (Ok(1), Ok(2)));
}

#[tokio::test]
async fn sm_20_a_reply_may_come_from_a_later_state() {
    let (client, _) = counter().await;
    client.serve().await.expect("it waits");
    client.pause().await.expect("it serves");
    let waits = client.wait().send().await.expect("there is room");
    client.serve().await.expect("it waits");
    assert_eq!(client.state().await, Ok(CounterStateName::Serving));
    assert_eq!(waits.await, Ok(1));
}

#[tokio::test]
async fn sm_21_what_was_replied_before_the_stop_arrives_before_terminate() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let client = Counter::start(journal.clone(), Some(gate.clone())).await.expect("it starts");
    let waits = client.wait().send().await.expect("there is room");
    let mut shut = client.shut().send().await.expect("there is room");
    gate.reached().await; // in `terminate`
    assert_eq!(waits.await, Ok(1));
    // The reply of the call that ends the server comes after it.
    settle().await;
    let early = tokio::select! { biased; reply = &mut shut => Some(reply), () = async {} => None };
    assert_eq!(early, None);
    gate.open();
    assert_eq!(shut.await, Ok(7));
    assert_eq!(journal.count("terminate: shutdown, Some(Waiting(Waiting { letters: 0 }))"), 1);
}

#[tokio::test(start_paused = true)]
async fn sm_24_a_reply_that_comes_too_late_is_never_taken_for_another() {
    let (client, journal) = counter().await;
    let gate = Gate::new();
    let late = timed_out(client.stamp(gate.clone()).timeout(SECOND).await);
    assert_eq!(late.phase, Phase::Postponed);
    client.serve().await.expect("it waits");
    gate.reached().await;
    let next = client.sell().send().await.expect("there is room");
    gate.open();
    assert_eq!(next.await, Ok(2));
    assert_eq!(journal.count("stamp"), 1);
    assert_eq!(client.counters().late, 1);
}

#[tokio::test(start_paused = true)]
async fn sm_28_a_timer_shorter_than_hibernate_after_keeps_awake() {
    let (client, journal) = counter().await;
    for _ in 0..3 {
        client.ring_in(SECOND * 6).await.expect("it runs");
        pass(SECOND * 7).await;
    }
    assert_eq!((journal.count("ring"), journal.count("sleep")), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn sm_28_a_timer_longer_than_hibernate_after_fires_out_of_hibernation() {
    let (client, journal) = counter().await;
    client.ring_in(SECOND * 20).await.expect("it runs");
    pass(SECOND * 15).await;
    assert_eq!(client.sys().get_status().expect("it runs").activity, Activity::Hibernating);
    pass(SECOND * 6).await;
    journal.holds(&["enter", "sleep", "ring"]);
    // So does a state time-out.
    pass(SECOND * 10).await;
    assert_eq!(journal.count("be quick"), 1);
}

#[tokio::test]
async fn sm_29_a_crash_report_tells_message_state_data_and_log() {
    let events = Events::listen();
    let start = Counter::start(Journal::new(), None).name("counter").log(5);
    let client = start.await.expect("the name is free");
    let _kept = client.sell().send().await.expect("there is room");
    client.stumble().await.expect("there is room");
    settle().await;
    let told = events.only_trouble("Counter");
    assert_eq!((told.get("name"), told.get("state")), ("counter", "Waiting"));
    assert_eq!(told.get("last_message"), "stumble");
    assert_eq!(told.get("data"), "\"Waiting(Waiting { letters: 0 }), 0 wait\"");
    assert!(told.get("log").contains("postponed `sell`"), "{told:?}");
}

#[tokio::test]
async fn sm_30_requests_are_collected_as_they_are_answered() {
    let (client, _) = counter().await;
    let (kept, asked) = (client.sell(), client.keep());
    let mut requests = JoinSet::new();
    for (label, request) in [
        ("kept", kept.send().await.expect("there is room")),
        ("asked", asked.send().await.expect("there is room")),
    ] {
        requests.spawn(async move { (label, request.await) });
    }
    let first = requests.join_next().await.expect("two are asked").expect("no task panics");
    assert_eq!(first, ("asked", Ok(0)));
    client.serve().await.expect("it waits");
    let second = requests.join_next().await.expect("one is left").expect("no task panics");
    assert_eq!(second, ("kept", Ok(2)));
}

#[tokio::test]
async fn sm_31_an_end_from_outside_runs_terminate_with_reason_and_state() {
    let (client, journal) = counter().await;
    client.post().await.expect("it waits");
    let kept = client.sell().send().await.expect("there is room");
    let reason = ExitReason::ShutdownWith("moving".into());
    client.stop_with(reason.clone()).await.expect("it stops");
    let end = format!("terminate: {reason}, Some(Waiting(Waiting {{ letters: 1 }}))");
    journal.holds(&["enter", &end]);
    assert_eq!(exited(kept.await), reason);
}
