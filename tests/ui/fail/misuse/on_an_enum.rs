//! Servers are `impl` blocks.

use genserver_runtime::prelude::*;

#[genserver]
pub enum Counter {
    Zero,
}

fn main() {}
