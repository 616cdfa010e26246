//! A typed registry: servers of one type, each under keys of its own.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;
use std::thread;

use crate::client::Client;
use crate::node::Node;
use crate::place::{Locate, Place};
use crate::registry::entry::{KeyClaim, Wanted};
use crate::registry::table::Table;

mod dispatch;
pub(crate) mod entry;
pub(crate) mod key_lock;
pub(crate) mod kind;
pub(crate) mod listener;
mod meta;
pub(crate) mod owner;
mod start;
pub(crate) mod table;
mod view;

pub use key_lock::KeyGuard;
pub use kind::{DuplicateKeys, Keys, UniqueKeys};
pub use listener::RegistryEvent;
pub use owner::RegisterError;

/// Servers of one type found by key: `K` is the key, `C` the client, `V` what stands beside it, `M`
/// whether a key has one owner or many: see [`DuplicateRegistry`].
///
/// Like a unique `Registry` of Elixir; differs: it is typed, and it holds what is in it. Servers
/// enter it by [`Start::key`](crate::Start::key) and [`Cx::register`](crate::Cx::register), and
/// leave it when they end, before anybody learns of the end. Clones share the entries. Made where
/// it is needed: there is no global one.
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
pub struct Registry<K, C, V = (), M = UniqueKeys> {
    pub(crate) table: Arc<Table<K, V>>,
    marker: PhantomData<fn() -> (C, M)>,
}

/// A registry whose keys have any number of entries, also several of one server: for those who
/// want to hear of something. Made with [`Registry::duplicate`].
///
/// It keeps no server alive. What has no meaning without a single owner does not exist here: a
/// client by key, a start under a key, a new value for the entry.
///
/// Like a duplicate `Registry` of Elixir; differs: in its types.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// use genserver_runtime::DuplicateRegistry;
///
/// type Topics = DuplicateRegistry<&'static str, ReaderClient>;
///
/// struct Reader(u32);
///
/// #[genserver]
/// impl Reader {
///     #[init]
///     fn subscribe(cx: &mut Cx<Self>, topics: Topics) -> Self {
///         cx.register(&topics, "news", ()).expect("it does not end");
///         Self(0)
///     }
///
///     #[cast]
///     fn read(&mut self, pages: u32) {
///         self.0 += pages;
///     }
///
///     #[call]
///     fn pages(&self) -> u32 {
///         self.0
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let topics = Registry::duplicate();
/// let ann = Reader::start(topics.clone()).await?;
/// let bob = Reader::start(topics.clone()).await?;
/// topics.dispatch(&"news", |readers| {
///     for (reader, ()) in readers {
///         let _ = reader.read(2).try_send();
///     }
/// });
/// assert_eq!((ann.pages().await?, bob.pages().await?), (2, 2));
/// ann.stop().await?;
/// assert_eq!(topics.len(), 1);
/// # Ok(()) }
/// ```
pub type DuplicateRegistry<K, C, V = ()> = Registry<K, C, V, DuplicateKeys>;

/// How many partitions a unique registry has of its own accord: several a core, so that two threads
/// seldom meet.
pub(crate) fn partitions_by_default() -> usize {
    4 * thread::available_parallelism().map_or(1, usize::from)
}

impl<K, C> Registry<K, C> {
    /// An empty registry without values.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// let carts: Registry<u64, CartClient> = Registry::new();
    /// assert!(carts.is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::with_values()
    }
}

impl<K, C, V> Registry<K, C, V> {
    /// An empty registry whose entries have values.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts: Registry<u64, CartClient, &str> = Registry::with_values();
    /// let cart = Cart::start(Cart(3)).key_with(&carts, 42, "gift").await?;
    /// assert_eq!(carts.values(&42, &cart), ["gift"]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_values() -> Self {
        Self::with_partitions(partitions_by_default())
    }

    /// An empty registry whose keys are spread over so many partitions: each has a lock of its own.
    /// There are four a core otherwise. Like the option `:partitions`.
    ///
    /// # Panics
    ///
    /// For none.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// let carts: Registry<u64, CartClient> = Registry::with_partitions(64);
    /// assert_eq!(carts.partitions(), 64);
    /// ```
    #[must_use]
    pub fn with_partitions(partitions: usize) -> Self {
        Self { table: Arc::new(Table::new(true, partitions)), marker: PhantomData }
    }
}

impl<K, C, V> DuplicateRegistry<K, C, V> {
    /// An empty registry whose keys have any number of entries, in one partition.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// use genserver_runtime::DuplicateRegistry;
    ///
    /// let carts: DuplicateRegistry<&str, CartClient> = Registry::duplicate();
    /// assert_eq!(carts.partitions(), 1);
    /// ```
    #[must_use]
    pub fn duplicate() -> Self {
        Self::duplicate_with_partitions(1)
    }

    /// The same with so many partitions: servers are spread over them, whatever their keys. Who
    /// looks a key up looks into each of them.
    ///
    /// # Panics
    ///
    /// For none.
    #[must_use]
    pub fn duplicate_with_partitions(partitions: usize) -> Self {
        Self { table: Arc::new(Table::new(false, partitions)), marker: PhantomData }
    }
}

impl<K, C, V> Registry<K, C, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    C: Client,
    V: Send + Sync + 'static,
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
    pub fn client(&self, key: K) -> C {
        let table = Arc::clone(&self.table);
        C::__at(Place::key(Arc::new(ByKey { hash: table.hash(&key), table, key })))
    }

    /// The server that holds the key now, as a strong client. Like `Registry.whereis_name/1`.
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
    pub fn get(&self, key: &K) -> Option<C> {
        let node = self.table.node(self.table.hash(key), key)?;
        Place::strong(node).map(C::__at)
    }

    /// The server that holds the key now, as a strong client, with its value. Like
    /// `Registry.lookup/2`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts: Registry<u64, CartClient, &str> = Registry::with_values();
    /// Cart::start(Cart(3)).key_with(&carts, 42, "gift").await?;
    /// let (cart, kind) = carts.lookup(&42).expect("it runs");
    /// assert_eq!((cart.items().await?, kind), (3, "gift"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn lookup(&self, key: &K) -> Option<(C, V)>
    where
        V: Clone,
    {
        self.table.first(key)?.pair()
    }

    pub(crate) fn claim(&self, key: K, value: V) -> Box<dyn KeyClaim> {
        Box::new(Wanted { table: Arc::clone(&self.table), key, value })
    }
}

impl<K, C, V> DuplicateRegistry<K, C, V>
where
    K: Eq + Hash,
    C: Client,
    V: Clone,
{
    /// The entries of the key: strong clients with their values. Like `Registry.lookup/2`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// use genserver_runtime::DuplicateRegistry;
    ///
    /// let carts: DuplicateRegistry<&str, CartClient> = Registry::duplicate();
    /// assert!(carts.lookup(&"gifts").is_empty());
    /// ```
    #[must_use]
    pub fn lookup(&self, key: &K) -> Vec<(C, V)> {
        self.table.of_key(key).iter().flatten().filter_map(|entry| entry.pair()).collect()
    }
}

impl<K, C, V> Default for Registry<K, C, V> {
    fn default() -> Self {
        Self::with_values()
    }
}

impl<K, C, V, M> Clone for Registry<K, C, V, M> {
    fn clone(&self) -> Self {
        Self { table: Arc::clone(&self.table), marker: PhantomData }
    }
}

impl<K, C, V, M> fmt::Debug for Registry<K, C, V, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("len", &self.len()).finish_non_exhaustive()
    }
}

struct ByKey<K, V> {
    table: Arc<Table<K, V>>,
    key: K,
    hash: u64,
}

impl<K, V> Locate for ByKey<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn locate(&self) -> Option<Arc<dyn Node>> {
        self.table.node(self.hash, &self.key)
    }
}
