//! Handlers are methods.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub const LIMIT: u8 = 1;

    #[idle("5s")]
    const IDLE: u8 = 1;

    #[call]
    pub fn get(&self) -> u8 {
        Self::LIMIT
    }
}

fn main() {}
