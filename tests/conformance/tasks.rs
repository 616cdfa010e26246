//! What runs beside a server: tasks, what they come to, and streams.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Panic, StreamEnd, Task, callers};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tracing::info_span;

use crate::servers::{Dropped, busy_probe};
use crate::support::{Gate, Journal, pass, settle, timed_out};

const SECOND: Duration = Duration::from_secs(1);

/// What a task came to.
struct Came(Result<u32, Panic>);

/// An item of a stream.
#[derive(Clone, Debug)]
struct Piece(u32);

type Act = Box<dyn FnOnce(&mut Cx<Desk>) + Send>;

/// Notes what comes to it.
struct Desk {
    journal: Journal,
}

#[genserver(mailbox = 1)]
impl Desk {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[call]
    fn act(&self, cx: &mut Cx<Self>, act: Act) {
        act(cx);
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[cast]
    fn tell(&self, word: &'static str) {
        self.journal.note(word);
    }

    #[info]
    fn came(&self, came: Came) {
        match came.0 {
            Ok(number) => self.journal.note(format!("came {number}")),
            Err(panic) => self.journal.note(format!("panicked: {}", panic.message())),
        }
    }

    #[info]
    async fn item(&self, item: Piece) {
        self.journal.note(format!("begin {}", item.0));
        tokio::task::yield_now().await;
        self.journal.note(format!("handled {}", item.0));
    }

    #[info]
    fn ended(&self, end: StreamEnd<Piece>) {
        match end.panic() {
            None => self.journal.note("end"),
            Some(panic) => self.journal.note(format!("end: {}", panic.message())),
        }
    }
}

async fn desk() -> (DeskClient, Journal) {
    let journal = Journal::new();
    (Desk::start(journal.clone()).await.expect("its init cannot fail"), journal)
}

/// What `act` gives when a handler of the desk runs it.
async fn within<T: Send + 'static>(
    desk: &DeskClient,
    act: impl FnOnce(&mut Cx<Desk>) -> T + Send + 'static,
) -> T {
    let (tell, told) = oneshot::channel();
    let act: Act = Box::new(move |cx| drop(tell.send(act(cx))));
    desk.act(act).await.expect("it runs");
    told.await.expect("it was run")
}

#[tokio::test(start_paused = true)]
async fn what_a_task_comes_to_is_a_message() {
    let (desk, journal) = desk().await;
    within(&desk, |cx| {
        cx.spawn_then(async { 7 }, Came);
        cx.spawn_then(async { panic!("expected: no number") }, Came);
        cx.spawn_then(
            async {
                pass(SECOND).await;
                8
            },
            Came,
        );
    })
    .await;
    pass(2 * SECOND).await;
    journal.holds(&["came 7", "panicked: expected: no number", "came 8"]);
    assert_eq!(desk.sys().get_status().expect("it runs").tasks, 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_task_comes_to_takes_no_room() {
    let (desk, journal) = desk().await;
    let gate = Gate::new();
    within(&desk, |cx| drop(cx.spawn_then(async { 7 }, Came))).await;
    desk.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    desk.tell("cast").try_send().expect("there is room");
    assert_eq!(desk.tell("x").try_send(), Err(SendError::Full));
    settle().await;
    gate.open();
    desk.sync().await.expect("it runs");
    assert_eq!((journal.count("cast"), journal.count("came 7")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_task_or_in_the_making_of_its_message_hurts_nobody() {
    let (desk, journal) = desk().await;
    within(&desk, |cx| {
        cx.spawn(async { panic!("expected: in a task") });
        cx.spawn_then(async { 7 }, |_| -> Came { panic!("expected: in the message") });
    })
    .await;
    settle().await;
    desk.sync().await.expect("it runs");
    journal.holds(&[]);
    assert_eq!(desk.sys().get_status().expect("it runs").tasks, 0);
}

/// A future that never ends and notes its drop.
fn endless(journal: &Journal, name: &'static str) -> impl Future<Output = ()> + Send + use<> {
    let dropped = Dropped(journal.clone(), name);
    async move {
        let _dropped = dropped;
        std::future::pending::<()>().await;
    }
}

#[tokio::test(start_paused = true)]
async fn tasks_and_streams_end_with_their_server_and_keep_it_not_alive() {
    let (desk, journal) = desk().await;
    let (task, then) = (endless(&journal, "task"), endless(&journal, "then"));
    let held = Dropped(journal.clone(), "stream");
    let (feed, items) = unbounded_channel();
    let stream = UnboundedReceiverStream::new(items).map(move |number| {
        // All of it is captured.
        let held = &held;
        assert!(!held.1.is_empty());
        Piece(number)
    });
    let tasks = within(&desk, |cx| {
        let then = cx.spawn_then(then, |_| Came(Ok(1)));
        [cx.spawn(task), then, cx.attach(stream)]
    })
    .await;
    settle().await;
    let status = desk.sys().get_status().expect("it runs");
    assert_eq!((status.tasks, status.streams), (2, 1));
    assert!(tasks.iter().all(|task| !task.is_finished()));
    let weak = desk.weak();
    drop(desk);
    settle().await;
    assert!(!weak.is_running());
    assert!(tasks.iter().all(Task::is_finished));
    let mut lines = journal.lines();
    lines.sort_unstable();
    assert_eq!(lines, ["stream", "task", "then"]);
    feed.send(1).expect_err("the stream was dropped");
}

#[tokio::test(start_paused = true)]
async fn an_aborted_task_is_dropped_and_tells_nothing() {
    let (desk, journal) = desk().await;
    let (task, then) = (endless(&journal, "task"), endless(&journal, "then"));
    let tasks = within(&desk, |cx| [cx.spawn(task), cx.spawn_then(then, |_| Came(Ok(1)))]).await;
    settle().await;
    for task in &tasks {
        task.abort();
        task.abort();
    }
    settle().await;
    assert!(tasks.iter().all(Task::is_finished));
    journal.holds(&["task", "then"]);
    let status = desk.sys().get_status().expect("it runs");
    assert_eq!((status.tasks, status.handled.infos), (0, 0));
}

/// What a call in a task came to, and how long it took.
type Told = (Result<usize, ServerError>, Duration);

/// A task that calls a busy server after a while.
async fn caller(after: Duration, tell: UnboundedSender<Told>) {
    let (probe, _, _busy) = busy_probe().await;
    pass(after).await;
    let begun = Instant::now();
    let outcome = probe.note("x").await;
    tell.send((outcome, begun.elapsed())).expect("the test listens");
}

#[track_caller]
fn waits(told: Option<Told>, expected: Duration) {
    let (outcome, took) = told.expect("the task tells");
    assert!(timed_out(outcome).inherited);
    assert!(took >= expected && took <= expected + SECOND / 20, "{took:?}, not {expected:?}");
}

#[tokio::test(start_paused = true)]
async fn a_tasks_calls_inherit_what_is_left_to_the_request() {
    // Called where it runs and queued, with a default and with a time-out.
    for (queued, explicit) in [(false, false), (true, false), (false, true), (true, true)] {
        let (desk, _) = desk().await;
        let (tell, mut told): (_, UnboundedReceiver<Told>) = unbounded_channel();
        let task = caller(2 * SECOND, tell);
        let act: Act = Box::new(move |cx| drop(cx.spawn(task)));
        let call = desk.act(act);
        let call = if explicit { call.timeout(3 * SECOND) } else { call };
        if queued {
            let pending = call.send().await.expect("there is room");
            pending.await.expect("it runs");
        } else {
            call.await.expect("it runs");
        }
        waits(told.recv().await, if explicit { SECOND } else { 3 * SECOND });
    }
}

#[tokio::test(start_paused = true)]
async fn the_span_goes_along() {
    let standing = tracing::subscriber::set_default(tracing_subscriber::registry());
    let (desk, _) = desk().await;
    let (tell, told) = oneshot::channel();
    let task = async move {
        tokio::task::yield_now().await;
        let name = tracing::Span::current().metadata().map(tracing::Metadata::name);
        tell.send(name).expect("the test listens");
    };
    within(&desk, |cx| {
        let _entered = info_span!("own").entered();
        cx.spawn(task);
    })
    .await;
    let name = told.await.expect("the task tells").expect("there is a span");
    assert_eq!(name, "own");
    drop(standing);
}

#[tokio::test(start_paused = true)]
async fn those_on_whose_behalf_a_task_runs_go_along() {
    assert_eq!(callers(), []);
    let (desk, _) = desk().await;
    let (tell, told) = oneshot::channel();
    within(&desk, |cx| {
        cx.spawn(async move {
            let before = callers();
            tokio::task::yield_now().await;
            let (inner, _) = self::desk().await;
            let (ask, asked) = oneshot::channel();
            within(&inner, |cx| {
                cx.spawn(async move { ask.send(callers()).expect("it is awaited") });
            })
            .await;
            let nested = asked.await.expect("the inner task tells");
            let found = (before, nested, inner.id());
            tell.send(found).expect("the test listens");
        });
    })
    .await;
    let (before, nested, inner) = told.await.expect("the task tells");
    let outer = desk.id().expect("it runs");
    assert_eq!(before, [outer]);
    assert_eq!(nested, [inner.expect("it runs"), outer]);
    assert_eq!(callers(), []);
}

/// Numbers, with a note when each is asked for.
fn numbers(journal: &Journal, count: u32) -> impl Stream<Item = Piece> + Send + use<> {
    let journal = journal.clone();
    tokio_stream::iter(1..=count).map(move |number| {
        journal.note(format!("asked {number}"));
        assert!(number != 13, "expected: a bad number");
        Piece(number)
    })
}

#[tokio::test(start_paused = true)]
async fn a_streams_items_come_in_order_and_one_at_a_time() {
    let (desk, journal) = desk().await;
    let stream = numbers(&journal, 3);
    within(&desk, |cx| drop(cx.attach(stream))).await;
    settle().await;
    journal.holds(&[
        "asked 1",
        "begin 1",
        "handled 1",
        "asked 2",
        "begin 2",
        "handled 2",
        "asked 3",
        "begin 3",
        "handled 3",
        "end",
    ]);
    assert_eq!(desk.sys().get_status().expect("it runs").streams, 0);
}

#[tokio::test(start_paused = true)]
async fn a_streams_items_take_no_room_and_wait_behind_what_was_sent() {
    let (desk, journal) = desk().await;
    let gate = Gate::new();
    desk.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    desk.tell("cast").try_send().expect("there is room");
    let (feed, items) = unbounded_channel();
    let stream = UnboundedReceiverStream::new(items).map(Piece);
    gate.open();
    within(&desk, |cx| drop(cx.attach(stream))).await;
    let gate = Gate::new();
    desk.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    desk.tell("second").try_send().expect("there is room");
    for number in 1..=3 {
        feed.send(number).expect("the stream lives");
    }
    settle().await;
    assert_eq!(desk.sys().get_status().expect("it runs").mailbox.now, 2, "one item at a time");
    gate.open();
    settle().await;
    assert_eq!(&journal.lines()[..3], ["cast", "second", "begin 1"]);
    assert_eq!(journal.lines().last().map(String::as_str), Some("handled 3"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_panics_ends_with_the_panic() {
    let (desk, journal) = desk().await;
    let stream = numbers(&journal, 20);
    within(&desk, |cx| drop(cx.attach(stream))).await;
    for _ in 0..4 {
        settle().await;
    }
    let lines = journal.lines();
    assert_eq!(lines.last().map(String::as_str), Some("end: expected: a bad number"));
    assert_eq!((journal.count("handled 12"), journal.count("handled 14")), (1, 0));
    assert!(desk.is_running());
}

#[tokio::test(start_paused = true)]
async fn an_aborted_stream_has_no_end() {
    let (desk, journal) = desk().await;
    let held = Arc::new(Mutex::new(()));
    let (feed, items) = unbounded_channel();
    let kept = Arc::clone(&held);
    let stream = UnboundedReceiverStream::new(items).map(move |number| {
        drop(kept.lock());
        Piece(number)
    });
    let task = within(&desk, |cx| cx.attach(stream)).await;
    feed.send(1).expect("the stream lives");
    settle().await;
    task.abort();
    settle().await;
    assert_eq!(Arc::strong_count(&held), 1, "it was dropped");
    journal.holds(&["begin 1", "handled 1"]);
    assert!(task.is_finished() && desk.is_running());
    assert!(Handle::current().metrics().num_alive_tasks() <= 2, "a task is left");
}
