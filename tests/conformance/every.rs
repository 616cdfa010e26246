//! `#[every]`: at a fixed rate, one tick at a time, and what becomes of those that come too late.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::bell::SECOND;
use crate::support::{Gate, Journal, pass, settle};

/// Notes a word with the seconds since then.
#[derive(Clone)]
struct Notes(Journal, Instant);

impl Notes {
    fn new() -> (Self, Journal) {
        let journal = Journal::new();
        (Self(journal.clone(), Instant::now()), journal)
    }

    fn note(&self, word: &str) {
        self.0.note(format!("{word} {}", self.1.elapsed().as_secs_f64()));
    }
}

/// A server that ticks each second; its first ticks take as long as it is told.
macro_rules! clock {
    ($server:ident, $policy:ident) => {
        struct $server {
            notes: Notes,
            takes: Vec<Duration>,
        }

        #[genserver]
        impl $server {
            #[init]
            fn new(notes: Notes, takes: Vec<Duration>) -> Self {
                Self { notes, takes }
            }

            #[every("1s", missed = $policy)]
            async fn tick(&mut self) {
                self.notes.note("tick");
                if let Some(long) = self.takes.pop() {
                    pass(long).await;
                }
            }

            #[cast]
            async fn wait(&self, gate: Gate) {
                gate.pass().await;
            }

            #[call]
            fn get(&self) {}
        }
    };
}

clock!(Skips, skip);
clock!(CatchesUp, catch_up);
clock!(Delays, delay);

/// The ticks of a server in so many seconds, and how many were missed.
macro_rules! check {
    ($server:ident, $takes:expr, $seconds:expr, $expected:expr, $missed:expr) => {{
        let (notes, journal) = Notes::new();
        let client = $server::start(notes, $takes.to_vec()).await.expect("its init cannot fail");
        pass(SECOND.mul_f64($seconds)).await;
        settle().await;
        journal.holds(&$expected);
        assert_eq!(client.counters().missed, $missed);
    }};
}

#[tokio::test(start_paused = true)]
async fn ticks_come_at_a_fixed_rate_whatever_they_take() {
    let takes = [Duration::from_millis(900), Duration::from_millis(1), SECOND / 2];
    let expected = ["tick 1", "tick 2", "tick 3", "tick 4", "tick 5"];
    check!(Skips, takes, 5.5, expected, 0);
    check!(CatchesUp, takes, 5.5, expected, 0);
    check!(Delays, takes, 5.5, expected, 0);
}

#[tokio::test(start_paused = true)]
async fn ticks_that_come_too_late_are_left_out() {
    check!(Skips, [SECOND * 7 / 2], 6.5, ["tick 1", "tick 5", "tick 6"], 3);
    check!(Skips, [SECOND * 3 / 2, SECOND * 3 / 2], 5.5, ["tick 1", "tick 3", "tick 5"], 2);
}

#[tokio::test(start_paused = true)]
async fn ticks_that_come_too_late_are_caught_up_with() {
    let expected = ["tick 1", "tick 4.5", "tick 4.5", "tick 4.5", "tick 5", "tick 6"];
    check!(CatchesUp, [SECOND * 7 / 2], 6.5, expected, 3);
}

#[tokio::test(start_paused = true)]
async fn ticks_that_come_too_late_delay_the_next_one() {
    check!(Delays, [SECOND * 7 / 2], 6.5, ["tick 1", "tick 5.5", "tick 6.5"], 3);
}

#[tokio::test(start_paused = true)]
async fn at_most_one_tick_waits_behind_a_slow_handler() {
    macro_rules! check {
        ($server:ident, $expected:expr) => {{
            let (notes, journal) = Notes::new();
            let client = $server::start(notes, Vec::new()).await.expect("its init cannot fail");
            let gate = Gate::new();
            client.wait(gate.clone()).await.expect("there is room");
            pass(SECOND * 7 / 2).await;
            assert_eq!(client.sys().get_status().expect("it runs").mailbox.now, 1);
            gate.open();
            pass(SECOND * 2).await;
            settle().await;
            journal.holds(&$expected);
            assert_eq!(client.counters().missed, 2);
        }};
    }
    check!(Skips, ["tick 3.5", "tick 4", "tick 5"]);
    check!(CatchesUp, ["tick 3.5", "tick 3.5", "tick 3.5", "tick 4", "tick 5"]);
    check!(Delays, ["tick 3.5", "tick 4.5", "tick 5.5"]);
}

#[tokio::test(start_paused = true)]
async fn ticks_leave_the_messages_between_them_alone() {
    let (notes, journal) = Notes::new();
    let client = Skips::start(notes, Vec::new()).await.expect("its init cannot fail");
    for _ in 0..40 {
        pass(SECOND / 4).await;
        client.get().await.expect("it runs");
    }
    settle().await;
    assert_eq!(journal.lines().len(), 10);
    assert_eq!(client.sys().get_status().expect("it runs").handled.signals, 10);
}

#[tokio::test(start_paused = true)]
async fn ticks_end_with_their_server_and_keep_it_not_alive() {
    let (notes, journal) = Notes::new();
    let client = Skips::start(notes, Vec::new()).await.expect("its init cannot fail");
    pass(SECOND * 3 / 2).await;
    let weak = client.weak();
    drop(client);
    pass(SECOND * 5).await;
    assert!(!weak.is_running());
    journal.holds(&["tick 1"]);
}

#[tokio::test(start_paused = true)]
async fn ticks_wait_while_suspended() {
    let (notes, journal) = Notes::new();
    let client = Skips::start(notes, Vec::new()).await.expect("its init cannot fail");
    client.sys().suspend().await.expect("it runs");
    pass(SECOND * 7 / 2).await;
    journal.holds(&[]);
    client.sys().resume().await.expect("it runs");
    pass(SECOND).await;
    journal.holds(&["tick 3.5", "tick 4"]);
    assert_eq!(client.counters().missed, 2);
}

/// Several rates, and an `init` that takes long.
struct Clock {
    notes: Notes,
    beats: u32,
}

#[genserver]
impl Clock {
    const BEAT: Duration = Duration::from_millis(1_500);

    #[init]
    async fn new(notes: Notes) -> Self {
        pass(SECOND * 10).await;
        Self { notes, beats: 0 }
    }

    #[every("1s")]
    fn tick(&self) {
        self.notes.note("tick");
    }

    #[every(Self::BEAT)]
    fn beat(&mut self) -> Result<(), Crash> {
        self.notes.note("beat");
        self.beats += 1;
        if self.beats == 3 { Err(crate::servers::Broken("no more"))? } else { Ok(()) }
    }

    #[every("1h")]
    fn chime(&self) {
        self.notes.note("chime");
    }
}

#[tokio::test(start_paused = true)]
async fn several_begin_after_init_and_go_at_their_own_rates() {
    let (notes, journal) = Notes::new();
    let client = Clock::start(notes).await.expect("its init cannot fail");
    let status = client.sys().get_status().expect("it runs");
    let next: Vec<_> = status.next_timers.iter().map(|timer| (timer.what, timer.left)).collect();
    let left = [("tick", SECOND), ("beat", Clock::BEAT), ("chime", SECOND * 3_600)];
    assert_eq!((status.timers, &next[..]), (3, &left[..]));
    pass(SECOND * 3 / 2).await;
    settle().await;
    journal.holds(&["tick 11", "beat 11.5"]);
    pass(SECOND / 2).await;
    pass(SECOND / 2).await;
    settle().await;
    journal.holds(&["tick 11", "beat 11.5", "tick 12"]);
    pass(SECOND * 10).await;
    assert!(!client.is_running(), "a tick that fails ends its server");
    assert_eq!((journal.count("beat 14.5"), journal.count("tick 15")), (1, 0));
}

/// Changes by itself.
struct Lamp {
    notes: Notes,
}

struct Bright;
struct Dim {
    ticks: u32,
}
struct Dark;

#[genserver(states(Bright: initial, Dim, Dark))]
impl Lamp {
    #[init]
    fn new(notes: Notes) -> (Self, Bright) {
        (Self { notes }, Bright)
    }

    #[every("2s", Bright => Dim)]
    fn dim(&self, st: &Bright) -> Next {
        self.notes.note("dim");
        st.goto(|_| Dim { ticks: 0 })
    }

    #[every("3s", Dim => Dark)]
    fn fade(&self, st: &Dim) -> Next {
        self.notes.note("fade");
        if st.ticks == 1 { st.goto(|_| Dark) } else { st.stay_mut(|_, dim| dim.ticks += 1) }
    }

    #[call(Dark => Bright)]
    fn light(&self) {}
}

#[tokio::test(start_paused = true)]
async fn in_a_machine_a_tick_is_handled_in_its_states_only() {
    let (notes, journal) = Notes::new();
    let lamp = Lamp::start(notes).await.expect("its init cannot fail");
    assert_eq!(lamp.state().await, Ok(LampStateName::Bright));
    pass(SECOND * 7 / 2).await;
    assert_eq!(lamp.state().await, Ok(LampStateName::Dim));
    pass(SECOND * 7 / 2).await;
    assert_eq!(lamp.state().await, Ok(LampStateName::Dark));
    lamp.light().await.expect("it is dark");
    pass(SECOND * 3 / 2).await;
    journal.holds(&["dim 2", "fade 3", "fade 6", "dim 8"]);
    assert_eq!(lamp.counters().refused, 0, "a tick of another state is no message refused");
}
