//! Only the first state of what cannot be reached is told.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Repaying;
pub struct Completed;
pub struct Rejected;
pub struct Loan;

#[genserver(states(Pending: initial, Approved, Disbursed, Repaying, Completed: terminal, Rejected: terminal))]
impl Loan {
    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Pending | Approved => Rejected)]
    pub fn reject(&self) {}

    #[call(Disbursed => Repaying)]
    pub fn pay(&self) {}

    #[call(Repaying => Completed)]
    pub fn finish(&self) {}
}

fn main() {}
