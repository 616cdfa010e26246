//! Methods for one message that do not agree on it.

use genserver_runtime::prelude::*;

pub struct Disbursed;
pub struct Repaying;
pub struct Completed;
pub struct Loan;

#[genserver(states(Disbursed: initial, Repaying, Completed: terminal))]
impl Loan {
    #[call(pay: Disbursed => Repaying, timeout = "1s")]
    pub fn first_payment(&self, amount: u32) -> Result<u64, String> {
        Ok(amount.into())
    }

    #[call(pay: Repaying => Completed, timeout = "2s", priority = high)]
    pub fn next_payment(&self, st: &Repaying, amount: u64, note: String) -> Next<u64> {
        st.goto(|_| Completed).reply(amount)
    }

    #[cfg(all())]
    #[cast(pay: Completed)]
    pub fn late_payment(&self, amount: u32) {
        let _ = amount;
    }
}

fn use_it(client: &LoanClient) {
    drop(client.pay(7));
}

fn main() {}
