//! Five unrelated mistakes are five errors.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Loan;

#[genserver(mailbx = 8, states(Pending: initial, Closed: terminal))]
impl Loan {
    #[init]
    pub fn open() -> Self {
        Self
    }

    #[call(Pending => Closd)]
    pub fn close(&self) {}

    #[cast(timeout = "1s")]
    pub fn touch(&self) {}

    #[call]
    pub fn name(&self, of: &str) -> String {
        of.to_owned()
    }

    #[call(Pending => Closed)]
    pub fn reject(&self, st: &Pending) -> Next {
        st.goto(|_| Closed)
    }
}

fn main() {}
