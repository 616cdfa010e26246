//! State machines from the outside: rules of servers, refusals by state, names.

use genserver_runtime::prelude::*;
use genserver_runtime::{Executed, Machine};

use crate::servers::Broken;
use crate::support::{Journal, exited, not_running, settle};

/// Written, not sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
}

/// On its way.
#[derive(Debug, PartialEq, Eq)]
pub struct Sent {
    pub text: String,
    pub hops: u32,
}

/// At its receiver, unread.
#[derive(Debug, PartialEq, Eq)]
pub struct Unread {
    pub text: String,
}

/// Read so many times.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    pub times: u32,
}

/// Burnt.
pub struct Burnt;

/// What all states share; not `Clone`, nor are the states.
pub struct Letter {
    pub journal: Journal,
    pub stamps: u32,
}

#[genserver(states(Draft: initial, Sent, Delivered { Unread, Read }, Burnt: terminal))]
impl Letter {
    #[init]
    pub fn write(journal: Journal, #[into] text: String) -> (Self, Draft) {
        (Self { journal, stamps: 3 }, Draft { text })
    }

    #[call(Draft => Sent)]
    pub fn send(&self, st: &Draft) -> Next<usize> {
        let length = st.text.len();
        st.goto(|draft| Sent { text: draft.text, hops: 0 }).reply(length)
    }

    /// Shared data changes with the move.
    #[call(Sent => Sent | Unread)]
    pub async fn forward(&self, st: &Sent, last: bool) -> Result<Next<u32>, Broken> {
        tokio::task::yield_now().await;
        if self.stamps == 0 {
            return Err(Broken("no stamp"));
        }
        if last {
            let arrived = st.goto_mut(|letter, sent| {
                letter.stamps -= 1;
                Unread { text: sent.text }
            });
            return Ok(arrived.reply(self.stamps - 1));
        }
        let hop = st.goto_mut(|letter, sent| {
            letter.stamps -= 1;
            Sent { hops: sent.hops + 1, ..sent }
        });
        Ok(hop.reply(self.stamps - 1))
    }

    #[call(Delivered => Read)]
    pub fn read(&self, st: &Delivered) -> Next<u32> {
        let times = 1 + match st {
            Delivered::Unread(_) => 0,
            Delivered::Read(read) => read.times,
        };
        st.goto(move |_| Read { times }).reply(times)
    }

    #[cast(Draft | Sent | Unread | Read => Burnt)]
    pub fn burn(&mut self) {
        self.journal.note("burn");
    }

    #[cast(Draft)]
    pub fn correct(&mut self, st: &mut Draft, #[into] text: String) {
        st.text = text;
    }

    #[call]
    pub fn describe(&self, st: &LetterState) -> String {
        match st {
            LetterState::Draft(draft) => format!("draft {:?}", draft.text),
            LetterState::Sent(sent) => format!("sent {:?} over {}", sent.text, sent.hops),
            LetterState::Delivered(Delivered::Unread(unread)) => {
                format!("unread {:?}", unread.text)
            }
            LetterState::Delivered(Delivered::Read(read)) => format!("read {} times", read.times),
            LetterState::Burnt(Burnt) => "burnt".to_owned(),
        }
    }

    #[call]
    pub fn stamps(&self) -> u32 {
        self.stamps
    }

    #[call(Delivered)]
    pub fn is_read(&self, st: &Delivered) -> bool {
        matches!(st, Delivered::Read(_))
    }

    #[call]
    pub fn quit(&self, cx: &mut Cx<Self>) -> u32 {
        cx.stop(ExitReason::Normal);
        5
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason, st: Option<&LetterState>) {
        let state = match st {
            Some(LetterState::Draft(_)) => "draft",
            Some(_) => "later",
            None => "no state",
        };
        self.journal.note(format!("terminate in {state}: {reason}"));
    }
}

/// A letter that says `hello`, and its journal.
pub async fn letter() -> (LetterClient, Journal) {
    let journal = Journal::new();
    let client = Letter::write_as(journal.clone()).await;
    (client, journal)
}

impl Letter {
    async fn write_as(journal: Journal) -> LetterClient {
        Self::start(journal, "hello").await.expect("its init cannot fail")
    }
}

#[tokio::test]
async fn sm_1_a_machine_starts_with_a_name_and_stops() {
    let journal = Journal::new();
    let first = Letter::start(journal.clone(), "one").name("letter").await;
    let first = first.expect("the name is free");
    match Letter::start(journal.clone(), "two").name("letter").await {
        Err(StartError::AlreadyStarted(holder)) => assert_eq!(holder.id(), first.id()),
        other => panic!("the name is taken: {other:?}"),
    }
    assert_eq!(LetterClient::named("letter").state().await, Ok(LetterStateName::Draft));
    first.stop().await.expect("it stops");
    not_running(first.stop().await);
    assert!(LetterClient::whereis("letter").is_none());
    journal.holds(&["terminate in draft: normal"]);
    let again = Letter::start(journal, "three").name("letter").await;
    let _again = again.expect("the name is free again");
}

#[tokio::test]
async fn sm_1_a_machine_ends_when_its_last_client_goes() {
    let (client, journal) = letter().await;
    client.correct("bye").await.expect("there is room");
    drop(client);
    journal.until("terminate in draft: normal").await;
}

#[tokio::test]
async fn sm_22_a_machine_that_stops_ends_normally() {
    let (client, journal) = letter().await;
    client.send().await.expect("it is a draft");
    let behind = {
        let quit = client.quit().send().await.expect("there is room");
        let behind = client.stamps().send().await.expect("there is room");
        assert_eq!(quit.await, Ok(5));
        behind
    };
    assert_eq!(exited(behind.await), ExitReason::Normal);
    not_running(client.send().await);
    not_running(client.state().await);
    journal.holds(&["terminate in later: normal"]);
}

#[tokio::test]
async fn a_machine_goes_its_way() {
    let (client, journal) = letter().await;
    assert_eq!(client.describe().await, Ok("draft \"hello\"".to_owned()));
    assert_eq!(client.send().await, Ok(5));
    assert_eq!(client.forward(false).await, Ok(2));
    assert_eq!(client.describe().await, Ok("sent \"hello\" over 1".to_owned()));
    assert_eq!(client.forward(true).await, Ok(1));
    assert_eq!(client.is_read().await, Ok(false));
    assert_eq!(client.describe().await, Ok("unread \"hello\"".to_owned()));
    assert_eq!((client.read().await, client.read().await), (Ok(1), Ok(2)));
    assert_eq!(client.is_read().await, Ok(true));
    client.burn().await.expect("there is room");
    assert_eq!(client.state().await, Ok(LetterStateName::Burnt));
    assert_eq!(client.describe().await, Ok("burnt".to_owned()));
    journal.holds(&["burn"]);
}

/// A refused call, with its text; nothing has changed.
#[track_caller]
fn refused<T: std::fmt::Debug>(
    outcome: Result<T, ServerError>,
    (state, message): (LetterStateName, LetterMessage),
    text: &str,
) {
    let error = outcome.expect_err("the state refuses");
    assert_eq!(error.to_string(), text);
    assert_eq!(error.invalid_state::<Letter>(), Some((state, message)));
    assert_eq!(error.invalid_state::<crate::machine_step::Desk>(), None, "another machine");
    assert_eq!(error.executed(), Executed::No);
    match error {
        ServerError::InvalidState(invalid) => assert_eq!(invalid.server, "Letter"),
        other => panic!("not a refusal: {other:?}"),
    }
}

#[tokio::test]
async fn a_refused_call_names_the_state_and_what_it_allows() {
    let (client, _) = letter().await;
    let draft = LetterStateName::Draft;
    let text = "cannot `read` while Draft; allowed: send, burn, correct; \
                from Draft: send, then forward, then read";
    refused(client.read().await, (draft, LetterMessage::Read), text);
    let queued = client.read().send().await.expect("there is room");
    refused(queued.await, (draft, LetterMessage::Read), text);

    let text = "cannot `forward` while Draft; allowed: send, burn, correct; \
                from Draft: send, then forward";
    let outcome = client.forward(true).await;
    let fallible = outcome.clone().expect_err("the state refuses");
    let expected = Some((draft, LetterMessage::Forward));
    assert_eq!(fallible.invalid_state::<Letter>(), expected);
    assert_eq!(fallible.executed(), Executed::No);
    refused(outcome.split().map(drop), (draft, LetterMessage::Forward), text);

    client.burn().await.expect("there is room");
    let text = "cannot `send` while Burnt; allowed: nothing; no way leads there";
    refused(client.send().await, (LetterStateName::Burnt, LetterMessage::Send), text);
    assert_eq!(client.counters().refused, 4, "calls on both paths are counted");
}

#[tokio::test]
async fn a_refused_call_leaves_everything_unchanged() {
    let (client, journal) = letter().await;
    client.send().await.expect("it is a draft");
    client.forward(false).await.expect("it has stamps");
    let before = client.describe().await;
    client.send().await.expect_err("it is sent");
    client.read().await.expect_err("it is not there");
    client.read().send().await.expect("there is room").await.expect_err("it is not there");
    assert_eq!(client.describe().await, before);
    assert_eq!(client.stamps().await, Ok(2));
    assert_eq!(client.forward(false).await, Ok(1), "it goes on");
    journal.holds(&[]);
}

#[tokio::test]
async fn a_refused_cast_is_counted_and_changes_nothing() {
    let (client, _) = letter().await;
    client.send().await.expect("it is a draft");
    for _ in 0..5 {
        client.correct("other").await.expect("a cast cannot be refused");
    }
    assert_eq!(client.describe().await, Ok("sent \"hello\" over 0".to_owned()));
    assert_eq!(client.counters().refused, 5);
}

#[tokio::test]
async fn state_is_in_order_with_the_senders_messages() {
    let (client, _) = letter().await;
    client.burn().await.expect("there is room");
    assert_eq!(client.state().await, Ok(LetterStateName::Burnt));

    let (client, _) = letter().await;
    let state = client.state();
    client.burn().await.expect("there is room");
    assert_eq!(state.await, Ok(LetterStateName::Draft));
}

#[tokio::test]
async fn the_state_seen_from_outside_is_that_after_a_call_that_waited() {
    let (client, _) = letter().await;
    client.send().await.expect("it is a draft");
    client.forward(true).await.expect("there are stamps");
    settle().await;
    assert_eq!(client.sys().get_status().expect("it runs").state, "Unread");
}

#[tokio::test]
async fn a_client_can_ask_what_is_allowed() {
    let (client, _) = letter().await;
    assert_eq!(client.can(LetterMessage::Send).await, Ok(true));
    assert_eq!(client.can(LetterMessage::Read).await, Ok(false));
    client.send().await.expect("it is a draft");
    assert_eq!(client.can(LetterMessage::Send).await, Ok(false));
    assert_eq!(client.can(LetterMessage::Forward).await, Ok(true));
    client.stop().await.expect("it stops");
    not_running(client.can(LetterMessage::Forward).await);
}

#[test]
fn allowed_are_the_guarded_messages_of_a_state() {
    use LetterMessage::{Burn, Correct, Forward, IsRead, Read, Send};
    const DRAFT: &[LetterMessage] = LetterStateName::Draft.allowed();
    assert_eq!(DRAFT, [Send, Burn, Correct]);
    assert_eq!(LetterStateName::Sent.allowed(), [Forward, Burn]);
    assert_eq!(LetterStateName::Unread.allowed(), [Read, Burn, IsRead]);
    assert_eq!(LetterStateName::Read.allowed(), [Read, Burn, IsRead]);
    assert_eq!(LetterStateName::Burnt.allowed(), []);
}

#[test]
fn names_are_written_and_read_back() {
    for state in Letter::GRAPH.states {
        let name: LetterStateName = state.name.parse().expect("the graph names the states");
        assert_eq!(name.to_string(), state.name);
    }
    assert_eq!(LetterMessage::IsRead.to_string(), "is_read");
    assert_eq!("is_read".parse(), Ok(LetterMessage::IsRead));
    let unknown = "Lost".parse::<LetterStateName>().expect_err("no such state");
    assert_eq!(unknown.to_string(), "unknown name `Lost`");
    assert_eq!(<Letter as Machine>::GRAPH.states.len(), 5);
}

#[tokio::test]
async fn a_machine_keeps_a_burnt_letter_burnt() {
    let (client, journal) = letter().await;
    client.burn().await.expect("there is room");
    client.burn().await.expect("there is room");
    settle().await;
    journal.holds(&["burn"]);
    assert_eq!(client.counters().refused, 1);
}
