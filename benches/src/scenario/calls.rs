//! Calls to one server.

use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::Scenario;
use crate::contender::Contender;
use crate::runtime::spawn;

/// One caller, an idle server.
pub struct OneCaller;

impl Scenario for OneCaller {
    const NAME: &'static str = "call";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let server = C::start().await;
        let begun = Instant::now();
        for number in 1..=u64::from(operations) {
            assert_eq!(C::call(&server).await, number);
        }
        begun.elapsed()
    }
}

/// How many callers there are at once.
const CALLERS: u32 = 64;

/// 64 callers, one server.
pub struct ManyCallers;

impl Scenario for ManyCallers {
    const NAME: &'static str = "call, 64 callers";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let server = C::start().await;
        let begun = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let calls = operations / CALLERS + u32::from(caller < operations % CALLERS);
                let server = server.clone();
                spawn::<C>(async move {
                    for _ in 0..calls {
                        C::call(&server).await;
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.expect("no panic");
        }
        let time = begun.elapsed();
        assert_eq!(C::call(&server).await, u64::from(operations) + 1);
        time
    }
}

/// The handler works for 10 us.
pub struct Busy;

impl Scenario for Busy {
    const NAME: &'static str = "call, 10 us of work";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let server = C::start().await;
        let begun = Instant::now();
        for number in 1..=u64::from(operations) {
            assert_eq!(C::call_busy(&server).await, number);
        }
        begun.elapsed()
    }
}

/// The caller lives in another runtime, on a thread of its own.
pub struct Foreign;

impl Scenario for Foreign {
    const NAME: &'static str = "call from another thread";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let server = C::start().await;
        let (done, time) = oneshot::channel();
        let caller = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("it is built");
            let time = runtime.block_on(async {
                let begun = Instant::now();
                for number in 1..=u64::from(operations) {
                    assert_eq!(C::call(&server).await, number);
                }
                begun.elapsed()
            });
            // Who waits for it is still there, or has panicked.
            let _ = done.send(time);
        });
        let time = time.await.expect("the caller does not panic");
        caller.join().expect("no panic");
        time
    }
}

/// A server calls another one and waits for it: two asynchronous handlers, one behind the other.
pub struct PingPong;

impl Scenario for PingPong {
    const NAME: &'static str = "ping-pong of two servers";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let relay = C::start_relay(C::start().await).await;
        let begun = Instant::now();
        for number in 1..=u64::from(operations) {
            assert_eq!(C::call_relay(&relay).await, number);
        }
        begun.elapsed()
    }
}
