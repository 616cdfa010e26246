//! Machines: what waits beside the mailbox, and what follows on a move.

use std::time::{Duration, SystemTime};

use genserver_runtime::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Shut;
#[derive(Clone)]
struct Open;
#[derive(Clone)]
struct Doubtful;

#[derive(Clone)]
struct Door {
    notes: Vec<&'static str>,
    rounds: u32,
}

struct Ring(&'static str);
struct Knock(&'static str);

#[genserver(states(Shut: initial, Open, Doubtful), derive(Clone), mailbox = 1, passivate = "10s")]
impl Door {
    #[call(Shut => Open)]
    fn open(&self) {}

    #[call(Open => Shut)]
    fn shut(&self) {}

    #[call(Open => Doubtful)]
    fn doubt(&self) {}

    #[call(Doubtful => Shut)]
    fn decide(&self) {}

    /// What its timer says first is accepted, what it is updated to is not.
    #[call(Shut)]
    fn set(&self, cx: &mut Cx<Self>) {
        cx.timer("ring").start(Duration::ZERO, Ring("ring"));
        cx.timer("ring").update(Knock("knock"));
        cx.event_timeout().start(SECOND, Ring("nothing came"));
    }

    #[call(Shut)]
    fn wait(&self, cx: &mut Cx<Self>) {
        cx.event_timeout().start(SECOND, Ring("nothing came"));
    }

    #[info]
    fn ring(&mut self, ring: Ring) {
        self.notes.push(ring.0);
    }

    #[info(Open, otherwise = postpone(Shut))]
    fn knock(&mut self, knock: Knock) {
        self.notes.push(knock.0);
    }

    #[cast(Open, otherwise = postpone(Shut))]
    fn greet(&mut self) {
        self.notes.push("greet");
    }

    #[call(Open, otherwise = postpone(Shut), skip_abandoned)]
    fn ask(&mut self) -> u32 {
        self.notes.push("ask");
        7
    }

    #[state_timeout(Doubtful, until = Self::deadline => Shut)]
    fn give_up(&mut self) {
        self.notes.push("gave up");
    }

    fn deadline(&self, _: &Doubtful) -> SystemTime {
        assert!(self.rounds < 9, "nobody knows");
        SystemTime::now() + SECOND * 60
    }

    /// Until the end, which it decides itself.
    #[enter(Doubtful)]
    fn turn(&mut self, cx: &mut StateCx<Self>) -> Enter {
        self.rounds += 1;
        if self.rounds == 3 {
            cx.stop(ExitReason::Shutdown);
        }
        if self.rounds > 1 { Enter::Repeat } else { Enter::Done }
    }

    #[call]
    fn notes(&self) -> Vec<&'static str> {
        self.notes.clone()
    }
}

/// Lets time go by: the paused clock goes from timer to timer.
async fn pass(time: Duration) {
    let never = std::future::pending::<()>();
    tokio::time::timeout(time, never).await.expect_err("it never comes");
}

async fn door() -> DoorClient {
    Door::start(Door { notes: Vec::new(), rounds: 0 }, Shut).await.expect("it starts")
}

/// The message that a timer was updated to was asked for its state under the old one's name, and lost.
#[tokio::test(start_paused = true)]
async fn what_a_timer_was_updated_to_is_postponed() {
    let door = door().await;
    door.set().await.expect("it is shut");
    door.sync().await.expect("it runs");
    assert_eq!(door.sys().get_status().expect("it runs").postponed, 1);
    door.open().await.expect("it is shut");
    door.sync().await.expect("it runs");
    assert_eq!(door.notes().await, Ok(vec!["knock"]));
}

/// A postponed message is a message: the event time-out came all the same.
#[tokio::test(start_paused = true)]
async fn a_postponed_message_cancels_the_event_time_out() {
    let door = door().await;
    door.wait().await.expect("it is shut");
    door.greet().await.expect("there is room");
    pass(SECOND * 5).await;
    assert_eq!(door.notes().await, Ok(vec![]));
}

/// What is never refused for want of room was refused beside the mailbox.
#[tokio::test(start_paused = true)]
async fn a_servers_own_messages_are_postponed_without_bound() {
    let door = door().await;
    door.greet().await.expect("there is room");
    for knock in ["one", "two"] {
        door.send_after(SECOND, Knock(knock)).expect("it runs");
    }
    pass(SECOND * 2).await;
    assert_eq!(door.sys().get_status().expect("it runs").postponed, 3);
    assert_eq!(door.counters().refused, 0);
}

/// Requests whose callers had gone filled the room for ever.
#[tokio::test(start_paused = true)]
async fn an_abandoned_request_makes_room_beside_the_mailbox() {
    let door = door().await;
    door.ask().timeout(SECOND).await.expect_err("it is shut");
    let asked = door.ask().send().await.expect("there is room");
    door.sync().await.expect("it runs");
    door.open().await.expect("it is shut");
    assert_eq!(asked.await, Ok(7));
    assert_eq!(door.notes().await, Ok(vec!["ask"]));
    assert_eq!(door.counters().dropped, 1);
}

/// The edge of a state time-out was never taken: the server was gone by then.
#[tokio::test(start_paused = true)]
async fn a_server_in_a_state_that_times_out_is_not_passivated() {
    let door = Door::start(Door { notes: Vec::new(), rounds: 0 }, Shut).name("timed");
    let door = door.await.expect("the name is free");
    door.open().await.expect("it is shut");
    door.doubt().await.expect("it is open");
    drop(door);
    pass(SECOND * 65).await;
    assert_eq!(DoorClient::named("timed").notes().await, Ok(vec!["gave up"]));
    pass(SECOND * 30).await;
    assert!(DoorClient::whereis("timed").is_none());
}

/// A method that wanted to run again went on after the end was decided, for ever.
#[tokio::test(start_paused = true)]
async fn an_enter_that_repeats_ends_with_the_server() {
    let door = Door::start(Door { notes: Vec::new(), rounds: 1 }, Shut).await.expect("it starts");
    door.open().await.expect("it is shut");
    door.doubt().await.expect("the reply is sent when it has ended");
    assert!(!door.is_running());
}

/// The state was replaced, and its replacer told that nothing had changed.
#[tokio::test(start_paused = true)]
async fn a_deadline_that_panics_ends_the_server_whose_state_was_replaced() {
    let door = door().await;
    door.sys().suspend().await.expect("it runs");
    let waiting = door.notes().send().await.expect("there is room");
    let doubtful = |door: Door, _| (Door { rounds: 9, ..door }, DoorState::Doubtful(Doubtful));
    let replaced = door.sys().replace_machine::<Door>(doubtful).await;
    replaced.expect("the new state stands");
    let ended = waiting.await.expect_err("it crashes");
    assert!(ended.to_string().contains("nobody knows"), "{ended}");
}
