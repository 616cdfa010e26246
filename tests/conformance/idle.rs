//! `#[idle]`: what follows when no message comes for long.

use std::time::Duration;

use genserver_runtime::Activity;
use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::support::{Gate, Journal, pass, settle};

const MINUTE: Duration = Duration::from_secs(60);
/// A minute but for a second.
const ALMOST: Duration = Duration::from_secs(59);
const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

/// A message by type.
struct Knock;

/// What a nap ends with.
struct Alarm(&'static str);

/// Something done in a handler.
type Act = fn(&mut Cx<Sleeper>);

/// Notes when it was idle, in seconds since its start.
struct Sleeper {
    journal: Journal,
    begun: Instant,
    act: Act,
}

#[genserver]
impl Sleeper {
    #[init]
    fn new(cx: &mut Cx<Self>, journal: Journal, first: Act, act: Act) -> Self {
        first(cx);
        Self { journal, begun: Instant::now(), act }
    }

    #[idle("60s")]
    async fn rest(&mut self, cx: &mut Cx<Self>) {
        self.note("idle");
        (self.act)(cx);
    }

    /// Runs where it is called.
    #[call]
    fn inline(&self) {}

    /// Begins where it is called, and waits.
    #[call]
    async fn linger(&self) {
        pass(SECOND).await;
    }

    #[call(inline = false)]
    fn queued(&self) {}

    #[call]
    fn act(&self, cx: &mut Cx<Self>, act: Act) {
        act(cx);
    }

    #[cast]
    fn cast(&self) {}

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[info]
    fn knock(&self, _: Knock) {}

    #[info]
    fn alarm(&self, alarm: Alarm) {
        self.note(alarm.0);
    }

    #[hibernate]
    fn lie_down(&mut self) {
        self.journal.note("hibernate");
    }
}

impl Sleeper {
    fn note(&self, word: &str) {
        self.journal.note(format!("{word} {}", self.begun.elapsed().as_secs_f64()));
    }
}

/// With what its init and its idle handler do.
async fn sleeper(first: Act, act: Act) -> (SleeperClient, Journal) {
    let journal = Journal::new();
    let client = Sleeper::start(journal.clone(), first, act).await;
    (client.expect("its init cannot fail"), journal)
}

const NOTHING: Act = |_| {};

/// Every way to send something.
#[derive(Clone, Copy, Debug)]
enum Message {
    Inline,
    Linger,
    Queued,
    Cast,
    Info,
}

impl Message {
    /// Sends it; it was handled. How long that took.
    async fn send(self, to: &SleeperClient) -> Duration {
        match self {
            Self::Inline => to.inline().await.expect("it runs"),
            Self::Linger => to.linger().await.expect("it runs"),
            Self::Queued => to.queued().await.expect("it runs"),
            Self::Cast => to.cast().await.expect("it runs"),
            Self::Info => to.send_info(Knock).await.expect("it runs"),
        }
        settle().await;
        if matches!(self, Self::Linger) { SECOND } else { Duration::ZERO }
    }
}

const MESSAGES: [Message; 5] =
    [Message::Inline, Message::Linger, Message::Queued, Message::Cast, Message::Info];

#[tokio::test(start_paused = true)]
async fn gs_78_the_idle_handler_runs_once() {
    let (_client, journal) = sleeper(NOTHING, NOTHING).await;
    pass(ALMOST).await;
    journal.holds(&[]);
    pass(2 * SECOND).await;
    journal.holds(&["idle 60"]);
    pass(HOUR).await;
    journal.holds(&["idle 60"]);
}

#[tokio::test(start_paused = true)]
async fn gs_78_every_message_begins_the_time_anew() {
    for message in MESSAGES {
        let (client, journal) = sleeper(NOTHING, NOTHING).await;
        pass(ALMOST).await;
        let took = message.send(&client).await;
        pass(ALMOST).await;
        assert_eq!(journal.lines(), [""; 0], "{message:?}");
        pass(HOUR).await;
        let first = format!("idle {}", (ALMOST + took + MINUTE).as_secs());
        assert_eq!(journal.lines(), std::slice::from_ref(&first), "{message:?}");
        let after = ALMOST * 2 + took + HOUR;
        let took = message.send(&client).await;
        pass(HOUR).await;
        let second = format!("idle {}", (after + took + MINUTE).as_secs());
        assert_eq!(journal.lines(), [first, second], "{message:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gs_78_the_time_counts_from_the_end_of_a_long_handler() {
    let (client, journal) = sleeper(NOTHING, NOTHING).await;
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("there is room");
    pass(MINUTE * 5 / 2).await;
    gate.open();
    pass(ALMOST).await;
    journal.holds(&[]);
    pass(2 * SECOND).await;
    journal.holds(&["idle 210"]);
}

#[tokio::test(start_paused = true)]
async fn gs_78_a_timer_is_a_message_too() {
    let (client, journal) = sleeper(NOTHING, |cx| drop(cx.send_after(SECOND, Knock))).await;
    pass(MINUTE).await;
    settle().await;
    client.inline().await.expect("it runs");
    pass(MINUTE * 3 + SECOND * 5).await;
    journal.holds(&["idle 60", "idle 121", "idle 182", "idle 243"]);
}

#[tokio::test(start_paused = true)]
async fn gs_80_system_messages_begin_the_time_anew_in_full_and_do_not_cancel_it() {
    for kind in 0..4 {
        let (client, journal) = sleeper(NOTHING, NOTHING).await;
        pass(ALMOST).await;
        let sys = client.sys();
        match kind {
            0 => drop(sys.format_state(10).await),
            1 => sys.resume().await.expect("it runs"),
            2 => client.sync().await.expect("it runs"),
            _ => {
                sys.suspend().await.expect("it runs");
                sys.resume().await.expect("it runs");
            }
        }
        pass(ALMOST).await;
        assert_eq!(journal.lines(), [""; 0], "{kind}");
        pass(HOUR).await;
        assert_eq!(journal.lines(), ["idle 119"], "{kind}");
        sys.resume().await.expect("it runs");
        client.sync().await.expect("it runs");
        pass(HOUR).await;
        assert_eq!(journal.lines(), ["idle 119"], "only a message lets it fire again: {kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn gs_80_a_look_from_outside_disturbs_no_rest() {
    let (client, journal) = sleeper(NOTHING, NOTHING).await;
    for _ in 0..10 {
        pass(MINUTE / 10).await;
        client.sys().get_status().expect("it runs");
    }
    pass(SECOND).await;
    journal.holds(&["idle 60"]);
}

#[tokio::test(start_paused = true)]
async fn gs_82_it_keeps_quiet_while_suspended_and_begins_anew_on_resume() {
    let (client, journal) = sleeper(NOTHING, NOTHING).await;
    pass(MINUTE / 2).await;
    client.sys().suspend().await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&[]);
    client.sys().resume().await.expect("it runs");
    pass(ALMOST).await;
    journal.holds(&[]);
    pass(2 * SECOND).await;
    journal.holds(&["idle 3690"]);
}

#[tokio::test(start_paused = true)]
async fn gs_83_none_is_never() {
    let (client, journal) = sleeper(NOTHING, NOTHING).await;
    client.act(|cx| cx.set_idle(None)).await.expect("it runs");
    pass(HOUR).await;
    client.act(|cx| cx.set_idle(Duration::MAX)).await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&[]);
    client.act(|cx| cx.set_idle(MINUTE)).await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&["idle 7260"]);
}

#[tokio::test(start_paused = true)]
async fn gs_83_init_can_say_never_or_another_time() {
    let (_never, journal) = sleeper(|cx| cx.set_idle(None), NOTHING).await;
    let (_soon, soon) = sleeper(|cx| cx.set_idle(SECOND), NOTHING).await;
    pass(HOUR).await;
    journal.holds(&[]);
    soon.holds(&["idle 1"]);
}

#[tokio::test(start_paused = true)]
async fn another_time_holds_from_the_handler_that_sets_it() {
    let (client, journal) = sleeper(NOTHING, NOTHING).await;
    pass(SECOND).await;
    client.act(|cx| cx.set_idle(5 * SECOND)).await.expect("it runs");
    pass(MINUTE / 2).await;
    journal.holds(&["idle 6"]);
    client.act(|cx| cx.set_idle(2 * MINUTE)).await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&["idle 6", "idle 151"]);
}

#[tokio::test(start_paused = true)]
async fn an_idle_handler_can_ask_for_more() {
    let (_client, journal) = sleeper(NOTHING, |cx| cx.set_idle(5 * SECOND)).await;
    pass(MINUTE + SECOND * 12).await;
    journal.holds(&["idle 60", "idle 65", "idle 70"]);
}

#[tokio::test(start_paused = true)]
async fn gs_84_an_idle_time_can_have_a_message_of_its_own() {
    let (client, journal) = sleeper(NOTHING, NOTHING).await;
    let nap: Act = |cx| cx.set_idle_with(5 * SECOND, Alarm("alarm"));
    client.act(nap).await.expect("it runs");
    pass(3 * SECOND).await;
    client.inline().await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&["alarm 8"]);
    client.inline().await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&["alarm 8"]);
    client.act(nap).await.expect("it runs");
    client.act(|cx| cx.set_idle(SECOND)).await.expect("it runs");
    pass(HOUR).await;
    journal.holds(&["alarm 8", "idle 7204"]);
}

#[tokio::test(start_paused = true)]
async fn gs_84_idle_and_hibernation_go_together() {
    let (client, journal) = sleeper(
        |cx| {
            cx.set_idle_with(5 * SECOND, Alarm("alarm"));
            cx.hibernate();
        },
        NOTHING,
    )
    .await;
    settle().await;
    journal.holds(&["hibernate"]);
    assert_eq!(client.sys().get_status().expect("it runs").activity, Activity::Hibernating);
    pass(HOUR).await;
    journal.holds(&["hibernate", "alarm 5"]);
    assert_eq!(client.sys().get_status().expect("it runs").activity, Activity::Idle);
}

#[tokio::test(start_paused = true)]
async fn an_idle_server_can_hibernate() {
    let (client, journal) = sleeper(NOTHING, Cx::hibernate).await;
    pass(HOUR).await;
    journal.holds(&["idle 60", "hibernate"]);
    assert_eq!(client.sys().get_status().expect("it runs").activity, Activity::Hibernating);
    client.inline().await.expect("it wakes");
    pass(HOUR).await;
    journal.holds(&["idle 60", "hibernate", "idle 3660", "hibernate"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_ended_leaves_no_task() {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let (client, _) = sleeper(NOTHING, NOTHING).await;
    client.stop().await.expect("it runs");
    settle().await;
    // The one that looks after the runtime's servers.
    assert_eq!(tasks(), 1);
}

/// A session that ends by itself.
struct Session;
struct Active;
struct Expired;

#[genserver(states(Active: initial, Expired: terminal))]
impl Session {
    #[init]
    fn new() -> (Self, Active) {
        (Self, Active)
    }

    #[idle("60s", Active => Expired)]
    fn expire(&self) {}

    #[call]
    fn touch(&self) {}
}

#[tokio::test(start_paused = true)]
async fn in_a_machine_idleness_is_an_edge() {
    let session = Session::start().await.expect("its init cannot fail");
    pass(ALMOST).await;
    assert_eq!(session.state().await, Ok(SessionStateName::Active));
    pass(ALMOST).await;
    assert_eq!(session.state().await, Ok(SessionStateName::Active), "it was asked for its state");
    pass(MINUTE + SECOND).await;
    assert_eq!(session.state().await, Ok(SessionStateName::Expired));
    session.touch().await.expect("it runs");
    pass(MINUTE * 2).await;
    assert_eq!(session.state().await, Ok(SessionStateName::Expired));
    assert_eq!(session.counters().refused, 0, "idleness in another state is no message refused");
}
