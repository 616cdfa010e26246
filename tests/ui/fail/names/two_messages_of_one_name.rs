//! A client has one method a name.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> u8 {
        1
    }

    #[cast(name = get)]
    pub fn set(&mut self) {}
}

fn main() {}
