//! The state is borrowed until the commit.

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
    pub fn first(&self, st: Pending) -> Next {
        let _ = st;
        unimplemented!()
    }

    #[call(Active => Closed)]
    pub fn second(&self, cx: &mut Cx<Self>, st: Active, _by: u8) -> Result<Next, String> {
        let _ = (cx, st);
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
