//! A handler borrows the server for one message.

use std::sync::Arc;

use genserver_runtime::prelude::*;

pub struct Store;

#[genserver]
impl Store {
    #[call]
    pub fn free(value: u8) -> u8 {
        value
    }

    #[call]
    pub fn taken(self) -> u8 {
        1
    }

    #[call]
    pub fn taken_mut(mut self) -> u8 {
        self = Self;
        1
    }

    #[cast]
    pub fn boxed(self: Box<Self>) {}

    #[cast]
    pub fn shared(self: &Arc<Self>) {}

    #[info]
    fn forever(&'static self, _: u8) {}

    #[call]
    pub fn typed(self: &Self) -> u8 {
        1
    }
}

fn main() {}
