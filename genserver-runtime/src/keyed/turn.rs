//! What holds a key up: its server starts, or the one before has not come to its end.

use std::collections::HashMap;
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use crate::absence::Coming;
use crate::error::{NotStarted, ServerError};

/// What those see who wait for the end of a turn.
#[derive(Default)]
pub(crate) struct Latch {
    outcome: OnceLock<Result<(), NotStarted>>,
    told: Notify,
}

/// The turns of all keys that have one.
pub(crate) struct Turns<K>(Mutex<Known<K>>);

pub(crate) struct Known<K> {
    by_key: HashMap<Arc<K>, Arc<Latch>>,
    /// How many of them are starts of servers that do not count yet, but have a place.
    pub(crate) starting: usize,
}

/// Waits for the end of a turn.
pub(crate) fn wait(latch: Arc<Latch>) -> Coming {
    Box::pin(async move {
        let mut told = pin!(latch.told.notified());
        // Before the look, so that nothing is told in between.
        told.as_mut().enable();
        if latch.outcome.get().is_none() {
            told.await;
        }
        let outcome = latch.outcome.get().expect("invariant: it is set before anybody is told");
        outcome.clone().map_err(ServerError::NotStarted)
    })
}

impl<K: Eq + Hash> Turns<K> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Known { by_key: HashMap::new(), starting: 0 }))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Known<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Known<K> {
    pub(crate) fn get(&self, key: &K) -> Option<Arc<Latch>> {
        self.by_key.get(key).cloned()
    }

    /// Begins a turn, for which nobody else may have one.
    pub(crate) fn begin(&mut self, turns: &Arc<Turns<K>>, key: Arc<K>) -> Turn<K> {
        let latch = Arc::new(Latch::default());
        self.by_key.insert(Arc::clone(&key), Arc::clone(&latch));
        let turns = Arc::clone(turns);
        Turn { turns, key, latch, has_place: false, stands: true, outcome: Ok(()) }
    }
}

/// The right to be the one who starts or ends the server of a key, until it is dropped.
pub(crate) struct Turn<K: Eq + Hash> {
    turns: Arc<Turns<K>>,
    pub(crate) key: Arc<K>,
    latch: Arc<Latch>,
    /// Whether it counts among those that start.
    has_place: bool,
    /// Whether others still find it.
    stands: bool,
    pub(crate) outcome: Result<(), NotStarted>,
}

impl<K: Eq + Hash> Turn<K> {
    /// Has it count among those that start.
    pub(crate) fn take_place(&mut self, known: &mut Known<K>) {
        known.starting += usize::from(!std::mem::replace(&mut self.has_place, true));
    }

    /// Takes it out; who waits for it is told when it is dropped.
    pub(crate) fn leave(&mut self, known: &mut Known<K>) {
        if std::mem::take(&mut self.stands) {
            known.by_key.remove(&*self.key);
            known.starting -= usize::from(self.has_place);
        }
    }
}

impl<K: Eq + Hash> Drop for Turn<K> {
    fn drop(&mut self) {
        let turns = Arc::clone(&self.turns);
        self.leave(&mut turns.lock());
        let outcome = std::mem::replace(&mut self.outcome, Ok(()));
        // Set once: a turn ends once.
        let _ = self.latch.outcome.set(outcome);
        self.latch.told.notify_waiters();
    }
}
