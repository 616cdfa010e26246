//! A guard names declared states.

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
    #[call(Pending => Aproved)]
    pub fn approve(&self, st: &Pending) -> Next {
        st.goto(|_| Approved)
    }

    #[call(Approvd => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Approved => Elsewhere)]
    pub fn leave(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
