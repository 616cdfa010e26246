//! A state is `initial`, `terminal`, or neither.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Lost;
pub struct Loan;

#[genserver(states(Pending: intial, Closed: final, Lost: terminal + terminal))]
impl Loan {
    #[call(Pending => Closed | Lost)]
    pub fn close(&self, st: &Pending) -> Next {
        st.goto(|_| Closed)
    }
}

fn main() {}
