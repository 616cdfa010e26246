//! What a server owns besides its state: timers, tasks, streams. They end with it and keep nothing
//! alive.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};

use tokio::task::AbortHandle;

use crate::core::Core;
use crate::inbox::{Inbox, Life};
use crate::node::Node;
use crate::server::Server;
use crate::timer::Armed;

/// What runs beside a server.
pub(crate) type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The list of what runs for a server.
#[derive(Default)]
pub(crate) struct Owned {
    entries: HashMap<u64, Entry>,
    newest: u64,
}

/// Something that runs for a server.
pub(crate) struct Entry {
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
struct Place {
    node: Weak<dyn Node>,
    id: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(node) = self.node.upgrade() {
            drop(node.disown(self.id));
        }
    }
}

impl<S: Server> Inbox<S> {
    fn owned(&mut self) -> Option<&mut Owned> {
        self.cold.as_mut()?.owned.as_deref_mut()
    }
}

impl<S: Server> Core<S> {
    /// Notes what will run for the server, with a number; `None` where it has ended.
    pub(crate) fn note_owned(&self, what: What) -> Option<u64> {
        let mut inbox = self.lock();
        let ended = matches!(inbox.life, Life::Ending | Life::Ended);
        (!ended).then(|| inbox.cold().owned.get_or_insert_default().insert(what))
    }

    /// Notes how to end what runs under this number; `false` where it is done already, or the server
    /// has ended meanwhile.
    pub(crate) fn note_abort(&self, id: u64, abort: AbortHandle) -> bool {
        let mut inbox = self.lock();
        let entry = inbox.owned().and_then(|owned| owned.entries.get_mut(&id));
        entry.map(|entry| entry.abort = Some(abort)).is_some()
    }

    /// What ran under this number is done.
    pub(crate) fn disown(&self, id: u64) -> Option<Entry> {
        self.lock().owned().and_then(|owned| owned.entries.remove(&id))
    }
}

/// Runs a future that ends with the server; it was never there where the server has ended.
///
/// In a box, as all that runs beside a server: so there is one kind of such tasks in a program, and
/// not one for each server and each thing that it does.
pub(crate) fn own(node: &Arc<dyn Node>, what: What, future: Boxed) -> Option<AbortHandle> {
    let id = node.note_owned(what)?;
    let place = Place { node: Arc::downgrade(node), id };
    let task = node.home().handle().spawn(async move {
        let _place = place;
        future.await;
    });
    let abort = task.abort_handle();
    if !node.note_abort(id, abort.clone()) {
        abort.abort();
    }
    Some(abort)
}
