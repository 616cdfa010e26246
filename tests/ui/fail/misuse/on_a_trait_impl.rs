//! A trait's methods belong to the trait.

use genserver_runtime::prelude::*;

pub struct Counter;

pub trait Get {
    fn get(&self) -> u8;
}

#[genserver]
impl Get for Counter {
    #[call]
    fn get(&self) -> u8 {
        1
    }
}

fn main() {}
