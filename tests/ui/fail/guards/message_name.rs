//! The name of the message in front of a guard.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Closed;
pub struct Loan {
    limit: u64,
}

#[genserver(states(Pending: initial, Approved, Closed: terminal))]
impl Loan {
    #[call(go: Pending => Approved, name = go)]
    pub fn a(&self) {}

    #[call(Pending, end: Approved)]
    pub fn b(&self) {}

    #[call(look:)]
    pub fn c(&self) {}

    #[info(tick: Pending)]
    pub fn d(&self, _: u8) {}

    #[call(Pending | Approved => Closed)]
    pub fn close(&self) {}
}

fn main() {}
