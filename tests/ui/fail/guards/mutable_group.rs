//! Behind `&mut` to an enum another state could be written.

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
    #[call(Active)]
    pub fn first(&mut self, st: &mut Active) {
        let _ = st;
    }

    #[cast]
    pub fn second(&mut self, st: &mut LoanState) {
        *st = LoanState::Pending(Pending);
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
