//! Servers are `impl` blocks.

use genserver_runtime::prelude::*;

#[genserver]
pub struct Counter {
    value: u8,
}

fn main() {}
