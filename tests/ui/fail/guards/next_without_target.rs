//! Who returns a `Next` declares where it leads.

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
    #[call(Pending)]
    pub fn balance(&self, st: &Pending) -> Next<u64> {
        st.stay().reply(self.limit)
    }

    #[call]
    pub fn every(&self, st: &LoanState) -> Result<Next, String> {
        let _ = st;
        Err(String::new())
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
