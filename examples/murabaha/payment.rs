//! The external payment system, as the contract sees it.

use std::collections::HashMap;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Pays for assets.
pub trait PaymentSystem: Send + Sync {
    /// Pays `amount` for a contract, once: a disbursement that was paid and could not be saved is asked for
    /// again.
    fn pay_out<'a>(
        &'a self,
        contract: &'a str,
        amount: u64,
    ) -> Pin<Box<dyn Future<Output = Result<(), PaymentError>> + Send + 'a>>;
}

/// Why a payment was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payment system refused {amount} for {contract}")]
pub struct PaymentError {
    /// The contract.
    pub contract: String,
    /// The amount.
    pub amount: u64,
}

/// A payment system that can be told to fail.
#[derive(Debug, Default)]
pub struct Bank {
    down: AtomicBool,
    paid: Mutex<HashMap<String, u64>>,
}

impl Bank {
    /// Makes the next payments fail, or work again.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// What it has paid in all.
    #[cfg(test)]
    pub fn paid(&self) -> u64 {
        self.paid.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    fn pay(&self, contract: &str, amount: u64) -> Result<(), PaymentError> {
        if self.down.load(Ordering::Relaxed) {
            return Err(PaymentError { contract: contract.to_owned(), amount });
        }
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.entry(contract.to_owned()).or_insert(amount);
        Ok(())
    }
}

impl PaymentSystem for Bank {
    fn pay_out<'a>(
        &'a self,
        contract: &'a str,
        amount: u64,
    ) -> Pin<Box<dyn Future<Output = Result<(), PaymentError>> + Send + 'a>> {
        Box::pin(ready(self.pay(contract, amount)))
    }
}
