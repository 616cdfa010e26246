//! Servers are `impl` blocks.

use genserver_runtime::prelude::*;

#[genserver]
fn counter() {}

fn main() {}
