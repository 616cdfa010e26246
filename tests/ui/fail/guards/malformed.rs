//! Guards that are none.

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
    #[call(Pending =>)]
    pub fn a(&self) {}

    #[call(=> Approved)]
    pub fn b(&self) {}

    #[call(Pending => Approved => Closed)]
    pub fn c(&self) {}

    #[call(crate::Pending)]
    pub fn d(&self) {}

    #[call(_ => Closed)]
    pub fn e(&self) {}

    #[call(Pending |)]
    pub fn f(&self) {}

    #[call(Pending -> Closed)]
    pub fn g(&self) {}

    #[call(Pending: Closed)]
    pub fn h(&self) {}

    #[call(Pending => pay: Closed)]
    pub fn i(&self) {}

    #[call("Pending")]
    pub fn j(&self) {}

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
