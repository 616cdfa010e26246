//! Who a server is.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

/// The identity of one incarnation of a server, unique in the process. Like a pid.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let other = Counter::start(Counter(0)).await?;
/// assert_eq!(counter.id(), counter.clone().id());
/// assert!(counter.id() < other.id()); // in the order of starts
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ServerId(NonZeroU64);

impl ServerId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let next = NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed));
        Self(next.expect("invariant: nobody counts as far as that"))
    }

    /// The number behind the identity: counts up from 1 in the order of starts.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let id = counter.id().expect("it runs");
    /// assert_eq!(id.to_string(), format!("#{}", id.as_u64()));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
