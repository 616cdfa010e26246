//! A start under a key.

use std::hash::Hash;

use crate::client::Client;
use crate::registry::Registry;
use crate::server::Server;
use crate::start::Start;

impl<S: Server, C, A, E> Start<S, C, A, E> {
    /// Starts it under a key of a registry; the key keeps it alive.
    ///
    /// # Errors
    ///
    /// [`StartError::AlreadyStarted`](crate::StartError::AlreadyStarted) with the holder's
    /// client when the key is taken.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counters: Registry<&str, CounterClient> = Registry::new();
    /// Counter::start(Counter(0)).key(&counters, "hits").await?;
    /// assert_eq!(counters.client("hits").increment().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn key<K>(mut self, registry: &Registry<K, C>, key: K) -> Self
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        C: Client,
    {
        self.key = Some(registry.claim(key, ()));
        self
    }

    /// As [`key`](Start::key), with a value beside it. Like `{:via, Registry, {counters, key, value}}`.
    ///
    /// # Errors
    ///
    /// [`StartError::AlreadyStarted`](crate::StartError::AlreadyStarted) with the holder's
    /// client when the key is taken.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counters: Registry<&str, CounterClient, &str> = Registry::with_values();
    /// Counter::start(Counter(0)).key_with(&counters, "hits", "since noon").await?;
    /// let (hits, since) = counters.lookup(&"hits").expect("it runs");
    /// assert_eq!((hits.increment().await?, since), (1, "since noon"));
    /// # Ok(()) }
    /// ```
    pub fn key_with<K, V>(mut self, registry: &Registry<K, C, V>, key: K, value: V) -> Self
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        C: Client,
        V: Send + Sync + 'static,
    {
        self.key = Some(registry.claim(key, value));
        self
    }
}
