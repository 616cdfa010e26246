//! A transition that is not returned is none.

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
    #[call(Pending => Closed)]
    pub fn first(&self, st: &Pending, now: bool) -> Next {
        if now {
            st.goto(|_| Closed);
        }
        st.stay()
    }

    #[call(Pending => Closed)]
    pub async fn second(&self, st: &Pending) -> Result<Next<u8>, String> {
        st.goto_mut(|_, _| Closed).reply(1);
        Err(String::new())
    }

    #[cast(Pending)]
    pub fn third(&self, st: &Pending) {
        st.stay_mut(|_, _| ());
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
