//! What a handler of a machine can decide, and how the decision is carried out.

use genserver_runtime::prelude::*;

use crate::servers::Broken;
use crate::support::{Gate, Journal, panicked};

/// Nobody sits there.
#[derive(Debug)]
pub struct Free;

/// Somebody works.
#[derive(Debug)]
pub struct Taken {
    by: String,
    attempts: u32,
}

/// Broken for good.
#[derive(Debug)]
pub struct Wreck;

pub struct Desk {
    journal: Journal,
    changes: u32,
}

#[genserver(states(Free: initial, Taken, Wreck: terminal), derive(Debug))]
impl Desk {
    /// Resumes in any state.
    #[init]
    pub fn set_up(journal: Journal, st: DeskState) -> (Self, DeskState) {
        (Self { journal, changes: 0 }, st)
    }

    #[call(Free => Taken)]
    pub fn take(&self, st: &Free, #[into] by: String) -> Next {
        st.goto_mut(|desk, Free| {
            desk.changes += 1;
            Taken { by, attempts: 0 }
        })
    }

    /// Changes nothing.
    #[call(Taken)]
    pub fn look(&self, st: &Taken) -> (String, u32) {
        (st.by.clone(), st.attempts)
    }

    /// Stays, with a reply.
    #[call(Taken => Taken | Free)]
    pub fn leave(&self, st: &Taken, really: bool) -> Next<&'static str> {
        if really { st.goto(|_| Free).reply("left") } else { st.stay().reply("stayed") }
    }

    /// Counts an attempt and refuses.
    #[call(Taken => Free)]
    pub async fn release(&self, st: &Taken, key: u32) -> Result<Next<u32>, Broken> {
        tokio::task::yield_now().await;
        match key {
            0 => Err(Broken("no key")),
            7 => Ok(st.goto(|_| Free).reply(st.attempts)),
            _ => Ok(st
                .stay_mut(|desk, taken| {
                    desk.changes += 1;
                    taken.attempts += 1;
                })
                .refuse(Broken("wrong key"))),
        }
    }

    /// Commits, and refuses.
    #[call(Taken => Wreck)]
    pub fn hammer(&self, st: &Taken, with_care: bool) -> Result<Next<u32>, Broken> {
        if with_care {
            return Err(Broken("nothing happened"));
        }
        Ok(st.goto(|_| Wreck).refuse(Broken("it broke")))
    }

    /// To a unit state, without a word about it.
    #[call(Free | Taken => Wreck)]
    pub fn burn(&mut self) -> u32 {
        self.changes += 1;
        self.changes
    }

    /// As `burn`, if it can.
    #[call(Free | Taken => Wreck)]
    pub fn saw(&self, sharp: bool) -> Result<u32, Broken> {
        if sharp { Ok(self.changes) } else { Err(Broken("blunt")) }
    }

    /// Changes what it likes, also when it fails.
    #[call(Free => Taken, in_place)]
    pub fn squat(&mut self, st: &mut Free, fail: bool) -> Result<Next, Broken> {
        self.changes += 100;
        if fail {
            return Err(Broken("thrown out"));
        }
        Ok(st.goto(|Free| Taken { by: "a squatter".to_owned(), attempts: 0 }))
    }

    /// Its transition panics.
    #[call(Taken => Free)]
    pub fn trip(&self, st: &Taken) -> Next {
        st.goto(|taken| -> Free { panic!("{} trips", taken.by) })
    }

    /// Panics before it moves anything.
    #[call(Taken => Free)]
    pub fn stumble(&self, st: &Taken) -> Next {
        assert!(st.by.is_empty(), "{} stumbles", st.by);
        st.goto(|_| Free)
    }

    /// Waits in a state; nothing moves meanwhile.
    #[call(Taken => Free)]
    pub async fn doze(&self, st: &Taken, gate: Gate) -> Next<u32> {
        gate.pass().await;
        st.goto(|_| Free).reply(st.attempts)
    }

    #[call]
    pub fn changes(&self) -> u32 {
        self.changes
    }

    #[terminate]
    fn close(&mut self, _reason: &ExitReason, st: Option<&DeskState>) {
        self.journal.note(format!("terminate: {st:?}"));
    }
}

async fn desk(st: DeskState) -> (DeskClient, Journal) {
    let journal = Journal::new();
    let client = Desk::start(journal.clone(), st).await.expect("its init cannot fail");
    (client, journal)
}

fn taken() -> DeskState {
    DeskState::Taken(Taken { by: "me".to_owned(), attempts: 0 })
}

/// The desk's state and how often its shared data changed.
async fn is(client: &DeskClient, state: DeskStateName, changes: u32) {
    assert_eq!(client.state().await, Ok(state));
    assert_eq!(client.changes().await, Ok(changes));
}

#[tokio::test]
async fn goto_mut_changes_shared_data_at_the_commit() {
    let (client, _) = desk(DeskState::Free(Free)).await;
    client.take("you").await.expect("it is free");
    is(&client, DeskStateName::Taken, 1).await;
    assert_eq!(client.look().await, Ok(("you".to_owned(), 0)));
}

#[tokio::test]
async fn stay_changes_nothing() {
    let (client, _) = desk(taken()).await;
    assert_eq!(client.leave(false).await, Ok("stayed"));
    is(&client, DeskStateName::Taken, 0).await;
    assert_eq!(client.leave(true).await, Ok("left"));
    is(&client, DeskStateName::Free, 0).await;
}

#[tokio::test]
async fn an_error_changes_nothing() {
    let (client, _) = desk(taken()).await;
    assert_eq!(client.release(0).await, Err(CallError::Reply(Broken("no key"))));
    is(&client, DeskStateName::Taken, 0).await;
    assert_eq!(client.look().await, Ok(("me".to_owned(), 0)));
}

#[tokio::test]
async fn stay_mut_and_refuse_commit_and_refuse() {
    let (client, _) = desk(taken()).await;
    for attempt in 1..=2 {
        assert_eq!(client.release(1).await, Err(CallError::Reply(Broken("wrong key"))));
        is(&client, DeskStateName::Taken, attempt).await;
        assert_eq!(client.look().await, Ok(("me".to_owned(), attempt)));
    }
    assert_eq!(client.release(7).await, Ok(2));
    is(&client, DeskStateName::Free, 2).await;
}

#[tokio::test]
async fn goto_and_refuse_commit_and_refuse() {
    let (client, _) = desk(taken()).await;
    let nothing = client.hammer(true).await;
    assert_eq!(nothing, Err(CallError::Reply(Broken("nothing happened"))));
    is(&client, DeskStateName::Taken, 0).await;
    assert_eq!(client.hammer(false).await, Err(CallError::Reply(Broken("it broke"))));
    is(&client, DeskStateName::Wreck, 0).await;
}

#[tokio::test]
async fn a_plain_value_goes_to_the_one_unit_target() {
    for st in [DeskState::Free(Free), taken()] {
        let (client, _) = desk(st).await;
        assert_eq!(client.burn().await, Ok(1));
        is(&client, DeskStateName::Wreck, 1).await;
    }
}

#[tokio::test]
async fn a_plain_result_goes_to_the_one_unit_target_on_success() {
    let (client, _) = desk(taken()).await;
    assert_eq!(client.saw(false).await, Err(CallError::Reply(Broken("blunt"))));
    is(&client, DeskStateName::Taken, 0).await;
    assert_eq!(client.saw(true).await, Ok(0));
    is(&client, DeskStateName::Wreck, 0).await;
}

#[tokio::test]
async fn in_place_keeps_what_a_failed_handler_changed() {
    let (client, _) = desk(DeskState::Free(Free)).await;
    assert_eq!(client.squat(true).await, Err(CallError::Reply(Broken("thrown out"))));
    is(&client, DeskStateName::Free, 100).await;
    assert_eq!(client.squat(false).await, Ok(()));
    is(&client, DeskStateName::Taken, 200).await;
}

#[tokio::test]
async fn a_machine_resumes_in_any_state() {
    for (st, name) in [
        (DeskState::Free(Free), DeskStateName::Free),
        (taken(), DeskStateName::Taken),
        (DeskState::Wreck(Wreck), DeskStateName::Wreck),
    ] {
        let (client, _) = desk(st).await;
        is(&client, name, 0).await;
    }
}

#[tokio::test]
async fn a_panic_in_a_transition_loses_the_state() {
    for queued in [false, true] {
        let (client, journal) = desk(taken()).await;
        let outcome = if queued {
            client.trip().send().await.expect("there is room").await
        } else {
            client.trip().await
        };
        assert_eq!(panicked(outcome).to_string(), "`trip` panicked: me trips");
        journal.until("terminate: None").await;
        assert!(!client.is_running());
    }
}

#[tokio::test]
async fn a_panic_before_a_transition_keeps_the_state() {
    let (client, journal) = desk(taken()).await;
    assert_eq!(panicked(client.stumble().await).handler(), "stumble");
    let state = "terminate: Some(Taken(Taken { by: \"me\", attempts: 0 }))";
    journal.until(state).await;
}

#[tokio::test]
async fn a_transition_is_carried_out_when_the_handler_returns() {
    let (client, _) = desk(taken()).await;
    let gate = Gate::new();
    let doze = client.doze(gate.clone()).send().await.expect("there is room");
    let behind = client.take("you").send().await.expect("there is room");
    gate.reached().await;
    gate.open();
    assert_eq!(doze.await, Ok(0));
    assert_eq!(behind.await, Ok(()), "it saw the state after the move");
    assert_eq!(client.look().await, Ok(("you".to_owned(), 0)));
}

#[tokio::test]
async fn a_kill_before_the_return_moves_nothing() {
    let (client, journal) = desk(taken()).await;
    let gate = Gate::new();
    let doze = client.doze(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    client.kill().await.expect("it is killed");
    doze.await.expect_err("it was killed");
    journal.holds(&[]);
}

#[test]
fn methods_stay_plain_rust() {
    let (mut desk, _) = Desk::set_up(Journal::new(), taken());
    assert_eq!(desk.burn(), 1);
    assert_eq!(desk.look(&Taken { by: "x".to_owned(), attempts: 2 }), ("x".to_owned(), 2));
}
