//! Nothing is kept for a state that does not come.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Rejected;
pub struct Contract;
pub struct Named;

#[genserver(states(Pending: initial, Approved, Disbursed: terminal, Rejected: terminal))]
impl Contract {
    #[call(Pending => Approved, otherwise = postpone)]
    pub fn approve(&self) {}

    #[call(Pending => Rejected)]
    pub fn reject(&self) {}

    #[call(Approved => Disbursed, otherwise = postpone)]
    pub fn disburse(&self) {}
}

#[genserver(states(Pending: initial, Approved, End { Disbursed: terminal, Rejected: terminal }))]
impl Named {
    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Pending => Rejected)]
    pub fn reject(&self) {}

    #[call(Approved => Disbursed, otherwise = postpone(Pending | End))]
    pub fn disburse(&self) {}

    #[info(Approved, otherwise = postpone(Rejected))]
    fn told(&self, _: u8) {}
}

fn main() {}
