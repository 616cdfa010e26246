//! What is left in memory when all is over: nothing.

use std::time::Duration;

use allocation_counter::measure;
use genserver_runtime::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::crowd::{Size, round};
use crate::desk::{Desk, deaf, forgetful, patient, strict};
use crate::random::Random;
use crate::support::{Threads, in_time, turns};

/// The allocations that a crowd leaves, together with its runtime, after one that does not count.
fn leaves_nothing<D: Desk>() {
    // On one thread, so that everything is counted on it.
    let size = Size { senders: 16, steps: 60, blocking: false };
    let run = |seed| Threads::One.runtime().block_on(round::<D>(Random::new(seed), size));
    run(1);
    for seed in 1..4 {
        let left = measure(|| run(seed));
        assert!(left.count_total > 1_000, "nothing happened");
        assert_eq!((left.count_current, left.bytes_current), (0, 0), "seed {seed}");
    }
}

#[test]
fn a_crowd_leaves_nothing_in_memory() {
    leaves_nothing::<patient::DeskClient>();
    leaves_nothing::<strict::DeskClient>();
    leaves_nothing::<forgetful::DeskClient>();
    leaves_nothing::<deaf::DeskClient>();
}

/// Lives through many bursts.
struct Sum {
    value: u64,
}

#[genserver(mailbox = 8, call_timeout = infinity)]
impl Sum {
    #[init]
    fn new() -> Self {
        Self { value: 0 }
    }

    #[call]
    fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    #[call]
    async fn add_later(&mut self, by: u64, after: u32) -> u64 {
        turns(after).await;
        self.add(by)
    }

    #[cast]
    async fn count(&mut self, after: u32) {
        turns(after).await;
        self.value += 1;
    }
}

/// One caller of a burst; each kind of message, also by callers that go.
async fn caller(sum: SumClient, mut random: Random) {
    for _ in 0..20 {
        let after = random.below(4);
        match random.below(5) {
            0 => drop(sum.add(1).await),
            1 => drop(sum.add_later(1, after).await),
            2 => drop(sum.count(after).await),
            3 => match sum.add(1).send().await {
                Ok(pending) if random.one_in(2) => drop(pending.await),
                _ => {}
            },
            _ => drop(tokio::time::timeout(Duration::ZERO, sum.add_later(1, 3)).await),
        }
    }
}

/// A burst on all servers, and two seconds of idleness; the tasks before and after those.
async fn burst(sums: &[SumClient], mut random: Random) -> [usize; 2] {
    let mut callers = Vec::new();
    for _ in 0..32 {
        callers.push(tokio::spawn(caller(random.pick(sums).clone(), random.fork())));
    }
    for caller in callers {
        in_time("a caller", caller).await.expect("it does not panic");
    }
    turns(8).await;
    let metrics = Handle::current().metrics();
    let busy = metrics.num_alive_tasks();
    for _ in 0..80 {
        tokio::time::advance(Duration::from_millis(25)).await;
        turns(2).await;
    }
    [busy, metrics.num_alive_tasks()]
}

fn paused() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime can be built")
}

#[test]
fn servers_that_are_idle_again_have_no_task_and_no_more_memory_than_before() {
    let runtime = paused();
    let sums = runtime.block_on(async {
        let mut sums = Vec::new();
        for _ in 0..4 {
            sums.push(Sum::start().await.expect("its init cannot fail"));
        }
        sums
    });
    for seed in 1..16 {
        let mut tasks = [0; 2];
        let left = measure(|| tasks = runtime.block_on(burst(&sums, Random::new(seed))));
        assert!(tasks[0] > 1, "no drain task stayed");
        assert_eq!(tasks[1], 1, "only the runtime's guard, seed {seed}");
        // The first burst leaves what a server needs once it has been busy.
        assert!(seed == 1 || left.count_current <= 0, "{left:?} with seed {seed}");
    }
}
