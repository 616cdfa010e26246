//! Measurements; each is a program of its own.

extern crate proc_macro;

mod expansion;

// The macro's own modules: a crate of macros cannot be linked.
#[allow(
    dead_code,
    unexpected_cfgs,
    unused_imports,
    reason = "features of the macro and what only its tests use are not needed"
)]
#[path = "../../genserver-macros/src"]
mod macros {
    pub(crate) mod check;
    pub(crate) mod entry;
    pub(crate) mod errors;
    pub(crate) mod expand;
    pub(crate) mod model;
    pub(crate) mod parse;
    pub(crate) mod reach;
}

use std::time::{Duration, Instant};

pub use crate::expansion::expand_file;
// They find one another at the root.
use crate::macros::{check, errors, expand, model, parse, reach};

/// How many rounds count.
pub const ROUNDS: usize = 9;

/// The time that `work` takes.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let value = work();
    (value, began.elapsed())
}

/// The middle of the rounds, with the least and the most.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Spread {
    /// The median, in nanoseconds.
    pub median: f64,
    /// The least, in nanoseconds.
    pub min: f64,
    /// The most, in nanoseconds.
    pub max: f64,
}

impl Spread {
    /// Of nanoseconds, one a round.
    ///
    /// # Panics
    ///
    /// Without a round.
    #[must_use]
    pub fn of(mut rounds: Vec<f64>) -> Self {
        assert!(!rounds.is_empty(), "nothing was measured");
        rounds.sort_by(f64::total_cmp);
        Self { median: rounds[rounds.len() / 2], min: rounds[0], max: rounds[rounds.len() - 1] }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:7.0} ns ({:.0} to {:.0})", self.median, self.min, self.max)
    }
}

/// Nanoseconds for each of so many.
#[must_use]
pub fn each(time: Duration, count: u32) -> f64 {
    time.as_secs_f64() * 1e9 / f64::from(count)
}
