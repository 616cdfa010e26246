//! Constants in options have types.

use genserver_runtime::prelude::*;

pub struct Counter;

const LIMIT: u64 = 5;

#[genserver(call_timeout = LIMIT)]
impl Counter {
    #[call(timeout = NOWHERE)]
    pub fn get(&self) -> u8 {
        1
    }
}

fn main() {}
