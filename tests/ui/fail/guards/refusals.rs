//! Refusals that say nothing, or too much.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Closed;
pub struct Loan;

#[genserver(states(Pending: initial, Approved, Closed: terminal))]
impl Loan {
    #[call(Pending => Approved, Approved => !)]
    pub fn approve(&self) {}

    #[cast(Approved, otherwise = ignore, Pending => !)]
    pub fn touch(&self) {}

    #[call(poke: Approved, otherwise = postpone, Closed => !)]
    pub fn poke(&self) {}

    #[call(poke: Closed)]
    pub fn poke_closed(&self) {}

    #[call(Pending => !)]
    pub fn never(&self) {}

    #[call(Approved => Closed | !)]
    pub fn close(&self) {}
}

fn main() {}
