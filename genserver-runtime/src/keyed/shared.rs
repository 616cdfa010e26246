//! What the handles and clients of a keyed family of servers share, and how one of them is started.

use std::future::Future;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use tokio::runtime::Handle;

use crate::absence::{Absence, Coming};
use crate::address::Locate;
use crate::error::{NotStarted, ServerError};
use crate::exit::Panic;
use crate::id::ServerId;
use crate::inbox::Claim;
use crate::keyed::turn::{self, Turn, Turns};
use crate::keyed::uses::{Stamp, Uses};
use crate::node::Node;
use crate::registry::entry::Entry;
use crate::registry::table::Table;

/// A server that was started, with what holds it until its key does.
pub(crate) type Started = (Arc<dyn Node>, Box<dyn Send>);

/// A start, without the types of its server.
pub(crate) type Starting = Pin<Box<dyn Future<Output = Result<Started, NotStarted>> + Send>>;

pub(crate) struct Shared<K> {
    pub(crate) table: Arc<Table<K, Stamp>>,
    pub(crate) turns: Arc<Turns<K>>,
    pub(crate) uses: Uses<K>,
    pub(crate) start: Box<dyn Fn(&K) -> Starting + Send + Sync>,
    /// How many servers there may be; `usize::MAX` for any number.
    pub(crate) max: AtomicUsize,
    /// Where servers start for callers outside of a runtime.
    pub(crate) handle: Option<Handle>,
}

impl<K: Eq + Hash> Shared<K> {
    /// How many servers run. None comes while they are counted, so that they are never more than
    /// there may be.
    pub(crate) fn len(&self) -> usize {
        let known = self.turns.lock();
        let len = self.table.len();
        drop(known);
        len
    }
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Shared<K> {
    pub(crate) fn max(&self) -> usize {
        self.max.load(Ordering::Relaxed)
    }

    /// The server that runs under a key, which is used with this.
    fn find(&self, hash: u64, key: &K) -> Option<Arc<dyn Node>> {
        if self.max() == usize::MAX {
            return self.table.node(hash, key);
        }
        let entry = self.table.find(hash, key)?;
        self.uses.note(&entry.value());
        Some(Arc::clone(&entry.node))
    }

    /// Has the server of a key started, unless somebody does that already.
    fn start(self: &Arc<Self>, hash: u64, key: &K) -> Coming {
        let mut dead = None;
        let turn = loop {
            let mut known = self.turns.lock();
            if let Some(turn) = known.get(key) {
                return turn::wait(turn);
            }
            match self.table.node(hash, key) {
                // Not under the lock: this takes that of its inbox.
                Some(node) if dead != Some(node.id()) => {
                    drop(known);
                    if node.is_running() {
                        return Box::pin(std::future::ready(Ok(())));
                    }
                    dead = Some(node.id());
                }
                _ => break known.begin(&self.turns, Arc::new(key.clone()), true),
            }
        };
        let coming = self.turns.lock().get(key).map(turn::wait);
        let Some(handle) = Handle::try_current().ok().or_else(|| self.handle.clone()) else {
            let error = NotStarted::Failed("no tokio runtime: use it inside one".into());
            return Box::pin(std::future::ready(Err(ServerError::NotStarted(error))));
        };
        // A caller that gives up does not give up for the others.
        drop(handle.spawn(run(Arc::clone(self), turn)));
        coming.expect("invariant: the turn stands until its task is done")
    }

    /// Sees to it that the servers with those that start are not more than there may be.
    fn make_room(&self) -> Result<(), NotStarted> {
        let max = self.max();
        loop {
            let known = self.turns.lock();
            let taken = self.table.len() + known.starting;
            drop(known);
            if taken <= max {
                return Ok(());
            }
            if !self.uses.evict() {
                return Err(NotStarted::Full { max });
            }
        }
    }

    /// Gives the key to a server that has started.
    fn settle(
        self: &Arc<Self>,
        node: &Arc<dyn Node>,
        turn: &mut Turn<K>,
    ) -> Result<(), NotStarted> {
        let ended = || NotStarted::Failed("it ended at once".into());
        if !node.retain() {
            return Err(ended());
        }
        let key = K::clone(&turn.key);
        let entry = Arc::new(Entry::new(&self.table, key, Stamp::default(), node));
        let old = {
            // In one step: neither counted twice nor overlooked.
            let mut known = self.turns.lock();
            let old = self.table.put(&entry);
            turn.leave(&mut known);
            old
        };
        drop(old);
        if self.max() != usize::MAX {
            self.uses.enter(&entry, self.table.len());
        }
        let claim = Arc::new(Owned {
            entry: Arc::clone(&entry),
            key: Arc::clone(&turn.key),
            shared: Arc::downgrade(self),
        });
        if Arc::clone(node).claim(claim) {
            return Ok(());
        }
        drop(self.table.remove(&entry));
        Arc::clone(node).release();
        Err(ended())
    }
}

/// Starts a server.
async fn run<K: Clone + Eq + Hash + Send + Sync + 'static>(
    shared: Arc<Shared<K>>,
    mut turn: Turn<K>,
) {
    // Should this task be dropped, its runtime has ended.
    turn.outcome = Err(NotStarted::Failed("its runtime has ended".into()));
    turn.outcome = match begin(&shared, &turn).await {
        Ok((node, hold)) => {
            let settled = shared.settle(&node, &mut turn);
            drop(hold);
            settled
        }
        Err(error) => Err(error),
    };
}

async fn begin<K: Clone + Eq + Hash + Send + Sync + 'static>(
    shared: &Shared<K>,
    turn: &Turn<K>,
) -> Result<Started, NotStarted> {
    shared.make_room()?;
    // The user's: what it panics with is told to those who wait.
    let start = catch_unwind(AssertUnwindSafe(|| (shared.start)(&turn.key)));
    match start {
        Ok(start) => start.await,
        Err(payload) => Err(NotStarted::Failed(Panic::new("start", &*payload).to_string().into())),
    }
}

/// The key of a server, as the server's claim.
struct Owned<K> {
    entry: Arc<Entry<K, Stamp>>,
    key: Arc<K>,
    shared: Weak<Shared<K>>,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Claim for Owned<K> {
    fn release(self: Arc<Self>) -> Option<Box<dyn Send>> {
        let released = Arc::clone(&self.entry).release();
        Some(Box::new((released, self)))
    }

    fn holds(&self) -> bool {
        self.entry.holds()
    }

    /// The next one does not start before this one has ended.
    fn tail(&self) -> Option<Box<dyn Send>> {
        let shared = self.shared.upgrade()?;
        let turn = {
            let mut known = shared.turns.lock();
            let free = known.get(&self.key).is_none();
            free.then(|| known.begin(&shared.turns, Arc::clone(&self.key), false))
        };
        // It may be the last hold on the family, which lets its servers go: not here.
        Some(Box::new((turn, shared)))
    }
}

/// Where a client by key looks.
pub(crate) struct ByKey<K> {
    pub(crate) shared: Arc<Shared<K>>,
    pub(crate) hash: u64,
    pub(crate) key: K,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Locate for ByKey<K> {
    fn locate(&self) -> Option<Arc<dyn Node>> {
        self.shared.find(self.hash, &self.key)
    }

    fn absence(&self, _: Option<ServerId>) -> Absence {
        Absence::Start(self.shared.start(self.hash, &self.key))
    }
}
