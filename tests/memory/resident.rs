//! What an idle server costs in resident memory: a process of its own, so that nothing else is
//! counted.
#![allow(missing_docs, reason = "a server of the test's own")]

use genserver_runtime::prelude::*;

const SERVERS: usize = 100_000;
const BYTES_MAX: usize = 208 + LISTED_MAX;
/// What its place in the list of live servers may cost.
const LISTED_MAX: usize = if cfg!(feature = "introspection") { 32 } else { 0 };

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

#[tokio::test]
async fn an_idle_server_of_eight_bytes_is_small() {
    // The list of clients is the test's own: its pages are touched before.
    let mut clients = Vec::with_capacity(SERVERS);
    for _ in 0..SERVERS {
        clients.push(None);
    }
    clients[0] = Some(Cell::start(0).await.expect("starts"));
    let Some(before) = resident() else {
        println!("this system does not tell: nothing measured");
        return;
    };
    for (value, client) in clients.iter_mut().enumerate().skip(1) {
        *client = Some(Cell::start(value as u64).await.expect("starts"));
    }
    let after = resident().expect("told before");
    let each = (after - before) / (SERVERS - 1);
    println!("{each} resident bytes an idle server");
    assert!(each <= BYTES_MAX, "{each} resident bytes an idle server, at most {BYTES_MAX} allowed");
    let last = clients[SERVERS - 1].as_ref().expect("started");
    assert_eq!(last.get().await, Ok(SERVERS as u64 - 1));
}
