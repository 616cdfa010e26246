//! What a watched server tells: trace, log, and streams of events.

use std::fs::{self, File};
use std::io::{self, Write};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Event, EventKind, Events};
use tracing::Level;

use crate::events::{Events as Listener, Told};
use crate::sequence::{Bird, heard};
use crate::servers::busy_probe;
use crate::support::{exited, settle};
use crate::tally::{Door, Tally, TallyClient};

const SECOND: Duration = Duration::from_secs(1);

async fn tally() -> TallyClient {
    Tally::start(Tally { value: 0 }).await.expect("it starts")
}

/// What stands in the log.
fn logged(client: &impl Client) -> Vec<String> {
    let log = client.sys().get_log().expect("it runs");
    log.iter().map(|event| event.kind.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn sys_13_a_traced_server_writes_its_events_to_tracing() {
    let told = Listener::listen();
    let door = Door::start().await.expect("it starts");
    door.sys().trace(true).expect("it runs");
    door.open().await.expect("it is shut");
    door.sys().trace(false).expect("it runs");
    door.close().await.expect("it is open");
    let id = door.id().expect("known").as_u64().to_string();
    let traced: Vec<_> = told.of("Door", Level::INFO);
    for traced in &traced {
        assert_eq!((traced.level, traced.target.as_str()), (Level::INFO, "genserver::trace"));
        assert_eq!(traced.get("id"), id);
    }
    let lines: Vec<_> = traced.iter().map(|told| (told.message(), told.get("state"))).collect();
    assert_eq!(lines, [("got call `open`", "Shut"), ("replied to `open`", "Open")]);
}

#[tokio::test(start_paused = true)]
async fn sys_14_the_log_keeps_the_newest_events_in_order() {
    let tally = tally().await;
    let sys = tally.sys();
    sys.log(3).expect("it runs");
    assert_eq!(logged(&tally), [""; 0]);
    tally.add(1).await.expect("it runs");
    assert_eq!(logged(&tally), ["got call `add`", "replied to `add`"]);
    tally.bump(1).await.expect("there is room");
    tally.sync().await.expect("it runs");
    let bumped = ["got cast `bump`", "handled `bump` without a reply"];
    assert_eq!(logged(&tally), [&["replied to `add`"], &bumped[..]].concat());
    let log = sys.get_log().expect("it runs");
    assert_eq!(log.iter().map(|event| event.number).collect::<Vec<_>>(), [2, 3, 4]);
    assert!(log.iter().all(|event| event.server == "Tally" && Some(event.id) == tally.id()));

    sys.log(2).expect("it runs");
    assert_eq!(logged(&tally), bumped);
    sys.log(4).expect("it runs");
    tally.add(1).await.expect("it runs");
    assert_eq!(logged(&tally), [&bumped[..], &["got call `add`", "replied to `add`"]].concat());
    sys.log(0).expect("it runs");
    assert_eq!(logged(&tally), [""; 0]);
    sys.log(4).expect("it runs");
    assert_eq!(logged(&tally), [""; 0]);
}

/// Writes all events of a server to a file, until the server ends.
async fn write_to(mut file: impl Write, mut events: Events) -> io::Result<()> {
    while let Some(event) = events.next().await {
        writeln!(file, "{event}")?;
    }
    file.flush()
}

#[tokio::test(start_paused = true)]
async fn sys_15_a_reader_writes_the_events_to_a_file() {
    let door = Door::start().await.expect("it starts");
    let id = door.id().expect("known");
    let path = format!("genserver-{}-{}.log", std::process::id(), id.as_u64());
    let path = std::env::temp_dir().join(path);
    let file = File::create(&path).expect("there is a folder for such files");
    let writing = tokio::spawn(write_to(file, door.sys().events().expect("it runs")));
    door.open().await.expect("it is shut");
    door.stop().await.expect("it stops");
    writing.await.expect("no panic").expect("it can be written");
    let lines = fs::read_to_string(&path).expect("it was written");
    fs::remove_file(&path).expect("it is there");
    let expected = format!(
        "Door {id} got call `open` in Shut\n\
         Door {id} replied to `open` in Open\n\
         Door {id} ended: normal in Open\n"
    );
    assert_eq!(lines, expected);
}

/// Nothing can be written to it.
struct Broken;

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn sys_15_a_file_that_cannot_be_written_does_no_harm() {
    let bird = Bird::start().await.expect("it starts");
    let writing = tokio::spawn(write_to(Broken, bird.sys().events().expect("it runs")));
    bird.here().await.expect("it runs").expect("it is watched");
    writing.await.expect("no panic").expect_err("the disk is full");
    assert_eq!(bird.here().await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn sys_16_several_readers_each_see_what_they_chose() {
    let tally = tally().await;
    let mut all = tally.sys().events().expect("it runs");
    let is_reply = |event: &Event| matches!(event.kind, EventKind::Replied { .. });
    let mut replied = tally.sys().events().expect("it runs").only(is_reply);
    tally.add(1).await.expect("it runs");
    tally.bump(1).await.expect("there is room");
    tally.sync().await.expect("it runs");
    let added = ["got call `add`", "replied to `add`"];
    let bumped = ["got cast `bump`", "handled `bump` without a reply"];
    assert_eq!(heard(&mut all).await, [added, bumped].concat());
    assert_eq!(heard(&mut replied).await, ["replied to `add`"]);
    // One goes: the other goes on.
    drop(all);
    tally.add(1).await.expect("it runs");
    assert_eq!(heard(&mut replied).await, ["replied to `add`"]);
    assert_eq!(replied.missed(), 0);
}

#[tokio::test(start_paused = true)]
async fn sys_16_a_server_that_nobody_watches_any_more_runs_calls_where_they_are_made() {
    let bird = Bird::start().await.expect("it starts");
    settle().await;
    let sys = bird.sys();
    assert_eq!(bird.here().await, Ok(None));
    let (one, other) = (sys.events().expect("it runs"), sys.events().expect("it runs"));
    assert!(bird.here().await.expect("it runs").is_some());
    drop(one);
    assert!(bird.here().await.expect("it runs").is_some());
    drop(other);
    settle().await;
    assert_eq!(bird.here().await, Ok(None));
    for turn in [true, false] {
        sys.trace(turn).expect("it runs");
        assert_eq!(bird.here().await.expect("it runs").is_some(), turn);
        sys.log(usize::from(turn)).expect("it runs");
        assert_eq!(bird.here().await.expect("it runs").is_some(), turn);
        sys.statistics(turn).expect("it runs");
        assert_eq!(bird.here().await.expect("it runs").is_some(), turn);
        sys.no_debug().expect("it runs");
        assert_eq!(bird.here().await, Ok(None));
    }
}

#[tokio::test(start_paused = true)]
async fn sys_17_a_reader_that_panics_does_no_harm() {
    let tally = tally().await;
    let broken = tally.sys().events().expect("it runs").only(|_| panic!("no filter"));
    let mut whole = tally.sys().events().expect("it runs");
    let mut broken = broken;
    let reading = tokio::spawn(async move { broken.next().await });
    assert_eq!(tally.add(1).await, Ok(1));
    assert!(reading.await.expect_err("its filter panics").is_panic());
    assert_eq!(tally.add(1).await, Ok(2));
    assert_eq!(heard(&mut whole).await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn sys_18_no_debug_ends_it_all() {
    let told = Listener::listen();
    let tally = Tally::start(Tally { value: 0 }).trace().log(9).statistics().await;
    let tally = tally.expect("it starts");
    let sys = tally.sys();
    let mut events = sys.events().expect("it runs");
    let reading = sys.events().expect("it runs").only(|_| false);
    let mut reading = reading;
    let reading = tokio::spawn(async move { reading.next().await });
    tally.add(1).await.expect("it runs");
    settle().await;
    sys.no_debug().expect("it runs");
    assert_eq!(reading.await.expect("no panic"), None);
    tally.add(1).await.expect("it runs");
    assert_eq!(logged(&tally), [""; 0]);
    assert_eq!(sys.get_statistics(), Ok(None));
    assert_eq!(told.of("Tally", Level::INFO).len(), 2);
    assert_eq!(heard(&mut events).await, ["got call `add`", "replied to `add`"]);
    assert_eq!(events.next().await, None);
    // A new reader is told of new events.
    let mut events = sys.events().expect("it runs");
    tally.add(1).await.expect("it runs");
    let event = events.next().await.expect("it runs");
    assert_eq!((event.number, event.kind.to_string()), (1, "got call `add`".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn gs_22_what_is_asked_for_at_the_start_sees_the_first_message() {
    let told = Listener::listen();
    let bird = Bird::start().trace().log(9).statistics().await.expect("it starts");
    settle().await;
    let first = ["got continued `hatch`", "handled `hatch` without a reply"];
    assert_eq!(logged(&bird), first);
    let traced = told.of("Bird", Level::INFO);
    assert_eq!(traced.iter().map(Told::message).collect::<Vec<_>>(), first);
    let statistics = bird.sys().get_statistics().expect("it runs").expect("it is measured");
    assert_eq!((statistics.messages_in, statistics.messages_out), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn gs_22_each_can_be_asked_for_alone() {
    let start = Bird::start().statistics().await.expect("it starts");
    assert_eq!(logged(&start), [""; 0]);
    let start = Bird::start().log(1).await.expect("it starts");
    settle().await;
    assert_eq!(logged(&start), ["handled `hatch` without a reply"]);
    assert_eq!(start.sys().get_statistics(), Ok(None));
    let unwatched = Bird::start().log(0).await.expect("it starts");
    settle().await;
    assert_eq!(unwatched.here().await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn sys_24_terminate_ends_the_server_after_the_running_handler() {
    let (client, journal, gate) = busy_probe().await;
    let mut events = client.sys().events().expect("it runs");
    client.tell("unhandled").await.expect("there is room");
    let queued = client.note("unhandled").send().await.expect("there is room");
    let reason = ExitReason::ShutdownWith("moving".into());
    let terminate = client.sys().terminate(reason.clone());
    settle().await;
    assert!(client.is_running());
    gate.open();
    terminate.await.expect("it ended for this reason");
    assert_eq!(exited(queued.await), reason);
    journal.holds(&["wait", "waited", "terminate: shutdown: moving", "drop"]);
    let expected = ["handled `wait` without a reply", "ended: shutdown: moving"];
    assert_eq!(heard(&mut events).await, expected);
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_loses_the_oldest_events_and_is_told_how_many() {
    let tally = tally().await;
    let mut events = tally.sys().events().expect("it runs");
    for _ in 0..600 {
        tally.add(1).await.expect("it runs");
    }
    assert_eq!(events.missed(), 176);
    let first = events.next().await.expect("it runs");
    assert_eq!(first.number, 177);
    assert_eq!(heard(&mut events).await.len(), 1023);
    assert_eq!(events.missed(), 176);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_waits_is_told_of_the_end() {
    let tally = tally().await;
    let mut events = tally.sys().events().expect("it runs");
    tokio::time::timeout(SECOND, events.next()).await.expect_err("silence");
    let reading = tokio::spawn(async move { (events.next().await, events.next().await) });
    settle().await;
    drop(tally);
    let (last, none) = reading.await.expect("no panic");
    assert_eq!(last.map(|event| event.kind.to_string()).as_deref(), Some("ended: normal"));
    assert_eq!(none, None);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_serialised() {
    let door = Door::start().log(1).await.expect("it starts");
    door.open().await.expect("it is shut");
    let log = door.sys().get_log().expect("it runs");
    let json = serde_json::to_value(&log).expect("it can be serialised");
    assert_eq!(json[0]["kind"]["Replied"]["message"], "open");
    assert_eq!((&json[0]["number"], &json[0]["server"]), (&2.into(), &"Door".into()));
}
