//! The machine of the README with the change that it names.

use genserver_runtime::prelude::*;

pub struct Pending { price: u64 }
pub struct Approved { price: u64 }
pub struct Disbursed;
pub struct Rejected { why: String }

/// What all states share.
pub struct Contract { limit: u64 }

#[derive(Debug)]
pub struct OverLimit;

#[genserver(states(Pending: initial, Approved, Disbursed: terminal, Rejected: terminal))]
impl Contract {
    #[init]
    pub fn open(limit: u64, price: u64) -> (Self, Pending) {
        (Self { limit }, Pending { price })
    }

    #[call(Pending => Approved)]
    pub fn approve(&self, st: &Pending) -> Result<Next, OverLimit> {
        if st.price > self.limit {
            return Err(OverLimit); // nothing has moved
        }
        Ok(st.goto(|_| Disbursed))
    }

    #[call(Pending => Rejected)]
    pub fn reject(&self, st: &Pending, #[into] why: String) -> Next {
        st.goto(|_| Rejected { why })
    }

    #[call(Approved => Disbursed)]
    pub fn disburse(&self, st: &Approved) -> Next<u64> {
        st.goto(|_| Disbursed).reply(st.price)
    }
}

fn main() {}
