//! The parameter of a handler with several sources.

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
    // The name of another one, with a transition in the body.
    #[call(Pending | Approved => Closed)]
    pub fn first(&self, st: LoanFristFrom<'_>) -> Next {
        match st {
            LoanFristFrom::Pending(at) => at.goto(|_| Closed),
            LoanFristFrom::Approved(at) => at.stay(),
        }
    }

    #[call(Pending)]
    pub fn second(&self, st: LoanSecondFrom<'_>) -> u8 {
        let LoanSecondFrom::Pending(_) = st;
        1
    }

    #[call]
    pub fn third(&self, st: LoanThirdFrom<'_>) {}

    #[call(Pending => Closed, Approved)]
    pub fn fourth(&self, st: &LoanFourthFrom<'_>) -> Next {
        match st {
            LoanFourthFrom::Pending(at) => at.goto(|_| Closed),
            LoanFourthFrom::Approved(at) => at.stay(),
        }
    }

    #[call(end: Pending => Closed, Approved => Closed)]
    pub fn fifth(&self, st: &LoanState) -> Next {
        loop {}
    }

    #[call(Pending => Approved)]
    pub fn approve(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self) {}

    #[call(Pending | Approved | Active => Closed)]
    pub fn close(&self) {}
}

fn main() {}
