//! What an idle server costs in resident memory: a process of its own, so that nothing else is
//! counted.
#![allow(missing_docs, reason = "a server of the test's own")]

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildSpec, DynamicSupervisor, Restart};

const SERVERS: usize = 100_000;
const BYTES_MAX: usize = 208 + LISTED_MAX;
/// What its place in the list of live servers may cost.
const LISTED_MAX: usize = if cfg!(feature = "introspection") { 32 } else { 0 };

/// What a supervisor may keep of a child, and the child of its supervisor.
const SUPERVISED_MAX: usize = 200;

/// A server of 8 bytes.
pub struct Cell {
    value: u64,
}

#[genserver]
impl Cell {
    #[init]
    pub fn new(value: u64) -> Self {
        Self { value }
    }

    #[call]
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// The resident bytes of this process, as Linux tells them.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    // The page size of every Linux that this runs on; a larger one would only hide memory.
    Some(pages * 4096)
}

/// The resident bytes that each of so many servers takes which `start` starts; the first one, with what
/// all of them share, is not counted.
async fn each(mut start: impl AsyncFnMut(u64)) -> Option<usize> {
    start(0).await;
    let before = resident()?;
    for value in 1..SERVERS as u64 {
        start(value).await;
    }
    Some((resident()? - before) / (SERVERS - 1))
}

/// What a server takes under a dynamic supervisor, which is given back so that it lives on.
async fn each_supervised(restart: Restart) -> Option<(usize, DynamicSupervisor)> {
    let supervisor = DynamicSupervisor::new().await.expect("it starts");
    let taken = each(async |_| {
        // What a start closure has captured is its user's: this one has nothing.
        let spec = ChildSpec::dynamic(|| Cell::start(7)).restart(restart);
        drop(supervisor.start(spec).await.expect("it starts"));
    });
    let taken = taken.await?;
    Some((taken, supervisor))
}

/// One test, as there is one process whose memory is measured.
#[tokio::test]
async fn an_idle_server_of_eight_bytes_is_small_alone_and_under_a_supervisor() {
    // The list of clients is the test's own: its pages are touched before.
    let mut clients = Vec::with_capacity(SERVERS);
    for _ in 0..SERVERS {
        clients.push(None);
    }
    let taken = each(async |value| {
        let place = &mut clients[usize::try_from(value).expect("it is small")];
        *place = Some(Cell::start(value).await.expect("starts"));
    });
    let Some(bare) = taken.await else {
        println!("this system does not tell: nothing measured");
        return;
    };
    println!("{bare} resident bytes an idle server");
    assert!(bare <= BYTES_MAX, "{bare} resident bytes an idle server, at most {BYTES_MAX} allowed");
    let last = clients[SERVERS - 1].as_ref().expect("started");
    assert_eq!(last.get().await, Ok(SERVERS as u64 - 1));

    // What was started before stays, so that none of its memory is used again.
    let mut supervisors = Vec::new();
    for restart in [Restart::Permanent, Restart::Temporary] {
        let (taken, supervisor) = each_supervised(restart).await.expect("told before");
        let more = taken.saturating_sub(bare);
        println!("{more} resident bytes more for a {restart} child");
        assert!(more <= SUPERVISED_MAX, "{more} bytes more, at most {SUPERVISED_MAX} allowed");
        assert_eq!(supervisor.count_children().await.map(|counts| counts.active), Ok(SERVERS));
        supervisors.push(supervisor);
    }
}
