//! Attributes of later versions are as unknown as any.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Counter;

#[genserver(states(Pending: initial, Closed: terminal))]
impl Counter {
    #[enter(Closed)]
    fn enter(&mut self) {}

    #[exit(Pending)]
    fn exit(&mut self) {}

    #[state_timeout(Pending, after = "1s" => Closed)]
    fn late(&mut self) {}

    #[transition]
    fn persist(&mut self) {}

    #[call(Pending => Closed)]
    pub fn close(&self) {}
}

fn main() {}
