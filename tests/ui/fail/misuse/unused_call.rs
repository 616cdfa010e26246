//! A call that nobody awaits, of a handler with `#[must_use]` too.
#![deny(unused_must_use)]

use genserver_runtime::prelude::*;

pub struct Counter(u8);

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> u8 {
        self.0
    }

    #[call]
    #[must_use = "the value before"]
    pub fn swap(&mut self, value: u8) -> u8 {
        std::mem::replace(&mut self.0, value)
    }

    #[cast]
    pub fn reset(&mut self) {
        self.0 = 0;
    }
}

pub async fn run(counter: CounterClient) {
    counter.get();
    counter.swap(1);
    counter.reset();
    Counter::start(Counter(0));
    counter.get().send();
}

fn main() {}
