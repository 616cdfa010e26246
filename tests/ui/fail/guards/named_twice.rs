//! A state stands once among the sources and once among the targets.

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
    #[call(Pending | Pending => Closed)]
    pub fn a(&self) {}

    #[call(Pending => Closed | Closed)]
    pub fn b(&self, st: &Pending) -> Next {
        st.goto(|_| Closed)
    }

    #[call(Active | Disbursed => Closed)]
    pub fn c(&self) {}

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
