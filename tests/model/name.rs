//! A name, who holds it, and a client that looks for its server by it.

use std::sync::{Arc, Weak};

use shuttle::sync::atomic::Ordering;
use shuttle::sync::{Condvar, Mutex, MutexGuard};

use crate::core::Core;

/// The one name of a scenario.
#[derive(Default)]
pub(crate) struct Names {
    holder: Mutex<Option<Arc<Core>>>,
    freed: Condvar,
}

impl Names {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<Core>>> {
        self.holder.lock().expect("invariant: nothing panics under this lock")
    }

    /// Gives the name to a server, once it is free.
    pub(crate) fn claim(self: &Arc<Self>, core: &Arc<Core>) {
        let mut holder = self.lock();
        while holder.is_some() {
            holder = self.freed.wait(holder).expect("invariant: nothing panics under this lock");
        }
        *holder = Some(Arc::clone(core));
        drop(holder);
        core.lock().claim = Some(Arc::clone(self));
    }

    /// Frees the name that the server still holds.
    pub(crate) fn release(&self, core: &Core) {
        let mut holder = self.lock();
        let held = holder.take_if(|holder| std::ptr::eq(&raw const **holder, core));
        drop(holder);
        self.freed.notify_all();
        drop(held);
    }

    fn find(&self) -> Option<Arc<Core>> {
        self.lock().clone()
    }
}

/// A client by name.
pub(crate) struct Named {
    names: Arc<Names>,
    /// Who held the name the last time.
    last: Mutex<Weak<Core>>,
}

impl Named {
    pub(crate) fn new(names: &Arc<Names>) -> Self {
        Self { names: Arc::clone(names), last: Mutex::new(Weak::new()) }
    }

    fn last(&self) -> MutexGuard<'_, Weak<Core>> {
        self.last.lock().expect("invariant: nothing panics under this lock")
    }

    pub(crate) fn locate(&self) -> Option<Arc<Core>> {
        if let Some(core) = self.same() {
            return Some(core);
        }
        let found = self.names.find();
        *self.last() = found.as_ref().map(Arc::downgrade).unwrap_or_default();
        found
    }

    /// Who held the name the last time, and still does: nothing was asked of it.
    fn same(&self) -> Option<Arc<Core>> {
        let core = self.last().upgrade()?;
        (!core.attention.load(Ordering::Acquire)).then_some(core)
    }
}
