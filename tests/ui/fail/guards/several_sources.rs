//! A state parameter under several sources.

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
    #[call(Pending | Approved => Closed)]
    pub fn first(&self, st: &Pending) -> Next {
        st.goto(|_| Closed)
    }

    #[call(Pending => Closed, Approved => Closed)]
    pub fn second(&self, st: &mut Approved) {
        let _ = st;
    }

    #[call(Pending | Approved)]
    pub fn third(&self, st: &mut LoanState) -> u8 {
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
