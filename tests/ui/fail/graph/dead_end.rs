//! A state that cannot be left is terminal, or lacks a handler.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Rejected;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Approved, Rejected, Closed: terminal))]
impl Loan {
    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Pending => Rejected)]
    pub fn reject(&self) {}

    #[call(Approved => Closed)]
    pub fn close(&self) {}

    #[call(Rejected => Rejected)]
    pub fn retry(&self) {}
}

fn main() {}
