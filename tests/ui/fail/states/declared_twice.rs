//! A name stands for one state or one group.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Closed;
pub struct Loan;

#[genserver(states(
    Pending: initial,
    Approved,
    Active { Disbursed, Approved },
    Disbursed { Pending },
    Closed: terminal,
    Active { Closed },
))]
impl Loan {
    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Disbursed => Closed)]
    pub fn close(&self) {}
}

fn main() {}
