//! Calls from other runtimes, whose replies may come before anybody waits for them.

use std::thread;

use genserver_runtime::prelude::*;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::support::{BOTH, in_time};

/// A server whose calls all go through the queue.
struct Queue(u32);

#[genserver(inline = false)]
impl Queue {
    #[call]
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// How many calls a caller makes from another runtime.
const ABROAD: u32 = 5_000;

/// Their server runs on threads of its own, so that a reply may come before the caller waits for it. Without a time-out
/// one that is not woken waits for ever.
async fn call_from_abroad() {
    let queue = Queue::start(Queue(0)).await.expect("it starts");
    let caller = |queue: QueueClient| async move {
        let mut last = 0;
        for _ in 0..ABROAD {
            let next = queue.next().no_timeout().await.expect("it runs");
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    };
    let callers = [queue.clone(), queue.clone()].map(|queue| {
        let (done, callers_end) = oneshot::channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("it is built");
            runtime.block_on(caller(queue));
            // Nobody listens only where the test has failed.
            let _ = done.send(());
        });
        callers_end
    });
    for callers_end in callers {
        callers_end.await.expect("the caller does not panic");
    }
    assert_eq!(queue.next().await, Ok(2 * ABROAD + 1));
}

#[test]
fn calls_from_other_runtimes_are_all_answered() {
    for threads in BOTH {
        threads.runtime().block_on(in_time("a call from another runtime", call_from_abroad()));
    }
}
