//! The sequence of events of each thing that a watched server does.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Event, EventKind, Events, StreamEnd};
use tokio::task;

use crate::servers::Word;
use crate::support::{pass, settle};
use crate::tally::{Desk, Door, Tally, TallyClient};

const SECOND: Duration = Duration::from_secs(1);

/// What a reader is told until it has heard all so far, or the end.
pub async fn heard(events: &mut Events) -> Vec<String> {
    let mut lines = Vec::new();
    settle().await;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::ZERO, events.next()).await {
        lines.push(event.kind.to_string());
    }
    lines
}

/// Checks what a tally tells of what is done with it.
async fn tells(act: impl AsyncFnOnce(&TallyClient), expected: &[&str]) {
    let tally = Tally::start(Tally { value: 0 }).await.expect("it starts");
    let mut events = tally.sys().events().expect("it runs");
    act(&tally).await;
    assert_eq!(heard(&mut events).await, expected);
}

#[tokio::test(start_paused = true)]
async fn sys_19_the_events_of_calls_and_casts() {
    let add = async |tally: &TallyClient| assert_eq!(tally.add(1).await, Ok(1));
    tells(add, &["got call `add`", "replied to `add`"]).await;
    let bump = async |tally: &TallyClient| tally.bump(1).await.expect("there is room");
    tells(bump, &["got cast `bump`", "handled `bump` without a reply"]).await;
    let ask = async |tally: &TallyClient| {
        let desk = Desk::default();
        let reply = tally.ask(desk.clone()).send().await.expect("there is room");
        settle().await;
        desk.reply(7);
        assert_eq!(reply.await, Ok(7));
    };
    tells(ask, &["got call `ask`", "handled `ask` without a reply"]).await;
}

#[tokio::test(start_paused = true)]
async fn sys_19_the_events_of_an_end() {
    let quit = async |tally: &TallyClient| assert_eq!(tally.quit().await, Ok(0));
    tells(quit, &["got call `quit`", "replied to `quit`", "ended: shutdown"]).await;
    let burst = async |tally: &TallyClient| tally.burst().await.expect("there is room");
    tells(burst, &["got cast `burst`", "ended: `burst` panicked: burst"]).await;
    let stop = async |tally: &TallyClient| tally.stop().await.expect("it stops");
    tells(stop, &["ended: normal"]).await;
    let kill = async |tally: &TallyClient| tally.kill().await.expect("it is killed");
    tells(kill, &["ended: killed"]).await;
}

#[tokio::test(start_paused = true)]
async fn sys_19_the_events_of_a_refusal_and_the_state_that_refused() {
    let door = Door::start().log(9).await.expect("it starts");
    door.close().await.expect_err("it is shut");
    door.knock().await.expect("there is room");
    door.open().await.expect("it is shut");
    door.knock().await.expect("there is room");
    door.sync().await.expect("it runs");
    let log = door.sys().get_log().expect("it runs");
    let lines: Vec<_> = log.iter().map(|event| (event.kind.to_string(), event.state)).collect();
    let expected = [
        ("got call `close`", "Shut"),
        ("refused `close`", "Shut"),
        ("got cast `knock`", "Shut"),
        ("refused `knock`", "Shut"),
        ("got call `open`", "Shut"),
        ("replied to `open`", "Open"),
        ("got cast `knock`", "Open"),
        ("handled `knock` without a reply", "Open"),
    ];
    assert_eq!(lines, expected.map(|(line, state)| (line.to_owned(), state)));
}

/// Is sent what servers send themselves.
pub struct Bird;

pub struct Hatch;

#[genserver]
impl Bird {
    #[init]
    pub fn new(cx: &mut Cx<Self>) -> Self {
        cx.continue_with(Hatch);
        Self
    }

    #[continued]
    fn hatch(&mut self, _: Hatch) {}

    /// The task that runs it; none where it is run by a test.
    #[call]
    pub fn here(&self) -> Option<task::Id> {
        task::try_id()
    }

    #[info]
    fn on_word(&mut self, cx: &mut Cx<Self>, word: Word) {
        match word.0 {
            "task" => drop(cx.spawn_then(async { "done" }, |_| Word("done"))),
            "stream" => drop(cx.attach(tokio_stream::iter([Word("item")]))),
            "timer" => drop(cx.send_after(SECOND, Word("timed"))),
            _ => {}
        }
    }

    #[info]
    fn on_end(&mut self, _: StreamEnd<Word>) {}

    #[idle("10s")]
    fn rest(&mut self) {}
}

/// Checks what a bird is sent, up to 20 s after a word.
async fn sent(word: &'static str, expected: &[&str]) {
    let bird = Bird::start().await.expect("it starts");
    settle().await;
    let taken = |event: &Event| matches!(event.kind, EventKind::In { .. });
    let mut events = bird.sys().events().expect("it runs").only(taken);
    bird.send_info(Word(word)).await.expect("there is room");
    pass(20 * SECOND).await;
    let mut lines = vec!["got info `on_word`"];
    lines.extend(expected);
    lines.push("got idle time-out `rest`");
    assert_eq!(heard(&mut events).await, lines);
}

#[tokio::test(start_paused = true)]
async fn sys_19_the_events_of_what_a_server_is_sent_by_its_own() {
    sent("", &[]).await;
    sent("timer", &["got timer `on_word`"]).await;
    sent("task", &["got task result `on_word`"]).await;
    sent("stream", &["got stream item `on_word`", "got task result `on_end`"]).await;
}
