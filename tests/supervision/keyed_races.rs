//! Callers against passivation, eviction and stops: nothing is lost, and nobody runs twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use genserver_runtime::NotStarted;
use genserver_runtime::prelude::*;
use tokio::task::JoinSet;

use crate::rooms::World;

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

const KEYS: u32 = 8;

/// Callers that each make so many calls of random rooms, some of which are stopped; answers how
/// many calls succeeded.
async fn crowd(rooms: &Keyed<u32, crate::rooms::RoomClient>, callers: u64, calls: u64) -> u64 {
    let (done, mut all) = (Arc::new(AtomicU64::new(0)), JoinSet::new());
    for seed in 1..=callers {
        let (rooms, done, mut random) = (rooms.clone(), Arc::clone(&done), Random(seed * 7_919));
        all.spawn(async move {
            for _ in 0..calls {
                let key = u32::try_from(random.below(u64::from(KEYS))).expect("it is small");
                match random.below(16) {
                    0 => drop(rooms.stop(&key).await),
                    1 => tokio::time::sleep(Duration::from_millis(random.below(3_000))).await,
                    _ => match rooms.of(key).take(1).await {
                        Ok(_) => drop(done.fetch_add(1, Ordering::Relaxed)),
                        // It was queued behind a stop: nobody has seen it.
                        Err(ServerError::Exit(ExitReason::Normal)) => {}
                        Err(error) => panic!("a call was lost: {error}"),
                    },
                }
            }
        });
    }
    all.join_all().await;
    done.load(Ordering::Relaxed)
}

/// What the rooms have taken, when all of them have ended.
async fn taken(world: &World, rooms: &Keyed<u32, crate::rooms::RoomClient>) -> u64 {
    rooms.stop_all().await;
    (0..KEYS).map(|key| world.load(key)).sum()
}

#[tokio::test(start_paused = true)]
async fn passivation_and_stops_lose_nothing() {
    let world = World::new();
    let rooms = world.keyed();
    let done = crowd(&rooms, 16, 200).await;
    assert_eq!(taken(&world, &rooms).await, done);
    let (opened, closed) = (0..KEYS).fold((0, 0), |(opened, closed), key| {
        let journal = &world.journal;
        (
            opened + journal.count(&format!("open {key}")),
            closed + journal.count(&format!("close {key}")),
        )
    });
    assert_eq!(opened, closed);
    assert!(opened > 2 * KEYS as usize, "rooms came and went: {opened}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eviction_by_many_threads_loses_nothing() {
    let world = World::new();
    let rooms = world.keyed().max(3);
    let (done, mut all) = (Arc::new(AtomicU64::new(0)), JoinSet::new());
    for seed in 1..=8 {
        let (rooms, done, mut random) = (rooms.clone(), Arc::clone(&done), Random(seed * 104_729));
        all.spawn(async move {
            for _ in 0..500 {
                let key = u32::try_from(random.below(u64::from(KEYS))).expect("it is small");
                match rooms.of(key).take(1).await {
                    Ok(_) => drop(done.fetch_add(1, Ordering::Relaxed)),
                    Err(ServerError::NotStarted(NotStarted::Full { max })) => assert_eq!(max, 3),
                    Err(error) => panic!("a call was lost: {error}"),
                }
                assert!(rooms.len() <= 3, "more than there may be");
            }
        });
    }
    all.join_all().await;
    let done = done.load(Ordering::Relaxed);
    // The last ones that were evicted may still be on their way out.
    while !rooms.is_empty() {
        rooms.stop_all().await;
    }
    for key in 0..KEYS {
        let _ = rooms.of(key).take(0).await;
        let _ = rooms.stop(&key).await;
    }
    assert_eq!(taken(&world, &rooms).await, done);
    assert!(done > 1_000, "most calls found a place: {done}");
}
