//! An `async fn` holds its `&self`, whether it waits or not.

use std::cell::RefCell;

use genserver_runtime::prelude::*;

pub struct Counter(RefCell<u32>);

#[genserver]
impl Counter {
    #[call]
    pub async fn get(&self) -> u32 {
        *self.0.borrow()
    }
}

fn main() {}
