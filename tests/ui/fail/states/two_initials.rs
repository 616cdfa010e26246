//! A machine begins in one state.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Approved: initial, Closed: terminal))]
impl Loan {
    #[call(Pending | Approved => Closed)]
    pub fn close(&self) {}
}

fn main() {}
