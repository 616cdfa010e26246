//! Every message in every state: handled, or refused by name.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Repaying;
pub struct Closed;
pub struct Tick;
pub struct Loan;

#[genserver(states(Pending: initial, Active { Approved, Repaying }, Closed: terminal, exhaustive))]
impl Loan {
    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(pay: Approved => Repaying, Pending => !)]
    pub fn pay_first(&self) {}

    #[call(pay: Repaying => Closed)]
    pub fn pay_last(&self) {}

    #[info(Approved)]
    fn on_tick(&self, _: Tick) {}

    #[call]
    pub fn look(&self) {}
}

fn main() {}
