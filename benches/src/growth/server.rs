//! What there are many of: a server of 8 bytes, and boxes that show what the memory alone costs.

use std::sync::{Mutex, PoisonError};

use genserver_runtime::prelude::*;

/// Counts what it was asked for.
pub struct Counter {
    value: u64,
}

#[genserver]
impl Counter {
    #[call]
    pub fn add(&mut self) -> u64 {
        self.value += 1;
        self.value
    }

    #[call(inline = false)]
    pub fn add_queued(&mut self) -> u64 {
        self.add()
    }

    #[call(inline = false)]
    pub fn add_and_sleep(&mut self, cx: &mut Cx<Self>) -> u64 {
        cx.hibernate();
        self.add()
    }

    #[cast]
    pub fn count(&mut self) {
        self.value += 1;
    }

    #[call]
    pub fn value(&self) -> u64 {
        self.value
    }
}

impl Counter {
    /// Nothing was asked yet.
    pub const fn new() -> Self {
        Self { value: 0 }
    }
}

/// Replies to nobody as long as it lives.
#[derive(Default)]
pub struct Silence {
    owed: Vec<ReplyTo<u64>>,
}

#[genserver]
impl Silence {
    #[call(timeout = "1h")]
    pub fn wait(&mut self, reply: ReplyTo<u64>) {
        self.owed.push(reply);
    }
}

/// As much memory as an idle `Counter` has, in as many pieces, with nothing around it: its place in the
/// list has 24 bytes, as a client has; behind it are a box of 144 bytes, locked and counted in, and from
/// there one of 48 with the state.
pub struct Twin {
    outer: Box<Mutex<Outer>>,
    _rest: [u64; 2],
}

struct Outer {
    inner: Box<[u64; 6]>,
    _between: [u64; 15],
    /// At the other end, as a server's own count is.
    calls: u64,
}

impl Twin {
    pub fn new() -> Self {
        let outer = Outer { inner: Box::default(), _between: [0; 15], calls: 0 };
        Self { outer: Box::new(Mutex::new(outer)), _rest: [0; 2] }
    }

    /// Adds one to both counts, and returns one of them.
    pub fn add(&self) -> u64 {
        let mut outer = self.outer.lock().unwrap_or_else(PoisonError::into_inner);
        outer.calls += 1;
        outer.inner[0] += 1;
        outer.inner[0]
    }

    /// What was added.
    pub fn value(&self) -> u64 {
        self.outer.lock().unwrap_or_else(PoisonError::into_inner).calls
    }
}
