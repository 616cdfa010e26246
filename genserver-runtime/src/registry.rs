//! A typed registry: servers of one type, each under a key of its own.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::address::{Locate, Place};
use crate::client::Client;
use crate::id::ServerId;
use crate::inbox::Claim;
use crate::node::Node;

/// Servers of one type found by key: `K` is the key, `C` the client.
///
/// Like a unique `Registry` of Elixir; differs: it is typed, and it holds what is in it. Servers
/// enter it by [`Start::key`](crate::Start::key) and leave it when they end, before anybody learns
/// of the end. Clones share the entries. Made where it is needed: there is no global one.
///
/// The registry keeps its servers alive. When its last clone and the last client by key go, its
/// servers live on for as long as they have clients of their own.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
/// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let carts: Registry<u64, CartClient> = Registry::new();
/// Cart::start(Cart(3)).key(&carts, 42).await?; // the registry keeps it alive
/// assert_eq!(carts.client(42).items().await?, 3);
/// carts.client(42).stop().await?;
/// assert!(carts.is_empty());
/// # Ok(()) }
/// ```
pub struct Registry<K, C> {
    entries: Arc<Entries<K>>,
    client: PhantomData<fn() -> C>,
}

struct Entries<K>(Mutex<HashMap<K, Arc<dyn Node>>>);

impl<K> Drop for Entries<K> {
    fn drop(&mut self) {
        for (_, node) in self.0.get_mut().unwrap_or_else(PoisonError::into_inner).drain() {
            node.release();
        }
    }
}

impl<K> Entries<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<dyn Node>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, C> Registry<K, C> {
    /// An empty registry.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// let carts: Registry<u64, CartClient> = Registry::new();
    /// assert!(carts.is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self { entries: Arc::new(Entries(Mutex::new(HashMap::new()))), client: PhantomData }
    }

    /// How many servers are registered. Like `Registry.count/1`.
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
        self.entries.lock().len()
    }

    /// Whether no server is registered.
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
}

impl<K, C> Registry<K, C>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    /// A client that looks the key up at each use, so that it always reaches the present
    /// incarnation; `NotRunning` while there is none. Like `{:via, Registry, {carts, key}}`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// let ann: CartClient = carts.client("ann");
    /// assert_eq!(ann.items().await, Err(ServerError::NotRunning));
    /// Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert_eq!(ann.items().await?, 3);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn client(&self, key: K) -> C
    where
        C: Client,
    {
        C::__at(Place::key(Arc::new(Keyed { entries: Arc::clone(&self.entries), key })))
    }

    /// The server that holds the key now, as a strong client. Like `Registry.lookup/2`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// let ann = Cart::start(Cart(3)).key(&carts, "ann").await?;
    /// assert_eq!(carts.get(&"ann").expect("it runs").id(), ann.id());
    /// assert!(carts.get(&"bob").is_none());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn get(&self, key: &K) -> Option<C>
    where
        C: Client,
    {
        let node = self.entries.lock().get(key).cloned()?;
        Place::strong(node).map(C::__at)
    }

    /// Whether the key is taken.
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
        self.entries.lock().contains_key(key)
    }

    /// The keys that are taken now, in no order.
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
    pub fn keys(&self) -> Vec<K> {
        self.entries.lock().keys().cloned().collect()
    }

    pub(crate) fn claim(&self, key: K) -> Box<dyn KeyClaim> {
        Box::new(Wanted { entries: Arc::clone(&self.entries), key })
    }
}

impl<K, C> Default for Registry<K, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, C> Clone for Registry<K, C> {
    fn clone(&self) -> Self {
        Self { entries: Arc::clone(&self.entries), client: PhantomData }
    }
}

impl<K, C> fmt::Debug for Registry<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A key that a start wants.
pub(crate) trait KeyClaim: Send {
    /// Gives the key to a server; the server that holds it otherwise.
    fn claim(self: Box<Self>, node: &Arc<dyn Node>) -> Result<Box<dyn Claim>, Arc<dyn Node>>;
}

struct Wanted<K> {
    entries: Arc<Entries<K>>,
    key: K,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> KeyClaim for Wanted<K> {
    fn claim(self: Box<Self>, node: &Arc<dyn Node>) -> Result<Box<dyn Claim>, Arc<dyn Node>> {
        let mut entries = self.entries.lock();
        if let Some(holder) = entries.get(&self.key) {
            return Err(Arc::clone(holder));
        }
        entries.insert(self.key.clone(), Arc::clone(node));
        drop(entries);
        Ok(Box::new(Held { entries: Arc::downgrade(&self.entries), key: self.key, id: node.id() }))
    }
}

/// A key that a server holds; it does not keep the registry.
struct Held<K> {
    entries: Weak<Entries<K>>,
    key: K,
    id: ServerId,
}

impl<K: Eq + Hash + Send + Sync + 'static> Claim for Held<K> {
    fn release(self: Box<Self>) -> Option<Box<dyn Send>> {
        let entries = self.entries.upgrade();
        let released = entries.as_ref().and_then(|entries| {
            let mut entries = entries.lock();
            match entries.get(&self.key) {
                Some(holder) if holder.id() == self.id => entries.remove_entry(&self.key),
                _ => None,
            }
        });
        // Dropped by the caller: keys, servers and the last hold on a registry are the user's.
        Some(Box::new((released, entries, self)))
    }
}

struct Keyed<K> {
    entries: Arc<Entries<K>>,
    key: K,
}

impl<K: Eq + Hash + Send + Sync> Locate for Keyed<K> {
    fn locate(&self) -> Option<Arc<dyn Node>> {
        self.entries.lock().get(&self.key).cloned()
    }
}
