//! A message is one type, so a handler has no parameters of its own.

use genserver_runtime::prelude::*;

pub struct Store;

#[genserver]
impl Store {
    #[call]
    pub fn put<T: Send + 'static>(&mut self, value: T) -> T {
        value
    }

    #[call]
    pub fn fill<const N: usize>(&mut self, with: [u8; N]) -> usize {
        with.len()
    }

    #[cast]
    pub fn borrow<'a>(&'a mut self, of: u8) {
        let _ = of;
    }

    #[call]
    pub fn bound(&self) -> u8
    where
        String: Clone,
    {
        1
    }

    #[init]
    pub fn new<T>(value: T) -> Self {
        let _ = value;
        Self
    }
}

fn main() {}
