//! A step outside of a server.

use genserver_runtime::prelude::*;

#[code_change(from = 1)]
fn v1(old: u8) -> u16 {
    old.into()
}

fn main() {}
