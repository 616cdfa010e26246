//! What the handles of a registry share: its entries in partitions, and what else belongs to it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as At;

use crate::node::Node;
use crate::registry::entry::Entry;
use crate::registry::key_lock::Locks;
use crate::registry::listener::Listeners;
use crate::registry::meta::Meta;

/// Everything of one key in one partition.
pub(crate) struct Slot<K, V> {
    /// Key and owner of the first one stand here too: most look-ups need no more, and follow one
    /// pointer less.
    key: K,
    node: Arc<dyn Node>,
    first: Arc<Entry<K, V>>,
    /// The others by number. Servers leave by the thousand, so it is no list.
    rest: BTreeMap<u64, Arc<Entry<K, V>>>,
}

impl<K, V> Slot<K, V> {
    fn new(key: K, first: &Arc<Entry<K, V>>) -> Self {
        let (node, first) = (Arc::clone(&first.node), Arc::clone(first));
        Self { key, node, first, rest: BTreeMap::new() }
    }

    /// Puts another one first.
    fn replace(&mut self, first: Arc<Entry<K, V>>) -> Replaced<K, V> {
        let node = mem::replace(&mut self.node, Arc::clone(&first.node));
        (mem::replace(&mut self.first, first), node)
    }

    fn entries(&self) -> impl Iterator<Item = &Arc<Entry<K, V>>> {
        std::iter::once(&self.first).chain(self.rest.values())
    }

    fn has(&self, number: u64) -> bool {
        self.first.number == number || self.rest.contains_key(&number)
    }
}

/// What was taken out, to be dropped where no lock is held.
pub(crate) type Replaced<K, V> = (Arc<Entry<K, V>>, Arc<dyn Node>);

/// The same, with a slot that was left empty.
pub(crate) type Removed<K, V> =
    (Option<Replaced<K, V>>, Option<Arc<Entry<K, V>>>, Option<Slot<K, V>>);

struct Entries<K, V> {
    slots: HashTable<Slot<K, V>>,
    count: usize,
}

/// Alone on its cache lines: a look-up writes to the lock.
#[repr(align(128))]
struct Partition<K, V>(RwLock<Entries<K, V>>);

impl<K, V> Partition<K, V> {
    fn new() -> Self {
        Self(RwLock::new(Entries { slots: HashTable::new(), count: 0 }))
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries<K, V>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries<K, V>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq, V> Entries<K, V> {
    fn find(&self, hash: u64, key: &K) -> Option<&Slot<K, V>> {
        self.slots.find(hash, |slot| slot.key == *key)
    }
}

pub(crate) struct Table<K, V> {
    partitions: Box<[Partition<K, V>]>,
    hasher: RandomState,
    numbers: AtomicU64,
    pub(crate) unique: bool,
    pub(crate) listeners: Listeners<K, V>,
    pub(crate) meta: Meta,
    pub(crate) locks: Arc<Locks<K>>,
}

impl<K, V> Table<K, V> {
    pub(crate) fn new(unique: bool, partitions: usize) -> Self {
        assert!(partitions > 0, "a registry has at least one partition");
        Self {
            partitions: (0..partitions).map(|_| Partition::new()).collect(),
            hasher: RandomState::new(),
            numbers: AtomicU64::new(0),
            unique,
            listeners: Listeners::new(),
            meta: Meta::new(),
            locks: Arc::new(Locks::new()),
        }
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn partitions(&self) -> usize {
        self.partitions.len()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.partitions.iter().map(|partition| partition.read().count).sum()
    }

    /// The partition of a key that is unique. Its table uses other bits of the hash.
    fn of_hash(&self, hash: u64) -> &Partition<K, V> {
        let high = usize::try_from((hash >> 40) & 0xffff).expect("invariant: 16 bits");
        &self.partitions[high % self.partitions.len()]
    }

    /// By key where that is unique; otherwise by owner, so that a popular key is spread.
    fn of_entry(&self, entry: &Entry<K, V>) -> &Partition<K, V> {
        if self.unique {
            return self.of_hash(entry.hash);
        }
        let partitions = self.partitions.len() as u64;
        let place = usize::try_from(entry.node.id().as_u64() % partitions);
        &self.partitions[place.expect("invariant: less than the partitions")]
    }

    /// Takes an entry out; `None` where it is not there any more.
    pub(crate) fn remove(&self, entry: &Entry<K, V>) -> Option<Removed<K, V>> {
        let mut entries = self.of_entry(entry).write();
        // Neither `Eq` nor `Hash` of the key is asked.
        let has = |slot: &Slot<K, V>| slot.has(entry.number);
        let mut found = entries.slots.find_entry(entry.hash, has).ok()?;
        let slot = found.get_mut();
        let removed = if slot.first.number != entry.number {
            (None, slot.rest.remove(&entry.number), None)
        } else if let Some((_, next)) = slot.rest.pop_first() {
            (Some(slot.replace(next)), None, None)
        } else {
            (None, None, Some(found.remove().0))
        };
        entries.count -= 1;
        Some(removed)
    }

    /// All entries of one partition after the other.
    pub(crate) fn all(&self) -> impl Iterator<Item = Arc<Entry<K, V>>> {
        let of = |partition: &Partition<K, V>| -> Vec<_> {
            partition.read().slots.iter().flat_map(Slot::entries).cloned().collect()
        };
        self.partitions.iter().flat_map(of)
    }
}

impl<K: Eq + Hash, V> Table<K, V> {
    pub(crate) fn hash(&self, key: &K) -> u64 {
        self.hasher.hash_one(key)
    }

    /// The owner of a unique key.
    pub(crate) fn node(&self, hash: u64, key: &K) -> Option<Arc<dyn Node>> {
        let entries = self.of_hash(hash).read();
        entries.find(hash, key).map(|slot| Arc::clone(&slot.node))
    }

    /// The entry of a unique key.
    pub(crate) fn first(&self, key: &K) -> Option<Arc<Entry<K, V>>> {
        self.find(self.hash(key), key)
    }

    /// The same, with the key's hash at hand.
    pub(crate) fn find(&self, hash: u64, key: &K) -> Option<Arc<Entry<K, V>>> {
        let entries = self.of_hash(hash).read();
        entries.find(hash, key).map(|slot| Arc::clone(&slot.first))
    }

    /// The entries of a key, those of each partition in the order in which they came.
    pub(crate) fn of_key(&self, key: &K) -> Vec<Vec<Arc<Entry<K, V>>>> {
        let hash = self.hash(key);
        let of = |partition: &Partition<K, V>| -> Vec<_> {
            let entries = partition.read();
            entries.find(hash, key).into_iter().flat_map(Slot::entries).cloned().collect()
        };
        if self.unique {
            return vec![of(self.of_hash(hash))];
        }
        self.partitions.iter().map(of).collect()
    }

    /// Puts an entry in place of whatever is there, for who knows that to have ended; the old one.
    pub(crate) fn put(&self, entry: &Arc<Entry<K, V>>) -> Option<Replaced<K, V>>
    where
        K: Clone,
    {
        let key = entry.key.clone();
        let mut entries = self.of_hash(entry.hash).write();
        let Entries { slots, count } = &mut *entries;
        let same = |slot: &Slot<K, V>| slot.first.hash == entry.hash && slot.first.key == entry.key;
        match slots.entry(entry.hash, same, |slot| slot.first.hash) {
            At::Vacant(vacant) => {
                vacant.insert(Slot::new(key, entry));
                *count += 1;
                None
            }
            At::Occupied(mut found) => Some(found.get_mut().replace(Arc::clone(entry))),
        }
    }

    /// Puts an entry in; the owner of its key where that is unique and taken.
    ///
    /// An owner is asked whether it still runs where no lock is held: that takes the lock of its
    /// inbox, under which this one is taken elsewhere.
    pub(crate) fn insert(&self, entry: &Arc<Entry<K, V>>) -> Result<(), Arc<dyn Node>>
    where
        K: Clone,
    {
        // Made, and dropped where it is not needed, where no lock is held.
        let mut key = Some(entry.key.clone());
        let mut dead = None;
        loop {
            let partition = self.of_entry(entry);
            let mut entries = partition.write();
            let Entries { slots, count } = &mut *entries;
            let same = |slot: &Slot<K, V>| slot.key == entry.key;
            let mut found = match slots.entry(entry.hash, same, |slot| slot.first.hash) {
                At::Vacant(vacant) => {
                    let key = key.take().expect("invariant: whoever puts it in returns");
                    vacant.insert(Slot::new(key, entry));
                    *count += 1;
                    return Ok(());
                }
                At::Occupied(found) => found,
            };
            let slot = found.get_mut();
            if !self.unique {
                slot.rest.insert(entry.number, Arc::clone(entry));
                *count += 1;
                return Ok(());
            }
            if dead == Some(slot.first.number) {
                let old = slot.replace(Arc::clone(entry));
                drop(entries);
                drop(old);
                return Ok(());
            }
            let present = Arc::clone(&slot.first);
            drop(entries);
            if present.node.is_running() {
                return Err(Arc::clone(&present.node));
            }
            dead = Some(present.number);
        }
    }
}

impl<K, V> Drop for Table<K, V> {
    fn drop(&mut self) {
        if self.unique {
            for entry in self.all() {
                Arc::clone(&entry.node).release();
            }
        }
    }
}
