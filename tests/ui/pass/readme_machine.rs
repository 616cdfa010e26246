//! The machine of the README, as it stands there.
#![cfg_attr(rustfmt, rustfmt_skip)]

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
        Ok(st.goto(|pending| Approved { price: pending.price }))
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

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let contract = Contract::start(100, 50).await.unwrap();
    let refused = contract.disburse().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "cannot `disburse` while Pending; allowed: approve, reject; \
         from Pending: approve, then disburse"
    );
    contract.approve().await.unwrap();
    assert_eq!(contract.disburse().await, Ok(50));
}
