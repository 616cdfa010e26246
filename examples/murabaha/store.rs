//! Where contracts are saved.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::task::yield_now;

use crate::contract::ContractState;

/// Why a contract was not saved or not loaded.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room.
    #[error("the store is full")]
    Full,
    /// What is saved is no contract, or a contract cannot be written down.
    #[error("the contract is not readable")]
    Format(#[from] serde_json::Error),
}

/// A store in place of a disk or a database: it keeps text, and can be told to fail.
#[derive(Default)]
pub struct Store {
    contracts: Mutex<HashMap<String, String>>,
    full: AtomicBool,
}

impl Store {
    /// Saves a contract in place of what was saved of it before.
    pub async fn save(&self, number: &str, state: &ContractState) -> Result<(), StoreError> {
        let text = serde_json::to_string(state)?;
        yield_now().await; // a store takes its time
        if self.full.load(Ordering::Relaxed) {
            return Err(StoreError::Full);
        }
        let mut contracts = self.contracts.lock().unwrap_or_else(PoisonError::into_inner);
        contracts.insert(number.to_owned(), text);
        Ok(())
    }

    /// What was saved last; nothing for a contract that is not known.
    pub async fn load(&self, number: &str) -> Result<Option<ContractState>, StoreError> {
        yield_now().await;
        let contracts = self.contracts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(contracts.get(number).map(|text| serde_json::from_str(text)).transpose()?)
    }

    /// Makes the next saves fail, or work again.
    #[cfg(test)]
    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }
}
