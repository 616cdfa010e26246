//! A transition that the guard does not declare.

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
        st.goto(|_| Disbursed)
    }

    #[call(Pending => Approved | Active)]
    pub async fn second(&self, st: &Pending, end: bool) -> Result<Next<u8>, String> {
        if end {
            return Ok(st.goto_mut(|_, _| Closed).reply(1));
        }
        Ok(st.goto(|_| Approved).reply(2))
    }

    #[cast(Active => Closed)]
    pub fn third(&self, st: &Active) -> Next {
        st.goto(|active| active)
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
