//! Servers that hear of what is registered.

use std::fmt;
use std::mem;
use std::sync::{Arc, PoisonError, RwLock};

use crate::client::Client;
use crate::info::Recipient;
use crate::node::Node;
use crate::place::Place;
use crate::registry::Registry;
use crate::registry::entry::Entry;

/// What a listener of a registry is told: see [`Registry::listen`]. The clients in it keep nobody
/// alive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RegistryEvent<K, C, V = ()> {
    /// A server has a key.
    Registered {
        /// The key.
        key: K,
        /// Who has it, as a weak client.
        owner: C,
        /// What stands beside it.
        value: V,
    },
    /// A server gave a key up. Not sent when it ends.
    Unregistered {
        /// The key.
        key: K,
        /// Who had it, as a weak client.
        owner: C,
    },
}

/// What happened, as the registry knows it.
enum Change<'a, K, V> {
    Registered(&'a Entry<K, V>),
    Unregistered(&'a Entry<K, V>),
}

/// Tells one listener; `false` when it has ended.
type Tell<K, V> = Arc<dyn Fn(&Change<'_, K, V>) -> bool + Send + Sync>;

pub(crate) struct Listeners<K, V>(RwLock<Arc<[Tell<K, V>]>>);

impl<K, V> Listeners<K, V> {
    pub(crate) fn new() -> Self {
        Self(RwLock::new(Arc::new([])))
    }

    pub(crate) fn registered(&self, entry: &Entry<K, V>) {
        self.tell(&Change::Registered(entry));
    }

    pub(crate) fn unregistered(&self, entry: &Entry<K, V>) {
        self.tell(&Change::Unregistered(entry));
    }

    fn tell(&self, change: &Change<'_, K, V>) {
        // They send to servers: not under the lock.
        let all = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let mut gone = Vec::new();
        for tell in &*all {
            if !tell(change) {
                gone.push(Arc::as_ptr(tell).cast::<()>());
            }
        }
        if !gone.is_empty() {
            self.change(|tell| !gone.contains(&Arc::as_ptr(tell).cast::<()>()), None);
        }
    }

    /// Keeps those that are wanted, and adds one.
    fn change(&self, keep: impl Fn(&Tell<K, V>) -> bool, more: Option<Tell<K, V>>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let next = all.iter().filter(|tell| keep(tell)).cloned().chain(more).collect();
        let old = mem::replace(&mut *all, next);
        drop(all);
        drop(old);
    }
}

fn weak<C: Client>(node: &Arc<dyn Node>) -> C {
    C::__at(Place::weak(node))
}

impl<K, C, V, M> Registry<K, C, V, M>
where
    K: Clone + Send + Sync + 'static,
    C: Client,
    V: Clone + Send + Sync + 'static,
{
    /// Tells a server from now on of each key that is registered or given up, until it has ended.
    /// Nothing is told of keys whose owner ends: watch the owner for that. What is told takes no
    /// room in the mailbox. The listener is kept alive as its recipient keeps it.
    ///
    /// Like the option `:listeners` of `Registry.start_link/1`; differs: at any time.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// use genserver_runtime::RegistryEvent;
    ///
    /// struct Census(Vec<u64>);
    ///
    /// #[genserver]
    /// impl Census {
    ///     #[info]
    ///     fn changed(&mut self, event: RegistryEvent<u64, CartClient>) {
    ///         if let RegistryEvent::Registered { key, .. } = event {
    ///             self.0.push(key);
    ///         }
    ///     }
    ///
    ///     #[call]
    ///     fn seen(&self) -> Vec<u64> {
    ///         self.0.clone()
    ///     }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Registry::new();
    /// let census = Census::start(Census(Vec::new())).await?;
    /// carts.listen(&census.recipient());
    /// Cart::start(Cart(3)).key(&carts, 42).await?;
    /// assert_eq!(census.seen().await?, [42]);
    /// # Ok(()) }
    /// ```
    pub fn listen(&self, listener: &Recipient<RegistryEvent<K, C, V>>) {
        let listener = listener.clone();
        let tell = move |change: &Change<'_, K, V>| {
            let event = match change {
                Change::Registered(entry) => RegistryEvent::Registered {
                    key: entry.key.clone(),
                    owner: weak(&entry.node),
                    value: V::clone(&entry.value()),
                },
                Change::Unregistered(entry) => {
                    RegistryEvent::Unregistered { key: entry.key.clone(), owner: weak(&entry.node) }
                }
            };
            listener.tell(event)
        };
        self.table.listeners.change(|_| true, Some(Arc::new(tell)));
    }
}

impl<K, V> fmt::Debug for Listeners<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").finish_non_exhaustive()
    }
}
