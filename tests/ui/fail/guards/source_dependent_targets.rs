//! One guard a handler, with the same targets for all of its sources.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Closed;
pub struct Loan {
    limit: u64,
}

#[genserver(states(Pending: initial, Approved, Active { Disbursed }, Closed: terminal))]
impl Loan {
    #[call(Pending => Approved, Approved => Closed)]
    pub fn advance(&self) {}

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
