//! A runtime goes under its servers, whatever they are doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use genserver_runtime::prelude::*;
use tokio::runtime::Handle;

use crate::random::{Random, rounds};
use crate::support::{BOTH, Gate, Threads, told, turns, until};

#[derive(Clone, Debug, Default)]
struct Counts {
    dropped: Arc<AtomicU32>,
    terminated: Arc<AtomicU32>,
}

struct Room {
    counts: Counts,
    owed: Vec<ReplyTo<u32>>,
}

#[genserver(mailbox = 3, call_timeout = infinity)]
impl Room {
    #[init]
    fn new(counts: Counts) -> Self {
        Self { counts, owed: Vec::new() }
    }

    #[call]
    fn get(&self) -> u32 {
        1
    }

    /// Never done.
    #[call]
    async fn hold(&self, gate: Gate) -> u32 {
        gate.pass().await;
        unreachable!("nobody opens the gate")
    }

    /// Never replied to.
    #[call]
    fn owe(&mut self, reply: ReplyTo<u32>) {
        self.owed.push(reply);
    }

    #[cast]
    fn note(&mut self) {}

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.counts.terminated.fetch_add(1, Ordering::SeqCst);
        assert_ne!(*reason, ExitReason::NotRunning);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.counts.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

const ROOMS: u32 = 6;

type Rooms = Registry<u32, RoomClient>;

/// Servers that are held in every way, some of them with a drain task that stays.
async fn open(random: &mut Random, counts: &Counts, registry: &Rooms) -> Vec<RoomClient> {
    let mut rooms = Vec::new();
    for number in 0..ROOMS {
        let start = Room::start(counts.clone());
        let start = match number % 4 {
            0 => start.name(format!("room {number}")),
            1 => start.key(registry, number),
            2 => start.detach(),
            _ => start,
        };
        let room = start.await.expect("its init cannot fail");
        for _ in 0..random.below(3) {
            room.sync().await.expect("it runs");
        }
        rooms.push(room);
    }
    rooms
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Get,
    Hold,
    Owe,
    Note,
}

/// What a caller from outside may be told.
fn check(act: Act, outcome: &Result<u32, ServerError>) {
    use ServerError::{Exit, NoReply, NotRunning};
    let allowed = match outcome {
        Err(NotRunning | Exit(ExitReason::NotRunning)) => true,
        Ok(_) => matches!(act, Act::Get | Act::Note),
        Err(NoReply) => matches!(act, Act::Owe),
        Err(_) => false,
    };
    assert!(allowed, "{act:?} came to {outcome:?}");
}

async fn act(room: &RoomClient, act: Act) -> Result<u32, ServerError> {
    match act {
        Act::Get => room.get().await,
        Act::Hold => room.hold(Gate::new()).await,
        Act::Owe => room.owe().await,
        Act::Note => Ok(room.note().await.map(|()| 0)?),
    }
}

/// Calls from another runtime, each by a task of its own.
fn call_from_outside(rooms: &[RoomClient], mut random: Random, done: Sender<()>) {
    let rooms = rooms.to_vec();
    thread::spawn(move || {
        Threads::One.runtime().block_on(async {
            let mut calls = Vec::new();
            for _ in 0..12 {
                let (room, kind) = (random.pick(&rooms).clone(), random.fork());
                calls.push(tokio::spawn(async move {
                    let kind = *kind.clone().pick(&[Act::Get, Act::Hold, Act::Owe, Act::Note]);
                    check(kind, &act(&room, kind).await);
                }));
            }
            for call in calls {
                call.await.expect("it does not panic");
            }
        });
        done.send(()).expect("the test listens");
    });
}

/// Calls from a plain thread, until there is nobody any more.
fn call_from_a_thread(rooms: &[RoomClient], mut random: Random, done: Sender<()>) {
    let rooms = rooms.to_vec();
    thread::spawn(move || {
        loop {
            let outcome = random.pick(&rooms).get().blocking();
            check(Act::Get, &outcome);
            if outcome.is_err() {
                break;
            }
        }
        done.send(()).expect("the test listens");
    });
}

/// Names and keys are free: there is nobody, and others may have them.
fn all_is_free(gone: &Handle, registry: &Rooms) {
    assert!(registry.is_empty());
    for number in 0..ROOMS {
        let named = RoomClient::named(format!("room {number}")).on(gone);
        assert_eq!(named.get().blocking(), Err(ServerError::NotRunning));
        assert_eq!(registry.client(number).get().blocking(), Err(ServerError::NotRunning));
    }
    Threads::One.runtime().block_on(async {
        for number in 0..ROOMS {
            let start = Room::start(Counts::default()).key(registry, number);
            let room = start.name(format!("room {number}")).await.expect("both are free");
            assert_eq!(room.get().await, Ok(1));
        }
    });
}

fn round(threads: Threads, mut random: Random) {
    let (counts, registry, (done, gone)) = (Counts::default(), Rooms::new(), mpsc::channel());
    let runtime = threads.runtime();
    let handle = runtime.handle().clone();
    let rooms = runtime.block_on(open(&mut random, &counts, &registry));
    call_from_outside(&rooms, random.fork(), done.clone());
    call_from_a_thread(&rooms, random.fork(), done.clone());
    for _ in 0..random.below(4) {
        // A caller of its own, and then time for all.
        let (room, kind) = (random.pick(&rooms).clone(), *random.pick(&[Act::Get, Act::Hold]));
        drop(runtime.spawn(async move { drop(act(&room, kind).await) }));
        runtime.block_on(turns(random.below(40)));
    }
    for _ in 0..random.below(2_000) {
        thread::yield_now();
    }
    if random.one_in(2) {
        runtime.shutdown_background();
    } else {
        drop(runtime);
    }
    for _ in 0..2 {
        told(&gone);
    }
    drop(rooms);
    until(|| counts.dropped.load(Ordering::SeqCst) == ROOMS);
    assert_eq!(counts.terminated.load(Ordering::SeqCst), 0);
    all_is_free(&handle, &registry);
}

#[test]
fn a_runtime_goes_under_its_servers() {
    for threads in BOTH {
        rounds(50, |random| round(threads, random));
    }
}
