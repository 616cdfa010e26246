//! A handler of states that are never reached.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Frozen;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Frozen, Closed: terminal))]
impl Loan {
    #[call(Pending => Closed)]
    pub fn close(&self) {}

    #[call(Frozen)]
    pub fn audit(&self) {}
}

fn main() {}
