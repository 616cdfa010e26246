//! Replies travel too.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> Rc<u32> {
        Rc::new(1)
    }
}

fn main() {}
