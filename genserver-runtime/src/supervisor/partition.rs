//! A server in several copies, one for each part of the keys.

use std::fmt;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use crate::absence::Absence;
use crate::client::Client;
use crate::error::StartError;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::node::{Node, Stop};
use crate::place::{Locate, Place};
use crate::spot::Kin;
use crate::supervisor::error::{ControlError, SupervisorError};
use crate::supervisor::handle::Supervisor;
use crate::supervisor::make::Started;
use crate::supervisor::start::{INTENSITY, StartSupervisor};

type Starting<T, E> =
    Pin<Box<dyn Future<Output = Result<T, StartError<E, <T as Started>::Client>>> + Send>>;

type Start<T, E> = Box<dyn Fn(usize) -> Starting<T, E> + Send + Sync>;

/// A server in several copies under one supervisor, and the way from a key to its copy: one server is
/// one queue, several share the load.
///
/// Like Elixir's `PartitionSupervisor`. Made once, it is cloned to whoever needs a copy, and started by
/// [`start`](Self::start), also again and again by a supervisor: the clients that it gives reach the
/// present copies.
///
/// ```
/// use genserver_runtime::prelude::*;
/// use genserver_runtime::PartitionSupervisor;
///
/// struct Counter(u64);
///
/// #[genserver]
/// impl Counter {
///     #[call]
///     fn increment(&mut self) -> u64 { self.0 += 1; self.0 }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counters = PartitionSupervisor::new(|_partition| Counter::start(Counter(0))).partitions(4);
/// let starts = counters.clone();
/// let _root = Supervisor::one_for_one().child("counters", move || starts.start()).await?;
/// assert_eq!(counters.of("user-7").increment().await?, 1);
/// assert_eq!(counters.of("user-7").increment().await?, 2); // the same key, the same copy
/// # Ok(()) }
/// ```
pub struct PartitionSupervisor<T: Started, E> {
    start: Arc<Start<T, E>>,
    table: Arc<Table>,
    partitions: usize,
    intensity: (u32, Duration),
}

/// Where the copies are.
#[derive(Default)]
struct Table {
    copies: Mutex<Copies>,
    /// Held while their number is changed: one change after the other.
    resizing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Copies {
    places: Vec<Arc<dyn Locate>>,
    /// How many of them are used.
    used: usize,
    supervisor: Option<Supervisor>,
}

impl Table {
    fn lock(&self) -> MutexGuard<'_, Copies> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why the number of copies was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResizeError {
    /// There are never more than it was made for.
    #[error("there are {partitions_max} partitions at the most")]
    TooMany {
        /// How many it was made for.
        partitions_max: usize,
    },
    /// A copy was not stopped or started.
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl<T: Started, E: fmt::Debug + Send + 'static> PartitionSupervisor<T, E> {
    /// A server in as many copies as the machine has cores; `start` starts one, by its number.
    pub fn new<F, R>(start: F) -> Self
    where
        F: Fn(usize) -> R + Send + Sync + 'static,
        R: IntoFuture<Output = Result<T, StartError<E, T::Client>>>,
        R::IntoFuture: Send + 'static,
    {
        let start: Start<T, E> =
            Box::new(move |partition| Box::pin(start(partition).into_future()));
        Self {
            start: Arc::new(start),
            table: Arc::default(),
            partitions: available_parallelism().map_or(1, usize::from),
            intensity: INTENSITY,
        }
    }

    /// How many copies there are.
    ///
    /// # Panics
    ///
    /// For zero.
    #[must_use]
    pub fn partitions(mut self, partitions: usize) -> Self {
        assert!(partitions > 0, "there is at least one partition");
        self.partitions = partitions;
        self
    }

    /// As [`StartSupervisor::intensity`](crate::StartSupervisor::intensity).
    #[must_use]
    pub fn intensity(mut self, restarts_max: u32, period: Duration) -> Self {
        self.intensity = (restarts_max, period);
        self
    }

    /// Starts the copies under a supervisor of their own, whose children have the ids `"0"`, `"1"`, and
    /// so on.
    pub fn start(&self) -> StartPartitions<T, E> {
        StartPartitions { of: self.clone(), start: Supervisor::one_for_one() }
    }

    /// A client of the copy that a key belongs to: always the same one for equal keys and the same
    /// number of copies. It finds it anew at each use, also after a restart and a
    /// [`resize`](Self::resize).
    pub fn of<K: Hash + ?Sized>(&self, key: &K) -> T::Client {
        // Its keys are fixed: the same in each run.
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        self.client(Route::Hash(hash))
    }

    /// A client of the copy that a number belongs to: its remainder, without sign.
    #[must_use]
    pub fn at(&self, number: i64) -> T::Client {
        self.client(Route::Hash(number.unsigned_abs()))
    }

    fn client(&self, route: Route) -> T::Client {
        T::Client::__at(Place::key(Arc::new(Routed { table: Arc::clone(&self.table), route })))
    }

    /// Clients of all copies that are used, in their order.
    #[must_use]
    pub fn clients(&self) -> Vec<T::Client> {
        (0..self.len()).map(|number| self.client(Route::Number(number))).collect()
    }

    /// How many copies are used now; none before it is started.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.lock().used
    }

    /// Whether no copy is used: clients reach nobody then.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Uses another number of copies, not more than it was made for: those that are not used are
    /// stopped. How many were used before.
    ///
    /// Like `PartitionSupervisor.resize!/2`. Keys move to other copies, and no state moves with them.
    ///
    /// # Errors
    ///
    /// `TooMany`, `Control`.
    ///
    /// # Cancel safety
    ///
    /// Dropped, some copies may be stopped or started already; another call goes on from there.
    pub async fn resize(&self, partitions: usize) -> Result<usize, ResizeError> {
        if partitions > self.partitions {
            return Err(ResizeError::TooMany { partitions_max: self.partitions });
        }
        let _alone = self.table.resizing.lock().await;
        let (before, supervisor) = {
            let mut copies = self.table.lock();
            let before = copies.used;
            // From here on nobody is led to one that is to be stopped.
            copies.used = before.min(partitions);
            (before, copies.supervisor.clone())
        };
        let gone = || ControlError::Supervisor(crate::ServerError::NotRunning);
        let supervisor = supervisor.ok_or_else(gone)?;
        for number in (partitions..self.partitions).rev() {
            supervisor.terminate_child(number.to_string()).await?;
        }
        for number in 0..partitions {
            match supervisor.restart_child(number.to_string()).await {
                Ok(_) | Err(ControlError::Running | ControlError::Restarting) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut copies = self.table.lock();
        // Those of another supervisor, which was started meanwhile, are all used.
        if copies.supervisor.as_ref().and_then(Client::id) == Client::id(&supervisor) {
            copies.used = partitions;
        }
        Ok(before)
    }
}

impl<T: Started, E> Clone for PartitionSupervisor<T, E> {
    fn clone(&self) -> Self {
        Self {
            start: Arc::clone(&self.start),
            table: Arc::clone(&self.table),
            partitions: self.partitions,
            intensity: self.intensity,
        }
    }
}

impl<T: Started, E> fmt::Debug for PartitionSupervisor<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartitionSupervisor")
            .field("partitions", &self.partitions)
            .field("used", &self.table.lock().used)
            .finish_non_exhaustive()
    }
}

/// Which copy.
#[derive(Clone, Copy)]
enum Route {
    Hash(u64),
    Number(usize),
}

/// The place of a copy, found anew at each use.
struct Routed {
    table: Arc<Table>,
    route: Route,
}

impl Routed {
    fn place(&self) -> Option<Arc<dyn Locate>> {
        let copies = self.table.lock();
        let used = copies.used as u64;
        let number = match self.route {
            Route::Hash(hash) => usize::try_from(hash.checked_rem(used)?).ok()?,
            Route::Number(number) => number,
        };
        copies.places.get(number).filter(|_| number < copies.used).cloned()
    }
}

impl Locate for Routed {
    fn locate(&self) -> Option<Arc<dyn Node>> {
        self.place()?.locate()
    }

    fn absence(&self, tried: Option<ServerId>) -> Absence {
        let Some(place) = self.place() else { return Absence::Gone };
        match place.absence(tried) {
            // The number of copies may have changed before this one was stopped: others are led on.
            Absence::Gone if self.place().is_some_and(|now| !Arc::ptr_eq(&now, &place)) => {
                Absence::Wait(Box::pin(std::future::ready(())))
            }
            absence => absence,
        }
    }

    fn kin(&self) -> Option<Kin> {
        self.place()?.kin()
    }
}

/// The start of the copies of a [`PartitionSupervisor`].
#[must_use = "a supervisor starts when this is awaited"]
pub struct StartPartitions<T: Started, E> {
    of: PartitionSupervisor<T, E>,
    start: StartSupervisor,
}

impl<T: Started, E> StartPartitions<T, E> {
    /// A name for their supervisor: see [`Start::name`](crate::Start::name).
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.start = self.start.name(name);
        self
    }

    /// Their supervisor lives without a client: see [`Start::detach`](crate::Start::detach).
    pub fn detach(mut self) -> Self {
        self.start = self.start.detach();
        self
    }
}

impl<T: Started, E: fmt::Debug + Send + 'static> IntoFuture for StartPartitions<T, E> {
    type Output = Result<Supervisor, StartError<SupervisorError, Supervisor>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { of, start } = self;
            let (restarts_max, period) = of.intensity;
            let supervisor = start.intensity(restarts_max, period).await?;
            let mut half = Half(Some(supervisor.clone()));
            let mut places = Vec::with_capacity(of.partitions);
            for number in 0..of.partitions {
                let make = Arc::clone(&of.start);
                match supervisor.start_child(number.to_string(), move || make(number)).await {
                    Ok(started) => places.extend(started.client().__address().share().locate()),
                    Err(error) => {
                        // It ends anyhow; those that were started are stopped before it is told.
                        let _ = supervisor.stop().await;
                        let (id, reason) = (number.to_string().into(), format!("{error:?}").into());
                        return Err(StartError::Init(SupervisorError::Child { id, reason }));
                    }
                }
            }
            // A client would keep it alive: it ends with who started it.
            let weak = Some(supervisor.weak());
            *of.table.lock() = Copies { places, used: of.partitions, supervisor: weak };
            half.0 = None;
            Ok(supervisor)
        })
    }
}

/// A supervisor not all of whose copies have started: a name or `detach` would keep it for ever when
/// its start is given up.
struct Half(Option<Supervisor>);

impl Drop for Half {
    fn drop(&mut self) {
        let node = self.0.as_ref().and_then(|supervisor| supervisor.__address().node());
        if let Some(node) = node {
            node.stop(Stop::Now(ExitReason::Shutdown), None);
        }
    }
}

impl<T: Started, E> fmt::Debug for StartPartitions<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StartPartitions").field(&self.of).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A copy that is stopped, for the number of copies changes, just when it is asked for.
    struct Leaves(Arc<Table>);

    impl Locate for Leaves {
        fn locate(&self) -> Option<Arc<dyn Node>> {
            None
        }

        fn absence(&self, _: Option<ServerId>) -> Absence {
            self.0.lock().used = 1;
            Absence::Gone
        }
    }

    #[test]
    fn who_meets_a_copy_that_is_being_stopped_looks_again() {
        let table = Arc::new(Table::default());
        let places = (0..2).map(|_| Arc::new(Leaves(Arc::clone(&table))) as Arc<dyn Locate>);
        *table.lock() = Copies { places: places.collect(), used: 2, supervisor: None };
        let routed = Routed { table, route: Route::Hash(1) };
        assert!(matches!(routed.absence(None), Absence::Wait(_)), "there is another copy now");
        assert!(matches!(routed.absence(None), Absence::Gone), "that one is stopped too");
    }
}
