//! What is measured of each contender. Each scenario asserts that all of its work was done.

pub mod calls;
pub mod casts;
pub mod crowd;
pub mod life;
pub mod own;

use std::future::Future;
use std::time::Duration;

use crate::contender::Contender;

/// A piece of work that every contender can do.
pub trait Scenario: 'static {
    /// What it is called in the tables and at `--only`.
    const NAME: &'static str;
    /// Whether what is asserted depends on the order of messages.
    const ORDERED: bool = false;
    /// Operations of a round at the most, whatever they cost.
    const OPERATIONS_MAX: u32 = 2_000_000;

    /// The time that so many operations take, in a task of a new runtime.
    fn run<C: Contender>(operations: u32) -> impl Future<Output = Duration> + Send;
}
