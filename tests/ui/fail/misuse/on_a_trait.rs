//! Servers are `impl` blocks.

use genserver_runtime::prelude::*;

#[genserver]
trait Counter {
    fn get(&self) -> u8;
}

fn main() {}
