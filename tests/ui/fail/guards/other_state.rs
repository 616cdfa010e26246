//! The state parameter is the guard's.

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
    #[call(Approved => Disbursed)]
    pub fn first(&self, st: &Pending) -> Next {
        let _ = st;
        unimplemented!()
    }

    #[cast(Active)]
    pub fn second(&mut self, st: &mut Disbursed) {
        let _ = st;
    }

    #[call(Approved => Disbursed)]
    pub fn third(&self, st: &LoanState) -> Next {
        let _ = st;
        unimplemented!()
    }

    #[call(Approved)]
    pub fn fourth(&self, st: &Active) -> u8 {
        let _ = st;
        1
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
