//! Which server was used last: those at rest for the longest are the first to go.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::registry::entry::Entry;

/// When a server was used last, as the number of that use.
#[derive(Default)]
pub(crate) struct Stamp(AtomicU64);

type Seat<K> = Weak<Entry<K, Stamp>>;

/// The servers by a use of each; it need not be the last one. Nothing is moved when a server is
/// used, but when somebody looks for one that is not.
pub(crate) struct Uses<K> {
    next: AtomicU64,
    seats: Mutex<BTreeMap<u64, Seat<K>>>,
}

impl<K: Eq + Hash> Uses<K> {
    pub(crate) fn new() -> Self {
        Self { next: AtomicU64::new(0), seats: Mutex::new(BTreeMap::new()) }
    }

    fn seats(&self) -> MutexGuard<'_, BTreeMap<u64, Seat<K>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a use.
    pub(crate) fn note(&self, stamp: &Stamp) -> u64 {
        let now = self.next.fetch_add(1, Ordering::Relaxed);
        stamp.0.store(now, Ordering::Relaxed);
        now
    }

    /// A server that is there from now on. Of those that went what is left is swept out, when there
    /// is more of it than of `living` ones.
    pub(crate) fn enter(&self, entry: &Arc<Entry<K, Stamp>>, living: usize) {
        let now = self.note(&entry.value());
        let mut seats = self.seats();
        seats.insert(now, Arc::downgrade(entry));
        if seats.len() > 2 * living + 16 {
            seats.retain(|_, seat| seat.strong_count() > 0);
        }
    }

    /// Ends the server whose last use is the oldest of those that are at rest and unused; `false`
    /// when there is none.
    pub(crate) fn evict(&self) -> bool {
        // What is used from now on is not looked at twice.
        let bound = self.next.load(Ordering::Relaxed);
        while let Some(entry) = self.oldest(bound) {
            if Arc::clone(&entry.node).passivate() {
                return true;
            }
            // It is in use.
            if entry.node.is_running() {
                let now = self.note(&entry.value());
                self.seats().insert(now, Arc::downgrade(&entry));
            }
        }
        false
    }

    fn oldest(&self, bound: u64) -> Option<Arc<Entry<K, Stamp>>> {
        let mut seats = self.seats();
        loop {
            let first = seats.first_entry().filter(|first| *first.key() < bound)?;
            let (noted, seat) = first.remove_entry();
            let Some(entry) = seat.upgrade() else { continue };
            let last = entry.value().0.load(Ordering::Relaxed);
            if last == noted {
                return Some(entry);
            }
            seats.insert(last, seat);
        }
    }
}
