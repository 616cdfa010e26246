//! Options that exist, on another kind of method.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[init(timeout = "1s")]
    pub fn new() -> Self {
        Self
    }

    #[cast(timeout = "1s")]
    pub fn set(&mut self) {}

    #[cast(blocking)]
    pub fn heavy(&mut self) {}

    #[cast(in_place)]
    pub fn place(&mut self) {}

    #[call(unbounded)]
    pub fn get(&self) -> u8 {
        1
    }

    #[call(mailbox = 5)]
    pub fn room(&self) -> u8 {
        1
    }

    #[info(name = tick)]
    fn told(&mut self, _: u8) {}

    #[info(unbounded)]
    fn told_more(&mut self, _: u16) {}

    #[call(after = "1s")]
    pub fn after(&self) {}

    #[cast(until = Self::late)]
    pub fn until(&self) {}

    #[idle("1s", otherwise = ignore)]
    fn rest(&mut self) {}

    #[every("1s", otherwise = postpone)]
    fn tick(&mut self) {}

    #[info(state_timeout = "1s")]
    fn told_late(&mut self, _: u32) {}

    #[call = "1s"]
    pub fn valued(&self) {}

    #[call(blocking = true)]
    pub fn flagged(&self) {}

    #[terminate(kill)]
    fn end(&mut self, _: &ExitReason) {}
}

fn main() {}
