//! Many servers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::Scenario;
use crate::contender::Contender;
use crate::runtime::spawn;

/// Starts them and calls each once: where a start returns before its task has run, that is over too.
async fn start<C: Contender>(count: usize) -> Vec<C::Server> {
    let mut servers = Vec::with_capacity(count);
    for _ in 0..count {
        servers.push(C::start().await);
    }
    for server in &servers {
        assert_eq!(C::call(server).await, 1);
    }
    servers
}

/// How many servers are called in turn.
const SERVERS: usize = 1_000;
/// How many tasks call them.
const TASKS: u32 = 8;

/// 1,000 servers, called in turn by each of 8 tasks, which begin at places of their own.
pub struct RoundRobin;

impl Scenario for RoundRobin {
    const NAME: &'static str = "call, 1,000 servers, 8 tasks";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let servers: Arc<[C::Server]> = start::<C>(SERVERS).await.into();
        let begun = Instant::now();
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let calls = operations / TASKS + u32::from(task < operations % TASKS);
                let servers = Arc::clone(&servers);
                spawn::<C>(async move {
                    let first = task as usize * SERVERS / TASKS as usize;
                    for server in servers.iter().cycle().skip(first).take(calls as usize) {
                        C::call(server).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        let time = begun.elapsed();
        let mut calls = 0;
        for server in servers.iter() {
            calls += C::call(server).await - 2;
        }
        assert_eq!(calls, u64::from(operations));
        time
    }
}

/// How many servers are asked at once.
const FANNED: usize = 50;

/// One caller asks 50 servers at once and waits for all of them: 50 calls are one operation.
pub struct FanOut;

impl Scenario for FanOut {
    const NAME: &'static str = "fan-out of 50 calls";

    async fn run<C: Contender>(operations: u32) -> Duration {
        let servers = start::<C>(FANNED).await;
        let begun = Instant::now();
        for number in 2..=u64::from(operations) + 1 {
            let replies = join_all(servers.iter().map(C::call)).await;
            assert!(replies.iter().all(|reply| *reply == number));
        }
        begun.elapsed()
    }
}
