//! Two methods for one message that accept the same state.

use genserver_runtime::prelude::*;

pub struct Disbursed;
pub struct Repaying;
pub struct Completed;
pub struct Tick;
pub struct Loan;

#[genserver(states(Active { Disbursed: initial, Repaying }, Completed: terminal))]
impl Loan {
    #[call(pay: Disbursed | Repaying => Repaying)]
    pub fn first_payment(&self) {}

    #[call(pay: Repaying => Completed)]
    pub fn next_payment(&self, st: &Repaying) -> Next {
        st.goto(|_| Completed)
    }

    #[cast(look: Completed)]
    pub fn look_back(&self) {}

    #[cast]
    pub fn look(&self) {}

    #[info(Active)]
    fn on_tick(&self, _: Tick) {}

    #[info(Completed, Disbursed)]
    fn on_last_tick(&self, _: Tick) {}
}

fn main() {}
