//! The reply is what the signature says.

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
    pub fn first(&self, st: &Pending) -> Next<u8> {
        st.goto(|_| Approved).reply("text")
    }

    #[call(Pending => Approved)]
    pub fn second(&self, st: &Pending) -> Next<u8> {
        st.goto(|_| Approved)
    }

    #[call(Pending => Approved)]
    pub fn third(&self, st: &Pending) -> Result<Next, String> {
        Ok(st.goto(|_| Approved).reply(5))
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
