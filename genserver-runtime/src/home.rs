//! What the servers of one tokio runtime share: names, the sweeper, and a guard that notices the
//! runtime's end.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use std::time::Duration;

use tokio::runtime::{Handle, Id};

use crate::clock;
use crate::id::ServerId;
#[cfg(feature = "supervision")]
use crate::ledger::Ledger;
use crate::node::Node;
#[cfg(feature = "introspection")]
use crate::roster::Roster;
use crate::sweeper::Sweeper;
use crate::task::Callers;

/// The homes of all runtimes with servers. The one global map of this crate: a runtime has no
/// place of its own to keep things in.
static HOMES: Mutex<Option<HashMap<Id, Arc<Home>>>> = Mutex::new(None);

thread_local! {
    /// The runtime of the task that ran last on this thread: a task never changes its runtime.
    static MEMO: Cell<(Option<tokio::task::Id>, Option<Id>)> = const { Cell::new((None, None)) };

    /// The home that was looked up last on this thread, nearly always the next one, too. It keeps nothing alive.
    static RECENT: RefCell<Weak<Home>> = const { RefCell::new(Weak::new()) };
}

/// Who holds a name, by server type.
type Names = HashMap<(TypeId, Arc<str>), Arc<dyn Node>>;

pub(crate) struct Home {
    id: Id,
    handle: Handle,
    gone: AtomicBool,
    made: clock::Instant,
    names: Mutex<Names>,
    /// Servers with a key, which registries outside of this home hold, and those that owe replies.
    keyed: Mutex<HashMap<ServerId, Weak<dyn Node>>>,
    /// Detached servers: nobody else holds them.
    kept: Mutex<HashMap<ServerId, Arc<dyn Node>>>,
    /// Servers that were started for others.
    callers: Mutex<HashMap<ServerId, Callers>>,
    /// Those of the applications that run here.
    #[cfg(feature = "supervision")]
    ledgers: Mutex<Vec<Weak<Ledger>>>,
    sweeper: Sweeper,
    #[cfg(feature = "introspection")]
    roster: Roster,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Home {
    /// The home of the runtime that this thread is in.
    pub(crate) fn current() -> Option<Arc<Self>> {
        Handle::try_current().ok().and_then(|handle| Self::of(&handle))
    }

    /// The home of a runtime, with its guard task spawned the first time; `None` where the runtime
    /// has no clock.
    pub(crate) fn of(handle: &Handle) -> Option<Arc<Self>> {
        let id = handle.id();
        // A thread that is about to end has none.
        let recent = RECENT.try_with(|recent| recent.borrow().upgrade()).ok().flatten();
        if let Some(home) = recent.filter(|home| home.id == id && !home.is_gone()) {
            return Some(home);
        }
        let home = Self::look_up(handle)?;
        let _ = RECENT.try_with(|recent| recent.replace(Arc::downgrade(&home)));
        Some(home)
    }

    fn look_up(handle: &Handle) -> Option<Arc<Self>> {
        let id = handle.id();
        if let Some(home) = lock(&HOMES).as_ref().and_then(|homes| homes.get(&id)) {
            return Some(Arc::clone(home));
        }
        // Not under the lock: the answer may be a panic, and whoever hears of it may look here.
        if !has_clock(handle) {
            return None;
        }
        let (home, new) = {
            let mut homes = lock(&HOMES);
            let homes = homes.get_or_insert_with(HashMap::new);
            match homes.get(&id) {
                Some(home) => (Arc::clone(home), false),
                None => {
                    let home = Arc::new(Self::new(handle.clone()));
                    homes.insert(id, Arc::clone(&home));
                    (home, true)
                }
            }
        };
        if new {
            let guard = Guard(Arc::clone(&home));
            handle.spawn(async move { guard.0.sweeper.run().await });
        }
        Some(home)
    }

    fn new(handle: Handle) -> Self {
        Self {
            id: handle.id(),
            handle,
            gone: AtomicBool::new(false),
            made: clock::Instant::now(),
            names: Mutex::default(),
            keyed: Mutex::default(),
            kept: Mutex::default(),
            callers: Mutex::default(),
            #[cfg(feature = "supervision")]
            ledgers: Mutex::default(),
            sweeper: Sweeper::default(),
            #[cfg(feature = "introspection")]
            roster: Roster::default(),
        }
    }

    /// Whether this thread is in the home's runtime. On the path of every inline call: the task's
    /// identity is remembered, because asking for the runtime costs ten times as much.
    #[inline]
    pub(crate) fn is_current(&self) -> bool {
        let task = tokio::task::try_id();
        let id = match (task, MEMO.get()) {
            (Some(task), (Some(known), id)) if task == known => id,
            _ => memorize(task),
        };
        id == Some(self.id)
    }

    /// The same, also where the task that runs here has entered another runtime. A name is looked up
    /// in that one.
    #[inline]
    pub(crate) fn is_entered(&self) -> bool {
        Handle::try_current().is_ok_and(|handle| handle.id() == self.id)
    }

    #[inline]
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// How long ago it was made.
    pub(crate) fn age(&self) -> Duration {
        self.made.elapsed()
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    #[cfg(feature = "introspection")]
    pub(crate) fn roster(&self) -> &Roster {
        &self.roster
    }

    pub(crate) fn sweeper(&self) -> &Sweeper {
        &self.sweeper
    }

    /// After something was given to the sweeper: where the runtime went just now, that may have looked before.
    pub(crate) fn end_sweeper_if_gone(&self) {
        if self.is_gone() {
            self.sweeper.end();
        }
    }

    /// Gives a free name to a server; the server that holds it otherwise.
    pub(crate) fn claim(
        &self,
        kind: TypeId,
        name: &Arc<str>,
        node: &Arc<dyn Node>,
    ) -> Result<(), Arc<dyn Node>> {
        let mut names = lock(&self.names);
        match names.get(&(kind, Arc::clone(name))) {
            Some(holder) => Err(Arc::clone(holder)),
            None => {
                names.insert((kind, Arc::clone(name)), Arc::clone(node));
                Ok(())
            }
        }
    }

    /// Frees a name that the server still holds.
    pub(crate) fn release(
        &self,
        kind: TypeId,
        name: &Arc<str>,
        id: ServerId,
    ) -> Option<Arc<dyn Node>> {
        let mut names = lock(&self.names);
        let key = (kind, Arc::clone(name));
        // Dropped by the caller: the last one to drop a server runs the user's `Drop`.
        if names.get(&key).is_some_and(|holder| holder.id() == id) {
            names.remove(&key)
        } else {
            None
        }
    }

    pub(crate) fn find(&self, kind: TypeId, name: &Arc<str>) -> Option<Arc<dyn Node>> {
        lock(&self.names).get(&(kind, Arc::clone(name))).cloned()
    }

    /// Remembers a server with a key, or one that owes replies, to end it with the runtime;
    /// `false` where it was known.
    pub(crate) fn remember(&self, node: &Arc<dyn Node>) -> bool {
        let new = lock(&self.keyed).insert(node.id(), Arc::downgrade(node)).is_none();
        if self.is_gone() {
            // It went just now, and may have looked before.
            node.abandon();
        }
        new
    }

    pub(crate) fn forget(&self, id: ServerId) {
        lock(&self.keyed).remove(&id);
    }

    /// Notes whom a server was started for.
    pub(crate) fn note_callers(&self, id: ServerId, callers: Callers) {
        lock(&self.callers).insert(id, callers);
    }

    pub(crate) fn callers(&self, id: ServerId) -> Option<Callers> {
        lock(&self.callers).get(&id).cloned()
    }

    pub(crate) fn forget_callers(&self, id: ServerId) {
        let forgotten = lock(&self.callers).remove(&id);
        drop(forgotten);
    }

    /// Has what happens here noted in a ledger, for as long as somebody keeps that.
    #[cfg(feature = "supervision")]
    pub(crate) fn open(&self, ledger: &Arc<Ledger>) {
        let mut ledgers = lock(&self.ledgers);
        ledgers.retain(|ledger| ledger.strong_count() > 0);
        ledgers.push(Arc::downgrade(ledger));
    }

    #[cfg(feature = "supervision")]
    pub(crate) fn ledgers(&self) -> Vec<Arc<Ledger>> {
        lock(&self.ledgers).iter().filter_map(Weak::upgrade).collect()
    }

    pub(crate) fn keep(&self, node: Arc<dyn Node>) {
        lock(&self.kept).insert(node.id(), node);
    }

    pub(crate) fn let_go(&self, id: ServerId) {
        let released = lock(&self.kept).remove(&id);
        drop(released);
    }

    /// The runtime ends: names vanish, and what only this home held is dropped.
    fn end(&self) {
        self.gone.store(true, Ordering::Release);
        if let Some(homes) = lock(&HOMES).as_mut() {
            homes.remove(&self.id);
        }
        let names = std::mem::take(&mut *lock(&self.names));
        let kept = std::mem::take(&mut *lock(&self.kept));
        let keyed = std::mem::take(&mut *lock(&self.keyed));
        let keyed = keyed.into_values().filter_map(|node| node.upgrade());
        for node in names.into_values().chain(kept.into_values()).chain(keyed) {
            node.abandon();
        }
        self.sweeper.end();
    }
}

/// The runtime that this thread is in, remembered for the task that runs here.
#[cold]
fn memorize(task: Option<tokio::task::Id>) -> Option<Id> {
    let id = Handle::try_current().ok()?.id();
    MEMO.set((task, Some(id)));
    Some(id)
}

/// The homes of all runtimes that have servers.
#[cfg(feature = "introspection")]
pub(crate) fn all() -> Vec<Arc<Home>> {
    lock(&HOMES).iter().flat_map(HashMap::values).cloned().collect()
}

/// Whether the runtime was built with time enabled: tokio tells it only by a panic, and without a
/// clock time-outs would panic where nobody expects it.
fn has_clock(handle: &Handle) -> bool {
    let _entered = handle.enter();
    catch_unwind(|| drop(clock::sleep(Duration::ZERO))).is_ok()
}

/// Lives in the runtime's guard task: dropped with the runtime.
struct Guard(Arc<Home>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_time().build().expect("it is built")
    }

    #[test]
    fn a_thread_finds_the_homes_of_its_runtimes_in_turns() {
        let (first, second) = (runtime(), runtime());
        let of = |runtime: &Runtime| Home::of(runtime.handle()).expect("it has a clock");
        let homes = [of(&first), of(&second)];
        assert!(!Arc::ptr_eq(&homes[0], &homes[1]));
        for _ in 0..2 {
            for (runtime, home) in [&first, &second].into_iter().zip(&homes) {
                assert!(Arc::ptr_eq(&of(runtime), home));
                assert!(Arc::ptr_eq(&of(runtime), home), "again, from the memo");
            }
        }
    }

    #[test]
    fn a_home_is_not_found_when_its_runtime_has_gone() {
        let gone = runtime();
        let handle = gone.handle().clone();
        let home = Home::of(&handle).expect("it has a clock");
        drop(gone);
        assert!(home.is_gone());
        assert!(Home::of(&handle).is_none_or(|found| !Arc::ptr_eq(&found, &home)));
    }
}
