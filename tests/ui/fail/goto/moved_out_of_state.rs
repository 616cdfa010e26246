//! Before the commit nothing can be moved out of the state.

use genserver_runtime::prelude::*;

pub struct Pending {
    app: String,
}
pub struct Approved {
    app: String,
}
pub struct Loan;

#[genserver(states(Pending: initial, Approved: terminal))]
impl Loan {
    #[call(Pending => Approved)]
    pub fn approve(&self, st: &Pending) -> Next {
        let app = st.app;
        st.goto(|_| Approved { app })
    }
}

fn main() {}
