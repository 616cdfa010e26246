//! The attributes of handlers outside of a server.

use genserver_runtime::prelude::*;

pub struct Counter;

impl Counter {
    #[init]
    pub fn new() -> Self {
        Self
    }

    #[call]
    pub fn get(&self) -> u8 {
        1
    }

    #[cast]
    pub fn set(&mut self) {}

    #[info]
    fn told(&mut self, _: u8) {}

    #[continued]
    fn go_on(&mut self, _: u8) {}

    #[idle("5s")]
    fn rest(&mut self) {}

    #[every("5s")]
    fn tick(&mut self) {}

    #[hibernate]
    fn shrink(&mut self) {}

    #[format_state]
    fn show(&self) -> u8 {
        1
    }

    #[state_timeout(Open, after = "5s")]
    fn late(&mut self) {}

    #[enter(Open)]
    fn entered(&mut self) {}

    #[exit(Open)]
    fn left(&mut self) {}

    #[transition]
    fn moved(&mut self) {}

    #[terminate]
    fn end(&mut self, _: &ExitReason) {}
}

#[call]
fn free() {}

#[cast(unbounded)]
struct Data;

fn main() {}
