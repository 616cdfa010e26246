//! The external payment system, as the contract sees it.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pays for assets.
pub trait PaymentSystem: Send + Sync {
    /// Pays `amount` for a contract.
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
}

impl Bank {
    /// Makes the next payments fail, or work again.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }
}

impl PaymentSystem for Bank {
    fn pay_out<'a>(
        &'a self,
        contract: &'a str,
        amount: u64,
    ) -> Pin<Box<dyn Future<Output = Result<(), PaymentError>> + Send + 'a>> {
        Box::pin(ready(if self.down.load(Ordering::Relaxed) {
            Err(PaymentError { contract: contract.to_owned(), amount })
        } else {
            Ok(())
        }))
    }
}
