//! Children that end by themselves while hands stop, start and forget them, on several threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Backoff, ChildSpec, ControlError, PartitionSupervisor, StartSupervisor};
use tokio::task::JoinSet;
use tokio::time::timeout;

#[derive(Clone, Default)]
struct Seen {
    alive: Arc<AtomicUsize>,
    overlaps: Arc<AtomicUsize>,
}

struct Work(Seen);

#[genserver]
impl Work {
    #[init]
    async fn begin(seen: Seen, nth: usize) -> Result<Self, &'static str> {
        let others = seen.alive.fetch_add(1, Ordering::SeqCst);
        seen.overlaps.fetch_add(others, Ordering::SeqCst);
        let work = Self(seen);
        tokio::task::yield_now().await;
        if nth % 5 == 4 { Err("no luck") } else { Ok(work) }
    }

    #[call]
    fn work(&self) {}

    #[call]
    async fn boom(&self) {
        tokio::task::yield_now().await;
        panic!("expected: boom");
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        tokio::task::yield_now().await;
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

const IDS: usize = 3;
const ROUNDS: usize = 60;

fn spec(id: usize, seen: &Seen) -> ChildSpec<WorkClient, &'static str> {
    let (seen, mut nth) = (seen.clone(), 0);
    ChildSpec::new(id.to_string(), move || {
        nth += 1;
        Work::start(seen.clone(), nth - 1).name(format!("work {id}"))
    })
}

/// A hand that does the one thing or the other to a child, `ROUNDS` times.
async fn meddle(supervisor: Supervisor, id: usize, seen: Seen) {
    for nth in 0..ROUNDS {
        match nth % 4 {
            0 => drop(supervisor.terminate_child(id.to_string()).await),
            1 => drop(supervisor.delete_child(id.to_string()).await),
            2 => drop(supervisor.start(spec(id, &seen)).await),
            _ => drop(supervisor.restart_child(id.to_string()).await),
        }
        tokio::task::yield_now().await;
    }
}

async fn torment(id: usize) {
    let work = WorkClient::named(format!("work {id}"));
    for nth in 0..ROUNDS * 2 {
        match nth % 3 {
            0 => drop(work.boom().await),
            1 => drop(work.kill().await),
            _ => drop(work.stop().await),
        }
        tokio::task::yield_now().await;
    }
}

async fn call(work: WorkClient) {
    for _ in 0..ROUNDS * 4 {
        drop(work.work().await);
        tokio::task::yield_now().await;
    }
}

async fn storm(start: StartSupervisor) {
    let supervisor = start.intensity(u32::MAX, Duration::from_secs(1)).await.expect("it starts");
    let all: Vec<_> = (0..IDS).map(|_| Seen::default()).collect();
    let mut tasks = JoinSet::new();
    for (id, seen) in all.iter().enumerate() {
        let work = supervisor.start(spec(id, seen)).await.expect("it starts");
        tasks.spawn(meddle(supervisor.clone(), id, seen.clone()));
        tasks.spawn(torment(id));
        tasks.spawn(call(work.clone()));
        tasks.spawn(call(work));
    }
    timeout(Duration::from_secs(30), tasks.join_all()).await.expect("nobody waits for ever");
    for (id, seen) in all.iter().enumerate() {
        // Whatever became of it, it can be had again.
        let again = async {
            loop {
                supervisor.terminate_child(id.to_string()).await.ok();
                match supervisor.delete_child(id.to_string()).await {
                    Ok(()) | Err(ControlError::NotFound) => {}
                    Err(_) => continue,
                }
                let work = supervisor.start(spec(id, seen)).await.expect("its place is free");
                if work.work().await.is_ok() {
                    break;
                }
            }
        };
        timeout(Duration::from_secs(30), again).await.expect("it comes again");
    }
    assert_eq!(supervisor.count_children().await.expect("it runs").active, IDS);
    supervisor.stop().await.expect("it was never too much");
    for seen in all {
        assert_eq!(seen.overlaps.load(Ordering::SeqCst), 0, "two incarnations at a time");
        assert_eq!(seen.alive.load(Ordering::SeqCst), 0, "a child outlived its supervisor");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_for_one_keeps_its_children_through_many_hands() {
    storm(Supervisor::one_for_one()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_for_all_keeps_its_children_through_many_hands() {
    storm(Supervisor::one_for_all()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rest_for_one_keeps_its_children_through_many_hands() {
    storm(Supervisor::rest_for_one()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_back_off_keeps_its_children_through_many_hands() {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(4));
    storm(Supervisor::rest_for_one().backoff(backoff)).await;
}

struct Copy;

#[genserver]
impl Copy {
    #[init]
    async fn new() -> Self {
        Self
    }

    #[call]
    fn serve(&self) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_always_has_a_copy_while_their_number_changes() {
    let copies = PartitionSupervisor::new(|_| Copy::start()).partitions(4);
    let supervisor = copies.start().await.expect("it starts");
    let mut callers = JoinSet::new();
    for key in 0..4_u32 {
        let copies = copies.clone();
        callers.spawn(async move {
            let copy = copies.of(&key);
            for _ in 0..2_000 {
                match copy.serve().await {
                    // It lay in the mailbox of a copy that was stopped.
                    Ok(()) | Err(ServerError::Exit(_)) => {}
                    Err(error) => panic!("there is a copy: {error}"),
                }
                tokio::task::yield_now().await;
            }
        });
    }
    let resizing = tokio::spawn(async move {
        for nth in 0.. {
            copies.resize(1 + nth % 4).await.expect("it runs");
        }
    });
    timeout(Duration::from_secs(30), callers.join_all()).await.expect("nobody waits for ever");
    resizing.abort();
    assert!(resizing.await.expect_err("it was aborted").is_cancelled());
    supervisor.stop().await.expect("it runs");
}
