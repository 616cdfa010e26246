//! `#[state_timeout]`: how long a machine may stay in a state.

use std::time::{Duration, SystemTime};

use genserver_runtime::prelude::*;
use tokio::time::Instant;

use crate::support::{Gate, Journal, pass, settle};

const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(20);

struct New;

/// In the group `Active`.
struct Assigned {
    to: &'static str,
}

/// In the group `Active`.
struct Waiting {
    until: Option<Instant>,
}
struct Resolved {
    at: SystemTime,
}
struct Closed;

struct Ticket {
    journal: Journal,
    begun: Instant,
}

#[genserver(states(New: initial, Active { Assigned, Waiting }, Resolved, Closed: terminal))]
impl Ticket {
    #[init]
    fn open(journal: Journal, st: TicketState) -> (Self, TicketState) {
        (Self { journal, begun: Instant::now() }, st)
    }

    #[state_timeout(New, after = "10s" => Closed)]
    fn forget(&self) {
        self.note("forgotten");
    }

    /// Stays.
    #[state_timeout(Assigned, after = PATIENCE)]
    fn remind(&mut self, st: &mut Assigned) {
        self.note(&format!("remind {}", st.to));
    }

    /// Of both states together.
    #[state_timeout(Active, after = "60s" => New)]
    fn give_back(&self, st: &Active) -> Next {
        self.note("given back");
        st.goto(|_| New)
    }

    #[state_timeout(Waiting, until = Self::patience => Assigned)]
    async fn go_on(&self, st: &Waiting) -> Next {
        tokio::task::yield_now().await;
        self.note("go on");
        st.goto(|_| Assigned { to: "Eve" })
    }

    fn patience(&self, st: &Waiting) -> Option<Instant> {
        st.until
    }

    #[state_timeout(Resolved, until = Self::deadline => Closed)]
    fn close(&self) {
        self.note("closed");
    }

    fn deadline(&self, st: &Resolved) -> SystemTime {
        st.at
    }

    #[call(New => Assigned)]
    fn assign(&self, st: &New, to: &'static str) -> Next {
        st.goto(move |_| Assigned { to })
    }

    /// To the same state.
    #[call(Assigned => Assigned)]
    fn hand_over(&self, st: &Assigned, to: &'static str) -> Next {
        st.goto(move |_| Assigned { to })
    }

    #[call(Assigned => Waiting)]
    fn ask(&self, st: &Assigned, until: Option<Instant>) -> Next {
        st.goto(move |_| Waiting { until })
    }

    #[call(Waiting => Assigned)]
    fn answer(&self, st: &Waiting) -> Next {
        st.goto(|_| Assigned { to: "Ann" })
    }

    #[call(Assigned => Resolved)]
    fn resolve(&self, st: &Assigned, at: SystemTime) -> Next {
        st.goto(move |_| Resolved { at })
    }

    #[call]
    async fn busy(&self, gate: Gate) {
        gate.pass().await;
    }

    #[call]
    fn inline(&self) {}

    fn note(&self, what: &str) {
        self.journal.note(format!("{what} at {}s", self.begun.elapsed().as_secs()));
    }
}

async fn ticket(state: TicketState) -> (TicketClient, Journal) {
    let journal = Journal::new();
    let ticket = Ticket::start(journal.clone(), state).await.expect("it starts");
    (ticket, journal)
}

#[tokio::test(start_paused = true)]
async fn sm_13_a_state_times_out_and_goes_where_it_is_declared_to() {
    let (ticket, journal) = ticket(TicketState::New(New)).await;
    pass(SECOND * 11).await;
    assert_eq!(ticket.state().await, Ok(TicketStateName::Closed));
    journal.holds(&["forgotten at 10s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_13_messages_and_the_same_state_again_do_not_put_it_off() {
    let (ticket, journal) = ticket(TicketState::New(New)).await;
    ticket.assign("Ann").await.expect("it is new");
    for name in ["Bob", "Cid", "Dan"] {
        pass(SECOND * 6).await;
        ticket.hand_over(name).await.expect("it is assigned");
        ticket.inline().await.expect("it runs");
    }
    pass(SECOND * 3).await;
    journal.holds(&["remind Dan at 20s"]);
    // Once in a state.
    pass(SECOND * 30).await;
    journal.holds(&["remind Dan at 20s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_13_a_change_of_state_cancels_it_and_coming_back_begins_anew() {
    let (ticket, journal) = ticket(TicketState::New(New)).await;
    pass(SECOND * 9).await;
    ticket.assign("Ann").await.expect("it is new");
    pass(SECOND * 19).await;
    ticket.ask(None).await.expect("it is assigned");
    pass(SECOND * 5).await;
    ticket.answer().await.expect("it waits");
    pass(SECOND * 19).await;
    journal.holds(&[]);
    pass(SECOND * 2).await;
    journal.holds(&["remind Ann at 53s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_13_that_of_a_group_goes_on_within_the_group() {
    let (ticket, journal) = ticket(TicketState::New(New)).await;
    ticket.assign("Ann").await.expect("it is new");
    for _ in 0..5 {
        pass(SECOND * 10).await;
        ticket.ask(None).await.expect("it is assigned");
        ticket.answer().await.expect("it waits");
    }
    pass(SECOND * 11).await;
    assert_eq!(ticket.state().await, Ok(TicketStateName::New));
    journal.holds(&["given back at 60s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_17_a_deadline_of_either_clock_or_none() {
    let (ticket, journal) = ticket(TicketState::New(New)).await;
    ticket.assign("Ann").await.expect("it is new");
    ticket.ask(Some(Instant::now() + SECOND * 4)).await.expect("it is assigned");
    pass(SECOND * 5).await;
    ticket.ask(None).await.expect("it went on");
    pass(SECOND * 40).await;
    assert_eq!(ticket.state().await, Ok(TicketStateName::Waiting));
    ticket.answer().await.expect("it waits");
    let later = SystemTime::now() + Duration::from_secs(8);
    ticket.resolve(later).await.expect("it is assigned");
    pass(SECOND * 9).await;
    assert_eq!(ticket.state().await, Ok(TicketStateName::Closed));
    journal.holds(&["go on at 4s", "closed at 53s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_17_a_deadline_that_has_gone_by_when_the_server_resumes_is_due_at_once() {
    let at = SystemTime::now() - Duration::from_secs(3_600);
    let (ticket, journal) = ticket(TicketState::Resolved(Resolved { at })).await;
    assert_eq!(ticket.state().await, Ok(TicketStateName::Closed));
    journal.holds(&["closed at 0s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_16_what_is_due_at_once_comes_before_the_mailbox() {
    let (ticket, journal) =
        ticket(TicketState::Active(Active::Assigned(Assigned { to: "Ann" }))).await;
    let gate = Gate::new();
    let busy = ticket.busy(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    let asked = ticket.ask(Some(Instant::now())).send().await.expect("there is room");
    let answered = ticket.answer().send().await.expect("there is room");
    gate.open();
    busy.await.expect("it runs");
    asked.await.expect("it is assigned");
    let refused = answered.await.expect_err("it went on by itself");
    assert!(refused.invalid_state::<Ticket>().is_some(), "{refused}");
    journal.holds(&["go on at 0s"]);
}

#[tokio::test(start_paused = true)]
async fn sm_13_one_that_lies_in_the_mailbox_when_the_state_is_left_is_not_handled() {
    let (ticket, journal) = ticket(TicketState::New(New)).await;
    let gate = Gate::new();
    let busy = ticket.busy(gate.clone()).no_timeout().send().await.expect("there is room");
    gate.reached().await;
    let assigned = ticket.assign("Ann").no_timeout().send().await.expect("there is room");
    pass(SECOND * 12).await;
    gate.open();
    busy.await.expect("it runs");
    assigned.await.expect("it was new");
    settle().await;
    assert_eq!(ticket.state().await, Ok(TicketStateName::Assigned));
    journal.holds(&[]);
}

#[tokio::test(start_paused = true)]
async fn sm_19_a_state_time_out_is_seen_in_the_status() {
    let (ticket, _) = ticket(TicketState::New(New)).await;
    ticket.assign("Ann").await.expect("it is new");
    pass(SECOND * 5).await;
    let status = ticket.sys().get_status().expect("it runs");
    let timers: Vec<_> = status.next_timers.iter().map(|timer| (timer.what, timer.left)).collect();
    assert_eq!(timers, [("remind", SECOND * 15), ("give_back", SECOND * 55)]);
}

#[tokio::test(start_paused = true)]
async fn sm_27_a_state_that_is_put_in_its_place_has_its_own_time_outs() {
    let journal = Journal::new();
    let egg = Egg::start(Egg { journal: journal.clone() }, Raw).await.expect("it starts");
    pass(SECOND * 9).await;
    let boiled = |egg, _| (egg, EggState::Boiled(Boiled));
    egg.sys().replace_machine::<Egg>(boiled).await.expect("it runs");
    pass(SECOND * 20).await;
    // No `#[enter]` runs, and the time-out of the old state is void.
    journal.holds(&[]);
}

#[derive(Clone)]
struct Raw;
#[derive(Clone)]
struct Boiled;
#[derive(Clone)]
struct Egg {
    journal: Journal,
}

#[genserver(states(Raw: initial, Boiled: terminal), derive(Clone))]
impl Egg {
    #[state_timeout(Raw, after = "10s" => Boiled)]
    fn boil(&self) {
        self.journal.note("boiled");
    }

    #[enter(Boiled)]
    fn cool(&self, cx: &mut StateCx<Self>) {
        self.journal.note("entered");
        cx.timer("cool").start(Duration::ZERO, Cold);
    }

    #[info]
    fn cold(&self, _: Cold) {
        self.journal.note("cold");
    }
}

struct Cold;
