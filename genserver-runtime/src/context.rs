//! What a handler can ask of the server that runs it.

use std::fmt;
use std::sync::{Arc, Weak};

use crate::address::{Address, Strong};
use crate::clock::Instant;
use crate::core::Core;
use crate::ending::Ending;
use crate::exit::ExitReason;
use crate::frame::{self, Deadline};
use crate::id::ServerId;
use crate::node::{Node as _, Stop};
use crate::server::{ServedBy, Server};
use crate::wishes::Wishes;

/// A handler's view of its own server; taken as `cx: &mut Cx<Self>` right after `self`.
///
/// `#[init]` may take it too, as its first parameter. It stands for what an OTP callback does with
/// `self()` and with the stop in its return.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Counter(i64);
///
/// #[genserver]
/// impl Counter {
///     #[call]
///     fn increment(&mut self, cx: &mut Cx<Self>) -> i64 {
///         self.0 += 1;
///         if self.0 == 2 {
///             cx.stop(ExitReason::Normal);
///         }
///         self.0
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?; // the context is no argument
/// assert_eq!(counter.increment().await?, 1);
/// assert_eq!(counter.increment().await?, 2);
/// assert!(!counter.is_running());
/// # Ok(()) }
/// ```
pub struct Cx<S: Server> {
    me: Weak<Core<S>>,
    id: ServerId,
    /// The drain task's own hold, so that it is there without counting.
    pub(crate) run: Option<Arc<Core<S>>>,
    pub(crate) wishes: Option<Box<Wishes<S>>>,
}

impl<S: Server> Cx<S> {
    pub(crate) fn new(core: &Arc<Core<S>>) -> Self {
        Self { me: Arc::downgrade(core), id: core.id, run: None, wishes: None }
    }

    /// The drain task's hold, for the length of one handler.
    pub(crate) fn hold(&mut self) -> Arc<Core<S>> {
        self.run.take().expect("invariant: the drain task sets its hold before it dispatches")
    }

    pub(crate) fn core(&self) -> Arc<Core<S>> {
        self.me.upgrade().expect("invariant: a handler runs under a hold on its server")
    }

    /// A strong client of this server: it lives at least as long as the client does. A server that
    /// keeps one in its own state never ends by itself: keep a [`weak`](Cx::weak) one.
    ///
    /// Like `self()`; differs: a client holds what it points at.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[call] fn me(&self, cx: &mut Cx<Self>) -> ProbeClient { cx.client() }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).await?;
    /// let same = probe.me().await?;
    /// drop(probe);
    /// assert!(same.is_running());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn client<C>(&self) -> C
    where
        S: ServedBy<C>,
    {
        S::client(Address::strong(Strong::revive(self.core())))
    }

    /// A client of this server that does not keep it alive. Like `self()`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[call] fn me(&self, cx: &mut Cx<Self>) -> ProbeClient { cx.weak() }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).await?;
    /// let same = probe.me().await?;
    /// drop(probe);
    /// assert!(!same.is_running());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn weak<C>(&self) -> C
    where
        S: ServedBy<C>,
    {
        S::client(Address::weak(Weak::clone(&self.me)))
    }

    /// The server's identity.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[call] fn id(&self, cx: &mut Cx<Self>) -> genserver_runtime::ServerId { cx.id() }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).await?;
    /// assert_eq!(Some(probe.id().await?), genserver_runtime::Client::id(&probe));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn id(&self) -> ServerId {
        self.id
    }

    /// The name that the server was started under.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[call] fn is(&self, cx: &mut Cx<Self>, name: String) -> bool {
    /// #         cx.name().as_deref() == Some(&*name)
    /// #     }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).name("probe").await?;
    /// assert!(probe.is("probe".to_owned()).await?);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn name(&self) -> Option<Arc<str>> {
        self.core().name()
    }

    /// What the server is called where it is shown: in its status, its crash report, the path of a
    /// deadlock. It need not be unique, and nobody finds the server by it. Like
    /// `Process.set_label/1`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// struct Session;
    ///
    /// #[genserver]
    /// impl Session {
    ///     #[init]
    ///     fn new(cx: &mut Cx<Self>, user: u64) -> Self {
    ///         cx.set_label(format!("session of user {user}"));
    ///         Self
    ///     }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let session = Session::start(7).await?;
    /// let status = session.sys().get_status()?;
    /// assert_eq!(status.label.as_deref(), Some("session of user 7"));
    /// # Ok(()) }
    /// ```
    pub fn set_label(&self, label: impl Into<Arc<str>>) {
        let label = Some(label.into());
        let old = std::mem::replace(&mut self.core().lock().cold().label, label);
        drop(old);
    }

    /// Ends the server after the running handler: `terminate` runs, then the reply of the running
    /// call is sent, then the server is gone. The first reason given stands.
    ///
    /// Like the return `{stop, Reason, Reply, State}` of a callback.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[call] fn last(&self, cx: &mut Cx<Self>) -> u32 { cx.stop(ExitReason::Shutdown); 7 }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).await?;
    /// assert_eq!(probe.last().await?, 7);
    /// assert!(!probe.is_running());
    /// # Ok(()) }
    /// ```
    pub fn stop(&mut self, reason: ExitReason) {
        if !self.is_ending() {
            self.end(Ending::new(reason));
        }
    }

    /// Until when the caller of the running handler waits; `None` when it waits for ever, or when
    /// there is none. A call made without a time-out of its own inherits it.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[call] fn is_bounded(&self, cx: &mut Cx<Self>) -> bool { cx.deadline().is_some() }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).await?;
    /// assert!(probe.is_bounded().await?); // 5 s by default
    /// assert!(!probe.is_bounded().no_timeout().await?);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match frame::deadline() {
            Deadline::Never => None,
            Deadline::At(at) => Some(at),
            Deadline::Within(within) => Instant::now().checked_add(within),
        }
    }

    pub(crate) fn end_by(&mut self, stop: Stop) {
        match stop {
            Stop::After(reason) | Stop::Now(reason) => self.stop(reason),
            Stop::Exit(reason) => {
                if !self.is_ending() {
                    self.end(Ending::signalled(reason));
                }
            }
            Stop::Kill => self.end(Ending::killed()),
        }
    }
}

impl<S: Server> fmt::Debug for Cx<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx").field("server", &S::NAME).field("id", &self.id).finish_non_exhaustive()
    }
}
