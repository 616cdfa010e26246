//! Two methods of one name: rustc's to tell, once for the user's own.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> u8 {
        1
    }

    #[cast]
    pub fn get(&mut self) {}
}

fn main() {}
