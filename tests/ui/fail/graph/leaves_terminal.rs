//! A terminal state is the end.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Completed;
pub struct Lost;
pub struct Rejected;
pub struct Loan;

#[genserver(states(Pending: initial, Completed: terminal, End { Lost: terminal, Rejected: terminal }))]
impl Loan {
    #[call(Pending => Completed)]
    pub fn complete(&self) {}

    #[call(Pending => Lost)]
    pub fn lose(&self) {}

    #[call(Completed => Rejected)]
    pub fn reject(&self) {}

    #[call(Pending | End => Pending)]
    pub fn reopen(&self) {}
}

fn main() {}
