//! A generated test makes the arguments up.

use genserver_runtime::machine;
use genserver_runtime::prelude::*;

pub struct Money(u64);

pub struct Owing;
pub struct Paid;
pub struct Debt;

#[genserver(states(Owing: initial, Paid: terminal))]
impl Debt {
    #[call(Owing => Paid)]
    pub fn pay(&self, st: &Owing, amount: Money, by: Option<String>) -> Next {
        let _ = (amount.0, by);
        st.goto(|_| Paid)
    }
}

fn main() {
    let _ = machine::conformance::<Debt>();
}
