//! What a server does with keys of its own, from its handlers.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::address::Address;
use crate::client::Client;
use crate::context::Cx;
use crate::core::Core;
use crate::inbox::{Claim, Life};
use crate::node::Node;
use crate::opening::Remembered;
use crate::registry::entry::Entry;
use crate::registry::{Keys, Registry};
use crate::server::{ServedBy, Server};

/// Why a server did not get a key.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError<C> {
    /// The key is taken; here is the server that has it, which may be the one that asks.
    #[error("the key is taken")]
    AlreadyRegistered(C),
    /// The server is ending: its keys are free already.
    #[error("the server is ending")]
    Ending,
}

impl<S: Server> Cx<S> {
    /// Puts this server under a key of a registry, with a value; it may have many. The key is free
    /// again when the server ends. A unique key keeps the server alive.
    ///
    /// Like `Registry.register/3`.
    ///
    /// # Errors
    ///
    /// `AlreadyRegistered` where a unique key is taken: nothing has changed. `Ending` in
    /// `#[terminate]`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// type Players = Registry<String, PlayerClient, u32>;
    ///
    /// struct Player(Players);
    ///
    /// #[genserver]
    /// impl Player {
    ///     #[call]
    ///     fn take_name(&self, cx: &mut Cx<Self>, name: String) -> bool {
    ///         cx.register(&self.0, name, 0).is_ok()
    ///     }
    ///
    ///     #[call]
    ///     fn score(&self, cx: &mut Cx<Self>, name: String) -> Option<(u32, u32)> {
    ///         cx.update_value(&self.0, &name, |score| score + 1)
    ///     }
    ///
    ///     #[call]
    ///     fn leave(&self, cx: &mut Cx<Self>, name: String) -> usize {
    ///         cx.unregister(&self.0, &name)
    ///     }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let players = Players::default();
    /// let ann = Player::start(Player(players.clone())).await?;
    /// let bob = Player::start(Player(players.clone())).await?;
    /// assert!(ann.take_name("ann".to_owned()).await?);
    /// assert!(!bob.take_name("ann".to_owned()).await?);
    /// assert_eq!(ann.score("ann".to_owned()).await?, Some((1, 0)));
    /// assert_eq!(bob.score("ann".to_owned()).await?, None); // not its key
    /// assert_eq!(ann.leave("ann".to_owned()).await?, 1);
    /// assert!(bob.take_name("ann".to_owned()).await?);
    /// # Ok(()) }
    /// ```
    pub fn register<K, C, V, M>(
        &self,
        registry: &Registry<K, C, V, M>,
        key: K,
        value: V,
    ) -> Result<(), RegisterError<C>>
    where
        S: ServedBy<C>,
        K: Clone + Eq + Hash + Send + Sync + 'static,
        C: Client,
        V: Send + Sync + 'static,
        M: Keys,
    {
        let core = self.core();
        let node = Arc::clone(&core) as Arc<dyn Node>;
        let entry = Arc::new(Entry::new(&registry.table, key, value, &node));
        if M::UNIQUE {
            // Before anybody can find it, and take what it has from it.
            core.holders.fetch_add(1, Ordering::AcqRel);
        }
        let let_go = || {
            if M::UNIQUE {
                core.let_go();
            }
        };
        if let Err(present) = registry.table.insert(&entry) {
            let_go();
            return Err(RegisterError::AlreadyRegistered(S::client(Address::held_by(present))));
        }
        if !Core::claim(&core, Arc::clone(&entry) as Arc<dyn Claim>) {
            drop(registry.table.remove(&entry));
            let_go();
            return Err(RegisterError::Ending);
        }
        registry.table.listeners.registered(&entry);
        Ok(())
    }

    /// Gives a key up, with all entries that this server has under it; answers how many. Others are
    /// left alone. Like `Registry.unregister/2`.
    pub fn unregister<K, C, V, M>(&self, registry: &Registry<K, C, V, M>, key: &K) -> usize
    where
        S: ServedBy<C>,
        K: Eq + Hash + Send + Sync + 'static,
        V: Send + Sync + 'static,
        M: Keys,
    {
        self.unregister_matching(registry, key, |_| true)
    }

    /// Gives up those entries that this server has under a key whose value is wanted; answers how
    /// many. Like `Registry.unregister_match/4`; differs: a closure in place of a pattern.
    pub fn unregister_matching<K, C, V, M>(
        &self,
        registry: &Registry<K, C, V, M>,
        key: &K,
        mut wanted: impl FnMut(&V) -> bool,
    ) -> usize
    where
        S: ServedBy<C>,
        K: Eq + Hash + Send + Sync + 'static,
        V: Send + Sync + 'static,
        M: Keys,
    {
        let core = self.core();
        let mut given_up = Vec::new();
        for entry in registry.table.of_key(key).into_iter().flatten() {
            if entry.node.id() == core.id
                && wanted(&entry.value())
                && registry.table.remove(&entry).is_some()
            {
                core.forget_claim(Arc::as_ptr(&entry).cast());
                if M::UNIQUE {
                    core.let_go();
                }
                given_up.push(entry);
            }
        }
        if let Some(entry) = given_up.first() {
            registry.table.listeners.unregistered(entry);
        }
        given_up.len()
    }

    /// Puts another value beside a key of this server, made of the present one; answers the new
    /// and the old one. `None` where the key is not this server's: then the closure is not called.
    ///
    /// Like `Registry.update_value/3`.
    pub fn update_value<K, C, V>(
        &self,
        registry: &Registry<K, C, V>,
        key: &K,
        update: impl FnOnce(&V) -> V,
    ) -> Option<(V, V)>
    where
        S: ServedBy<C>,
        K: Eq + Hash + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let entry = registry.table.first(key)?;
        if entry.node.id() != self.id() {
            return None;
        }
        let new = update(&entry.value());
        let old = entry.replace(new.clone());
        Some((new, Arc::unwrap_or_clone(old)))
    }
}

impl<S: Server> Core<S> {
    /// Notes a claim that the running handler got; `false` when the server has freed its own.
    pub(crate) fn claim(self: &Arc<Self>, claim: Arc<dyn Claim>) -> bool {
        let mut inbox = self.lock();
        if matches!(inbox.life, Life::Ending | Life::Ended) {
            return false;
        }
        inbox.cold().claims.push(claim);
        drop(inbox);
        self.home.remember(&(Arc::clone(self) as Arc<dyn Node>));
        if self.lock().life == Life::Ended {
            // It came to its end before its home knew of it, and was forgotten already.
            self.home.forget(self.id);
        }
        // A runtime that went in the meantime has freed it.
        !self.home.is_gone()
    }

    /// Takes a claim from those to be freed at the end.
    fn forget_claim(&self, claim: *const ()) {
        let mut inbox = self.lock();
        let claims = &mut inbox.cold().claims;
        let at = claims.iter().rposition(|known| Arc::as_ptr(known).cast::<()>() == claim);
        let forgotten = at.map(|at| claims.remove(at));
        if forgotten.is_some() && claims.is_empty() {
            // The home knows it still.
            claims.push(Arc::new(Remembered));
        }
        drop(inbox);
        drop(forgotten);
    }
}
