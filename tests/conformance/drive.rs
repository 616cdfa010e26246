//! Handlers run by hand, one at a time: what a unit test of a machine sees.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use genserver_runtime::machine::{self, Driver};
use genserver_runtime::prelude::*;
use genserver_runtime::{ExitReason, Phase};

/// Nobody is in it.
#[derive(Debug, PartialEq)]
pub struct Empty;

/// It goes up or down with so many.
#[derive(Debug, PartialEq)]
pub struct Moving {
    pub people: u32,
}

/// It stands between two floors.
#[derive(Debug, PartialEq)]
pub struct Stuck {
    pub people: u32,
}

/// What it continues with.
pub struct Tidy;

/// What comes from the building.
pub struct PowerCut;

/// It cannot carry so many.
#[derive(Debug, PartialEq)]
pub struct Overloaded;

/// A lift; the shared data counts its rides.
pub struct Lift {
    rides: u32,
    tidied: u32,
    owed: Option<ReplyTo<u32>>,
}

#[genserver(states(Empty: initial, Occupied { Moving, Stuck }))]
impl Lift {
    #[call(Empty => Moving)]
    async fn board(&self, st: &Empty, people: u32) -> Result<Next<u32>, Overloaded> {
        tokio::task::yield_now().await;
        if people > 8 {
            return Err(Overloaded);
        }
        let boarded = st.goto_mut(move |lift, _| {
            lift.rides += 1;
            Moving { people }
        });
        Ok(boarded.reply(self.rides + 1))
    }

    #[call(Occupied => Empty)]
    fn leave(&self, st: &Occupied, cx: &mut Cx<Self>) -> Next<u32> {
        cx.continue_with(Tidy);
        st.goto(|_| Empty).reply(match st {
            Occupied::Moving(moving) => moving.people,
            Occupied::Stuck(stuck) => stuck.people,
        })
    }

    #[continued]
    fn tidy(&mut self, _tidy: Tidy) {
        self.tidied += 1;
    }

    #[info(Moving => Stuck)]
    fn power_cut(&mut self, st: &Moving, _cut: PowerCut) -> Next {
        st.goto(|moving| Stuck { people: moving.people })
    }

    #[cast(Moving)]
    fn squeeze_in(&mut self, st: &mut Moving) {
        st.people += 1;
    }

    #[cast(Moving)]
    fn overturn(&mut self) -> Result<(), Crash> {
        Err(std::io::Error::other("the rope"))?
    }

    #[call]
    fn next_ride(&mut self, reply: ReplyTo<u32>) {
        self.owed = Some(reply);
    }

    #[call]
    fn rides(&self, reply: ReplyTo<u32>) {
        let _ = reply.reply(self.rides);
    }

    #[call(blocking)]
    fn inspect(&self) -> u32 {
        std::thread::park_timeout(Duration::from_millis(1));
        self.rides
    }

    #[call]
    async fn wait(&self) {
        std::future::pending::<()>().await;
    }

    #[call]
    fn fall(&self) {
        panic!("the rope")
    }

    #[call]
    fn close(&self, cx: &mut Cx<Self>) -> u32 {
        cx.stop(ExitReason::Shutdown);
        self.rides
    }

    #[call]
    fn look_round(&self, cx: &mut Cx<Self>) -> bool {
        let same: LiftClient = cx.client();
        let _later = cx.send_after(Duration::from_secs(1), PowerCut);
        let _task = cx.spawn(async {});
        same.is_running() && cx.deadline().is_some() && cx.name().is_none()
    }
}

fn lift(rides: u32) -> Lift {
    Lift { rides, tidied: 0, owed: None }
}

#[track_caller]
fn check_left((outcome, state): (Result<u32, ServerError>, LiftState), people: u32) {
    assert_eq!(outcome, Ok(people));
    assert!(matches!(state, LiftState::Empty(Empty)));
}

/// What a panic says.
fn panic_of<T>(f: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(|| drop(f()))).expect_err("it panics");
    payload.downcast_ref::<String>().expect("a panic with text").clone()
}

fn moving(people: u32) -> Driver<Lift, LiftClient> {
    machine::drive(lift(0), Moving { people })
}

#[test]
fn a_call_gives_its_reply_and_the_state_that_it_leaves() {
    let mut driver = machine::drive(lift(6), Empty);
    assert_eq!(driver.step(|lift| lift.board(3)), Ok(7));
    assert!(matches!(driver.state(), LiftState::Occupied(Occupied::Moving(Moving { people: 3 }))));
    assert_eq!(driver.server().rides, 7);
}

#[test]
fn an_error_leaves_the_state_as_it_was() {
    let (outcome, state) = machine::drive(lift(6), Empty).call(|lift| lift.board(9));
    assert_eq!(outcome, Err(CallError::Reply(Overloaded)));
    assert!(matches!(state, LiftState::Empty(Empty)));
}

#[test]
fn it_begins_in_a_state_a_group_or_the_whole_enum() {
    check_left(moving(2).call(LiftClient::leave), 2);
    let stuck = machine::drive(lift(0), Occupied::Stuck(Stuck { people: 4 }));
    check_left(stuck.call(LiftClient::leave), 4);
    let whole = LiftState::Occupied(Occupied::Moving(Moving { people: 5 }));
    check_left(machine::drive(lift(0), whole).call(LiftClient::leave), 5);
}

#[test]
fn the_guard_is_checked() {
    let mut driver = machine::drive(lift(0), Empty);
    let refused = driver.step(LiftClient::leave).unwrap_err();
    assert_eq!(refused.invalid_state::<Lift>(), Some((LiftStateName::Empty, LiftMessage::Leave)));
    let refused = driver.step(LiftClient::squeeze_in).unwrap_err();
    assert_eq!(
        refused.invalid_state::<Lift>(),
        Some((LiftStateName::Empty, LiftMessage::SqueezeIn))
    );
    assert!(matches!(driver.info(PowerCut), Err(ServerError::InvalidState(_))));
    assert!(matches!(driver.into_parts(), (_, LiftState::Empty(Empty))));
}

#[test]
fn a_cast_and_an_info_run_too() {
    let mut driver = moving(1);
    assert_eq!(driver.step(LiftClient::squeeze_in), Ok(()));
    assert_eq!(driver.info(PowerCut), Ok(()));
    assert!(matches!(driver.state(), LiftState::Occupied(Occupied::Stuck(Stuck { people: 2 }))));
}

#[test]
fn what_it_continues_with_follows_at_once() {
    let mut driver = moving(1);
    assert_eq!(driver.step(LiftClient::leave), Ok(1));
    assert_eq!(driver.server().tidied, 1);
}

#[test]
fn a_stop_is_seen_and_its_reply_comes() {
    let mut driver = machine::drive(lift(3), Empty);
    assert_eq!(driver.step(LiftClient::close), Ok(3));
    assert_eq!(driver.stopped(), Some(&ExitReason::Shutdown));
    assert_eq!(driver.step(LiftClient::close), Err(ServerError::NotRunning));
    assert_eq!(driver.info(PowerCut), Err(ServerError::NotRunning));
}

#[test]
fn a_crash_of_a_cast_is_its_error() {
    let mut driver = moving(1);
    let error = driver.step(LiftClient::overturn).unwrap_err();
    assert_eq!(error.to_string(), "the server ended before it replied: the rope");
    assert!(driver.stopped().is_some_and(ExitReason::is_crash));
}

#[test]
fn a_panic_passes_through() {
    let mut driver = moving(1);
    let text = panic_of(|| driver.step(LiftClient::fall));
    assert_eq!(text, "`fall` panicked: the rope");
}

#[test]
fn a_handler_that_waits_says_so() {
    let text = panic_of(|| moving(1).step(LiftClient::wait));
    assert!(text.starts_with("`Lift::wait` waits for something that is not ready"), "{text}");
}

#[test]
fn a_reply_by_reply_to_comes_or_is_left_for_later() {
    let mut driver = machine::drive(lift(3), Empty);
    assert_eq!(driver.step(LiftClient::rides), Ok(3));
    let Err(ServerError::Timeout(late)) = driver.step(LiftClient::next_ride) else {
        panic!("nobody rides")
    };
    assert_eq!((late.call, late.phase), ("next_ride", Phase::Deferred));
    assert!(driver.server().owed.is_some());
}

#[test]
fn a_blocking_handler_is_waited_for() {
    let (outcome, _) = machine::drive(lift(3), Empty).call(LiftClient::inspect);
    assert_eq!(outcome, Ok(3));
}

#[test]
fn what_a_handler_wants_of_its_context_is_there() {
    let (outcome, _) = machine::drive(lift(0), Empty).call(LiftClient::look_round);
    assert_eq!(outcome, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn it_works_within_a_runtime_and_leaves_it_as_it_was() {
    let running = Lift::start(lift(1), Empty).await.expect("it starts");
    let mut driver = machine::drive(lift(5), Empty);
    assert_eq!(driver.step(LiftClient::inspect), Ok(5));
    assert_eq!(driver.step(LiftClient::look_round), Ok(true));
    drop(driver);
    assert_eq!(running.board(1).await, Ok(2));
}

/// Nobody comes in.
#[derive(Debug)]
pub struct Shut;

/// Everybody comes in.
#[derive(Debug)]
pub struct Open;

/// A gate whose openings are counted, and saved as long as there is room.
pub struct Gate {
    opened: u32,
    room: u32,
}

#[genserver(states(Shut: initial, Open))]
impl Gate {
    #[call(Shut => Open)]
    fn open(&self) {}

    #[call(Open => Shut)]
    fn shut(&self) {}

    #[call(Open, otherwise = postpone)]
    fn pass(&self) -> u32 {
        self.opened
    }

    #[enter(Open)]
    fn count(&mut self) {
        self.opened += 1;
    }

    #[transition]
    async fn save(&mut self) -> Result<(), std::io::Error> {
        self.room = self.room.checked_sub(1).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(())
    }
}

#[test]
fn what_follows_from_a_transition_is_done() {
    let mut gate = machine::drive(Gate { opened: 0, room: 1 }, Shut);
    assert_eq!(gate.step(GateClient::open), Ok(()));
    assert_eq!((gate.server().opened, gate.server().room), (1, 0));
    let error = gate.step(GateClient::shut).unwrap_err();
    assert!(matches!(error, ServerError::Exit(reason) if reason.is_crash()));
}

#[test]
fn a_call_that_the_state_postpones_is_late_and_not_kept() {
    let mut gate = machine::drive(Gate { opened: 0, room: 9 }, Shut);
    let Err(ServerError::Timeout(late)) = gate.step(GateClient::pass) else {
        panic!("the gate is shut")
    };
    assert_eq!((late.call, late.phase), ("pass", Phase::Postponed));
    assert_eq!(gate.step(GateClient::open), Ok(()));
    assert_eq!(gate.step(GateClient::pass), Ok(1));
}
