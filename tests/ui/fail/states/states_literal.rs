//! What `states` takes.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, "Closed", 5))]
impl Loan {
    #[call(Pending => Closed)]
    pub fn close(&self) {}
}

fn main() {}
