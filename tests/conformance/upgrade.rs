//! States with a version: exported, restored, changed in a live server.

use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChangeCodeError, ExportError, RestoreError};
use serde::{Deserialize, Serialize, Serializer};

use crate::support::{Gate, pass, settle};
use crate::versions::{check_golden, golden, v1, v2, v3};

fn counter(total: i64, step: u32, name: Option<&str>) -> v3::Counter {
    v3::Counter { total, step, name: name.map(str::to_owned) }
}

async fn v3_golden() -> Vec<u8> {
    let client = v3::Counter::start(5).await.expect("it starts");
    client.add(37).await.expect("it runs");
    client.sys().export_state().await.expect("it is exported")
}

#[track_caller]
fn init_error<C>(outcome: Result<C, StartError<RestoreError, C>>) -> RestoreError {
    match outcome {
        Err(StartError::Init(error)) => error,
        _ => panic!("it started, or failed otherwise"),
    }
}

#[track_caller]
fn changed(outcome: Result<(), ChangeCodeError>) -> RestoreError {
    match outcome {
        Err(ChangeCodeError::Restore(error)) => error,
        other => panic!("not refused for its bytes: {other:?}"),
    }
}

#[tokio::test]
async fn golden_files_are_what_each_version_exports() {
    let one = v1::Counter::start(v1::Counter { value: 40 }).await.expect("it starts");
    one.add(2).await.expect("it runs");
    check_golden("counter_v1", &one.sys().export_state().await.expect("it is exported"));
    let two = v2::Counter::start(v2::Counter { value: 40, step: 2 }).await.expect("it starts");
    two.increment().await.expect("it runs");
    check_golden("counter_v2", &two.sys().export_state().await.expect("it is exported"));
    check_golden("counter_v3", &v3_golden().await);

    let door = v1::Door { name: "north".to_owned() };
    let door = v1::Door::start(door, v1::Shut).await.expect("it starts");
    door.open().await.expect("it is shut");
    door.enter().await.expect("it is open");
    check_golden("door_v1", &door.sys().export_state().await.expect("it is exported"));
    let door = v3::Door { name: "north".to_owned(), keys: vec!["ann".to_owned()] };
    let door = v3::Door::start(door, v3::Free).await.expect("it starts");
    door.lock("bob".to_owned()).await.expect("it is free");
    check_golden("door_v2", &door.sys().export_state().await.expect("it is exported"));
}

#[tokio::test]
async fn a_counter_is_restored_from_every_version() {
    let expected = [
        ("counter_v1", counter(42, 1, None)),
        ("counter_v2", counter(42, 2, None)),
        ("counter_v3", counter(37, 5, Some("by init"))),
    ];
    for (file, state) in expected {
        let restored = v3::Counter::restore(golden(file)).await.expect("it is restored");
        assert_eq!(restored.get().await.expect("it runs"), state, "{file}");
        assert_eq!(restored.sys().get_status().expect("it runs").version, Some(3));
    }
}

#[tokio::test]
async fn a_machine_is_restored_in_its_state() {
    let ajar = v3::Door::restore(golden("door_v1")).await.expect("it is restored");
    assert_eq!(ajar.state().await.expect("it runs"), v3::DoorStateName::Ajar);
    assert_eq!(ajar.enter().await.expect("it is ajar"), 2);
    let locked = v3::Door::restore(golden("door_v2")).await.expect("it is restored");
    assert_eq!(locked.sys().get_status().expect("it runs").state, "Locked");
    assert_eq!(locked.unlock().await.expect("it is locked"), "bob, 1");
}

#[tokio::test]
async fn sm_26_a_machine_that_is_changed_is_seen_in_its_new_state() {
    let door = v3::Door { name: "south".to_owned(), keys: Vec::new() };
    let door = v3::Door::start(door, v3::Free).await.expect("it starts");
    let sys = door.sys();
    sys.suspend().await.expect("it runs");
    sys.change_code(golden("door_v1")).await.expect("it is changed");
    let status = sys.get_status().expect("it runs");
    assert_eq!((status.state, status.allowed), ("Ajar", &["enter", "shut"][..]));
    sys.resume().await.expect("it runs");
    assert!(door.lock("ann".to_owned()).await.is_err());
    assert_eq!(door.enter().await.expect("it is ajar"), 2);
}

#[tokio::test]
async fn a_restore_is_a_start() {
    let start = v3::Counter::restore(golden("counter_v1")).name("hits").mailbox(2);
    let first = start.await.expect("it is restored");
    assert_eq!(v3::CounterClient::named("hits").get().await.expect("it runs").total, 42);
    match v3::Counter::restore(golden("counter_v2")).name("hits").await {
        Err(StartError::AlreadyStarted(holder)) => assert_eq!(holder.id(), first.id()),
        other => panic!("the name is taken: {other:?}"),
    }
    // A name that was claimed for bytes that lead nowhere is free again.
    let error = init_error(v3::Counter::restore(*b"?").name("misses").await);
    assert!(matches!(error, RestoreError::Foreign));
    drop(v3::Counter::start(1).name("misses").await.expect("the name is free"));
}

/// Takes no state older than version 2.
#[derive(Serialize, Deserialize)]
struct Late {
    value: i64,
}
#[genserver(version = 3)]
impl Late {
    #[code_change(from = 2)]
    fn v2(old: v2::Counter) -> Self {
        Self { value: old.value }
    }
    #[call]
    fn get(&self) -> i64 {
        self.value
    }
}

#[tokio::test]
async fn versions_that_no_step_takes_are_told() {
    let error = init_error(v2::Counter::restore(golden("counter_v3")).await);
    assert_eq!(error.to_string(), "the exported state has version 3, but `Counter` has version 2");
    assert!(matches!(error, RestoreError::Newer { found: 3, version: 2, .. }));

    let error = init_error(Late::restore(golden("counter_v1")).await);
    assert_eq!(
        error.to_string(),
        "the exported state has version 1; `Late` takes versions from 2 on"
    );
    // The name of the type is not compared: a server may be renamed.
    let late = Late::restore(golden("counter_v2")).await.expect("it is restored");
    assert_eq!(late.get().await.expect("it runs"), 42);
}

#[tokio::test]
async fn the_state_of_another_server_cannot_be_read() {
    let error = init_error(v3::Counter::restore(golden("door_v2")).await);
    assert!(matches!(error, RestoreError::Unreadable { version: 2, .. }), "{error:?}");
    let text = error.to_string();
    let begin = "version 2 of the state, exported by a `Door`, cannot be read: ";
    assert!(text.starts_with(begin), "{text}");
}

#[tokio::test]
async fn every_damage_is_told_and_changes_nothing() {
    let client = v3::Counter::start(1).await.expect("it starts");
    let before = client.get().await.expect("it runs");
    client.sys().suspend().await.expect("it runs");
    for file in ["counter_v1", "counter_v2", "counter_v3"] {
        let whole = golden(file);
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x55;
            for bytes in [&whole[..at], &flipped] {
                let error = changed(client.sys().change_code(bytes).await);
                let known = match at {
                    0..4 => matches!(error, RestoreError::Foreign | RestoreError::CutOff),
                    4 => matches!(error, RestoreError::Format { .. } | RestoreError::CutOff),
                    _ => matches!(error, RestoreError::Damaged | RestoreError::CutOff),
                };
                assert!(known, "{file}, byte {at}: {error:?}");
                init_error(v3::Counter::restore(bytes).await);
            }
        }
    }
    let state: v3::Counter = client.sys().get_state().await.expect("it runs");
    assert_eq!(state, before);
}

#[tokio::test]
async fn a_step_that_fails_changes_nothing() {
    let exported = async |step| {
        let old = v2::Counter::start(v2::Counter { value: 1, step }).await.expect("it starts");
        old.sys().export_state().await.expect("it is exported")
    };
    let client = v3::Counter::start(4).await.expect("it starts");
    client.sys().suspend().await.expect("it runs");
    let error = changed(client.sys().change_code(exported(-1).await).await);
    assert_eq!(
        error.to_string(),
        "the step from version 2 failed: out of range integral type conversion attempted"
    );
    assert!(matches!(error, RestoreError::Step { from: 2, .. }));
    let error = changed(client.sys().change_code(exported(13).await).await);
    assert!(matches!(&error, RestoreError::Panic(panic) if panic.handler() == "v2"), "{error:?}");
    let error = init_error(v3::Counter::restore(exported(13).await).await);
    assert!(matches!(error, RestoreError::Panic(_)));
    let state: v3::Counter = client.sys().get_state().await.expect("it runs");
    assert_eq!(state, counter(0, 4, Some("by init")));
    client.sys().resume().await.expect("it runs");
    assert_eq!(client.increment().await.expect("it runs on"), 4);
}

#[tokio::test]
async fn sys_20_change_code_only_while_suspended() {
    let client = v3::Counter::start(1).await.expect("it starts");
    let refused = client.sys().change_code(golden("counter_v1")).await;
    assert!(matches!(refused, Err(ChangeCodeError::NotSuspended)), "{refused:?}");
    assert_eq!(client.increment().await.expect("it runs"), 1);
    client.sys().suspend().await.expect("it runs");
    client.sys().change_code(golden("counter_v1")).await.expect("it is suspended");
    client.sys().resume().await.expect("it runs");
    assert_eq!(client.increment().await.expect("it runs"), 43);
    client.stop().await.expect("it stops");
    let gone = client.sys().change_code(golden("counter_v1")).await;
    assert!(matches!(gone, Err(ChangeCodeError::Server(ServerError::NotRunning))), "{gone:?}");
}

#[tokio::test(start_paused = true)]
async fn sys_21_change_code_keeps_mailbox_and_timers() {
    let client = v3::Counter::start(1).await.expect("it starts");
    client.send_after(Duration::from_secs(1), v3::Tick).expect("it runs");
    client.sys().suspend().await.expect("it runs");
    client.add(5).await.expect("there is room");
    let queued = client.increment().send().await.expect("it runs");
    let fires = client.send_after(Duration::from_secs(3), v3::Tick).expect("it runs");
    client.sys().change_code(golden("counter_v2")).await.expect("it is suspended");
    // One timer fires while it is suspended, one later.
    pass(Duration::from_secs(2)).await;
    client.sys().resume().await.expect("it runs");
    assert_eq!(queued.await.expect("it was kept"), 42 + 5 + 2);
    assert_eq!(client.get().await.expect("it runs").total, 49 + 1000);
    pass(Duration::from_secs(2)).await;
    assert_eq!(client.get().await.expect("it runs").total, 49 + 2000);
    drop(fires);
}

#[derive(Serialize, Deserialize)]
struct Slow {
    value: u32,
    #[serde(skip, default = "Gate::new")]
    gate: Gate,
}

#[genserver(version = 1)]
impl Slow {
    #[cast]
    async fn pass(&mut self) {
        self.gate.pass().await;
        self.value += 1;
    }
}

#[tokio::test]
async fn an_export_comes_in_order_and_at_once_while_suspended() {
    let gate = Gate::new();
    let slow = Slow::start(Slow { value: 0, gate: gate.clone() }).await.expect("it starts");
    slow.pass().await.expect("there is room");
    slow.pass().await.expect("there is room");
    let exported = tokio::spawn(slow.sys().export_state().timeout(Duration::MAX));
    gate.reached().await;
    gate.open();
    gate.reached().await;
    settle().await;
    assert!(!exported.is_finished(), "the second cast was sent before");
    gate.open();
    let two = exported.await.expect("no panic").expect("it is exported");
    slow.sys().suspend().await.expect("it runs");
    slow.pass().await.expect("there is room");
    let same = slow.sys().export_state().await.expect("it is exported");
    assert_eq!(two, same);
}

/// A state that cannot always be written, and whose end is loud.
#[derive(Deserialize)]
struct Moody {
    mood: u8,
}

impl Serialize for Moody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.mood {
            0 => Err(serde::ser::Error::custom("no mood")),
            1 => panic!("a bad mood"),
            mood => serializer.collect_map([("mood", mood)]),
        }
    }
}

impl Drop for Moody {
    fn drop(&mut self) {
        assert_ne!(self.mood, 2, "a loud end");
    }
}

#[genserver(version = 1)]
impl Moody {
    #[call]
    fn set(&mut self, mood: u8) -> u8 {
        std::mem::replace(&mut self.mood, mood)
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_written_is_told() {
    let moody = Moody::start(Moody { mood: 0 }).await.expect("it starts");
    let error = moody.sys().export_state().await.expect_err("no mood");
    assert_eq!(error.to_string(), "the state of `Moody` cannot be written: no mood");
    moody.set(1).await.expect("it runs");
    let error = moody.sys().export_state().await.expect_err("a bad mood");
    assert!(matches!(&error, ExportError::Panic(panic) if panic.message() == "a bad mood"));
    assert_eq!(moody.set(3).await.expect("it runs on"), 1);
    moody.stop().await.expect("it stops");
    let error = moody.sys().export_state().await.expect_err("it is gone");
    assert!(matches!(error, ExportError::Server(ServerError::NotRunning)));
}

#[tokio::test]
async fn an_old_state_that_panics_when_it_goes_does_not_hold_the_new_one_up() {
    let good = Moody::start(Moody { mood: 7 }).await.expect("it starts");
    let bytes = good.sys().export_state().await.expect("it is exported");
    let loud = Moody::start(Moody { mood: 2 }).await.expect("it starts");
    loud.sys().suspend().await.expect("it runs");
    loud.sys().change_code(bytes).await.expect("it is changed");
    loud.sys().resume().await.expect("it runs");
    assert_eq!(loud.set(8).await.expect("it runs on"), 7);
}
