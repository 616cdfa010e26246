//! A machine in which every message has its answer in every state.
#![deny(warnings, missing_docs)]

use genserver_runtime::prelude::*;

struct Pending;
struct Approved;
struct Repaying;
struct Closed;
struct Tick;

/// Money that is lent.
pub struct Loan;

#[genserver(states(Pending: initial, Active { Approved, Repaying }, Closed: terminal, exhaustive))]
impl Loan {
    /// Approves it.
    #[call(Pending => Approved, Active => !)]
    pub fn approve(&self) {}

    #[call(pay: Approved => Repaying, Pending => !)]
    fn pay_first(&self) {}

    #[call(pay: Repaying => Closed, Closed => !)]
    fn pay_last(&self) {}

    // Not by name, but of this message alone.
    #[cast(Repaying, otherwise = ignore)]
    fn remind(&self) {}

    #[info(Active, Pending => !)]
    fn on_tick(&self, _: Tick) {}

    // Time sends nothing elsewhere.
    #[every("1h", Active)]
    fn look(&self) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let loan = Loan::start(Loan, Pending).await.unwrap();
    assert_eq!(
        loan.pay().await.unwrap_err().to_string(),
        "cannot `pay` while Pending; allowed: approve; from Pending: approve, then pay"
    );
    loan.approve().await.unwrap();
    loan.pay().await.unwrap();
    loan.pay().await.unwrap();
    assert_eq!(loan.state().await.unwrap(), LoanStateName::Closed);
}
