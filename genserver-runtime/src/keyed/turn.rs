//! What holds a key up: its server starts, or the one before has not come to its end.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::absence::Coming;
use crate::error::{NotStarted, ServerError};

/// What a turn came to; `None` while it lasts.
type Outcome = Option<Result<(), NotStarted>>;

/// The turns of all keys that have one.
pub(crate) struct Turns<K>(Mutex<Known<K>>);

pub(crate) struct Known<K> {
    by_key: HashMap<Arc<K>, watch::Receiver<Outcome>>,
    /// How many of them are starts of servers that do not count yet.
    pub(crate) starting: usize,
}

/// Waits for the end of a turn.
pub(crate) fn wait(mut turn: watch::Receiver<Outcome>) -> Coming {
    Box::pin(async move {
        let told = turn.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
        let given_up = || NotStarted::Failed("its start was given up".into());
        // Whoever had the turn is gone without a word: its runtime has ended.
        let outcome = told.ok().flatten().unwrap_or_else(|| Err(given_up()));
        outcome.map_err(ServerError::NotStarted)
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
    pub(crate) fn get(&self, key: &K) -> Option<watch::Receiver<Outcome>> {
        self.by_key.get(key).cloned()
    }

    /// Begins a turn, for which nobody else may have one.
    pub(crate) fn begin(&mut self, turns: &Arc<Turns<K>>, key: Arc<K>, start: bool) -> Turn<K> {
        let (tell, turn) = watch::channel(None);
        self.by_key.insert(Arc::clone(&key), turn);
        self.starting += usize::from(start);
        Turn { turns: Arc::clone(turns), key, tell, start, stands: true, outcome: Ok(()) }
    }
}

/// The right to be the one who starts or ends the server of a key, until it is dropped.
pub(crate) struct Turn<K: Eq + Hash> {
    turns: Arc<Turns<K>>,
    pub(crate) key: Arc<K>,
    tell: watch::Sender<Outcome>,
    start: bool,
    /// Whether others still find it.
    stands: bool,
    pub(crate) outcome: Result<(), NotStarted>,
}

impl<K: Eq + Hash> Turn<K> {
    /// Takes it out; who waits for it is told when it is dropped.
    pub(crate) fn leave(&mut self, known: &mut Known<K>) {
        if std::mem::take(&mut self.stands) {
            known.by_key.remove(&*self.key);
            known.starting -= usize::from(self.start);
        }
    }
}

impl<K: Eq + Hash> Drop for Turn<K> {
    fn drop(&mut self) {
        let turns = Arc::clone(&self.turns);
        self.leave(&mut turns.lock());
        let outcome = std::mem::replace(&mut self.outcome, Ok(()));
        self.tell.send_replace(Some(outcome));
    }
}
