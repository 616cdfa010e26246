//! What timers cost, with few and with many alive: `cargo bench -p benches --bench timers`.
//!
//! Rounds of all cases are interleaved, a first round is not counted. What counts is the ratio: with
//! a hundred times the timers, setting and cancelling one shall cost at most twice as much.
#![allow(missing_docs, reason = "servers of the measurement's own")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use benches::{ROUNDS, Spread, each, timed};
use genserver_runtime::prelude::*;

/// How many timers are set and cancelled in a round.
const BATCH: u32 = 10_000;
/// How many calls are made in a round.
const CALLS: u32 = 100_000;
/// How many timers live, in each case.
const LIVE: [u32; 3] = [0, 1_000, 100_000];

pub struct Clock;

/// A message that never comes, and tells when it is dropped.
pub struct Never(Arc<AtomicU32>);

impl Drop for Never {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[genserver]
impl Clock {
    #[info]
    fn never(&mut self, _: Never) {}

    #[call]
    pub fn get(&self) -> u32 {
        7
    }
}

/// One server with its living timers, and what was measured of it.
struct Case {
    live: u32,
    clock: ClockClient,
    arm: Vec<f64>,
    cancel: Vec<f64>,
    call: Vec<f64>,
}

impl Case {
    async fn new(live: u32) -> Self {
        let clock = Clock::start(Clock).await.expect("it starts");
        for number in 0..live {
            // At different times, as timers are.
            let after = Duration::from_secs(3_600) + Duration::from_millis(u64::from(number));
            let never = Never(Arc::new(AtomicU32::new(0)));
            clock.send_after(after, never).expect("it runs");
        }
        Self { live, clock, arm: Vec::new(), cancel: Vec::new(), call: Vec::new() }
    }

    async fn round(&mut self, counts: bool) {
        let after = Duration::from_secs(7_200);
        let gone = Arc::new(AtomicU32::new(0));
        let set = || self.clock.send_after(after, Never(Arc::clone(&gone))).expect("it runs");
        let (timers, arm) = timed(|| (0..BATCH).map(|_| set()).collect::<Vec<_>>());
        let began = std::time::Instant::now();
        for timer in &timers {
            timer.cancel().expect("it lives");
        }
        // What is cancelled is gone when its task was dropped.
        while gone.load(Ordering::Relaxed) < BATCH {
            tokio::task::yield_now().await;
        }
        let cancel = began.elapsed();
        let began = std::time::Instant::now();
        for _ in 0..CALLS {
            self.clock.get().await.expect("it runs");
        }
        let call = began.elapsed();
        if counts {
            self.arm.push(each(arm, BATCH));
            self.cancel.push(each(cancel, BATCH));
            self.call.push(each(call, CALLS));
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // In a task, as the calls of a program are.
    tokio::spawn(measure()).await.expect("it does not panic");
}

async fn measure() {
    let mut cases = Vec::new();
    for live in LIVE {
        cases.push(Case::new(live).await);
    }
    for round in 0..=ROUNDS {
        for case in &mut cases {
            case.round(round > 0).await;
        }
    }
    let spread = |rounds: &[f64]| Spread::of(rounds.to_vec());
    println!("{ROUNDS} rounds of {BATCH} timers and {CALLS} calls; median (min to max)");
    for case in &cases {
        println!("{:>7} live timers", case.live);
        println!("    set     {}", spread(&case.arm));
        println!("    cancel  {}", spread(&case.cancel));
        println!("    call    {}", spread(&case.call));
    }
    let ratio =
        |of: fn(&Case) -> &Vec<f64>| spread(of(&cases[2])).median / spread(of(&cases[1])).median;
    println!("100,000 live against 1,000 live");
    println!("    set     {:.2} x", ratio(|case| &case.arm));
    println!("    cancel  {:.2} x", ratio(|case| &case.cancel));
    println!("    call    {:.2} x", ratio(|case| &case.call));
}
