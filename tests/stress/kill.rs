//! A kill from a thread without a runtime, of a server that is idle again after it was looked at while it ran.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use genserver_runtime::Client;
use genserver_runtime::prelude::*;
use tokio::runtime::Builder;
use tokio::task::yield_now;

/// How long a kill may take that takes no time at all.
const PATIENCE: Duration = Duration::from_secs(60);
const ROUNDS: u32 = 200;
const REQUESTS: u32 = 1_000;
/// How many time-outs are told before the calls end.
const ENOUGH: u32 = 100;

#[derive(Default)]
struct Desk {
    owed: Vec<ReplyTo<()>>,
    sum: u64,
}

#[genserver(mailbox = 10_000)]
impl Desk {
    #[call]
    fn owe(&mut self, reply: ReplyTo<()>) {
        self.owed.push(reply);
    }

    #[call]
    fn work(&mut self) -> u64 {
        for number in 0..20 {
            self.sum = std::hint::black_box(self.sum.wrapping_add(number));
        }
        self.sum
    }
}

/// Whoever is told of a time-out looks at the server, which handles calls meanwhile.
#[test]
fn a_kill_finds_a_server_that_was_looked_at_just_when_it_became_idle() {
    let workers = Builder::new_multi_thread().worker_threads(2).enable_time().build();
    let workers = workers.expect("a runtime can be built");
    for round in 0..ROUNDS {
        let told = Arc::new(AtomicU32::new(0));
        let start = workers.spawn(async { Desk::start(Desk::default()).await });
        let desk = workers.block_on(start).expect("it does not panic").expect("it starts");
        let (asked, count) = (desk.clone(), Arc::clone(&told));
        let late = workers.spawn(async move {
            let owed = |_| asked.owe().timeout(Duration::from_millis(1)).try_send();
            let owed: Vec<_> = (0..REQUESTS).map(|at| owed(at).expect("there is room")).collect();
            for owed in owed {
                assert!(matches!(owed.await, Err(ServerError::Timeout(_))));
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let (busy, end) = (desk.clone(), ENOUGH + round * 37 % (REQUESTS - ENOUGH));
        let caller = workers.spawn(async move {
            while told.load(Ordering::Relaxed) < end {
                busy.work().await.expect("it runs");
                yield_now().await;
            }
        });
        workers.block_on(caller).expect("it does not panic");
        workers.block_on(late).expect("it does not panic");
        let (tell, killed) = mpsc::channel();
        thread::spawn(move || drop(tell.send(desk.kill().blocking())));
        let killed = killed.recv_timeout(PATIENCE).expect("a kill is not lost");
        assert!(killed.is_ok());
    }
}
