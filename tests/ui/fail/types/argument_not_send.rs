//! What cannot go to another thread cannot go to a server.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn add(&mut self, by: Rc<u32>) -> u32 {
        *by
    }
}

fn main() {}
