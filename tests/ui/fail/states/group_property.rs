//! A group is entered and ends in one of its states.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Lost;
pub struct Loan;

#[genserver(states(Pending: initial, End: terminal { Closed, Lost }))]
impl Loan {
    #[call(Pending => End)]
    pub fn close(&self, st: &Pending) -> Next {
        st.goto(|_| Closed)
    }
}

fn main() {}
