//! Timers by name, event time-outs, and tasks of a state.

use std::time::Duration;

use genserver_runtime::Panic;
use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::support::{Gate, Journal, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

/// What a timer brings.
struct Ring(&'static str);

/// What a task came to.
struct Fetched(Result<&'static str, Panic>);

/// Something done in a handler.
type Act = fn(&mut Cx<Clock>);

struct Day;
struct Night;

struct Clock {
    journal: Journal,
    begun: Instant,
}

#[genserver(states(Day: initial, Night))]
impl Clock {
    #[init]
    fn new(cx: &mut Cx<Self>, journal: Journal, act: Act) -> (Self, Day) {
        act(cx);
        (Self { journal, begun: Instant::now() }, Day)
    }

    #[call]
    fn act(&mut self, cx: &mut Cx<Self>, act: Act) {
        act(cx);
    }

    /// Begins where it is called, and waits.
    #[call]
    async fn linger(&mut self, cx: &mut Cx<Self>, gate: Gate, act: Act) {
        act(cx);
        gate.pass().await;
    }

    #[call]
    fn remaining(&self, cx: &mut Cx<Self>, name: &'static str) -> Option<Duration> {
        cx.timer(name).remaining()
    }

    #[call]
    fn cancel(&self, cx: &mut Cx<Self>, name: &'static str) -> Option<Duration> {
        cx.timer(name).cancel()
    }

    #[call]
    fn cancel_event(&self, cx: &mut Cx<Self>) -> Option<Duration> {
        cx.event_timeout().cancel()
    }

    #[call(Day => Night)]
    fn darken(&self, st: &Day, cx: &mut Cx<Self>, act: Act) -> Next {
        act(cx);
        st.goto(|_| Night)
    }

    #[call(Night => Day)]
    fn dawn(&self) {}

    #[cast]
    fn tick(&mut self) {
        self.journal.note("tick");
    }

    #[continued]
    fn inserted(&mut self, cx: &mut Cx<Self>, name: &'static str) {
        let _ = cx;
        self.note(name);
    }

    #[info]
    fn ring(&mut self, ring: Ring) {
        self.note(ring.0);
    }

    #[info]
    fn fetched(&mut self, fetched: Fetched) {
        self.note(fetched.0.unwrap_or("panicked"));
    }

    fn note(&self, what: &str) {
        self.journal.note(format!("{what} at {}s", self.begun.elapsed().as_secs()));
    }
}

async fn clock(act: Act) -> (ClockClient, Journal) {
    let journal = Journal::new();
    let clock = Clock::start(journal.clone(), act).await.expect("it starts");
    (clock, journal)
}

fn nothing(_: &mut Cx<Clock>) {}

#[tokio::test(start_paused = true)]
async fn sm_3_init_may_start_timers_and_insert_messages() {
    let (clock, journal) = clock(|cx| {
        cx.continue_with("first");
        cx.timer("a").start(SECOND, Ring("a"));
        cx.timer("b").start(Duration::ZERO, Ring("b"));
    })
    .await;
    clock.tick().await.expect("there is room");
    pass(SECOND * 2).await;
    journal.holds(&["first at 0s", "b at 0s", "tick", "a at 1s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_15_timers_of_many_names_survive_messages_and_changes_of_state() {
    let (clock, journal) = clock(|cx| {
        for (name, seconds) in [("c", 3), ("a", 1), ("b", 2)] {
            cx.timer(name).start(SECOND * seconds, Ring(name));
        }
    })
    .await;
    clock.darken(nothing).await.expect("it is day");
    clock.act(nothing).await.expect("it runs");
    pass(SECOND * 4).await;
    journal.holds(&["a at 1s", "b at 2s", "c at 3s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_15_the_same_name_again_replaces_it() {
    let (clock, journal) = clock(|cx| cx.timer("a").start(SECOND * 2, Ring("old"))).await;
    pass(SECOND).await;
    clock.act(|cx| cx.timer("a").start(SECOND * 3, Ring("new"))).await.expect("it runs");
    assert_eq!(clock.remaining("a").await, Ok(Some(SECOND * 3)));
    pass(SECOND * 10).await;
    journal.holds(&["new at 4s"]);
    assert_eq!(clock.remaining("a").await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn sm_15_a_cancelled_one_does_not_come_and_tells_what_was_left() {
    let (clock, journal) = clock(|cx| cx.timer("a").start(SECOND * 5, Ring("a"))).await;
    pass(SECOND * 2).await;
    assert_eq!(clock.cancel("a").await, Ok(Some(SECOND * 3)));
    assert_eq!(clock.cancel("a").await, Ok(None));
    assert_eq!(clock.cancel("never set").await, Ok(None));
    pass(SECOND * 10).await;
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn sm_16_no_time_at_all_comes_before_the_mailbox_and_after_what_was_inserted() {
    let (clock, journal) = clock(nothing).await;
    let gate = Gate::new();
    let act: Act = |cx| {
        cx.timer("a").start(Duration::ZERO, Ring("a"));
        cx.timer("b").start(Duration::ZERO, Ring("b"));
        cx.continue_with("inserted");
        cx.timer("c").start(Duration::ZERO, Ring("c"));
    };
    let busy = clock.linger(gate.clone(), act).send().await.expect("there is room");
    gate.reached().await;
    clock.tick().await.expect("there is room");
    gate.open();
    busy.await.expect("it runs");
    clock.sync().await.expect("it runs");
    journal.holds(&["inserted at 0s", "a at 0s", "b at 0s", "c at 0s", "tick"]);
}

#[tokio::test(start_paused = true)]
async fn sm_16_an_event_time_out_of_no_time_is_cancelled_by_another_one_before_it() {
    let (clock, journal) = clock(nothing).await;
    let act: Act = |cx| {
        cx.timer("state").start(Duration::ZERO, Ring("state"));
        cx.event_timeout().start(Duration::ZERO, Ring("event"));
    };
    clock.act(act).await.expect("it runs");
    clock.sync().await.expect("it runs");
    journal.holds(&["state at 0s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_16_alone_it_comes_before_the_mailbox() {
    let (clock, journal) = clock(nothing).await;
    let gate = Gate::new();
    let act: Act = |cx| cx.event_timeout().start(Duration::ZERO, Ring("event"));
    let busy = clock.linger(gate.clone(), act).send().await.expect("there is room");
    gate.reached().await;
    clock.tick().await.expect("there is room");
    gate.open();
    busy.await.expect("it runs");
    clock.sync().await.expect("it runs");
    journal.holds(&["event at 0s", "tick"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_time_out_is_cancelled_by_any_message() {
    let start: Act = |cx| cx.event_timeout().start(SECOND * 2, Ring("event"));
    // One that runs where it is called, one that begins there, a cast, another timer's.
    let (clock, journal) = clock(start).await;
    pass(SECOND).await;
    clock.act(nothing).await.expect("it runs");
    pass(SECOND * 5).await;
    journal.holds(&[]);

    clock.act(start).await.expect("it runs");
    let gate = Gate::new();
    gate.open();
    clock.linger(gate, nothing).await.expect("it runs");
    pass(SECOND * 5).await;
    journal.holds(&[]);

    clock.act(start).await.expect("it runs");
    clock.tick().await.expect("there is room");
    pass(SECOND * 5).await;
    journal.holds(&["tick"]);

    clock
        .act(|cx| {
            cx.event_timeout().start(SECOND * 2, Ring("event"));
            cx.timer("a").start(SECOND, Ring("a"));
        })
        .await
        .expect("it runs");
    pass(SECOND * 5).await;
    journal.holds(&["tick", "a at 17s"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_time_out_comes_once_when_nothing_else_does() {
    let (clock, journal) = clock(|cx| cx.event_timeout().start(SECOND * 2, Ring("event"))).await;
    pass(SECOND * 9).await;
    journal.holds(&["event at 2s"]);
    clock.act(|cx| cx.event_timeout().start(SECOND, Ring("again"))).await.expect("it runs");
    // A message is what asks; it cancels what it asks about.
    assert_eq!(clock.cancel_event().await, Ok(None));
    pass(SECOND * 9).await;
    journal.holds(&["event at 2s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_17_a_timer_may_be_given_its_time() {
    let (clock, journal) =
        clock(|cx| cx.timer("a").start_at(Instant::now() + SECOND * 7, Ring("a"))).await;
    assert_eq!(clock.remaining("a").await, Ok(Some(SECOND * 7)));
    pass(SECOND * 8).await;
    journal.holds(&["a at 7s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_18_an_update_keeps_the_time_and_changes_the_message() {
    let (clock, journal) = clock(|cx| cx.timer("a").start(SECOND * 5, Ring("old"))).await;
    pass(SECOND * 2).await;
    clock.act(|cx| cx.timer("a").update(Ring("new"))).await.expect("it runs");
    assert_eq!(clock.remaining("a").await, Ok(Some(SECOND * 3)));
    pass(SECOND * 9).await;
    journal.holds(&["new at 5s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_18_an_update_of_what_does_not_run_comes_at_once() {
    let (clock, journal) = clock(nothing).await;
    clock.act(|cx| cx.timer("a").update(Ring("a"))).await.expect("it runs");
    clock.tick().await.expect("there is room");
    clock.sync().await.expect("it runs");
    journal.holds(&["a at 0s", "tick"]);
}

#[tokio::test(start_paused = true)]
async fn sm_18_an_update_reaches_a_message_that_lies_in_the_mailbox() {
    let (clock, journal) = clock(|cx| cx.timer("a").start(SECOND, Ring("old"))).await;
    let gate = Gate::new();
    let busy = clock.linger(gate.clone(), nothing).no_timeout().send().await;
    let busy = busy.expect("there is room");
    gate.reached().await;
    let update: Act = |cx| cx.timer("a").update(Ring("new"));
    let updated = clock.act(update).no_timeout().send().await.expect("there is room");
    pass(SECOND * 2).await;
    clock.tick().await.expect("there is room");
    gate.open();
    busy.await.expect("it runs");
    updated.await.expect("it runs");
    clock.sync().await.expect("it runs");
    journal.holds(&["new at 2s", "tick"]);
}

#[tokio::test(start_paused = true)]
async fn sm_18_a_cancel_reaches_a_message_that_lies_in_the_mailbox() {
    let (clock, journal) = clock(|cx| cx.timer("a").start(SECOND, Ring("a"))).await;
    let gate = Gate::new();
    let busy = clock.linger(gate.clone(), nothing).no_timeout().send().await;
    let busy = busy.expect("there is room");
    gate.reached().await;
    let cancelled = clock.cancel("a").no_timeout().send().await.expect("there is room");
    pass(SECOND * 2).await;
    gate.open();
    busy.await.expect("it runs");
    assert_eq!(cancelled.await, Ok(Some(Duration::ZERO)));
    clock.sync().await.expect("it runs");
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn sm_28_a_timer_comes_out_of_hibernation() {
    let (clock, journal) = clock(|cx| {
        cx.hibernate();
        cx.timer("a").start(SECOND * 5, Ring("a"));
    })
    .await;
    pass(SECOND).await;
    let asleep = clock.sys().get_status().expect("it runs").activity;
    assert_eq!(asleep, genserver_runtime::Activity::Hibernating);
    pass(SECOND * 5).await;
    journal.holds(&["a at 5s"]);
}

#[tokio::test(start_paused = true)]
async fn a_task_of_a_state_ends_with_it() {
    let (clock, journal) = clock(nothing).await;
    let act: Act = |cx| {
        cx.spawn_in_state_then(
            async {
                pass(SECOND * 2).await;
                "early"
            },
            Fetched,
        );
        cx.spawn_in_state_then(
            async {
                pass(SECOND * 5).await;
                "late"
            },
            Fetched,
        );
        cx.spawn_in_state(std::future::pending());
    };
    clock.act(act).await.expect("it runs");
    assert_eq!(clock.sys().get_status().expect("it runs").tasks, 3);
    pass(SECOND * 3).await;
    clock.darken(nothing).await.expect("it is day");
    settle().await;
    assert_eq!(clock.sys().get_status().expect("it runs").tasks, 0);
    pass(SECOND * 5).await;
    journal.holds(&["early at 2s"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_task_of_a_state_came_to_is_not_handled_in_the_next_one() {
    let (clock, journal) = clock(nothing).await;
    let gate = Gate::new();
    let act: Act = |cx| {
        let later = async {
            pass(SECOND).await;
            "stale"
        };
        drop(cx.spawn_in_state_then(later, Fetched));
    };
    let busy = clock.linger(gate.clone(), act).no_timeout().send().await.expect("there is room");
    gate.reached().await;
    let dark = clock.darken(nothing).no_timeout().send().await.expect("there is room");
    let light = clock.dawn().no_timeout().send().await.expect("there is room");
    pass(SECOND * 2).await;
    gate.open();
    busy.await.expect("it runs");
    dark.await.expect("it is day");
    light.await.expect("it is night");
    clock.sync().await.expect("it runs");
    journal.holds(&[]);
}
