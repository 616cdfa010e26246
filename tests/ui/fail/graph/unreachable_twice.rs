//! Two parts that cannot be reached are two mistakes.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Frozen;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Approved, Frozen, Closed: terminal))]
impl Loan {
    #[call(Pending => Closed)]
    pub fn close(&self) {}

    #[call(Approved => Closed)]
    pub fn finish(&self) {}

    #[call(Frozen => Closed)]
    pub fn thaw(&self) {}
}

fn main() {}
