//! `#[enter]`, `#[exit]` and `#[transition]`: what runs when a machine has moved.

use std::time::Duration;

use genserver_runtime::prelude::*;

use crate::servers::Broken;
use crate::support::{Gate, Journal, panicked};

struct Off;

/// In the group `Lit`.
struct Dim {
    level: u32,
}

/// In the group `Full` of the group `Lit`.
struct White {
    rounds: u32,
}

/// Beside it.
struct Red;

struct Lamp {
    journal: Journal,
    gate: Option<Gate>,
    /// What `#[transition]` does.
    saves: Saves,
}

#[derive(Clone, Copy, PartialEq)]
enum Saves {
    Well,
    Fails,
    Panics,
}

#[genserver(states(Off: initial, Lit { Dim, Full { White, Red } }))]
impl Lamp {
    #[init]
    fn resume(journal: Journal, gate: Option<Gate>, st: LampState) -> (Self, LampState) {
        journal.note("init");
        (Self { journal, gate, saves: Saves::Well }, st)
    }

    #[call(Off => Dim)]
    fn dim(&self, st: &Off, level: u32) -> Next<u32> {
        self.journal.note("dim");
        st.goto(move |_| Dim { level }).reply(level)
    }

    /// To the same state with other data, or none.
    #[call(Dim => Dim)]
    fn more(&self, st: &Dim, really: bool) -> Result<Next, Broken> {
        if really {
            Ok(st.goto(|dim| Dim { level: dim.level + 1 }))
        } else {
            Err(Broken("not really"))
        }
    }

    #[call(Dim)]
    fn level(&self, st: &Dim) -> u32 {
        st.level
    }

    #[call(Lit => White)]
    async fn whiten(&self, st: &Lit) -> Next {
        tokio::task::yield_now().await;
        st.goto(|_| White { rounds: 0 })
    }

    #[call(White)]
    fn rounds(&self, st: &White) -> u32 {
        st.rounds
    }

    #[cast(White => Red)]
    fn redden(&mut self) {}

    #[call(Lit => Off)]
    fn off(&self, st: &Lit, reply: ReplyTo<&'static str>) -> Next {
        if let Some(_unsent) = reply.reply("off").err() {
            self.journal.note("nobody waits");
        }
        st.goto(|_| Off)
    }

    #[call(Off => Red, blocking)]
    fn alarm(&self) {
        self.journal.note("alarm");
    }

    #[call]
    fn saves(&mut self, saves: Saves) {
        self.saves = saves;
    }

    #[enter(Off)]
    fn enter_off(&self, t: &Transition) {
        self.journal.note(format!("enter Off ({t})"));
    }

    #[exit(Off)]
    fn exit_off(&mut self) {
        self.journal.note("exit Off");
    }

    #[enter(Lit)]
    async fn enter_lit(&mut self, st: &Lit) {
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
        let first = matches!(st, Lit::Dim(_));
        self.journal.note(format!("enter Lit by Dim: {first}"));
    }

    #[exit(Lit)]
    fn exit_lit(&self, t: &Transition) {
        self.journal.note(format!("exit Lit to {}", t.to));
    }

    #[enter(Full)]
    fn enter_full(&self) {
        self.journal.note("enter Full");
    }

    #[exit(Full)]
    async fn exit_full(&self) {
        self.journal.note("exit Full");
    }

    /// Until it has gone three rounds.
    #[enter(White)]
    fn enter_white(&self, cx: &mut StateCx<Self>, st: &mut White) -> Enter {
        st.rounds += 1;
        let round = st.rounds;
        cx.timer("round").start(Duration::ZERO, Round(round));
        if round < 3 { Enter::Repeat } else { Enter::Done }
    }

    #[enter(Dim | Red)]
    fn enter_dim_or_red(&self, st: &LampState) {
        let name = if matches!(st, LampState::Lit(Lit::Dim(_))) { "Dim" } else { "Red" };
        self.journal.note(format!("enter {name}"));
    }

    #[info]
    fn round(&self, round: Round) {
        self.journal.note(format!("round {}", round.0));
    }

    #[transition]
    async fn save(&mut self, t: &Transition, now: &LampState) -> Result<(), Broken> {
        tokio::task::yield_now().await;
        let names = t.states::<Self>().expect("it is this machine's");
        assert_eq!(names.1 == LampStateName::Off, matches!(now, LampState::Off(_)));
        self.journal.note(format!("save {t}"));
        match self.saves {
            Saves::Well => Ok(()),
            Saves::Fails => Err(Broken("the disk is full")),
            Saves::Panics => panic!("the disk burns"),
        }
    }

    #[terminate]
    fn close(&mut self, _: &ExitReason, st: Option<&LampState>) {
        let off = matches!(st, Some(LampState::Off(_)));
        self.journal.note(format!("terminate, off: {off}"));
    }
}

struct Round(u32);

async fn lamp(state: LampState) -> (LampClient, Journal) {
    let journal = Journal::new();
    let lamp = Lamp::start(journal.clone(), None, state).await.expect("it starts");
    (lamp, journal)
}

#[tokio::test]
async fn sm_10_the_first_state_is_entered_before_any_message() {
    let (lamp, journal) = lamp(LampState::Off(Off)).await;
    lamp.saves(Saves::Well).await.expect("it runs");
    journal.holds(&["init", "enter Off (begins as Off)"]);
}

#[tokio::test]
async fn sm_10_a_state_that_is_resumed_is_entered_from_the_outermost_group_on() {
    let state = LampState::Lit(Lit::Full(Full::White(White { rounds: 0 })));
    let (lamp, journal) = lamp(state).await;
    assert_eq!(lamp.rounds().await, Ok(3));
    journal.holds(&["init", "enter Lit by Dim: false", "enter Full", "round 3"]);
}

#[tokio::test]
async fn sm_10_a_change_leaves_enters_and_is_saved_before_the_reply() {
    let (lamp, journal) = lamp(LampState::Off(Off)).await;
    assert_eq!(lamp.dim(7).await, Ok(7));
    journal.holds(&[
        "init",
        "enter Off (begins as Off)",
        "dim",
        "exit Off",
        "enter Lit by Dim: true",
        "enter Dim",
        "save Off -> Dim by dim",
    ]);
}

#[tokio::test]
async fn sm_10_the_same_state_is_not_entered_again_and_what_stays_is_not_saved() {
    let (lamp, journal) = lamp(LampState::Lit(Lit::Dim(Dim { level: 1 }))).await;
    lamp.more(true).await.expect("it is dim");
    assert_eq!(lamp.more(false).await, Err(CallError::Reply(Broken("not really"))));
    assert_eq!(lamp.level().await, Ok(2));
    let begun = ["init", "enter Lit by Dim: true", "enter Dim"];
    journal.holds(&[&begun[..], &["save Dim -> Dim by more"]].concat());
}

#[tokio::test]
async fn sm_10_a_group_is_entered_and_left_where_its_border_is_crossed() {
    let (lamp, journal) = lamp(LampState::Lit(Lit::Dim(Dim { level: 1 }))).await;
    lamp.whiten().await.expect("it is lit");
    lamp.redden().await.expect("there is room");
    assert_eq!(lamp.off().await, Ok("off"));
    lamp.sync().await.expect("it runs");
    let lines = journal.lines();
    assert_eq!(
        lines[3..],
        [
            "enter Full",
            "save Dim -> White by whiten",
            "round 3",
            "enter Red",
            "save White -> Red by redden",
            "exit Full",
            "exit Lit to Off",
            "enter Off (Red -> Off by off)",
            "save Red -> Off by off",
        ]
    );
}

#[tokio::test]
async fn sm_12_of_the_rounds_of_an_enter_that_repeats_only_the_last_time_out_comes() {
    let (lamp, journal) = lamp(LampState::Lit(Lit::Dim(Dim { level: 1 }))).await;
    lamp.whiten().await.expect("it is lit");
    assert_eq!(lamp.rounds().await, Ok(3));
    lamp.sync().await.expect("it runs");
    assert_eq!(journal.lines().iter().filter(|line| line.starts_with("round")).count(), 1);
    assert_eq!(journal.count("round 3"), 1);
}

#[tokio::test]
async fn a_blocking_call_that_moves_is_followed_too() {
    let (lamp, journal) = lamp(LampState::Off(Off)).await;
    lamp.alarm().await.expect("it is off");
    assert_eq!(
        journal.lines()[2..],
        [
            "alarm",
            "exit Off",
            "enter Lit by Dim: false",
            "enter Full",
            "enter Red",
            "save Off -> Red by alarm",
        ]
    );
}

#[tokio::test]
async fn what_is_not_saved_crashes_and_the_caller_learns_of_it() {
    let (lamp, journal) = lamp(LampState::Off(Off)).await;
    lamp.saves(Saves::Fails).await.expect("it runs");
    let Err(ServerError::Exit(reason)) = lamp.dim(1).await else { panic!("it is not saved") };
    assert_eq!(reason.to_string(), "broken: the disk is full");
    assert!(!lamp.is_running());
    assert_eq!(journal.lines().last().expect("it ended"), "terminate, off: false");
}

#[tokio::test]
async fn the_same_of_a_queued_a_deferred_and_a_blocking_call() {
    for way in ["queued", "deferred", "blocking"] {
        let state = match way {
            "blocking" => LampState::Off(Off),
            _ => LampState::Lit(Lit::Full(Full::Red(Red))),
        };
        let (lamp, _) = lamp(state).await;
        lamp.saves(Saves::Fails).await.expect("it runs");
        let outcome = match way {
            "queued" => lamp.whiten().send().await.expect("there is room").await,
            "blocking" => lamp.alarm().await,
            // It has replied before it moved.
            _ => lamp.off().await.map(|_| ()),
        };
        if way == "deferred" {
            assert_eq!(outcome, Ok(()), "{way}");
        } else {
            assert!(matches!(outcome, Err(ServerError::Exit(ExitReason::Error(_)))), "{way}");
        }
        assert!(lamp.state().await.is_err(), "{way}");
    }
}

#[tokio::test]
async fn a_panic_in_what_follows_is_a_crash() {
    let (lamp, journal) = lamp(LampState::Off(Off)).await;
    lamp.saves(Saves::Panics).await.expect("it runs");
    assert_eq!(panicked(lamp.dim(1).await).message(), "the disk burns");
    assert_eq!(journal.lines().last().expect("it ended"), "terminate, off: false");
}

#[tokio::test]
async fn while_an_enter_waits_nothing_else_is_handled() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let lamp = Lamp::start(journal.clone(), Some(gate.clone()), LampState::Off(Off)).await;
    let lamp = lamp.expect("it starts");
    let dimmed = lamp.dim(1).send().await.expect("there is room");
    gate.reached().await;
    let level = lamp.level().send().await.expect("there is room");
    assert_eq!(journal.lines().last().expect("it left"), "exit Off");
    gate.open();
    assert_eq!((dimmed.await, level.await), (Ok(1), Ok(1)));
}

/// Nothing in it waits.
struct Quick {
    journal: Journal,
    deadlines: Vec<bool>,
}
struct A;
struct B;

#[genserver(states(A: initial, B))]
impl Quick {
    #[call(A => B)]
    fn go(&self) {}

    #[call(B => A)]
    fn back(&self, st: &B, cx: &mut Cx<Self>) -> Next {
        cx.continue_with(Later);
        st.goto(|_| A)
    }

    #[continued]
    fn later(&mut self, _: Later) {
        self.journal.note("later");
    }

    #[enter(B)]
    fn note(&mut self, cx: &mut StateCx<Self>) {
        self.journal.note("enter B");
        self.deadlines.push(cx.deadline().is_some());
    }

    #[enter(A)]
    async fn slow(&mut self, cx: &mut StateCx<Self>) {
        self.deadlines.push(cx.deadline().is_some());
        self.journal.note("enter A");
        if self.deadlines.len() == 5 {
            cx.stop(ExitReason::Shutdown);
        }
    }

    #[call]
    fn deadlines(&self) -> Vec<bool> {
        self.deadlines.clone()
    }
}

struct Later;

#[tokio::test]
async fn sm_11_an_enter_may_stop_the_machine_and_has_no_deadline() {
    let journal = Journal::new();
    let quick = Quick { journal: journal.clone(), deadlines: Vec::new() };
    let quick = Quick::start(quick, A).await.expect("it starts");
    quick.go().await.expect("it is in A");
    quick.back().await.expect("it is in B");
    // `go` and `back` have one of 5 s.
    assert_eq!(quick.deadlines().await, Ok(vec![false; 3]));
    journal.holds(&["enter A", "enter B", "enter A", "later"]);
    quick.go().await.expect("it is in A");
    quick.back().await.expect("the reply is sent when it has ended");
    assert!(!quick.is_running());
}
