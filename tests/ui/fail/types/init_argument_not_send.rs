//! What `start` takes travels to the server.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter(u32);

#[genserver]
impl Counter {
    #[init]
    pub fn new(from: Rc<u32>) -> Self {
        Self(*from)
    }

    #[call]
    pub fn get(&self) -> u32 {
        self.0
    }
}

fn main() {}
