//! One server under one key, and the claim that the server has to it.

use std::hash::Hash;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::client::Client;
use crate::inbox::Claim;
use crate::node::Node;
use crate::place::Place;
use crate::registry::table::Table;

/// It is shared by the table and by the server, whose claim it is.
pub(crate) struct Entry<K, V> {
    pub(crate) key: K,
    pub(crate) hash: u64,
    /// Tells it from all others of its table.
    pub(crate) number: u64,
    pub(crate) node: Arc<dyn Node>,
    /// Shared, so that nobody clones the user's value under a lock.
    value: Mutex<Arc<V>>,
    table: Weak<Table<K, V>>,
    holds: bool,
}

impl<K: Eq + Hash, V> Entry<K, V> {
    pub(crate) fn new(table: &Arc<Table<K, V>>, key: K, value: V, node: &Arc<dyn Node>) -> Self {
        Self {
            hash: table.hash(&key),
            number: table.next_number(),
            key,
            node: Arc::clone(node),
            value: Mutex::new(Arc::new(value)),
            table: Arc::downgrade(table),
            holds: table.unique,
        }
    }
}

impl<K, V> Entry<K, V> {
    fn locked(&self) -> MutexGuard<'_, Arc<V>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn value(&self) -> Arc<V> {
        Arc::clone(&self.locked())
    }

    /// Puts another value in; the old one.
    pub(crate) fn replace(&self, value: V) -> Arc<V> {
        let value = Arc::new(value);
        mem::replace(&mut *self.locked(), value)
    }

    pub(crate) fn is_in(&self, table: &Arc<Table<K, V>>) -> bool {
        self.table.as_ptr() == Arc::as_ptr(table)
    }

    /// Its owner as a strong client, unless that has ended or is about to.
    pub(crate) fn owner<C: Client>(&self) -> Option<C> {
        Place::strong(Arc::clone(&self.node)).map(C::__at)
    }

    /// Its owner with its value; as [`owner`](Self::owner).
    pub(crate) fn pair<C: Client>(&self) -> Option<(C, V)>
    where
        V: Clone,
    {
        let owner = self.owner()?;
        Some((owner, V::clone(&self.value())))
    }
}

impl<K, V> Claim for Entry<K, V>
where
    K: Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn release(self: Arc<Self>) -> Option<Box<dyn Send>> {
        let table = self.table.upgrade();
        let removed = table.as_ref().and_then(|table| table.remove(&self));
        // Dropped by the caller: keys, servers and the last hold on a registry are the user's.
        Some(Box::new((removed, table, self)))
    }

    fn holds(&self) -> bool {
        // A registry that went has let its servers go.
        self.holds && self.table.strong_count() > 0
    }
}

/// A key that a start wants.
pub(crate) trait KeyClaim: Send {
    /// Gives the key to a server, which has counted the hold already; the server that has it
    /// otherwise.
    fn claim(self: Box<Self>, node: &Arc<dyn Node>) -> Result<Arc<dyn Claim>, Arc<dyn Node>>;
}

/// A key, with what is to stand there.
pub(crate) struct Wanted<K, V> {
    pub(crate) table: Arc<Table<K, V>>,
    pub(crate) key: K,
    pub(crate) value: V,
}

impl<K, V> KeyClaim for Wanted<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn claim(self: Box<Self>, node: &Arc<dyn Node>) -> Result<Arc<dyn Claim>, Arc<dyn Node>> {
        let entry = Arc::new(Entry::new(&self.table, self.key, self.value, node));
        self.table.insert(&entry)?;
        self.table.listeners.registered(&entry);
        Ok(entry)
    }
}
