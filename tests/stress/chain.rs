//! Chains of 100,000 servers, on a small stack.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use genserver_runtime::prelude::*;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::{BOTH, Gate, Threads, in_time, on_a_stack_of, until_tasks};

const LINKS: u32 = 100_000;

/// The stack of the thread that everything runs on: a fourth of what a thread usually has.
const STACK: usize = 512 * 1024;

/// Holds the next one.
struct Link {
    next: Option<LinkClient>,
    alive: Arc<AtomicU32>,
}

#[genserver]
impl Link {
    #[init]
    fn new(next: Option<LinkClient>, alive: Arc<AtomicU32>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Self { next, alive }
    }

    /// How many there are from here on, each asking the next one.
    #[call]
    async fn length(&self) -> u32 {
        match &self.next {
            None => 1,
            Some(next) => next.length().no_timeout().await.expect("it runs") + 1,
        }
    }

    /// As `length`, with the last one waiting.
    #[call]
    async fn length_after(&self, gate: Gate) -> u32 {
        let Some(next) = &self.next else {
            gate.pass().await;
            return 1;
        };
        next.length_after(gate).no_timeout().await.expect("it runs") + 1
    }

    /// Handed on without waiting, for a `fn` handler cannot wait.
    #[cast]
    fn hand_on(&mut self, passed: u32, to: UnboundedSender<u32>) {
        match &self.next {
            None => to.send(passed + 1).expect("the test listens"),
            Some(next) => next.hand_on(passed + 1, to).try_send().expect("there is room"),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn chain(links: u32, alive: &Arc<AtomicU32>) -> LinkClient {
    let mut first = None;
    for _ in 0..links {
        let link = Link::start(first, Arc::clone(alive)).await;
        first = Some(link.expect("its init cannot fail"));
    }
    first.expect("there is at least one")
}

/// Runs `work` with a chain, in a runtime whose tasks run on the small stack; then nothing is left.
fn with_chain<F>(links: u32, work: impl FnOnce(LinkClient) -> F + Send + 'static)
where
    F: Future<Output = ()>,
{
    on_a_stack_of(STACK, move || {
        let alive = Arc::new(AtomicU32::new(0));
        Threads::One.runtime().block_on(async {
            let first = chain(links, &alive).await;
            in_time("the chain", work(first)).await;
            in_time("the end", until_tasks(1)).await;
            assert_eq!(alive.load(Ordering::SeqCst), 0);
        });
    });
}

#[test]
fn each_one_calls_the_next_in_its_handler() {
    with_chain(LINKS, async |first| {
        assert_eq!(first.length().no_timeout().await, Ok(LINKS));
    });
}

#[test]
fn each_one_sends_to_the_next_in_its_handler() {
    with_chain(LINKS, async |first| {
        let (to, mut arrived) = unbounded_channel();
        first.hand_on(0, to).await.expect("there is room");
        assert_eq!(arrived.recv().await, Some(LINKS));
    });
}

#[test]
fn the_first_one_is_killed_while_all_wait() {
    with_chain(LINKS / 4, async |first| {
        let gate = Gate::new();
        let length = first.length_after(gate.clone()).no_timeout().send().await;
        gate.reached().await;
        first.kill().await.expect("it is killed");
        let outcome = length.expect("there is room").await;
        assert_eq!(outcome, Err(ServerError::Exit(ExitReason::Killed)));
        // The others end when their handlers are done.
        gate.open();
    });
}

/// Drops a runtime under a chain; `first` is held outside of it.
fn runtime_goes(threads: Threads, links: u32, waiting: bool) {
    on_a_stack_of(STACK, move || {
        let alive = Arc::new(AtomicU32::new(0));
        let runtime = threads.runtime();
        let first = runtime.block_on(async {
            let first = chain(links, &alive).await;
            if waiting {
                let gate = Gate::new();
                let length = first.length_after(gate.clone()).no_timeout().send().await;
                drop(length.expect("there is room"));
                gate.reached().await;
            }
            first
        });
        drop(runtime);
        drop(first);
        assert_eq!(alive.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn the_runtime_goes_under_all_of_them() {
    for threads in BOTH {
        runtime_goes(threads, LINKS, false);
        runtime_goes(threads, LINKS / 10, true);
    }
}
