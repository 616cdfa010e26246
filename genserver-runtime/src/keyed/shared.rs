//! What the handles and clients of a keyed family of servers share, and how one of them is started.

use std::future::Future;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use tokio::runtime::Handle;

use crate::absence::{Absence, Coming};
use crate::error::{NotStarted, ServerError};
use crate::exit::Panic;
use crate::id::ServerId;
use crate::inbox::Claim;
use crate::keyed::turn::{self, Turn, Turns};
use crate::keyed::uses::{Stamp, Uses};
use crate::monitor::{Monitor, Watched};
use crate::node::Node;
use crate::place::Locate;
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
        let mut turn = loop {
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
                _ => break known.begin(&self.turns, Arc::new(key.clone())),
            }
        };
        let coming = self.turns.lock().get(key).map(turn::wait);
        let Some(handle) = Handle::try_current().ok().or_else(|| self.handle.clone()) else {
            let error = NotStarted::Failed("no tokio runtime: use it inside one".into());
            return Box::pin(std::future::ready(Err(ServerError::NotStarted(error))));
        };
        // Should the task be dropped, its runtime has ended: also where that ended before.
        turn.outcome = Err(NotStarted::Failed("its runtime has ended".into()));
        // A caller that gives up does not give up for the others.
        drop(handle.spawn(run(Arc::clone(self), turn)));
        coming.expect("invariant: the turn stands until its task is done")
    }

    /// Sees to it that there is a place for one more server: those that have one, with those that
    /// start, are never more than there may be. Who waits for a place takes none from others.
    fn make_room(&self, turn: &mut Turn<K>) -> Result<(), NotStarted> {
        let max = self.max();
        loop {
            let mut known = self.turns.lock();
            if self.table.len() + known.starting < max {
                turn.take_place(&mut known);
                return Ok(());
            }
            drop(known);
            if !self.uses.evict() {
                return Err(NotStarted::Full { max });
            }
        }
    }

    /// Gives the key to a server that has started; `false` where that ends already, and may not have
    /// come to its end.
    ///
    /// It has its claim before anybody finds it: an end that comes from now on is seen here, or takes
    /// the key back.
    fn settle(self: &Arc<Self>, node: &Arc<dyn Node>, turn: &mut Turn<K>) -> bool {
        if !node.retain() {
            return false;
        }
        let key = K::clone(&turn.key);
        let entry = Arc::new(Entry::new(&self.table, key, Stamp::default(), node));
        let claim = Arc::new(Owned {
            entry: Arc::clone(&entry),
            key: Arc::clone(&turn.key),
            shared: Arc::downgrade(self),
            given_back: AtomicBool::new(false),
        });
        if !Arc::clone(node).claim(Arc::clone(&claim) as Arc<dyn Claim>) {
            Arc::clone(node).release();
            return false;
        }
        let old = {
            // In one step: neither counted twice nor overlooked.
            let mut known = self.turns.lock();
            if claim.given_back.load(Ordering::Relaxed) {
                return false;
            }
            let old = self.table.put(&entry);
            turn.leave(&mut known);
            old
        };
        drop(old);
        if self.max() != usize::MAX {
            self.uses.enter(&entry, self.table.len());
        }
        true
    }
}

/// Starts a server.
async fn run<K: Clone + Eq + Hash + Send + Sync + 'static>(
    shared: Arc<Shared<K>>,
    mut turn: Turn<K>,
) {
    turn.outcome = match begin(&shared, &mut turn).await {
        Ok((node, hold)) => {
            let settled = shared.settle(&node, &mut turn);
            drop(hold);
            if settled {
                Ok(())
            } else {
                // The turn stands until then: the next one does not start before.
                Monitor::new(&Watched::of(&node)).await;
                Err(NotStarted::Failed("it ended at once".into()))
            }
        }
        Err(error) => Err(error),
    };
}

async fn begin<K: Clone + Eq + Hash + Send + Sync + 'static>(
    shared: &Shared<K>,
    turn: &mut Turn<K>,
) -> Result<Started, NotStarted> {
    shared.make_room(turn)?;
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
    /// Whether the server ends; read and written under the lock of the turns.
    given_back: AtomicBool,
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
            self.given_back.store(true, Ordering::Relaxed);
            let free = known.get(&self.key).is_none();
            free.then(|| known.begin(&shared.turns, Arc::clone(&self.key)))
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
