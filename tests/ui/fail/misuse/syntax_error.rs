//! What is no Rust is rustc's to tell, once.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> u8 {
        let value = ;
        1
    }
}

fn main() {}
