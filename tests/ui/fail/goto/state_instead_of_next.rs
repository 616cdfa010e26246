//! A handler returns the transition, not the state.

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
    #[call(Pending => Approved)]
    pub fn first(&self, st: &Pending) -> Next {
        let _ = st;
        Approved
    }

    #[call(Pending => Approved)]
    pub fn second(&self, st: &Pending) -> Result<Next, String> {
        let _ = st;
        Ok(Approved)
    }

    #[call(Pending => Approved)]
    pub fn third(&self, st: &Pending) -> Result<Next, String> {
        st.goto(|_| Approved)
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
