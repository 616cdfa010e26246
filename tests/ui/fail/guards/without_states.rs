//! A guard needs states.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Pending)]
    pub fn get(&self) -> u8 {
        1
    }
}

fn main() {}
