//! A slip in the state parameter is told as one.

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
    #[call(Approved)]
    pub fn limit(&self, st: &Aproved) -> u64 {
        let _ = st;
        self.limit
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
