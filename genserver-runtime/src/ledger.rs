//! What the supervisors of a runtime note for the applications in it: who had to be killed, and
//! which root ends by itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::home::Home;
use crate::id::ServerId;
use crate::node::Node;
use crate::straggler::Straggler;

/// What an application is told of the servers below its root.
///
/// It is opened before the root starts, so that nothing is missed; until it is known which one the
/// root is, what concerns any is noted.
#[derive(Default)]
pub(crate) struct Ledger {
    notes: Mutex<Notes>,
    closes: Notify,
}

#[derive(Default)]
struct Notes {
    root: Option<ServerId>,
    /// Roots that stop their children.
    closing: Vec<ServerId>,
    /// Roots whose children failed too often.
    gave_up: Vec<ServerId>,
    /// Who had to be killed while the root above stopped.
    killed: Vec<(ServerId, Straggler)>,
}

impl Ledger {
    /// One for the applications of this runtime.
    pub(crate) fn open(home: &Home) -> Arc<Self> {
        let ledger = Arc::new(Self::default());
        home.open(&ledger);
        ledger
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The root is this one; what concerns others is forgotten.
    pub(crate) fn belongs_to(&self, root: ServerId) {
        let mut notes = self.lock();
        notes.root = Some(root);
        notes.closing.retain(|id| *id == root);
        notes.gave_up.retain(|id| *id == root);
        notes.killed.retain(|(id, _)| *id == root);
        if !notes.closing.is_empty() {
            self.closes.notify_one();
        }
    }

    /// Waits until the root stops its children. For one task.
    pub(crate) async fn closes(&self) {
        self.closes.notified().await;
    }

    /// Whether the root ends because its children failed too often.
    pub(crate) fn gave_up(&self) -> bool {
        !self.lock().gave_up.is_empty()
    }

    /// Who had to be killed while the root stopped.
    pub(crate) fn killed(&self) -> Vec<Straggler> {
        self.lock().killed.iter().map(|(_, straggler)| straggler.clone()).collect()
    }
}

impl Notes {
    fn concern(&self, root: ServerId) -> bool {
        self.root.is_none_or(|known| known == root)
    }
}

/// A supervisor's children failed too often.
pub(crate) fn note_gave_up(supervisor: &dyn Node) {
    if supervisor.kin().is_some() {
        return;
    }
    let root = supervisor.id();
    for ledger in supervisor.home().ledgers() {
        let mut notes = ledger.lock();
        if notes.concern(root) {
            notes.gave_up.push(root);
        }
    }
}

/// A supervisor stops its children.
pub(crate) fn note_closing(supervisor: &dyn Node) {
    if supervisor.kin().is_some() {
        return;
    }
    let root = supervisor.id();
    for ledger in supervisor.home().ledgers() {
        let mut notes = ledger.lock();
        if notes.concern(root) {
            notes.closing.push(root);
            if notes.root.is_some() {
                ledger.closes.notify_one();
            }
        }
    }
}

/// A child had to be killed: it did not stop in its time.
pub(crate) fn note_killed(child: &Arc<dyn Node>, straggler: &Straggler) {
    let ledgers = child.home().ledgers();
    if ledgers.is_empty() {
        return;
    }
    let root = root(child);
    for ledger in ledgers {
        let mut notes = ledger.lock();
        // Before its root stops, it is no business but of its supervisor's.
        if notes.concern(root) && notes.closing.contains(&root) {
            notes.killed.push((root, straggler.clone()));
        }
    }
}

/// The supervisor above all others.
fn root(child: &Arc<dyn Node>) -> ServerId {
    let mut root = Arc::clone(child);
    while let Some(above) = root.kin().and_then(|kin| kin.supervisor.upgrade()) {
        root = above;
    }
    root.id()
}
