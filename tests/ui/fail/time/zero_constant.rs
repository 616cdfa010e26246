//! A constant that is zero is seen when it is compiled.

use std::time::Duration;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    const PERIOD: Duration = Duration::ZERO;

    #[every(Self::PERIOD)]
    fn tick(&self) {}
}

fn main() {
    drop(Counter::start(Counter));
}
