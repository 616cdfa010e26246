//! A method has one kind.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    #[cast]
    pub fn get(&mut self) {}

    #[info]
    #[info]
    fn told(&mut self, _: u8) {}

    #[init]
    #[call]
    pub fn new() -> Self {
        Self
    }
}

fn main() {}
