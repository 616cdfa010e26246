//! One error an argument, whatever the kind of the handler.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub async fn first(&mut self, by: Vec<Rc<u32>>, also: *const u8) -> usize {
        let _ = also;
        by.len()
    }

    #[cast]
    pub fn second(&mut self, by: Arc<RefCell<u8>>) {
        let _ = by;
    }

    #[info]
    fn third(&mut self, by: Box<dyn Fn()>) {
        by();
    }

    #[call(blocking)]
    pub fn fourth(&mut self, (by, _): (Rc<u8>, u8)) {
        let _ = by;
    }
}

fn main() {}
