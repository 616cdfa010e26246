//! Servers are `impl` blocks.

use genserver_runtime::prelude::*;

#[genserver]
mod counter {}

fn main() {}
