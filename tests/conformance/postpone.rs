//! Messages that the state does not accept: refused, ignored, or kept for another state.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Event, Phase};

use crate::support::{Gate, Journal, pass, settle, timed_out};

struct Closed;
struct Open;
struct Gone;

/// A counter that serves only while it is open.
struct Counter {
    journal: Journal,
}

/// Something to be served.
struct Parcel(u32);

#[genserver(states(Closed: initial, Open, Gone: terminal), mailbox = 4)]
impl Counter {
    #[call(Closed => Open)]
    fn open(&self, st: &Closed) -> Next {
        self.journal.note("open");
        st.goto(|_| Open)
    }

    #[call(Open => Closed)]
    fn close(&self, st: &Open) -> Next {
        self.journal.note("close");
        st.goto(|_| Closed)
    }

    /// Stays, or goes to the same state.
    #[call(Closed => Closed)]
    fn knock(&self, st: &Closed, again: bool) -> Next {
        self.journal.note("knock");
        if again { st.goto(|_| Closed) } else { st.stay() }
    }

    #[call(Open, otherwise = postpone(Closed))]
    fn serve(&self, number: u32) -> u32 {
        self.journal.note(format!("serve {number}"));
        number * 10
    }

    #[call(Open => Closed, otherwise = postpone(Closed))]
    fn last(&self, st: &Open) -> Next {
        self.journal.note("last");
        st.goto(|_| Closed)
    }

    #[cast(Open, otherwise = postpone(Closed))]
    fn leave(&mut self, what: &'static str) {
        self.journal.note(format!("leave {what}"));
    }

    #[info(Open, otherwise = postpone(Closed))]
    fn parcel(&mut self, parcel: Parcel) {
        self.journal.note(format!("parcel {}", parcel.0));
    }

    #[cast(Open, otherwise = ignore)]
    fn greet(&mut self) {
        self.journal.note("greet");
    }

    #[cast(Open)]
    fn complain(&mut self) {
        self.journal.note("complain");
    }

    #[cast]
    fn look(&mut self) {
        self.journal.note("look");
    }

    #[call(Closed | Open => Gone)]
    fn demolish(&self) {}

    #[continued(Open, otherwise = postpone(Closed))]
    fn tidy(&mut self, _: Tidy) {
        self.journal.note("tidy");
    }

    #[call(Closed)]
    fn plan(&self, cx: &mut Cx<Self>) {
        cx.continue_with(Tidy);
    }

    #[call]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }
}

/// What is continued with.
struct Tidy;

async fn counter() -> (CounterClient, Journal) {
    let journal = Journal::new();
    let counter = Counter::start(Counter { journal: journal.clone() }, Closed).await;
    (counter.expect("it starts"), journal)
}

fn postponed(counter: &CounterClient) -> usize {
    counter.sys().get_status().expect("it runs").postponed
}

#[tokio::test]
async fn sm_5_what_was_postponed_comes_after_what_was_inserted_and_before_the_mailbox() {
    let (counter, journal) = counter().await;
    let served = counter.serve(1).send().await.expect("there is room");
    counter.leave("a letter").await.expect("there is room");
    counter.plan().await.expect("it is closed");
    let gate = Gate::new();
    let busy = counter.wait(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    let opened = counter.open().send().await.expect("there is room");
    counter.look().await.expect("there is room");
    gate.open();
    busy.await.expect("it runs");
    opened.await.expect("it runs");
    assert_eq!(served.await, Ok(10));
    counter.sync().await.expect("it runs");
    journal.holds(&["open", "serve 1", "leave a letter", "tidy", "look"]);
}

#[tokio::test]
async fn sm_6_a_postponed_call_is_answered_with_its_own_type_after_the_change() {
    let (counter, _) = counter().await;
    let first = counter.serve(1);
    let (first, ()) = tokio::join!(first, async {
        settle().await;
        assert_eq!(postponed(&counter), 1);
        counter.open().await.expect("it is closed");
    });
    assert_eq!(first, Ok(10));
    assert_eq!(postponed(&counter), 0);
}

#[tokio::test]
async fn sm_6_going_to_the_same_state_is_no_change() {
    let (counter, journal) = counter().await;
    counter.leave("a letter").await.expect("there is room");
    counter.knock(true).await.expect("it is closed");
    counter.knock(false).await.expect("it is closed");
    assert_eq!(postponed(&counter), 1);
    counter.open().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    journal.holds(&["knock", "knock", "open", "leave a letter"]);
}

#[tokio::test]
async fn sm_6_what_the_new_state_does_not_accept_either_is_postponed_again_in_its_order() {
    let (counter, journal) = counter().await;
    counter.leave("1").await.expect("there is room");
    let last = counter.last().send().await.expect("there is room");
    counter.leave("2").await.expect("there is room");
    counter.sync().await.expect("it runs");
    assert_eq!(postponed(&counter), 3);
    counter.open().await.expect("it is closed");
    last.await.expect("it was accepted");
    counter.sync().await.expect("it runs");
    // The second letter came to a closed counter again.
    journal.holds(&["open", "leave 1", "last"]);
    assert_eq!(postponed(&counter), 1);
    counter.open().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    journal.holds(&["open", "leave 1", "last", "open", "leave 2"]);
}

#[tokio::test]
async fn sm_4_infos_and_inserted_messages_are_postponed_too() {
    let (counter, journal) = counter().await;
    counter.send_info(Parcel(7)).await.expect("there is room");
    counter.plan().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    assert_eq!(postponed(&counter), 2);
    counter.open().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    journal.holds(&["open", "parcel 7", "tidy"]);
}

#[tokio::test]
async fn sm_4_a_timer_whose_message_is_postponed_can_still_be_flushed() {
    let (counter, journal) = counter().await;
    let flushed = counter.send_after(Duration::ZERO, Parcel(1)).expect("it runs");
    let kept = counter.send_after(Duration::ZERO, Parcel(2)).expect("it runs");
    counter.sync().await.expect("it runs");
    assert_eq!(postponed(&counter), 2);
    assert_eq!(flushed.cancel_and_flush(), Some(Duration::ZERO));
    counter.open().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    assert_eq!(kept.cancel_and_flush(), None);
    journal.holds(&["open", "parcel 2"]);
}

#[tokio::test]
async fn sm_6_postponed_messages_survive_a_suspension() {
    let (counter, journal) = counter().await;
    let served = counter.serve(1).send().await.expect("there is room");
    counter.sync().await.expect("it runs");
    counter.sys().suspend().await.expect("it runs");
    let opened = counter.open().send().await.expect("there is room");
    settle().await;
    assert_eq!(postponed(&counter), 1);
    journal.holds(&[]);
    counter.sys().resume().await.expect("it runs");
    opened.await.expect("it is closed");
    assert_eq!(served.await, Ok(10));
}

#[tokio::test]
async fn sm_6_a_suspension_after_the_change_holds_what_was_postponed_back() {
    let (counter, journal) = counter().await;
    let served = counter.serve(1).send().await.expect("there is room");
    let gate = Gate::new();
    let busy = counter.wait(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    let opened = counter.open().send().await.expect("there is room");
    let suspend = counter.sys().suspend();
    gate.open();
    busy.await.expect("it runs");
    suspend.await.expect("it runs");
    // Whether the opening came first is the order of the two: a suspension goes first.
    settle().await;
    journal.holds(&[]);
    counter.sys().resume().await.expect("it runs");
    opened.await.expect("it is closed");
    assert_eq!(served.await, Ok(10));
}

#[tokio::test]
async fn sm_6_there_is_room_for_as_many_as_in_the_mailbox_and_the_next_is_told() {
    let (counter, journal) = counter().await;
    for number in 0..4 {
        counter.leave(["a", "b", "c", "d"][number]).await.expect("there is room");
        counter.sync().await.expect("it runs");
    }
    assert_eq!(counter.serve(9).await, Err(ServerError::Full));
    counter.leave("e").await.expect("there is room in the mailbox");
    counter.sync().await.expect("it runs");
    assert_eq!(counter.counters().refused, 2);
    // The mailbox itself has room: the change comes through.
    counter.open().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    journal.holds(&["open", "leave a", "leave b", "leave c", "leave d"]);
}

#[tokio::test]
async fn sm_6_in_a_state_that_is_not_named_the_answer_is_a_refusal() {
    let (counter, _) = counter().await;
    counter.demolish().await.expect("it stands");
    let refused = counter.serve(1).await.expect_err("it is gone");
    assert_eq!(
        refused.invalid_state::<Counter>(),
        Some((CounterStateName::Gone, CounterMessage::Serve))
    );
}

#[tokio::test]
async fn sm_6_what_a_terminal_state_does_not_accept_is_refused_when_it_is_tried_again() {
    let (counter, _) = counter().await;
    let served = counter.serve(1).send().await.expect("there is room");
    counter.sync().await.expect("it runs");
    counter.demolish().await.expect("it stands");
    let refused = served.await.expect_err("it is gone");
    assert!(refused.invalid_state::<Counter>().is_some(), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn sm_6_a_postponed_call_that_is_late_says_so() {
    let (counter, journal) = counter().await;
    let late = timed_out(counter.serve(1).timeout(Duration::from_secs(1)).await);
    assert_eq!(late.phase, Phase::Postponed);
    assert_eq!(
        late.to_string(),
        "`Counter::serve` timed out after 1s, postponed until the state changes"
    );
    // As any late request it is executed all the same.
    counter.open().await.expect("it is closed");
    counter.sync().await.expect("it runs");
    journal.holds(&["open", "serve 1"]);
    assert_eq!(counter.counters().late, 1);
}

#[tokio::test]
async fn sm_6_at_the_end_postponed_calls_are_answered_and_casts_are_counted() {
    let (counter, _) = counter().await;
    let served = counter.serve(1).send().await.expect("there is room");
    counter.leave("a letter").await.expect("there is room");
    counter.stop().await.expect("it runs");
    assert_eq!(served.await, Err(ServerError::Exit(ExitReason::Normal)));
    assert_eq!(counter.counters().dead, 1);
}

#[tokio::test]
async fn an_ignored_cast_is_counted_and_a_refused_one_apart() {
    let (counter, journal) = counter().await;
    counter.greet().await.expect("there is room");
    counter.complain().await.expect("there is room");
    counter.sync().await.expect("it runs");
    assert_eq!((counter.counters().ignored, counter.counters().refused), (1, 1));
    counter.open().await.expect("it is closed");
    counter.greet().await.expect("there is room");
    counter.sync().await.expect("it runs");
    journal.holds(&["open", "greet"]);
}

#[tokio::test]
async fn a_watched_server_tells_that_it_postpones() {
    let (counter, _) = counter().await;
    let mut events = counter.sys().events().expect("it runs");
    counter.leave("a letter").await.expect("there is room");
    let Event { kind, .. } = events.next().await.expect("it runs");
    assert_eq!(kind.to_string(), "postponed `leave`");
}

#[tokio::test(start_paused = true)]
async fn a_server_with_postponed_messages_is_not_passivated() {
    let journal = Journal::new();
    let patient = Patient::start(Patient { journal: journal.clone() }, Asleep).name("patient");
    let patient = patient.await.expect("the name is free");
    patient.treat().await.expect("there is room");
    drop(patient);
    pass(Duration::from_secs(100)).await;
    let patient = PatientClient::named("patient");
    patient.wake().await.expect("it is there");
    patient.sync().await.expect("it runs");
    journal.holds(&["treated"]);
}

struct Asleep;
struct Awake;

struct Patient {
    journal: Journal,
}

#[genserver(states(Asleep: initial, Awake), passivate = "10s", otherwise = postpone)]
impl Patient {
    #[call(Asleep => Awake)]
    fn wake(&self) {}

    #[call(Awake => Asleep)]
    fn lie_down(&self) {}

    #[cast(Awake)]
    fn treat(&mut self) {
        self.journal.note("treated");
    }
}

#[tokio::test]
async fn what_is_said_of_the_whole_server_holds_for_each_guarded_message() {
    let journal = Journal::new();
    let patient = Patient::start(Patient { journal: journal.clone() }, Asleep).await;
    let patient = patient.expect("it starts");
    let down = patient.lie_down().send().await.expect("there is room");
    patient.wake().await.expect("it sleeps");
    down.await.expect("it was awake");
    assert_eq!(patient.state().await, Ok(PatientStateName::Asleep));
}
