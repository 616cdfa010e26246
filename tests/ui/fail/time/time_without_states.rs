//! A server without states has nothing to guard.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[idle("5s", Open => Closed)]
    fn rest(&self) {}
}

fn main() {}
