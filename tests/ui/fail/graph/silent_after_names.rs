//! After an unknown name the graph is not blamed for it.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Approved, Disbursed, Closed: terminal))]
impl Loan {
    #[call(Pending => Aproved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Disbursed => Closed)]
    pub fn close(&self) {}
}

fn main() {}
