//! What a look-up in a registry costs under two threads, beside a bare concurrent map: `cargo bench
//! -p benches --bench registry`.
//!
//! Rounds of all cases are interleaved, a first round is not counted. What counts is the ratio: a
//! look-up gives a client that holds its server, and shall cost at most twice as much as a map's.
#![allow(missing_docs, reason = "servers of the measurement's own")]

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use benches::{ROUNDS, Spread, each};
use dashmap::DashMap;
use genserver_runtime::prelude::*;

/// How many servers there are.
const KEYS: u64 = 10_000;
/// How many look-ups each thread makes in a round.
const LOOKUPS: u32 = 200_000;
const THREADS: u32 = 2;

pub struct Cart(u64);

#[genserver]
impl Cart {
    #[call]
    pub fn number(&self) -> u64 {
        self.0
    }
}

/// One way to look something up, and what was measured of it.
struct Case {
    name: &'static str,
    find: Box<dyn Fn(u64) -> bool + Send + Sync>,
    rounds: Vec<f64>,
}

impl Case {
    fn new(name: &'static str, find: impl Fn(u64) -> bool + Send + Sync + 'static) -> Self {
        Self { name, find: Box::new(find), rounds: Vec::new() }
    }

    /// The time of one look-up of a thread, while the other threads look up too.
    fn round(&self) -> f64 {
        let barrier = Barrier::new(THREADS as usize);
        let work = |seed: u64| {
            barrier.wait();
            let began = Instant::now();
            let mut state = seed;
            for _ in 0..LOOKUPS {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                assert!((self.find)((state >> 33) % KEYS), "it is there");
            }
            began.elapsed()
        };
        let longest: Duration = thread::scope(|scope| {
            let threads: Vec<_> =
                (1..=u64::from(THREADS)).map(|seed| scope.spawn(move || work(seed))).collect();
            let times = threads.into_iter().map(|thread| thread.join().expect("no panic"));
            times.max().expect("there are threads")
        });
        each(longest, LOOKUPS)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let of_arcs = DashMap::new();
    let of_clients = DashMap::new();
    let registry = Registry::new();
    let narrow = Registry::with_partitions(1);
    let values = Registry::with_values();
    let mut held = Vec::new();
    for key in 0..KEYS {
        let cart = Cart::start(Cart(key)).key(&registry, key).await.expect("the key is free");
        of_arcs.insert(key, Arc::new(key));
        of_clients.insert(key, cart.clone());
        held.push(Cart::start(Cart(key)).key(&narrow, key).await.expect("the key is free"));
        let start = Cart::start(Cart(key)).key_with(&values, key, key);
        held.push(start.await.expect("the key is free"));
    }
    let mut cases = [
        Case::new("DashMap of Arcs", move |key| {
            of_arcs.get(&key).map(|found| Arc::clone(&found)).is_some()
        }),
        Case::new("DashMap of clients", move |key| {
            of_clients.get(&key).map(|found| CartClient::clone(&found)).is_some()
        }),
        Case::new("Registry::get", move |key| registry.get(&key).is_some()),
        Case::new("the same, one partition", move |key| narrow.get(&key).is_some()),
        Case::new("Registry::lookup", move |key| values.lookup(&key).is_some()),
    ];
    for round in 0..=ROUNDS {
        for case in &mut cases {
            let time = case.round();
            if round > 0 {
                case.rounds.push(time);
            }
        }
    }
    println!("{ROUNDS} rounds, {THREADS} threads, {KEYS} servers; a look-up, median (min to max)");
    for case in &cases {
        println!("    {:<24} {}", case.name, Spread::of(case.rounds.clone()));
    }
    let median = |at: usize| Spread::of(cases[at].rounds.clone()).median;
    println!("Registry::get against a DashMap of Arcs     {:.2} x", median(2) / median(0));
    println!("Registry::get against a DashMap of clients  {:.2} x", median(2) / median(1));
}
