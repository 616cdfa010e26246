//! What can be read of any registry: each reader sees what stands there in the moment.

use std::any::Any;
use std::hash::Hash;
use std::sync::Arc;

use crate::client::Client;
use crate::registry::Registry;
use crate::registry::entry::Entry;

impl<K, C, V, M> Registry<K, C, V, M> {
    /// How many entries there are. Like `Registry.count/1`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert_eq!(carts.len(), 1);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is no entry.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// let ann = Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert!(!carts.is_empty());
    /// ann.stop().await?;
    /// assert!(carts.is_empty());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many partitions it has: see [`with_partitions`](Registry::with_partitions).
    #[must_use]
    pub fn partitions(&self) -> usize {
        self.table.partitions()
    }
}

impl<K, C, V, M> Registry<K, C, V, M>
where
    K: Eq + Hash + Send + Sync + 'static,
    C: Client,
    V: Send + Sync + 'static,
{
    /// Whether a server that runs has the key.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert!(carts.contains(&"ann") && !carts.contains(&"bob"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.of_key(key).any(|_| true)
    }

    /// The keys of all entries, in no order.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert_eq!(carts.keys(), ["ann"]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn keys(&self) -> Vec<K>
    where
        K: Clone,
    {
        self.all().map(|entry| entry.key.clone()).collect()
    }

    /// The keys of one server, in the order in which it got them; with duplicate keys each as often
    /// as it has it. Like `Registry.keys/2`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// let ann = Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert_eq!(carts.keys_of(&ann), ["ann"]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn keys_of(&self, owner: &C) -> Vec<K>
    where
        K: Clone,
    {
        let claims = owner.__address().node().map(|node| node.claims()).unwrap_or_default();
        let mine = claims.into_iter().filter_map(|claim| {
            let any: Arc<dyn Any + Send + Sync> = claim;
            any.downcast::<Entry<K, V>>().ok().filter(|entry| entry.is_in(&self.table))
        });
        mine.map(|entry| entry.key.clone()).collect()
    }

    /// The values that one server has under a key. Like `Registry.values/3`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts: Registry<&str, CartClient, u32> = Registry::with_values();
    /// let ann = Cart::start(Cart(3)).key_with(&carts, "ann", 7).await?;
    /// assert_eq!(carts.values(&"ann", &ann), [7]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn values(&self, key: &K, owner: &C) -> Vec<V>
    where
        V: Clone,
    {
        let id = owner.id();
        let mine = self.of_key(key).filter(|entry| Some(entry.node.id()) == id);
        mine.map(|entry| V::clone(&entry.value())).collect()
    }

    /// The entries of a key whose value is wanted, as strong clients with their values. Like
    /// `Registry.match/4`; differs: a closure in place of a pattern.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts: Registry<&str, CartClient, u32> = Registry::with_values();
    /// Cart::start(Cart(3)).key_with(&carts, "ann", 7).await?;
    /// assert_eq!(carts.matching(&"ann", |value| *value > 5).len(), 1);
    /// assert_eq!(carts.count_matching(&"ann", |value| *value > 9), 0);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn matching(&self, key: &K, mut wanted: impl FnMut(&V) -> bool) -> Vec<(C, V)>
    where
        V: Clone,
    {
        self.of_key(key).filter(|entry| wanted(&entry.value())).filter_map(|e| e.pair()).collect()
    }

    /// How many entries of a key have a value that is wanted. Like `Registry.count_match/4`; see
    /// [`matching`](Registry::matching).
    #[must_use]
    pub fn count_matching(&self, key: &K, mut wanted: impl FnMut(&V) -> bool) -> usize {
        self.of_key(key).filter(|entry| wanted(&entry.value())).count()
    }

    /// What the closure makes of those entries that it wants: of key, owner and value. Like
    /// `Registry.select/2`; differs: a closure in place of a match specification.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts: Registry<&str, CartClient, u32> = Registry::with_values();
    /// Cart::start(Cart(3)).key_with(&carts, "ann", 7).await?;
    /// Cart::start(Cart(3)).key_with(&carts, "bob", 2).await?;
    /// assert_eq!(carts.select(|key, _, value| (*value > 5).then_some(*key)), ["ann"]);
    /// assert_eq!(carts.count_selected(|_, value| *value > 1), 2);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn select<T>(&self, mut select: impl FnMut(&K, &C, &V) -> Option<T>) -> Vec<T> {
        let selected = self.all().filter_map(|entry| {
            let owner = entry.owner()?;
            select(&entry.key, &owner, &entry.value())
        });
        selected.collect()
    }

    /// How many entries are wanted. Like `Registry.count_select/2`; see
    /// [`select`](Registry::select).
    #[must_use]
    pub fn count_selected(&self, mut wanted: impl FnMut(&K, &V) -> bool) -> usize {
        self.all().filter(|entry| wanted(&entry.key, &entry.value())).count()
    }

    /// All entries of owners that run.
    fn all(&self) -> impl Iterator<Item = Arc<Entry<K, V>>> {
        self.table.all().filter(|entry| entry.node.is_running())
    }

    /// The entries of a key of owners that run.
    fn of_key(&self, key: &K) -> impl Iterator<Item = Arc<Entry<K, V>>> + use<K, C, V, M> {
        self.table.of_key(key).into_iter().flatten().filter(|entry| entry.node.is_running())
    }
}
