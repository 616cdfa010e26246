//! The contract against its own declaration, and one handler by hand.

use std::sync::Arc;

use genserver_runtime::machine::{self, Source};
use genserver_runtime::prelude::*;

use super::{Approved, Contract, ContractClient, ContractState, SystemTime, Terms};
use crate::payment::{Bank, PaymentError};

fn terms(cost: u64) -> Terms {
    Terms { contract: "contract-1".into(), customer: "customer-2".into(), cost, markup: 10 }
}

fn approved(cost: u64) -> Approved {
    Approved { terms: terms(cost), approved_at: SystemTime::UNIX_EPOCH }
}

#[tokio::test(start_paused = true)]
async fn the_contract_does_what_it_declares() {
    let open = |source: &mut Source| {
        let bank = Bank::default();
        bank.set_down(source.below(8) == 0);
        Contract::start(Arc::new(bank), Arc::default(), terms(source.below(1000)))
    };
    let report = machine::conformance::<Contract>().seed(1447).run(open).await;
    report.assert_clean();
    assert_eq!(report.taken.len(), Contract::GRAPH.edges.len());
}

#[test]
fn a_failed_payment_leaves_the_contract_approved() {
    let bank = Arc::new(Bank::default());
    bank.set_down(true);
    let contract = Contract { payments: bank, store: Arc::default() };
    let (outcome, state) = machine::drive(contract, approved(500)).call(ContractClient::disburse);
    let refused = PaymentError { contract: "contract-1".into(), amount: 500 };
    assert_eq!(outcome, Err(CallError::Reply(refused)));
    assert!(matches!(state, ContractState::Approved(_)));
}
