//! Calls of a tracked handle in states that do not allow them.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Approved;
pub struct Disbursed;
pub struct Repaying;
pub struct Completed;
pub struct Rejected;
pub struct Contract;

#[genserver(
    states(
        Pending: initial,
        Approved,
        Active { Disbursed, Repaying },
        Completed: terminal,
        Rejected: terminal
    ),
    tracked
)]
impl Contract {
    #[call(Pending => Approved)]
    pub fn approve(&self, _by: String) -> Result<(), std::fmt::Error> {
        Ok(())
    }

    #[call(Pending => Rejected)]
    pub fn reject(&self) {}

    #[call(Approved => Disbursed)]
    pub fn disburse(&self, st: &Approved) -> Next<u64> {
        st.goto(|_| Disbursed).reply(1)
    }

    #[call(Active => Repaying | Completed)]
    pub fn record_payment(&self, st: &Active, last: u64) -> Next<u64> {
        if last == 0 { st.goto(|_| Completed).reply(0) } else { st.goto(|_| Repaying).reply(1) }
    }

    #[call(Active)]
    pub fn left(&self) -> u64 {
        1
    }
}

pub async fn too_early(contract: ContractTracked<Pending>) {
    let (receipt, contract) = contract.disburse().await.unwrap();
    let (_, _after) = contract.record_payment(receipt, ).await.unwrap();
}

pub async fn too_late() -> Result<(), Box<dyn std::error::Error>> {
    let contract = Contract::start_tracked(Contract, Pending).await?;
    let contract = contract.approve("ann".to_owned()).await?;
    contract.approve("bob".to_owned()).await?;
    Ok(())
}

pub async fn by_reference(contract: &ContractTracked<Approved>) -> u64 {
    contract.left().await.unwrap()
}

fn main() {}
