//! A machine begins somewhere.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending, Closed: terminal))]
impl Loan {
    #[call(Pending => Closed)]
    pub fn close(&self) {}
}

fn main() {}
