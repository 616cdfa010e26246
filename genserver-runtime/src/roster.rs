//! The list of live servers: for tools that look at a whole program.
//!
//! Sixteen bytes a server, written when it starts and when it is gone; no call touches it.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::home;
use crate::id::ServerId;
use crate::node::Node;
use crate::status::Status;
use crate::sys::Sys;

/// The servers of one home.
#[derive(Default)]
pub(crate) struct Roster(Mutex<List>);

#[derive(Default)]
struct List {
    nodes: Vec<Option<Weak<dyn Node>>>,
    free: Vec<u32>,
}

/// A server's place in the list of its home.
pub(crate) struct Listed(AtomicU32);

/// Not listed.
const NOWHERE: u32 = u32::MAX;

impl Listed {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(NOWHERE))
    }
}

impl Roster {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn enter(&self, listed: &Listed, node: Weak<dyn Node>) {
        let mut list = self.lock();
        let place = match list.free.pop() {
            Some(place) => {
                list.nodes[place as usize] = Some(node);
                place
            }
            // More servers than this count would not fit into any memory.
            None => match u32::try_from(list.nodes.len()) {
                Ok(place) => {
                    list.nodes.push(Some(node));
                    place
                }
                Err(_) => NOWHERE,
            },
        };
        listed.0.store(place, Ordering::Relaxed);
    }

    pub(crate) fn leave(&self, listed: &Listed) {
        let place = listed.0.swap(NOWHERE, Ordering::Relaxed);
        let mut list = self.lock();
        let node = list.nodes.get_mut(place as usize).and_then(Option::take);
        if node.is_some() {
            list.free.push(place);
        }
        if list.nodes.len() == list.free.len() {
            // The last one: give back what a crowd has taken.
            *list = List::default();
        }
        drop(list);
        drop(node);
    }

    pub(crate) fn nodes(&self) -> Vec<Arc<dyn Node>> {
        self.lock().nodes.iter().flatten().filter_map(Weak::upgrade).collect()
    }
}

/// The servers that run now, of all tokio runtimes of this process, in the order of their starts.
///
/// Like `erlang:processes/0`. Needs the feature `introspection`, which is on by default.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let _counter = Counter::start(Counter(0)).name("hits").await?;
/// for server in genserver_runtime::servers() {
///     let status = server.status().expect("it runs");
///     println!("{} {:?}: {} waiting", server.kind(), server.name(), status.mailbox.now);
/// }
/// # assert_eq!(genserver_runtime::servers().len(), 1);
/// # Ok(()) }
/// ```
#[must_use]
pub fn servers() -> Vec<AnyServer> {
    let nodes = home::all().into_iter().flat_map(|home| home.roster().nodes());
    let running = nodes.filter(|node| node.is_running());
    let mut servers: Vec<_> = running.map(|node| AnyServer::new(&node)).collect();
    servers.sort_unstable_by_key(AnyServer::id);
    servers
}

/// A live server, whatever its type: found by [`servers`], [`find`](AnyServer::find) or
/// [`named`](AnyServer::named). It keeps nothing alive.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::{AnyServer, Client};
/// # struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).name("hits").await?;
/// let found = AnyServer::find(counter.id().expect("it runs")).expect("it runs");
/// assert_eq!(found.kind(), "Counter");
/// assert_eq!(AnyServer::named("hits").len(), 1);
/// counter.stop().await?;
/// assert!(found.status().is_none());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct AnyServer {
    id: ServerId,
    kind: &'static str,
    node: Weak<dyn Node>,
}

impl AnyServer {
    fn new(node: &Arc<dyn Node>) -> Self {
        Self { id: node.id(), kind: node.kind(), node: Arc::downgrade(node) }
    }

    /// The server with this identity; `None` when it does not run.
    #[must_use]
    pub fn find(id: ServerId) -> Option<Self> {
        servers().into_iter().find(|server| server.id == id)
    }

    /// The servers under this name: names are scoped by server type and runtime, so that there may be
    /// several.
    #[must_use]
    pub fn named(name: &str) -> Vec<Self> {
        let mut servers = servers();
        servers.retain(|server| server.name().as_deref() == Some(name));
        servers
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> ServerId {
        self.id
    }

    /// Its type, without path and generics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The name that it was started under.
    #[must_use]
    pub fn name(&self) -> Option<Arc<str>> {
        self.node.upgrade()?.name()
    }

    /// What it is and does, read without stopping it; `None` when it has ended.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.node.upgrade()?.status()
    }

    /// The way into it: see [`Sys`]. What needs its type, such as a copy of its state, is there for
    /// clients only.
    #[must_use]
    pub fn sys(&self) -> Sys<Self> {
        Sys::new(self.node.upgrade())
    }
}

impl fmt::Debug for AnyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}
