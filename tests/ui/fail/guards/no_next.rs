//! Who declares a target goes there.

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
    pub fn first(&self, st: &Pending) {
        let _ = st;
    }

    #[call(Pending => Approved)]
    pub async fn second(&self, st: &Pending) -> Result<u8, String> {
        let _ = st;
        Ok(1)
    }

    #[call(Pending => Approved | Closed)]
    pub fn third(&self) -> u8 {
        1
    }

    #[call(Pending => Active)]
    pub fn fourth(&self) -> u8 {
        1
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
