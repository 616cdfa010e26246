//! An info is one message, found by its type.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[info]
    fn none(&mut self) {}

    #[info]
    fn two(&mut self, first: u8, second: u8) {
        let _ = (first, second);
    }

    #[info]
    fn first(&mut self, _: u16) {}

    #[info]
    fn second(&mut self, _: u16) {}

    #[info]
    fn converted(&mut self, #[into] text: String) {
        let _ = text;
    }
}

fn main() {}
