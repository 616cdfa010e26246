//! The contract: a state machine with its data in its states.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::SystemTime;

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

use crate::payment::{PaymentError, PaymentSystem};
use crate::store::{Store, StoreError};

/// What stays the same over the life of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The contract's number.
    pub contract: String,
    /// The customer's number.
    pub customer: String,
    /// What the asset costs.
    pub cost: u64,
    /// The agreed profit.
    pub markup: u64,
}

impl Terms {
    /// What the customer owes in all.
    pub fn total(&self) -> u64 {
        self.cost + self.markup
    }
}

/// A payment of the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The amount.
    pub amount: u64,
    /// When it was recorded.
    pub at: SystemTime,
}

/// Waits for a decision.
#[derive(Serialize, Deserialize)]
pub struct Pending {
    terms: Terms,
}

/// Approved, not paid out.
#[derive(Serialize, Deserialize)]
pub struct Approved {
    terms: Terms,
    approved_at: SystemTime,
}

/// The asset is bought; no payment yet.
#[derive(Serialize, Deserialize)]
pub struct Disbursed {
    terms: Terms,
    approved_at: SystemTime,
    bought_at: SystemTime,
}

/// Payments are coming in.
#[derive(Serialize, Deserialize)]
pub struct Repaying {
    disbursed: Disbursed,
    payments: Vec<Payment>,
}

/// Paid in full.
#[derive(Serialize, Deserialize)]
pub struct Completed {
    repaid: Repaying,
}

/// Turned down.
#[derive(Serialize, Deserialize)]
pub struct Rejected {
    terms: Terms,
    reason: String,
}

/// What a client sees of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The terms.
    pub terms: Terms,
    /// The state's name.
    pub state: ContractStateName,
    /// What was paid so far.
    pub paid: u64,
    /// When it was approved.
    pub approved_at: Option<SystemTime>,
    /// When the asset was paid for.
    pub disbursed_at: Option<SystemTime>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

impl Active {
    fn paid(&self) -> u64 {
        match self {
            Self::Disbursed(_) => 0,
            Self::Repaying(repaying) => repaying.paid(),
        }
    }

    fn terms(&self) -> &Terms {
        match self {
            Self::Disbursed(disbursed) => &disbursed.terms,
            Self::Repaying(repaying) => &repaying.disbursed.terms,
        }
    }

    fn with(self, payment: Payment) -> Repaying {
        match self {
            Self::Disbursed(disbursed) => Repaying { disbursed, payments: vec![payment] },
            Self::Repaying(mut repaying) => {
                repaying.payments.push(payment);
                repaying
            }
        }
    }
}

impl Repaying {
    fn paid(&self) -> u64 {
        self.payments.iter().fold(0, |paid, payment| paid.saturating_add(payment.amount))
    }
}

/// The server: what all states share.
pub struct Contract {
    payments: Arc<dyn PaymentSystem>,
    store: Arc<Store>,
}

#[genserver(
    states(
        Pending: initial,
        Approved,
        Active { Disbursed, Repaying },
        Completed: terminal,
        Rejected: terminal,
    ),
    derive(Serialize, Deserialize),
)]
impl Contract {
    /// Goes on where it was; a contract that is not known yet waits for a decision.
    #[init]
    pub async fn open(
        payments: Arc<dyn PaymentSystem>,
        store: Arc<Store>,
        terms: Terms,
    ) -> Result<(Self, ContractState), StoreError> {
        let saved = store.load(&terms.contract).await?;
        let state = saved.unwrap_or(ContractState::Pending(Pending { terms }));
        Ok((Self { payments, store }, state))
    }

    /// Approves it.
    #[call(Pending => Approved)]
    pub fn approve(&self, st: &Pending) -> Next<Summary> {
        let approved_at = SystemTime::now();
        let summary = Summary {
            approved_at: Some(approved_at),
            ..summary(&st.terms, ContractStateName::Approved)
        };
        st.goto(move |pending| Approved { terms: pending.terms, approved_at }).reply(summary)
    }

    /// Turns it down.
    #[call(Pending => Rejected)]
    pub fn reject(&self, st: &Pending, #[into] reason: String) -> Next {
        st.goto(move |pending| Rejected { terms: pending.terms, reason })
    }

    /// Pays for the asset. When the payment system fails, nothing has changed.
    #[call(Approved => Disbursed)]
    pub async fn disburse(&self, st: &Approved) -> Result<Next, PaymentError> {
        self.payments.pay_out(&st.terms.contract, st.terms.cost).await?;
        let disbursed_at = SystemTime::now();
        Ok(st.goto(move |Approved { terms, approved_at }| Disbursed {
            terms,
            approved_at,
            bought_at: disbursed_at,
        }))
    }

    /// Records a payment; returns what is still owed.
    #[call(Active => Repaying | Completed)]
    pub fn record_payment(&self, st: &Active, amount: u64) -> Next<u64> {
        let payment = Payment { amount, at: SystemTime::now() };
        let left = st.terms().total().saturating_sub(st.paid().saturating_add(amount));
        if left == 0 {
            st.goto(move |active| Completed { repaid: active.with(payment) }).reply(0)
        } else {
            st.goto(move |active| active.with(payment)).reply(left)
        }
    }

    /// What is known of it, in every state.
    #[call]
    pub fn get_state(&self, st: &ContractState) -> Summary {
        match st {
            ContractState::Pending(pending) => summary(&pending.terms, ContractStateName::Pending),
            ContractState::Approved(approved) => Summary {
                approved_at: Some(approved.approved_at),
                ..summary(&approved.terms, ContractStateName::Approved)
            },
            ContractState::Active(Active::Disbursed(disbursed)) => {
                disbursed.summary(ContractStateName::Disbursed)
            }
            ContractState::Active(Active::Repaying(repaying)) => Summary {
                paid: repaying.paid(),
                ..repaying.disbursed.summary(ContractStateName::Repaying)
            },
            ContractState::Completed(completed) => Summary {
                paid: completed.repaid.paid(),
                ..completed.repaid.disbursed.summary(ContractStateName::Completed)
            },
            ContractState::Rejected(rejected) => Summary {
                reason: Some(rejected.reason.clone()),
                ..summary(&rejected.terms, ContractStateName::Rejected)
            },
        }
    }

    /// Before the reply: what a client was told is saved.
    #[transition]
    async fn save(&self, now: &ContractState) -> Result<(), StoreError> {
        self.store.save(&terms(now).contract, now).await
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason, st: Option<&ContractState>) {
        let contract = st.map_or("a contract", |st| &*terms(st).contract);
        println!("{contract} terminates: {reason}");
    }
}

impl Disbursed {
    fn summary(&self, state: ContractStateName) -> Summary {
        Summary {
            approved_at: Some(self.approved_at),
            disbursed_at: Some(self.bought_at),
            ..summary(&self.terms, state)
        }
    }
}

fn terms(st: &ContractState) -> &Terms {
    match st {
        ContractState::Pending(pending) => &pending.terms,
        ContractState::Approved(approved) => &approved.terms,
        ContractState::Active(active) => active.terms(),
        ContractState::Completed(completed) => &completed.repaid.disbursed.terms,
        ContractState::Rejected(rejected) => &rejected.terms,
    }
}

fn summary(terms: &Terms, state: ContractStateName) -> Summary {
    Summary {
        terms: terms.clone(),
        state,
        paid: 0,
        approved_at: None,
        disbursed_at: None,
        reason: None,
    }
}
