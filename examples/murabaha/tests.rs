//! What is saved when, and where a contract goes on.

use std::error::Error;
use std::sync::Arc;

use genserver_runtime::prelude::*;

use crate::contract::{Contract, ContractClient, ContractStateName, Terms};
use crate::payment::Bank;
use crate::store::Store;

type Done = Result<(), Box<dyn Error>>;

/// The same start, whether it is the first one or not: as a supervisor would do it.
async fn open(bank: &Arc<Bank>, store: &Arc<Store>) -> Result<ContractClient, Box<dyn Error>> {
    let terms = Terms {
        contract: "contract-123".into(),
        customer: "customer-456".into(),
        cost: 100_000,
        markup: 10_000,
    };
    Ok(Contract::start(bank.clone(), store.clone(), terms).await?)
}

#[tokio::test]
async fn a_restarted_contract_goes_on_where_it_was() -> Done {
    let (bank, store) = (Arc::default(), Arc::default());
    let mut contract = open(&bank, &store).await?;
    let before = contract.approve().await?;
    for (amount, state) in [
        (None, ContractStateName::Disbursed),
        (Some(50_000), ContractStateName::Repaying),
        (Some(60_000), ContractStateName::Completed),
    ] {
        contract.kill().await?; // no clean-up runs
        contract = open(&bank, &store).await?;
        match amount {
            None => contract.disburse().await?,
            Some(amount) => drop(contract.record_payment(amount).await?),
        }
        assert_eq!(contract.state().await?, state);
    }
    contract.stop().await?;
    let end = open(&bank, &store).await?.get_state().await?;
    assert_eq!((end.state, end.paid), (ContractStateName::Completed, 110_000));
    assert_eq!(end.approved_at, before.approved_at);
    Ok(())
}

#[tokio::test]
async fn a_transition_that_is_not_saved_is_told_to_nobody_and_has_not_happened() -> Done {
    let (bank, store): (Arc<Bank>, Arc<Store>) = (Arc::default(), Arc::default());
    let contract = open(&bank, &store).await?;
    contract.approve().await?;
    store.set_full(true);
    match contract.disburse().await {
        Err(CallError::Server(ServerError::Exit(reason))) => {
            assert_eq!(reason.to_string(), "the store is full");
        }
        other => panic!("it is not saved: {other:?}"),
    }
    assert!(!contract.is_running());

    store.set_full(false);
    let contract = open(&bank, &store).await?;
    assert_eq!(contract.state().await?, ContractStateName::Approved);
    // The bank was asked before the crash: it pays once for a contract.
    contract.disburse().await?;
    assert_eq!(bank.paid(), 100_000);
    Ok(())
}

#[tokio::test]
async fn what_is_refused_saves_nothing() -> Done {
    let (bank, store): (Arc<Bank>, Arc<Store>) = (Arc::default(), Arc::default());
    let contract = open(&bank, &store).await?;
    contract.approve().await?;
    store.set_full(true);
    bank.set_down(true);
    assert!(matches!(contract.disburse().await, Err(CallError::Reply(_))));
    assert!(contract.reject("too late").await.is_err());
    assert_eq!(contract.state().await?, ContractStateName::Approved);
    Ok(())
}
