//! The attributes of handlers outside of a server.

use genserver_runtime::prelude::*;

pub struct Counter;

impl Counter {
    #[init]
    pub fn new() -> Self {
        Self
    }

    #[call]
    pub fn get(&self) -> u8 {
        1
    }

    #[cast]
    pub fn set(&mut self) {}

    #[info]
    fn told(&mut self, _: u8) {}

    #[terminate]
    fn end(&mut self, _: &ExitReason) {}
}

#[call]
fn free() {}

#[cast(unbounded)]
struct Data;

fn main() {}
