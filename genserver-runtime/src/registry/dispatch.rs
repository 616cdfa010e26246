//! Something told to everybody under a key.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::Poll;

use crate::client::Client;
use crate::registry::Registry;

impl<K, C, V, M> Registry<K, C, V, M>
where
    K: Eq + Hash + Send + Sync + 'static,
    C: Client,
    V: Clone + Send + Sync + 'static,
{
    /// Gives the closure the entries of a key, once for each partition that has any: strong clients
    /// with their values. Answers how many there were.
    ///
    /// Like `Registry.dispatch/4`. A closure that sends uses `try_send`; one that waits is for
    /// [`dispatch_concurrently`](Registry::dispatch_concurrently).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart {
    /// #     #[call] fn items(&self) -> u32 { self.0 }
    /// #     #[cast] fn add(&mut self, items: u32) { self.0 += items; }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// let ann = Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// let told = carts.dispatch(&"ann", |entries| {
    ///     for (cart, ()) in entries {
    ///         let _ = cart.add(1).try_send();
    ///     }
    /// });
    /// assert_eq!((told, ann.items().await?), (1, 4));
    /// # Ok(()) }
    /// ```
    pub fn dispatch(&self, key: &K, mut tell: impl FnMut(Vec<(C, V)>)) -> usize {
        let mut told = 0;
        for entries in self.parts(key) {
            told += entries.len();
            tell(entries);
        }
        told
    }

    /// As [`dispatch`](Registry::dispatch), with a closure that waits: for all partitions at the
    /// same time, on the task that awaits this. Like `parallel: true`; differs: no process a
    /// partition.
    ///
    /// # Cancel safety
    ///
    /// Dropped, what is not done is dropped with it.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// let told = carts.dispatch_concurrently(&"ann", |entries| async move {
    ///     for (cart, ()) in entries {
    ///         assert_eq!(cart.items().await, Ok(3));
    ///     }
    /// });
    /// assert_eq!(told.await, 1);
    /// # Ok(()) }
    /// ```
    pub async fn dispatch_concurrently<F>(
        &self,
        key: &K,
        mut tell: impl FnMut(Vec<(C, V)>) -> F,
    ) -> usize
    where
        F: Future<Output = ()>,
    {
        let mut told = 0;
        let mut running: Vec<Pin<Box<F>>> = Vec::new();
        for entries in self.parts(key) {
            told += entries.len();
            running.push(Box::pin(tell(entries)));
        }
        std::future::poll_fn(|cx| {
            running.retain_mut(|part| part.as_mut().poll(cx).is_pending());
            if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        told
    }

    /// What there is to tell, by partition.
    fn parts(&self, key: &K) -> impl Iterator<Item = Vec<(C, V)>> + use<K, C, V, M> {
        let parts = self.table.of_key(key).into_iter();
        parts
            .map(|part| part.iter().filter_map(|entry| entry.pair()).collect::<Vec<_>>())
            .filter(|part| !part.is_empty())
    }
}
