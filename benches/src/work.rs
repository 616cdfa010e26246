//! What every server does, whichever library runs it: 8 bytes of state and three handlers.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How many producers there may be.
pub const PRODUCERS: usize = 8;
/// How long the handler of a busy call works.
pub const BUSY: Duration = Duration::from_micros(10);

/// The number of the next cast of each producer. Beside the state, so that this stays at 8 bytes; one
/// server at a time is cast to.
static EXPECTED: [AtomicU32; PRODUCERS] = [const { AtomicU32::new(0) }; PRODUCERS];

/// A cast: who sent it, and how many that one sent before.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub producer: u8,
    pub number: u32,
}

/// Before the first cast to a new server.
pub fn expect_from_zero() {
    for expected in &EXPECTED {
        expected.store(0, Ordering::Relaxed);
    }
}

/// The state of a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    value: u64,
}

impl State {
    /// Nothing was added yet.
    pub const fn new() -> Self {
        Self { value: 0 }
    }

    /// The handler of a call: adds one and returns the new value.
    pub fn add(&mut self) -> u64 {
        self.value += 1;
        self.value
    }

    /// The same, with work to do.
    pub fn add_busily(&mut self) -> u64 {
        let begun = Instant::now();
        while begun.elapsed() < BUSY {
            spin_loop();
        }
        self.add()
    }

    /// The handler of a cast: only one that comes in its producer's order is counted.
    pub fn take(&mut self, sent: Sent) {
        let expected = &EXPECTED[usize::from(sent.producer)];
        if expected.load(Ordering::Relaxed) == sent.number {
            expected.store(sent.number + 1, Ordering::Relaxed);
            self.value += 1;
        }
    }
}
