//! Servers that are started when they are needed, one a key.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;

use crate::client::Client;
use crate::error::{NotStarted, ServerError};
use crate::keyed::shared::{ByKey, Shared, Starting};
use crate::keyed::turn::Turns;
use crate::keyed::uses::Uses;
use crate::place::Place;
use crate::registry::partitions_by_default;
use crate::registry::table::Table;
use crate::server::{Begin, ServedBy};
use crate::start::Start;

mod shared;
mod turn;
mod uses;

/// One server a key, started when it is needed: `K` is the key, `C` the client.
///
/// A client of it, from [`of`](Keyed::of), reaches the server that runs under its key, and has one
/// started where there is none. However many want it at once, one is started, and all wait for
/// that. With `passivate` in `#[genserver]`, a server that nobody uses ends, and begins anew with the
/// next message; none is lost in between. The next one does not start before the one before has
/// come to its end, `terminate` with it.
///
/// Clones share the servers, and keep them alive: when the last clone and the last client by key go,
/// the servers live on for as long as they have clients of their own.
///
/// OTP has nothing like it; it is a `Registry` with a `DynamicSupervisor` that is asked to start
/// what is not there, and the virtual actors of Orleans.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// struct Visits(u32);
///
/// #[genserver(passivate = "60s")]
/// impl Visits {
///     #[call]
///     fn count(&mut self) -> u32 {
///         self.0 += 1;
///         self.0
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let visits = Keyed::new(|_: &String| Visits::start(Visits(0))).max(100_000);
/// let ann = visits.of("ann".to_owned());
/// assert!(visits.is_empty()); // nothing is started before it is needed
/// assert_eq!(ann.count().await?, 1);
/// assert_eq!(visits.of("ann".to_owned()).count().await?, 2);
/// assert_eq!(visits.len(), 1);
/// # Ok(()) }
/// ```
pub struct Keyed<K, C> {
    shared: Arc<Shared<K>>,
    marker: PhantomData<fn() -> C>,
}

impl<K, C> Keyed<K, C>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    C: Client,
{
    /// Servers that are started by this closure, each with its key.
    ///
    /// The start runs on a task of its own, in the runtime of whoever needs the server; for callers
    /// outside of one, in that where this was made.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Port; #[genserver]
    /// # impl Port {
    /// #     #[init] fn bind(number: u32) -> Result<Self, std::num::TryFromIntError> {
    /// #         u16::try_from(number).map(|_| Self)
    /// #     }
    /// #     #[call] fn open(&self) {}
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ports = Keyed::new(|number: &u32| Port::start(*number));
    /// ports.of(80).open().await?;
    /// let error = ports.of(70_000).open().await.unwrap_err();
    /// assert!(matches!(error, ServerError::NotStarted(_)));
    /// assert!(error.to_string().starts_with("the server was not started: init failed: "));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn new<S, A, E>(start: impl Fn(&K) -> Start<S, C, A, E> + Send + Sync + 'static) -> Self
    where
        S: Begin<A, E> + ServedBy<C>,
        A: Send + 'static,
        E: fmt::Display + Send + 'static,
    {
        let start = move |key: &K| -> Starting {
            let start = start(key);
            Box::pin(async move {
                let client = start.await.map_err(|error| {
                    let text = error.to_string();
                    NotStarted::Failed(text.into())
                })?;
                let node = client.__address().node();
                let node = node.expect("invariant: a strong client holds its server");
                Ok((node, Box::new(client) as Box<dyn Send>))
            })
        };
        let shared = Shared {
            table: Arc::new(Table::new(true, partitions_by_default())),
            turns: Arc::new(Turns::new()),
            uses: Uses::new(),
            start: Box::new(start),
            max: AtomicUsize::new(usize::MAX),
            handle: Handle::try_current().ok(),
        };
        Self { shared: Arc::new(shared), marker: PhantomData }
    }

    /// From now on at most so many servers, with those that start. Where one more is needed, the
    /// one ends that was not used for the longest time, decided as passivation is: its mailbox is
    /// empty, and nobody holds it by a client of its own. Where each of them is in use, the caller
    /// is told so: [`NotStarted::Full`](crate::NotStarted::Full).
    ///
    /// # Panics
    ///
    /// For none.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Keyed::new(|items: &u32| Cart::start(Cart(*items))).max(2);
    /// for items in 0..5 {
    ///     assert_eq!(carts.of(items).items().await?, items);
    /// }
    /// assert!(carts.contains(&3) && carts.contains(&4) && carts.len() == 2);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn max(self, max: usize) -> Self {
        assert!(max > 0, "there is room for at least one server");
        self.shared.max.store(max, Ordering::Relaxed);
        self
    }

    /// A client of the server of a key, which is started when the client is used and there is none.
    ///
    /// What cannot wait, such as `try_send`, has it started and is told `NotStarted`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Keyed::new(|items: &u32| Cart::start(Cart(*items)));
    /// let cart = carts.of(3);
    /// assert_eq!(cart.items().await?, 3);
    /// cart.stop().await?;
    /// assert_eq!(cart.items().await?, 3); // the next incarnation
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn of(&self, key: K) -> C {
        let shared = Arc::clone(&self.shared);
        C::__at(Place::key(Arc::new(ByKey { hash: shared.table.hash(&key), shared, key })))
    }

    /// The server that runs under the key, as a strong client; none is started.
    #[must_use]
    pub fn get_running(&self, key: &K) -> Option<C> {
        let node = self.shared.table.node(self.shared.table.hash(key), key)?;
        Place::strong(node).map(C::__at)
    }

    /// Whether a server runs under the key.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        let node = self.shared.table.node(self.shared.table.hash(key), key);
        node.is_some_and(|node| node.is_running())
    }

    /// The keys under which servers run, in no order.
    #[must_use]
    pub fn keys(&self) -> Vec<K> {
        self.shared.table.all().map(|entry| entry.key.clone()).collect()
    }

    /// Ends the server of a key after what was sent to it before, and waits until it is gone; one
    /// that is starting begins first. The next who needs it starts another one.
    ///
    /// # Errors
    ///
    /// Those of [`Client::stop`]: `NotRunning` when there is none.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let carts = Keyed::new(|items: &u32| Cart::start(Cart(*items)));
    /// assert_eq!(carts.stop(&3).await, Err(ServerError::NotRunning));
    /// carts.of(3).items().await?;
    /// carts.stop(&3).await?;
    /// assert!(carts.is_empty());
    /// # Ok(()) }
    /// ```
    pub async fn stop(&self, key: &K) -> Result<(), ServerError> {
        let turn = self.shared.turns.lock().get(key);
        if let Some(turn) = turn {
            // Whether it began is seen below.
            let _ = turn::wait(turn).await;
        }
        let stop = self.get_running(key).map(|client| client.stop());
        stop.ok_or(ServerError::NotRunning)?.await
    }

    /// Ends all servers that run now, at the same time, and waits until they are gone.
    pub async fn stop_all(&self) {
        let running = self.shared.table.all().filter_map(|entry| entry.owner::<C>());
        let stops: Vec<_> = running.map(|client| client.stop()).collect();
        for stop in stops {
            // Of those that have ended on their own nothing is to be told.
            let _ = stop.await;
        }
    }
}

impl<K: Eq + Hash, C> Keyed<K, C> {
    /// How many servers run.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.len()
    }

    /// Whether no server runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K, C> Clone for Keyed<K, C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), marker: PhantomData }
    }
}

impl<K, C> fmt::Debug for Keyed<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("len", &self.shared.table.len()).finish_non_exhaustive()
    }
}
