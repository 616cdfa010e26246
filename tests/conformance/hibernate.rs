//! Hibernation: what asks for it, what wakes a server, and for how long.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Activity, Client};

use crate::support::{Gate, Journal, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

/// A message by type.
struct Knock;

/// What a handler does.
type Act = Box<dyn FnOnce(&mut Cx<Bear>) + Send>;

/// Notes when it is handled and when it lies down.
#[derive(Clone)]
struct Bear {
    journal: Journal,
}

#[genserver]
impl Bear {
    #[init]
    fn new(cx: &mut Cx<Self>, journal: Journal, sleeps: bool) -> Self {
        if sleeps {
            cx.hibernate();
        }
        Self { journal }
    }

    #[call]
    fn act(&self, cx: &mut Cx<Self>, act: Act) {
        self.journal.note("call");
        act(cx);
    }

    #[call]
    async fn act_slowly(&self, cx: &mut Cx<Self>, act: Act) {
        tokio::task::yield_now().await;
        self.journal.note("call");
        act(cx);
    }

    #[cast]
    fn tell(&self, cx: &mut Cx<Self>, act: Act) {
        self.journal.note("cast");
        act(cx);
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[cast(priority = high)]
    fn hurry(&self) {
        self.journal.note("high");
    }

    #[info]
    fn knock(&self, cx: &mut Cx<Self>, _: Knock) {
        self.journal.note("info");
        cx.hibernate();
    }

    #[hibernate]
    fn lie_down(&mut self) {
        assert!(self.journal.count("bad dreams") == 0, "expected: bad dreams");
        self.journal.note("hibernate");
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.journal.note(reason.to_string());
    }

    #[format_state]
    fn shown(&self) -> &'static str {
        "a bear"
    }
}

fn sleep() -> Act {
    Box::new(Cx::hibernate)
}

fn nothing() -> Act {
    Box::new(|_| {})
}

async fn bear(sleeps: bool) -> (BearClient, Journal) {
    let journal = Journal::new();
    let client = Bear::start(journal.clone(), sleeps).await.expect("its init cannot fail");
    settle().await;
    (client, journal)
}

#[track_caller]
fn is(client: &impl Client, activity: Activity) {
    assert_eq!(client.sys().get_status().expect("it runs").activity, activity);
}

#[tokio::test]
async fn gs_89_init_can_hibernate() {
    let (client, journal) = bear(true).await;
    journal.holds(&["hibernate"]);
    is(&client, Activity::Hibernating);
}

#[tokio::test]
async fn gs_89_every_handler_can_hibernate_and_every_message_wakes() {
    let (client, journal) = bear(false).await;
    is(&client, Activity::Idle);
    for awake in [false, true] {
        for kind in 0..5 {
            let act = if awake { nothing() } else { sleep() };
            match kind {
                0 => client.act(act).await.expect("it runs"),
                1 => client.act_slowly(act).await.expect("it runs"),
                2 => client.act(act).send().await.expect("room").await.expect("it runs"),
                3 => client.tell(act).await.expect("there is room"),
                _ => client.send_info(Knock).await.expect("there is room"),
            }
            settle().await;
            let asleep = !awake || kind == 4;
            is(&client, if asleep { Activity::Hibernating } else { Activity::Idle });
        }
    }
    let slept =
        ["call", "hibernate", "call", "hibernate", "call", "hibernate", "cast", "hibernate"];
    let woken = ["call", "call", "call", "cast"];
    let knocked = ["info", "hibernate"];
    journal.holds(&[&slept[..], &knocked, &woken, &knocked].concat());
}

#[tokio::test]
async fn gs_89_what_hurries_wakes_too() {
    let (client, journal) = bear(true).await;
    client.hurry().await.expect("there is room");
    settle().await;
    journal.holds(&["hibernate", "high"]);
    is(&client, Activity::Idle);
}

#[tokio::test]
async fn gs_89_what_waits_keeps_a_server_awake() {
    for delayed in [false, true] {
        let (client, journal) = bear(false).await;
        let gate = Gate::new();
        if delayed {
            // Both are in the batch that is running.
            client.wait(gate.clone()).await.expect("there is room");
            gate.open();
        } else {
            client.wait(gate.clone()).await.expect("there is room");
            gate.reached().await;
        }
        client.tell(sleep()).await.expect("there is room");
        client.tell(nothing()).await.expect("there is room");
        gate.open();
        client.sync().await.expect("it runs");
        settle().await;
        journal.holds(&["cast", "cast"]);
        is(&client, Activity::Idle);
    }
}

#[tokio::test]
async fn gs_89_what_a_handler_sends_itself_comes_before_sleep() {
    let (client, journal) = bear(false).await;
    client
        .act(Box::new(|cx| {
            cx.hibernate();
            cx.send_after(Duration::ZERO, Knock);
        }))
        .await
        .expect("it runs");
    settle().await;
    journal.holds(&["call", "info", "hibernate"]);
}

#[tokio::test]
async fn gs_89_a_suspended_server_hibernates_and_loses_nothing() {
    let (client, journal) = bear(true).await;
    client.sys().suspend().await.expect("it runs");
    client.tell(nothing()).await.expect("there is room");
    settle().await;
    is(&client, Activity::Suspended);
    client.sys().resume().await.expect("it runs");
    client.sync().await.expect("it runs");
    assert_eq!(journal.count("cast"), 1);
    is(&client, Activity::Idle);
}

#[tokio::test]
async fn gs_89_a_panic_in_the_hook_ends_the_server() {
    let (client, journal) = bear(false).await;
    journal.note("bad dreams");
    client.act(sleep()).await.expect("it replies first");
    settle().await;
    assert!(!client.is_running());
    journal.holds(&["bad dreams", "call", "`hibernate` panicked: expected: bad dreams"]);
}

#[tokio::test]
async fn gs_91_a_look_at_the_state_wakes_for_a_moment_only() {
    for kind in 0..4 {
        let (client, journal) = bear(true).await;
        match kind {
            0 => drop(client.sys().get_state::<Bear>().await.expect("it runs")),
            1 => drop(client.sys().format_state(100).await.expect("it runs")),
            2 => drop(client.sys().replace_state(|bear: Bear| bear).await.expect("it runs")),
            _ => client.sync().await.expect("it runs"),
        }
        settle().await;
        is(&client, Activity::Hibernating);
        assert_eq!(journal.lines(), ["hibernate", "hibernate"], "{kind}");
    }
}

#[tokio::test]
async fn gs_91_a_look_from_outside_wakes_nobody() {
    let (client, journal) = bear(true).await;
    for _ in 0..3 {
        is(&client, Activity::Hibernating);
    }
    settle().await;
    journal.holds(&["hibernate"]);
}

/// Hibernates by itself.
#[derive(Clone)]
struct Bat {
    journal: Journal,
}

#[genserver(hibernate_after = "10s")]
impl Bat {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[idle("60s")]
    fn rest(&self) {
        self.journal.note("idle");
    }

    #[call]
    fn get(&self) {}

    #[call]
    fn sleep(&self, cx: &mut Cx<Self>) {
        cx.hibernate();
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[info]
    fn knock(&self, _: Knock) {}

    #[hibernate]
    fn hang_up(&mut self) {
        self.journal.note("hibernate");
    }
}

async fn bat() -> (BatClient, Journal) {
    let journal = Journal::new();
    (Bat::start(journal.clone()).await.expect("its init cannot fail"), journal)
}

#[tokio::test(start_paused = true)]
async fn gs_91_an_idle_server_hibernates_after_a_while_and_again_after_a_message() {
    let (client, journal) = bat().await;
    pass(9 * SECOND).await;
    is(&client, Activity::Idle);
    pass(2 * SECOND).await;
    is(&client, Activity::Hibernating);
    for (count, kind) in (2..).zip(0..3) {
        match kind {
            0 => client.get().await.expect("it runs"),
            1 => client.wait(opened()).await.expect("there is room"),
            _ => client.send_info(Knock).await.expect("there is room"),
        }
        settle().await;
        is(&client, Activity::Idle);
        pass(9 * SECOND).await;
        is(&client, Activity::Idle);
        pass(2 * SECOND).await;
        is(&client, Activity::Hibernating);
        assert_eq!(journal.lines(), vec!["hibernate"; count], "{kind}");
    }
}

fn opened() -> Gate {
    let gate = Gate::new();
    gate.open();
    gate
}

#[tokio::test(start_paused = true)]
async fn gs_91_a_look_at_the_state_does_not_leave_it_awake() {
    let (client, journal) = bat().await;
    pass(11 * SECOND).await;
    client.sys().get_state::<Bat>().await.expect("it runs");
    client.sync().await.expect("it runs");
    settle().await;
    is(&client, Activity::Hibernating);
    assert_eq!(journal.count("hibernate"), 3);
}

#[tokio::test(start_paused = true)]
async fn gs_91_a_server_that_sleeps_already_is_not_put_to_sleep() {
    let (client, journal) = bat().await;
    client.sleep().await.expect("it runs");
    pass(40 * SECOND).await;
    journal.holds(&["hibernate"]);
    is(&client, Activity::Hibernating);
}

#[tokio::test(start_paused = true)]
async fn gs_91_sleep_does_not_put_idleness_off() {
    let (client, journal) = bat().await;
    pass(59 * SECOND).await;
    journal.holds(&["hibernate"]);
    pass(2 * SECOND).await;
    journal.holds(&["hibernate", "idle"]);
    is(&client, Activity::Idle);
    pass(10 * SECOND).await;
    journal.holds(&["hibernate", "idle", "hibernate"]);
    is(&client, Activity::Hibernating);
}

#[tokio::test(start_paused = true)]
async fn gs_91_nothing_is_lost_when_a_message_meets_the_decision() {
    for turns in 0..8 {
        let (client, journal) = bat().await;
        tokio::time::advance(10 * SECOND).await;
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        let gate = Gate::new();
        client.wait(gate.clone()).await.expect("there is room");
        client.send_info(Knock).await.expect("there is room");
        gate.reached().await;
        gate.open();
        client.get().await.expect("it runs");
        let handled = client.sys().get_status().expect("it runs").handled;
        assert_eq!((handled.calls, handled.casts, handled.infos), (1, 1, 1), "{turns}");
        pass(20 * SECOND).await;
        is(&client, Activity::Hibernating);
        assert!(journal.count("hibernate") <= 2, "{turns}");
    }
}
