//! What idle servers cost in resident memory. Each contender has a process of its own, so that nothing
//! else is counted.

use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::contender::Contender;
use crate::contenders::all_contenders;
use crate::options::Options;
use crate::runtime::Flavor;

/// How many servers the short form starts.
pub const SERVERS: usize = 100_000;
/// How many the full form starts besides.
pub const SERVERS_MANY: usize = 1_000_000;

/// What was measured of a contender.
#[derive(Clone, Debug, Serialize)]
pub struct Resident {
    pub contender: &'static str,
    pub servers: usize,
    /// Resident bytes, of all of them.
    pub bytes: u64,
}

impl Resident {
    pub fn each(&self) -> u64 {
        self.bytes / self.servers as u64
    }
}

/// The resident bytes of this process, as Linux tells them.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024)
}

async fn measure<C: Contender>(servers: usize) -> Option<u64> {
    // What all of them share, and the pages of the list of servers, are not counted.
    let first = C::start().await;
    C::call(&first).await;
    let mut started: Vec<Option<C::Server>> = Vec::with_capacity(servers);
    for _ in 0..servers {
        started.push(None);
    }
    let before = resident()?;
    for place in &mut started {
        *place = Some(C::start().await);
    }
    // Their tasks were spawned in this order, so all of them have run when the last one replies.
    let last = started[servers - 1].as_ref().expect("it was started");
    assert_eq!(C::call(last).await, 1);
    let bytes = resident()? - before;
    drop((first, started));
    Some(bytes)
}

async fn print_measured<C: Contender>(servers: usize) -> Duration {
    let begun = Instant::now();
    if let Some(bytes) = measure::<C>(servers).await {
        println!("{bytes}");
    }
    begun.elapsed()
}

/// Measures and prints the bytes: what the process of its own does.
pub fn print(contender: &str, servers: usize) {
    macro_rules! measure_named {
        ($($contender:ty),*) => {
            $(if contender == <$contender>::NAME {
                Flavor::One.run::<$contender>(print_measured::<$contender>(servers));
            })*
        };
    }
    all_contenders!(measure_named);
}

fn in_process(contender: &'static str, servers: usize) -> Option<Resident> {
    let program = env::current_exe().ok()?;
    let output =
        Command::new(program).args(["--resident", contender, &servers.to_string()]).output();
    let printed = String::from_utf8(output.ok()?.stdout).ok()?;
    let bytes = printed.trim().parse().ok()?;
    Some(Resident { contender, servers, bytes })
}

/// All contenders one after another; where the system does not tell, there is nothing.
pub fn measure_all(options: &Options) -> Vec<Resident> {
    macro_rules! names {
        ($($contender:ty),*) => { [$(<$contender>::NAME),*] };
    }
    let names = all_contenders!(names);
    let few = names.into_iter().filter_map(|name| in_process(name, SERVERS));
    // The goal for very many is this project's own; the others are shown in the long form.
    let own = crate::contenders::genserver::Inline::NAME;
    let many = names.into_iter().filter(|name| options.full || *name == own);
    few.chain(many.filter_map(|name| in_process(name, SERVERS_MANY))).collect()
}
