//! A circle beside a declared end.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Disbursed;
pub struct Repaying;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Active { Disbursed, Repaying }, Closed: terminal))]
impl Loan {
    #[call(Pending => Closed)]
    pub fn close(&self) {}

    #[call(Pending => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Disbursed => Repaying)]
    pub fn pay(&self) {}

    #[call(Repaying => Disbursed)]
    pub fn again(&self) {}
}

fn main() {}
