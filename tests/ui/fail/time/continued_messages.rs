//! A `continued` method is found by the type of its one message.

use genserver_runtime::prelude::*;

pub struct Index;

#[genserver]
impl Index {
    #[init]
    pub fn new(_: &mut Cx<Self>) -> Self {
        Self
    }

    #[continued]
    fn none(&mut self) {}

    #[continued]
    fn two(&mut self, _: u8, _: u16) {}

    #[continued]
    fn first(&mut self, _: u32) {}

    #[continued]
    fn second(&mut self, _: u32) {}

    #[continued]
    fn convert(&mut self, #[into] text: String) {
        let _ = text;
    }

    #[continued]
    fn value(&mut self, _: u64) -> u64 {
        1
    }
}

fn main() {}
