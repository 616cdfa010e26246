//! Constants of times have a type, and exist.

use genserver_runtime::prelude::*;

pub struct Counter;

const LIMIT: u64 = 5;

#[genserver(hibernate_after = LIMIT, passivate = Self::NOWHERE)]
impl Counter {
    #[idle(NOWHERE)]
    fn rest(&self) {}

    #[every(LIMIT)]
    fn tick(&self) {}

    #[every(Self::PERIOD)]
    fn tock(&self) {}
}

fn main() {}
