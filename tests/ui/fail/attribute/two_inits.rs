//! A server starts in one way and ends in one way.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[init]
    pub fn new() -> Self {
        Self
    }

    #[init]
    pub fn with(_: u8) -> Self {
        Self
    }

    #[terminate]
    fn end(&mut self, _: &ExitReason) {}

    #[terminate]
    fn close(&mut self, _: &ExitReason) {}
}

fn main() {}
