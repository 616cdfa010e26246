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

    #[every("5s")]
    #[idle("5s")]
    fn tick(&mut self) {}

    #[hibernate]
    #[terminate]
    fn end(&mut self) {}

    #[init]
    #[call]
    pub fn new() -> Self {
        Self
    }
}

fn main() {}
