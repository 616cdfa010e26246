//! One at a time a key: locks that exist while somebody wants them.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, MutexGuard, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::registry::Registry;

/// The locks that somebody holds or waits for.
pub(crate) struct Locks<K>(std::sync::Mutex<HashMap<Arc<K>, Arc<Mutex<()>>>>);

impl<K> Locks<K> {
    pub(crate) fn new() -> Self {
        Self(std::sync::Mutex::new(HashMap::new()))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Arc<K>, Arc<Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the row of those who want a key's lock: the last to leave removes it.
struct Seat<K: Eq + Hash> {
    locks: Arc<Locks<K>>,
    key: Arc<K>,
    lock: Option<Arc<Mutex<()>>>,
}

impl<K: Eq + Hash> Seat<K> {
    fn take(locks: &Arc<Locks<K>>, key: K) -> Self {
        let key = Arc::new(key);
        let lock = Arc::clone(locks.all().entry(Arc::clone(&key)).or_default());
        Self { locks: Arc::clone(locks), key, lock: Some(lock) }
    }

    async fn wait(&self) -> OwnedMutexGuard<()> {
        let lock = self.lock.as_ref().expect("invariant: it goes when the seat is left");
        Arc::clone(lock).lock_owned().await
    }
}

impl<K: Eq + Hash> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut all = self.locks.all();
        self.lock = None;
        // Seats are taken under this lock: that it is the last one cannot change here.
        let last = all.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1);
        let removed = last.then(|| all.remove_entry(&self.key));
        drop(all);
        drop(removed);
    }
}

/// The lock of a key, from [`Registry::lock`]: free again when this is dropped.
#[must_use = "the lock is free again when this is dropped"]
pub struct KeyGuard<K: Eq + Hash> {
    // Before the seat: whoever leaves last finds the lock free.
    _guard: OwnedMutexGuard<()>,
    seat: Seat<K>,
}

impl<K: Eq + Hash> KeyGuard<K> {
    /// The key that is locked.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.seat.key
    }
}

impl<K: Eq + Hash + fmt::Debug> fmt::Debug for KeyGuard<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyGuard").field(self.key()).finish()
    }
}

impl<K: Eq + Hash, C, V, M> Registry<K, C, V, M> {
    /// Waits until nobody else has the lock of this key, and takes it: one at a time a key, other
    /// keys at the same time, whoever came first is first. The key need not be registered.
    ///
    /// Like `Registry.lock/3`; differs: the lock lives as long as the guard. It is free also when its
    /// holder panics or is killed.
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits, it leaves the row.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts: Registry<&str, CartClient> = Registry::new();
    /// let lock = carts.lock("ann").await;
    /// if !carts.contains(&"ann") {
    ///     Cart::start(Cart(3)).key(&carts, "ann").await?; // nobody else is about to
    /// }
    /// drop(lock);
    /// # Ok(()) }
    /// ```
    pub async fn lock(&self, key: K) -> KeyGuard<K> {
        let seat = Seat::take(&self.table.locks, key);
        let guard = seat.wait().await;
        KeyGuard { _guard: guard, seat }
    }
}
