//! What a child costs its supervisor, of few and of many: `cargo bench -p benches --bench supervision`.
//!
//! Rounds of all cases are interleaved, a first round is not counted. What counts is the ratio: to
//! start and to stop a child of 100,000 shall cost at most ten times as much as one of 1,000.
#![allow(missing_docs, reason = "servers of the measurement's own")]

use std::process::Command;
use std::thread::available_parallelism;
use std::time::Instant;

use benches::{Spread, each};
use genserver_runtime::prelude::*;
use genserver_runtime::{Client, DynamicSupervisor};

/// How many children there are, in each case.
const CHILDREN: [u32; 2] = [1_000, 100_000];
/// Rounds that count: fewer than elsewhere, as one lasts for seconds.
const ROUNDS: usize = 5;
/// Rounds of few children are repeated within a round, so that it lasts long enough to be measured.
const REPEATS: [u32; 2] = [20, 1];
/// How much more a child of many may cost.
const RATIO_MAX: f64 = 10.0;

pub struct Cell(u64);

#[genserver]
impl Cell {
    #[call]
    pub fn get(&self) -> u64 {
        self.0
    }
}

/// What is measured, in nanoseconds a child.
#[derive(Clone, Copy, Default)]
struct Times {
    start: f64,
    stop: f64,
}

/// Children with ids, each stopped by its id, the first ones first.
async fn by_id(children: u32) -> Times {
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let ids: Vec<String> = (0..children).map(|number| number.to_string()).collect();
    let began = Instant::now();
    for (number, id) in (0_u64..).zip(&ids) {
        let child = supervisor.start_child(id.as_str(), move || Cell::start(Cell(number)));
        drop(child.await.expect("it starts"));
    }
    let start = each(began.elapsed(), children);
    let began = Instant::now();
    for id in &ids {
        supervisor.terminate_child(id.as_str()).await.expect("it is there");
    }
    Times { start, stop: each(began.elapsed(), children) }
}

/// Children with ids that are given at the start, and stopped with their supervisor.
async fn given(children: u32) -> Times {
    let mut asked = Supervisor::one_for_one();
    for number in 0..u64::from(children) {
        asked = asked.child(number.to_string(), move || Cell::start(Cell(number)));
    }
    let began = Instant::now();
    let supervisor = asked.await.expect("all of them start");
    let start = each(began.elapsed(), children);
    let began = Instant::now();
    supervisor.stop().await.expect("it stops");
    Times { start, stop: each(began.elapsed(), children) }
}

/// Children without ids, stopped all at once.
async fn at_once(children: u32) -> Times {
    let supervisor = DynamicSupervisor::new().await.expect("it starts");
    let began = Instant::now();
    for number in 0..u64::from(children) {
        let child = supervisor.start_child(move || Cell::start(Cell(number)));
        drop(child.await.expect("it starts"));
    }
    let start = each(began.elapsed(), children);
    let began = Instant::now();
    supervisor.stop().await.expect("it stops");
    Times { start, stop: each(began.elapsed(), children) }
}

/// Children without ids, each stopped by its client, the first ones first.
async fn one_by_one(children: u32) -> Times {
    let supervisor = DynamicSupervisor::new().await.expect("it starts");
    let mut clients = Vec::with_capacity(children as usize);
    let began = Instant::now();
    for number in 0..u64::from(children) {
        let child = supervisor.start_child(move || Cell::start(Cell(number)));
        clients.push(child.await.expect("it starts"));
    }
    let start = each(began.elapsed(), children);
    let began = Instant::now();
    for client in &clients {
        supervisor.terminate_child(client).await.expect("it is there");
    }
    Times { start, stop: each(began.elapsed(), children) }
}

const NAMES: [&str; 4] = [
    "Supervisor, start_child, terminate_child",
    "Supervisor, child, stop",
    "DynamicSupervisor, start_child, stop",
    "DynamicSupervisor, start_child, terminate_child",
];

async fn measure_case(case: usize, children: u32) -> Times {
    match case {
        0 => by_id(children).await,
        1 => given(children).await,
        2 => at_once(children).await,
        _ => one_by_one(children).await,
    }
}

/// What was measured of a case with so many children.
#[derive(Clone, Default)]
struct Rounds {
    start: Vec<f64>,
    stop: Vec<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // In a task, as the calls of a program are.
    tokio::spawn(measure()).await.expect("it does not panic");
}

async fn measure() {
    println!("{}", machine());
    let mut rounds = vec![[Rounds::default(), Rounds::default()]; NAMES.len()];
    for round in 0..=ROUNDS {
        for (case, measured) in rounds.iter_mut().enumerate() {
            for (at, rounds) in measured.iter_mut().enumerate() {
                let mut sum = Times::default();
                for _ in 0..REPEATS[at] {
                    let times = measure_case(case, CHILDREN[at]).await;
                    sum.start += times.start / f64::from(REPEATS[at]);
                    sum.stop += times.stop / f64::from(REPEATS[at]);
                }
                if round > 0 {
                    rounds.start.push(sum.start);
                    rounds.stop.push(sum.stop);
                }
            }
        }
    }
    println!("{ROUNDS} rounds; a child, median (min to max)");
    let mut worst = 0.0_f64;
    for (name, [few, many]) in NAMES.iter().zip(&rounds) {
        println!("{name}");
        for (what, few, many) in
            [("start", &few.start, &many.start), ("stop", &few.stop, &many.stop)]
        {
            let [few, many] = [few, many].map(|rounds| Spread::of(rounds.clone()));
            let ratio = many.median / few.median;
            worst = worst.max(ratio);
            let [of_few, of_many] = CHILDREN;
            println!("    {what:<5} of {of_few:>7}  {few}");
            println!("    {what:<5} of {of_many:>7}  {many}, {ratio:.2} x");
        }
    }
    println!("at the most {worst:.2} x, allowed {RATIO_MAX} x");
    assert!(worst <= RATIO_MAX, "a child of many costs {worst:.2} times as much as one of few");
}

/// Where this was measured, with what, and how it is done again.
fn machine() -> String {
    let version = Command::new("rustc").arg("--version").output().ok();
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok());
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!(
        "{} cores of {}; {}; genserver {}\ncargo bench -p benches --bench supervision",
        available_parallelism().map_or(1, usize::from),
        cpu.map_or("an unknown kind", |(_, name)| name),
        version.as_deref().map_or("an unknown rustc", str::trim),
        env!("CARGO_PKG_VERSION"),
    )
}
