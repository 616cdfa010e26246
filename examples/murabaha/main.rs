//! A financing contract as a state machine: one server per contract, found by its number.
//!
//! The reference run, then each call that its state refuses, then the declared machine. Each transition is
//! saved before its reply, and a contract that starts again goes on where it was: `tests.rs` shows that.

mod contract;
mod payment;
mod store;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;

use contract::{Contract, ContractClient, ContractStateName, Terms};
use genserver_runtime::prelude::*;
use payment::Bank;
use store::Store;

type Contracts = Registry<String, ContractClient>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (bank, store) = (Arc::new(Bank::default()), Arc::new(Store::default()));
    let contracts = Contracts::new();
    for number in ["contract-123", "contract-124"] {
        let terms = Terms {
            contract: number.into(),
            customer: "customer-456".into(),
            cost: 100_000,
            markup: 10_000,
        };
        let contract = Contract::start(bank.clone(), store.clone(), terms)
            .key(&contracts, number.to_owned())
            .await?;
        println!("{number}: total {}", contract.get_state().await?.terms.total());
    }
    reference_run(&contracts, &bank).await?;
    rejection(&contracts).await?;
    show_machine();
    for number in ["contract-123", "contract-124"] {
        contracts.client(number.into()).stop().await?;
    }
    Ok(())
}

/// approve, disburse, 50,000, 60,000; what the state refuses is refused on the way.
async fn reference_run(contracts: &Contracts, bank: &Bank) -> Result<(), Box<dyn Error>> {
    let contract = contracts.client("contract-123".into());
    println!("\n-- the reference run --");
    refused("disburse", contract.disburse().await);
    refused("record_payment", contract.record_payment(1).await);

    let approved = contract.approve().await?;
    println!("approve -> {}, stamped: {}", approved.state, approved.approved_at.is_some());
    refused("approve", contract.approve().await);
    refused("reject", contract.reject("too late").await);

    bank.set_down(true);
    refused("disburse while the bank is down", contract.disburse().await);
    println!("state after the failed disbursement -> {}", contract.state().await?);
    bank.set_down(false);
    contract.disburse().await?;
    println!("disburse -> {}", contract.state().await?);

    for amount in [50_000, 60_000] {
        let left = contract.record_payment(amount).await?;
        println!("pay {amount} -> {}, {left} left", contract.state().await?);
    }
    refused("record_payment", contract.record_payment(1).await);
    let end = contract.get_state().await?;
    println!("{}: {} of {} paid", end.terms.contract, end.paid, end.terms.total());
    Ok(())
}

async fn rejection(contracts: &Contracts) -> Result<(), Box<dyn Error>> {
    let contract = contracts.client("contract-124".into());
    println!("\n-- a rejection --");
    contract.reject("no collateral").await?;
    let end = contract.get_state().await?;
    println!("reject -> {}: {}", end.state, end.reason.unwrap_or_default());
    refused("approve", contract.approve().await);
    Ok(())
}

fn refused<T, E: Display>(call: &str, result: Result<T, E>) {
    match result {
        Ok(_) => println!("{call} -> accepted"),
        Err(error) => println!("{call} -> {error}"),
    }
}

fn show_machine() {
    println!("\n-- the machine --\n{}", Contract::GRAPH.to_mermaid());
    println!("-- what each state allows --");
    for state in Contract::GRAPH.states {
        let name: ContractStateName = state.name.parse().expect("the graph names the states");
        let allowed: Vec<_> = name.allowed().iter().map(ToString::to_string).collect();
        println!(
            "{name}: {}",
            if allowed.is_empty() { "nothing".into() } else { allowed.join(", ") }
        );
    }
    println!();
}
