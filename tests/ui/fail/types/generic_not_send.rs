//! A parameter that is not said to be `Send`.

use genserver_runtime::prelude::*;

pub struct Cell<T>(T);
pub struct Slot<T>(T);

#[genserver]
impl<T> Cell<T> {
    #[call]
    pub fn swap(&mut self, value: T) -> T {
        std::mem::replace(&mut self.0, value)
    }
}

#[genserver]
impl<T: Send> Slot<T> {
    #[cast]
    pub fn set(&mut self, value: T) {
        self.0 = value;
    }
}

fn main() {}
