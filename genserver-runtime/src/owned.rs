//! What a server owns besides its state: timers, tasks, streams. They end with it and keep nothing
//! alive.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Weak};

use tokio::task::AbortHandle;

use crate::core::Core;
use crate::inbox::{Inbox, Life};
use crate::server::Server;
use crate::timer::Armed;

/// The list of what runs for a server.
#[derive(Default)]
pub(crate) struct Owned {
    entries: HashMap<u64, Entry>,
    newest: u64,
}

struct Entry {
    what: What,
    abort: Option<AbortHandle>,
}

/// What runs for a server.
pub(crate) enum What {
    Timer(Arc<Armed>),
    Task,
    Stream,
}

impl Owned {
    fn insert(&mut self, what: What) -> u64 {
        self.newest += 1;
        self.entries.insert(self.newest, Entry { what, abort: None });
        self.newest
    }

    /// Gives back what a crowd has taken.
    pub(crate) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
    }

    /// Ends all of it.
    pub(crate) fn abort(self) {
        for entry in self.entries.into_values() {
            if let What::Timer(armed) = &entry.what {
                armed.void();
            }
            if let Some(abort) = entry.abort {
                abort.abort();
            }
        }
    }

    /// The timers that will still fire.
    pub(crate) fn timers(&self) -> impl Iterator<Item = &Armed> {
        self.entries.values().filter_map(|entry| match &entry.what {
            What::Timer(armed) if armed.is_live() => Some(&**armed),
            _ => None,
        })
    }

    pub(crate) fn tasks(&self) -> usize {
        self.entries.values().filter(|entry| matches!(entry.what, What::Task)).count()
    }

    pub(crate) fn streams(&self) -> usize {
        self.entries.values().filter(|entry| matches!(entry.what, What::Stream)).count()
    }
}

/// The place of something that runs in the list of its server, until it is done or dropped.
struct Place<S: Server> {
    core: Weak<Core<S>>,
    id: u64,
}

impl<S: Server> Drop for Place<S> {
    fn drop(&mut self) {
        if let Some(core) = self.core.upgrade() {
            let entry = core.lock().owned().and_then(|owned| owned.entries.remove(&self.id));
            drop(entry);
        }
    }
}

impl<S: Server> Inbox<S> {
    fn owned(&mut self) -> Option<&mut Owned> {
        self.cold.as_mut()?.owned.as_deref_mut()
    }
}

impl<S: Server> Core<S> {
    /// Runs a future that ends with the server; it was never there where the server has ended.
    pub(crate) fn own(
        self: &Arc<Self>,
        what: What,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Option<AbortHandle> {
        let id = {
            let mut inbox = self.lock();
            if matches!(inbox.life, Life::Ending | Life::Ended) {
                return None;
            }
            inbox.cold().owned.get_or_insert_default().insert(what)
        };
        let place = Place { core: Arc::downgrade(self), id };
        let task = self.home.handle().spawn(async move {
            let _place = place;
            future.await;
        });
        let abort = task.abort_handle();
        let mut inbox = self.lock();
        let known = match inbox.owned().and_then(|owned| owned.entries.get_mut(&id)) {
            Some(entry) => {
                entry.abort = Some(abort.clone());
                true
            }
            None => false,
        };
        drop(inbox);
        if !known {
            // It is done already, or the server has ended meanwhile.
            abort.abort();
        }
        Some(abort)
    }
}
