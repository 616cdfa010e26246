//! A rate limiter: each address has a bucket of tokens of its own, which is a server that is started
//! when it is needed and forgotten when it is full again. A bucket that is forgotten and one that is
//! full are the same, so passivation changes no answer.
//!
//! 64 callers ask for 100,000 addresses, each address three times a round, and wait between the
//! rounds just as long as a bucket takes to fill: then calls and passivation meet. The counts are
//! exact. Another number of addresses may be given as argument.
//!
//! The clock of this program is paused: it jumps from timer to timer, so that waiting takes no time.
//! What is left is work: `cargo run --release -p examples --example rate_limiter`.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// How many requests an address may make at once.
const BURST: u32 = 2;
/// How long it takes for one more.
const REFILL: Duration = Duration::from_secs(5);
/// How long an empty bucket takes to be full again.
const FULL_AFTER: Duration = Duration::from_secs(10);
const CALLERS: u32 = 64;
/// How often each address is asked for in a round, by as many callers.
const ASKED: u32 = 3;
const ROUNDS: u32 = 2;

/// The tokens of one address.
pub struct Bucket {
    tokens: u32,
    /// Since when the next token is on its way.
    since: Instant,
}

#[genserver(passivate = "10s")]
impl Bucket {
    /// A full one.
    #[init]
    pub fn full() -> Self {
        Self { tokens: BURST, since: Instant::now() }
    }

    /// Takes a token, if there is one.
    #[call]
    pub fn take(&mut self) -> bool {
        let come = self.since.elapsed().as_secs() / REFILL.as_secs();
        let come = u32::try_from(come).unwrap_or(u32::MAX);
        if self.tokens.saturating_add(come) >= BURST {
            (self.tokens, self.since) = (BURST, Instant::now());
        } else {
            self.tokens += come;
            self.since += REFILL * come;
        }
        let taken = self.tokens > 0;
        self.tokens -= u32::from(taken);
        taken
    }
}

type Buckets = Keyed<Ipv4Addr, BucketClient>;

/// What came of the requests.
#[derive(Default)]
struct Counts {
    allowed: AtomicU64,
    refused: AtomicU64,
    started: AtomicU64,
}

/// One caller: it asks for its share of the addresses, round by round.
async fn call(
    buckets: Buckets,
    caller: u32,
    addresses: u32,
    counts: Arc<Counts>,
    barrier: Arc<Barrier>,
) -> Result<(), ServerError> {
    for _ in 0..ROUNDS {
        barrier.wait().await;
        for number in 0..addresses {
            // Three neighbours share an address.
            if (number + caller) % CALLERS < ASKED {
                let allowed = buckets.of(Ipv4Addr::from_bits(number)).take().await?;
                let count = if allowed { &counts.allowed } else { &counts.refused };
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        barrier.wait().await;
        sleep(FULL_AFTER).await;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let addresses = std::env::args().nth(1).map_or(Ok(100_000), |number| number.parse())?;
    let counts = Arc::new(Counts::default());
    let started = Arc::clone(&counts);
    let buckets = Keyed::new(move |_: &Ipv4Addr| {
        started.started.fetch_add(1, Ordering::Relaxed);
        Bucket::start()
    });
    // Whoever forgets a bucket that is not full is generous: there is room for all of them.
    let buckets = buckets.max(1_000_000);

    let barrier = Arc::new(Barrier::new(CALLERS as usize));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (counts, barrier) = (Arc::clone(&counts), Arc::clone(&barrier));
        callers.spawn(call(buckets.clone(), caller, addresses, counts, barrier));
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    println!("{addresses} addresses, {ASKED} requests each in {ROUNDS} rounds");
    println!("allowed {}, refused {}", count(&counts.allowed), count(&counts.refused));
    let again = count(&counts.started) > u64::from(addresses);
    println!("buckets came and went: {again}");
    sleep(2 * FULL_AFTER).await;
    println!("{} buckets are left", buckets.len());
    Ok(())
}
