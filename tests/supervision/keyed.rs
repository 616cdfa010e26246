//! Servers that are started when they are needed, one a key.

use std::sync::atomic::Ordering;
use std::time::Duration;

use genserver_runtime::NotStarted;
use genserver_runtime::prelude::*;
use tokio::task::JoinSet;

use crate::rooms::{Knock, Room, RoomClient, World};
use crate::support::{Gate, not_running, pass, runtime, settle};

#[track_caller]
fn failed<T: std::fmt::Debug>(outcome: Result<T, ServerError>) -> String {
    match outcome {
        Err(ServerError::NotStarted(NotStarted::Failed(text))) => text.to_string(),
        other => panic!("no failed start: {other:?}"),
    }
}

#[tokio::test]
async fn a_server_is_started_when_it_is_needed() {
    let world = World::new();
    let rooms = world.keyed();
    let (one, two) = (rooms.of(1), rooms.of(2));
    settle().await;
    assert!(rooms.is_empty() && world.journal.lines().is_empty());
    assert_eq!(one.take(3).await, Ok(3));
    assert_eq!(two.take(1).await, Ok(1));
    assert_eq!(rooms.of(1).take(3).await, Ok(6), "the same server");
    world.journal.holds(&["open 1", "open 2"]);
    assert!(rooms.contains(&1) && !rooms.contains(&3));
    assert_eq!(rooms.get_running(&1).and_then(|room| room.id()), one.id());
    assert!(rooms.get_running(&3).is_none());
    assert_eq!((rooms.len(), world.journal.lines().len()), (2, 2), "a look starts nobody");
}

#[tokio::test]
async fn all_kinds_of_messages_start_a_server() {
    let rooms = World::new().keyed();
    rooms.of(1).add(2).await.expect("it starts");
    assert_eq!(rooms.of(1).take(0).await, Ok(2));
    rooms.of(2).send_info(Knock).await.expect("it starts");
    assert_eq!(rooms.of(2).take(0).await, Ok(1));
    let three = rooms.of(3);
    let reply = three.take(3).send().await.expect("it starts");
    assert_eq!(reply.await, Ok(3));
    rooms.of(4).recipient().send(Knock).await.expect("it starts");
    assert_eq!(rooms.of(4).take(0).await, Ok(1));
}

#[tokio::test]
async fn what_cannot_wait_has_the_server_started_and_is_told() {
    let rooms = World::new().keyed();
    let one = rooms.of(1);
    assert_eq!(one.add(1).try_send(), Err(SendError::NotStarted));
    let error = one.take(1).try_send().map(drop);
    assert_eq!(error, Err(ServerError::NotStarted(NotStarted::Starting)));
    settle().await;
    assert_eq!(one.add(1).try_send(), Ok(()));
    assert_eq!(one.take(0).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_at_once_have_one_start() {
    for round in 0..50 {
        let world = World::new();
        let rooms = world.keyed();
        let mut callers = JoinSet::new();
        for _ in 0..16 {
            let room = rooms.of(round);
            callers.spawn(async move { room.take(1).await });
        }
        let mut counts: Vec<_> =
            callers.join_all().await.into_iter().map(|count| count.expect("it runs")).collect();
        counts.sort_unstable();
        assert_eq!(counts, (1..=16).collect::<Vec<_>>());
        assert_eq!(world.journal.lines().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_does_not_give_up_for_the_others() {
    let mut world = World::new();
    let gate = Gate::new();
    world.opens = Some(gate.clone());
    let rooms = world.keyed();
    let first = tokio::spawn({
        let room = rooms.of(1);
        async move { room.take(1).await }
    });
    gate.reached().await;
    let second = tokio::spawn({
        let room = rooms.of(1);
        async move { room.take(5).await }
    });
    settle().await;
    first.abort();
    settle().await;
    gate.open();
    assert_eq!(second.await.expect("it does not panic"), Ok(5));
    world.journal.holds(&["open 1"]);
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_for_a_start_learn_why_it_failed() {
    let mut world = World::new();
    let gate = Gate::new();
    (world.opens, world.broken) = (Some(gate.clone()), std::sync::Arc::new(true.into()));
    let rooms = world.keyed();
    let mut callers = JoinSet::new();
    for _ in 0..4 {
        let room = rooms.of(1);
        callers.spawn(async move { room.take(1).await });
    }
    gate.reached().await;
    settle().await;
    gate.open();
    for outcome in callers.join_all().await {
        let error = outcome.as_ref().expect_err("it was not started");
        let expected = "the server was not started: init failed: no room";
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.executed(), genserver_runtime::Executed::No);
    }
    world.journal.holds(&["open 1"]);
    gate.open();
    assert_eq!(rooms.of(1).add(1).await, Err(SendError::NotStarted));
    world.broken.store(false, Ordering::SeqCst);
    gate.open();
    assert_eq!(rooms.of(1).take(1).await, Ok(1), "the next one tries again");
    assert_eq!(rooms.len(), 1);
}

#[tokio::test]
async fn a_panic_in_a_start_is_told() {
    let rooms: Keyed<u32, RoomClient> = Keyed::new(|key: &u32| {
        assert!(*key != 1, "no room 1");
        Room::start(*key, World::new())
    });
    let text = failed(rooms.of(1).take(1).await);
    assert!(text.contains("no room 1"), "{text}");
    assert_eq!(rooms.of(2).take(1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_takes_longer_than_a_call_may_goes_on() {
    let mut world = World::new();
    let gate = Gate::new();
    world.opens = Some(gate.clone());
    let rooms = world.keyed();
    let one = rooms.of(1);
    let late = one.take(1).timeout(Duration::from_secs(2)).await;
    assert_eq!(late, Err(ServerError::NotStarted(NotStarted::Starting)));
    gate.open();
    assert_eq!(one.take(1).await, Ok(1));
    world.journal.holds(&["open 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_nobody_uses_ends_and_begins_anew() {
    let world = World::new();
    let rooms = world.keyed();
    let one = rooms.of(1);
    for round in 1..=3 {
        assert_eq!(one.take(1).await, Ok(round), "it has read what was saved");
        pass(Duration::from_secs(3)).await;
        assert!(rooms.is_empty());
    }
    assert_eq!(world.journal.count("open 1"), 3);
    assert_eq!(world.journal.count("close 1"), 3);
}

#[tokio::test(start_paused = true)]
async fn the_next_one_does_not_start_before_the_last_has_ended() {
    let mut world = World::new();
    let gate = Gate::new();
    world.closes = Some(gate.clone());
    let rooms = world.keyed();
    let one = rooms.of(1);
    assert_eq!(one.take(4).await, Ok(4));
    gate.reached().await;
    let next = tokio::spawn(async move { one.take(1).await });
    settle().await;
    world.journal.holds(&["open 1"]);
    assert!(!rooms.contains(&1));
    gate.open();
    assert_eq!(next.await.expect("it does not panic"), Ok(5), "what the last one had saved");
    world.journal.holds(&["open 1", "close 1", "open 1"]);
}

#[tokio::test(start_paused = true)]
async fn the_same_holds_for_one_that_is_stopped_or_killed() {
    let world = World::new();
    let rooms = world.keyed();
    let one = rooms.of(1);
    assert_eq!(one.take(4).await, Ok(4));
    one.stop().await.expect("it stops");
    assert_eq!(one.take(1).await, Ok(5));
    one.kill().await.expect("it can be killed");
    assert_eq!(one.take(0).await, Ok(4), "what was saved before");
}

#[tokio::test]
async fn at_the_most_so_many_run_and_the_longest_unused_goes_first() {
    let world = World::new();
    let rooms = world.keyed().max(3);
    for key in [1, 2, 3, 1] {
        rooms.of(key).take(1).await.expect("it runs");
    }
    rooms.of(4).take(1).await.expect("it runs");
    let mut keys = rooms.keys();
    keys.sort_unstable();
    assert_eq!(keys, [1, 3, 4]);
    rooms.of(2).take(1).await.expect("it runs");
    assert!(!rooms.contains(&3), "the next one that was not used for the longest time");
    assert_eq!(rooms.of(2).take(0).await, Ok(2), "it had saved what it had");
    assert_eq!(rooms.len(), 3);
}

#[tokio::test]
async fn who_is_in_use_does_not_go() {
    let rooms = World::new().keyed().max(2);
    for key in [1, 2] {
        rooms.of(key).take(1).await.expect("it runs");
    }
    let held = rooms.get_running(&1).expect("it runs");
    rooms.of(3).take(1).await.expect("the other one goes");
    assert!(rooms.contains(&1) && !rooms.contains(&2));
    let (gate, three) = (Gate::new(), rooms.of(3));
    let busy = three.wait(gate.clone()).send().await.expect("it runs");
    gate.reached().await;
    let full = rooms.of(4).take(1).await;
    assert_eq!(full, Err(ServerError::NotStarted(NotStarted::Full { max: 2 })));
    let text = full.expect_err("no place").to_string();
    assert_eq!(text, "the server was not started: all 2 places are taken by servers in use");
    assert_eq!(rooms.of(1).take(1).await, Ok(2), "those that run are reached");
    drop(held);
    assert_eq!(rooms.of(4).take(1).await, Ok(1));
    gate.open();
    busy.await.expect("it was not disturbed");
    assert!(rooms.contains(&3) && !rooms.contains(&1));
}

#[tokio::test(start_paused = true)]
async fn one_is_stopped_or_all_of_them() {
    let world = World::new();
    let rooms = world.keyed();
    for key in 0..10 {
        rooms.of(key).take(1).await.expect("it runs");
    }
    rooms.stop(&3).await.expect("it stops");
    not_running(rooms.stop(&3).await);
    assert_eq!((rooms.len(), world.load(3)), (9, 1));
    rooms.stop_all().await;
    assert!(rooms.is_empty());
    assert_eq!((0..10).filter(|key| world.load(*key) == 1).count(), 10);
    assert_eq!(rooms.of(3).take(1).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_a_start() {
    let mut world = World::new();
    let gate = Gate::new();
    world.opens = Some(gate.clone());
    let rooms = world.keyed();
    rooms.of(1).add(1).try_send().expect_err("it is not there");
    gate.reached().await;
    let (stop, ()) = tokio::join!(rooms.stop(&1), async { gate.open() });
    stop.expect("it stops");
    world.journal.holds(&["open 1", "close 1"]);
}

#[tokio::test]
async fn servers_go_with_their_family_unless_somebody_holds_them() {
    let world = World::new();
    let rooms = world.keyed();
    for key in [1, 2] {
        rooms.of(key).take(1).await.expect("it runs");
    }
    let (held, by_key) = (rooms.get_running(&1).expect("it runs"), rooms.of(2));
    drop(rooms);
    assert_eq!(by_key.take(1).await, Ok(2), "a client by key keeps the family");
    drop(by_key);
    world.journal.until("close 2").await;
    assert_eq!(held.take(1).await, Ok(2));
    drop(held);
    world.journal.until("close 1").await;
}

#[test]
fn callers_without_a_runtime_use_that_of_the_family() {
    let runtime = runtime();
    let world = World::new();
    let homeless = world.keyed().of(1);
    let text = failed(homeless.take(1).blocking());
    assert_eq!(text, "no tokio runtime: use it inside one");
    let rooms = runtime.block_on(async { world.keyed() });
    let one = rooms.of(1);
    let caller = std::thread::spawn(move || one.take(1).blocking());
    runtime.block_on(world.journal.until("open 1"));
    // The start's task, then the call.
    while !caller.is_finished() {
        runtime.block_on(settle());
    }
    assert_eq!(caller.join().expect("it does not panic"), Ok(1));
}

#[test]
fn a_family_goes_on_in_another_runtime() {
    let world = World::new();
    let rooms = world.keyed();
    let old = runtime();
    assert_eq!(old.block_on(rooms.of(1).take(1)), Ok(1));
    drop(old);
    assert!(!rooms.contains(&1));
    assert_eq!(runtime().block_on(rooms.of(1).take(1)), Ok(1));
    assert_eq!(world.journal.count("open 1"), 2);
}
