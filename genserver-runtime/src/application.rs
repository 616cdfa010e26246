//! Applications: a root with all below it, what ends it, and its orderly end.

#[cfg(feature = "signals")]
mod signals;
mod stopped;
mod stops;

use std::fmt;
use std::future::{self, Future};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tracing::{error, info};

pub use self::stopped::{Signal, Stopped, Why};
use self::stops::{First, Stops, Until, first};
use crate::client::Client;
use crate::clock::{self, Instant};
use crate::error::StartError;
use crate::exit::ExitReason;
use crate::home::Home;
use crate::ledger::Ledger;
use crate::monitor::{Down, Monitor};
use crate::node::{Node, Stop};
use crate::straggler::{self, Straggler};

/// How long the stop of everything may take: shorter than the 10 s after which `docker stop` kills.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);

/// A whole program, or a part of one: a root, mostly a [`Supervisor`](crate::Supervisor), that is
/// started, runs until something asks for its stop, and is then stopped in order within a time.
///
/// Stopped in order means: as the root stops its children, a supervisor the last one first. What has
/// not stopped when the time is over is named in the outcome, [`Stopped`], and killed.
///
/// Like an OTP application with the `init:stop/0` that ends it; differs: the stop is bounded as a
/// whole, and says what did not stop.
///
/// With the feature `signals` a whole program is:
///
/// ```no_run
/// use genserver_runtime::Application;
/// use genserver_runtime::prelude::*;
///
/// struct Counter(i64);
///
/// #[genserver]
/// impl Counter {
///     #[call]
///     fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
/// }
///
/// # #[cfg(not(feature = "signals"))] fn main() {}
/// # #[cfg(feature = "signals")]
/// #[tokio::main]
/// async fn main() {
///     let root = Supervisor::one_for_one()
///         .child("counter", || Counter::start(Counter(0)).name("hits"));
///     // Until ctrl-c or SIGTERM.
///     Application::new(root).run().await.exit()
/// }
/// ```
///
/// In a program that has a `main` of its own, any future is the request to stop:
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::{Application, Why};
/// # struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() {
/// let root =
///     Supervisor::one_for_one().child("counter", || Counter::start(Counter(0)).name("hits"));
/// let stopped = Application::new(root)
///     .run_until(async {
///         // .. the rest of the program
///     })
///     .await;
/// assert_eq!(stopped.why, Why::Asked);
/// assert!(stopped.stragglers.is_empty());
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an application is run, or started"]
pub struct Application<R> {
    root: R,
    shutdown_timeout: Duration,
}

impl<R> Application<R> {
    /// An application with this root: the start of a supervisor, or of another server. It is stopped
    /// within 8 s unless [`shutdown_timeout`](Self::shutdown_timeout) says otherwise.
    pub fn new(root: R) -> Self {
        Self { root, shutdown_timeout: SHUTDOWN_TIMEOUT }
    }

    /// How long the stop of everything may take, from the request on. What has not stopped then is
    /// killed, and named in the outcome.
    ///
    /// Each child has a time of its own too: [`ChildSpec::shutdown`](crate::ChildSpec::shutdown).
    pub fn shutdown_timeout(mut self, limit: Duration) -> Self {
        self.shutdown_timeout = limit;
        self
    }
}

impl<R, C, E> Application<R>
where
    R: IntoFuture<Output = Result<C, StartError<E, C>>>,
    C: Client,
    E: fmt::Display,
{
    /// Starts it, runs it until ctrl-c or SIGTERM (where there is no SIGTERM: ctrl-c), stops it. With
    /// a second one it ends at once, with what has not stopped in the outcome.
    ///
    /// A signal while it starts stops it when it has started. Needs the feature `signals`. The
    /// process does not end by these signals any more, also after this.
    ///
    /// # Panics
    ///
    /// In a tokio runtime that was built without `enable_io`.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it lets go of the root, which then ends by itself, unless others keep it.
    #[cfg(feature = "signals")]
    pub async fn run(self) -> Stopped {
        match signals::Signals::listen() {
            Ok(mut signals) => self.drive(&mut signals).await,
            Err(error) => not_started(format!("signals cannot be received: {error}")),
        }
    }

    /// Starts it, runs it until the future comes to its end, stops it.
    ///
    /// When the future ends while it starts, it is stopped when it has started.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it lets go of the root, which then ends by itself, unless others keep it.
    pub async fn run_until<F: Future>(self, stop: F) -> Stopped {
        self.drive(&mut Until::new(stop)).await
    }

    /// Starts it, and gives it back running.
    ///
    /// # Errors
    ///
    /// Those of the root's start.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::Application;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = Application::new(Supervisor::one_for_one()).start().await?;
    /// let counter = app.root().start_child("counter", || Counter::start(Counter(0))).await?;
    /// assert_eq!(counter.increment().await?, 1);
    /// assert!(app.stop().await.is_orderly());
    /// # Ok(()) }
    /// ```
    pub async fn start(self) -> Result<Running<C>, StartError<E, C>> {
        let ledger = open_ledger();
        let root = self.root.into_future().await?;
        Ok(Running::new(root, ledger, self.shutdown_timeout))
    }

    async fn drive(self, stops: &mut impl Stops) -> Stopped {
        let (limit, ledger) = (self.shutdown_timeout, open_ledger());
        let mut start = pin!(self.root.into_future());
        let (started, asked) = match first(start.as_mut(), stops).await {
            First::Done(started) => (started, None),
            First::Stop(why) => {
                let asked = Asked { why, at: Instant::now() };
                let bounded = pin!(clock::timeout_at(clock::after(limit), start));
                match first(bounded, stops).await {
                    First::Done(Ok(started)) => (started, Some(asked)),
                    First::Done(Err(_)) | First::Stop(_) => {
                        let why = &asked.why;
                        return not_started(format!("{why} while it was starting"));
                    }
                }
            }
        };
        match started {
            Ok(root) => Running::new(root, ledger, limit).drive(asked, stops).await,
            Err(error) => not_started(error.to_string()),
        }
    }
}

/// Outside of a runtime nothing starts.
fn open_ledger() -> Arc<Ledger> {
    Home::current().map(|home| Ledger::open(&home)).unwrap_or_default()
}

/// An application that runs: see [`Application::start`].
#[must_use = "it lets go of its root when it is dropped; stop it, or run it"]
pub struct Running<C> {
    root: C,
    monitor: Monitor,
    ledger: Arc<Ledger>,
    shutdown_timeout: Duration,
}

/// A request to stop.
struct Asked {
    why: Why,
    at: Instant,
}

/// What ends the run.
enum Turn {
    Ended(Down),
    /// The root stops its children, and nobody asked it for that here.
    Closing,
    Asked(Why),
}

impl<C: Client> Running<C> {
    fn new(root: C, ledger: Arc<Ledger>, shutdown_timeout: Duration) -> Self {
        let monitor = root.monitor();
        if let Some(id) = root.id() {
            ledger.belongs_to(id);
        }
        info!(target: "genserver", root = root.id().map(crate::ServerId::as_u64), "application started");
        Self { root, monitor, ledger, shutdown_timeout }
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> &C {
        &self.root
    }

    /// Stops it within its time.
    pub async fn stop(self) -> Stopped {
        self.run_until(future::ready(())).await
    }

    /// Runs it until its root ends by itself.
    pub async fn wait(self) -> Stopped {
        self.run_until(future::pending::<()>()).await
    }

    /// Runs it until the future comes to its end or the root ends by itself, stops it.
    pub async fn run_until<F: Future>(self, stop: F) -> Stopped {
        self.drive(None, &mut Until::new(stop)).await
    }

    /// Runs it until ctrl-c or SIGTERM, stops it: see [`Application::run`].
    ///
    /// # Panics
    ///
    /// In a tokio runtime that was built without `enable_io`.
    #[cfg(feature = "signals")]
    pub async fn run(self) -> Stopped {
        match signals::Signals::listen() {
            Ok(mut signals) => self.drive(None, &mut signals).await,
            Err(error) => not_started(format!("signals cannot be received: {error}")),
        }
    }

    async fn drive(mut self, asked: Option<Asked>, stops: &mut impl Stops) -> Stopped {
        let (turn, began) = match asked {
            Some(asked) => (Turn::Asked(asked.why), asked.at),
            None => (self.turn(stops).await, Instant::now()),
        };
        let asked = match turn {
            Turn::Ended(down) => return self.ended(None, self.reason(down), Vec::new(), began),
            Turn::Closing => None,
            Turn::Asked(why) => Some(why),
        };
        info!(target: "genserver", why = asked.as_ref().map(tracing::field::display), "application stops");
        let node = self.root.__address().node();
        if let (Some(node), Some(_)) = (&node, &asked) {
            Arc::clone(node).stop(Stop::Now(ExitReason::Shutdown), None);
        }
        let until = began.checked_add(self.shutdown_timeout);
        let until = until.unwrap_or_else(|| clock::after(self.shutdown_timeout));
        let closed = pin!(clock::timeout_at(until, &mut self.monitor));
        match first(closed, stops).await {
            First::Done(Ok(down)) => self.ended(asked, self.reason(down), Vec::new(), began),
            First::Done(Err(Elapsed { .. })) | First::Stop(_) => {
                let left = node.map(|node| kill_left(&node)).unwrap_or_default();
                self.ended(asked, ExitReason::Killed, left, began)
            }
        }
    }

    /// Waits for what ends the run.
    async fn turn(&mut self, stops: &mut impl Stops) -> Turn {
        let closes = self.ledger.closes();
        let mut closes = pin!(closes);
        let monitor = &mut self.monitor;
        let turn = pin!(future::poll_fn(|cx| {
            if let std::task::Poll::Ready(down) = std::pin::Pin::new(&mut *monitor).poll(cx) {
                return std::task::Poll::Ready(Turn::Ended(down));
            }
            closes.as_mut().poll(cx).map(|()| Turn::Closing)
        }));
        match first(turn, stops).await {
            First::Done(turn) => turn,
            First::Stop(why) => Turn::Asked(why),
        }
    }

    /// Why the root ended: one that did before it was monitored knows that itself.
    fn reason(&self, down: Down) -> ExitReason {
        let known = self.root.__address().node().and_then(|root| root.end_reason());
        known.unwrap_or(down.reason)
    }

    fn ended(
        &self,
        asked: Option<Why>,
        reason: ExitReason,
        left: Vec<Straggler>,
        began: Instant,
    ) -> Stopped {
        let by_itself = || {
            if self.ledger.gave_up() { Why::GaveUp } else { Why::RootEnded(reason.clone()) }
        };
        let why = asked.unwrap_or_else(by_itself);
        let mut stragglers = self.ledger.killed();
        stragglers.extend(left);
        // Stable: within each kind they stand in the order of their ends.
        stragglers.sort_by_key(|straggler| straggler.fate);
        tell(Stopped { why, reason, stragglers, took: began.elapsed() })
    }
}

/// What has not stopped; it is killed, the root first, so that no supervisor starts it again.
fn kill_left(root: &Arc<dyn Node>) -> Vec<Straggler> {
    let left = straggler::left(root);
    Arc::clone(root).stop(Stop::Kill, None);
    let kill = |(node, straggler): (Arc<dyn Node>, Straggler)| {
        node.stop(Stop::Kill, None);
        straggler
    };
    left.into_iter().map(kill).collect()
}

fn not_started(reason: String) -> Stopped {
    let why = Why::NotStarted(reason.into());
    let took = Duration::ZERO;
    tell(Stopped { why, reason: ExitReason::NotRunning, stragglers: Vec::new(), took })
}

fn tell(stopped: Stopped) -> Stopped {
    if stopped.is_orderly() {
        info!(target: "genserver", "application: {stopped}");
    } else {
        error!(target: "genserver", "application: {stopped}");
    }
    stopped
}

impl<C: fmt::Debug> fmt::Debug for Running<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("root", &self.root)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .finish_non_exhaustive()
    }
}
