//! Looking into a live server: `client.sys()`.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use crate::error::ServerError;
use crate::event::{Event, Events};
use crate::exit::ExitReason;
use crate::limit::Limit;
use crate::node::{Node, Stop as How};
use crate::pending::{Asked, Pending, Waits};
use crate::reply::ReplyTo;
use crate::status::{Statistics, Status};
use crate::stop::Stop;
use crate::sys_call::{FormatError, SysCall};

/// The way into a live server, made by [`Client::sys`](crate::Client::sys): for programs that look after others, for
/// tests, for whoever wonders what a server is doing.
///
/// What is asked here takes no room in the mailbox. It works while the mailbox is full, while the
/// server is suspended, and while a handler waits; what needs the state waits for that handler, with
/// a time-out of 5 s whose error names it. Like OTP's `sys`.
///
/// ```
/// # use genserver_runtime::prelude::*;
/// #[derive(Clone, Debug)]
/// struct Counter(i64);
///
/// # #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let sys = counter.sys();
/// sys.suspend().await?;
/// let reply = counter.increment().send().await?; // waits in the mailbox
/// let state: Counter = sys.get_state().await?;
/// assert_eq!(state.0, 0);
/// sys.replace_state(|counter: Counter| Counter(counter.0 + 40)).await?;
/// sys.resume().await?;
/// assert_eq!(reply.await?, 41);
/// # Ok(()) }
/// ```
pub struct Sys<C> {
    node: Option<Arc<dyn Node>>,
    client: PhantomData<fn() -> C>,
}

impl<C> Sys<C> {
    pub(crate) fn new(node: Option<Arc<dyn Node>>) -> Self {
        Self { node, client: PhantomData }
    }

    fn running(&self) -> Result<&Arc<dyn Node>, ServerError> {
        self.node.as_ref().filter(|node| node.is_running()).ok_or(ServerError::NotRunning)
    }

    /// Asks the server for something that a reply is given to.
    pub(crate) fn ask<T: Send + 'static, E: Send + 'static>(
        &self,
        call: &'static str,
        ask: impl FnOnce(Arc<dyn Node>, ReplyTo<Result<T, E>>),
    ) -> SysCall<T, E> {
        let waiting = self.node.as_ref().map(|node| {
            let limit = Limit::Default(Some(Duration::from_secs(5)));
            let asked = Asked { call, limit, waits: Waits::Server };
            let pending = Pending::new(Arc::clone(node), &asked);
            ask(Arc::clone(node), ReplyTo::new(Arc::clone(pending.slot())));
            pending
        });
        SysCall::new(waiting)
    }

    /// Stops the handling of messages, after the running handler: they queue up, and their callers
    /// wait. Timers go on, and what they send queues up too; an idle time-out begins anew when the
    /// server is resumed. A stop comes at once, without what is queued, and so does the end of a
    /// server that nobody holds any more. Like `sys:suspend/1`.
    ///
    /// # Errors
    ///
    /// `NotRunning`; `Timeout` while a handler runs, and then it is suspended after it; `Deadlock` in
    /// a handler of the server itself, and then it is not.
    pub fn suspend(&self) -> SysCall<()> {
        self.ask("suspend", |node, reply| node.suspend(true, reply))
    }

    /// Lets a suspended server go on, with what is queued in the order it was sent. Like
    /// `sys:resume/1`.
    ///
    /// # Errors
    ///
    /// As [`suspend`](Sys::suspend).
    pub fn resume(&self) -> SysCall<()> {
        self.ask("resume", |node, reply| node.suspend(false, reply))
    }

    /// What the server is and does; read at once, whatever it does. Like `sys:get_status/1`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn get_status(&self) -> Result<Status, ServerError> {
        self.node.as_ref().and_then(|node| node.status()).ok_or(ServerError::NotRunning)
    }

    /// The state as text: what `#[format_state]` gives, or the type's `Debug`; at most `chars_max`
    /// characters of it. In order with what this sender sent before; at once while suspended.
    ///
    /// # Errors
    ///
    /// [`FormatError::Unformatted`] where the server has neither, [`FormatError::Panic`] when it
    /// panicked, and the errors of [`suspend`](Sys::suspend).
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::fmt::Debug;
    /// struct Session { user: String, token: String }
    ///
    /// #[genserver]
    /// impl Session {
    ///     #[format_state]
    ///     fn shown(&self) -> impl Debug {
    ///         format!("session of {}", self.user) // without the token
    ///     }
    ///     # #[call] fn user(&self) -> String { format!("{}{}", self.user, self.token.len()) }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let session = Session { user: "ann".to_owned(), token: "s3cret".to_owned() };
    /// let session = Session::start(session).await?;
    /// assert_eq!(session.sys().format_state(1_000).await?, "\"session of ann\"");
    /// # Ok(()) }
    /// ```
    pub fn format_state(&self, chars_max: usize) -> SysCall<String, FormatError> {
        self.ask("format_state", |node, reply| node.format_state(chars_max, reply))
    }

    /// Writes each event to `tracing`, at level `INFO` and under the target `genserver::trace`, or no
    /// more. Like `sys:trace/2`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn trace(&self, on: bool) -> Result<(), ServerError> {
        self.running()?.change_watch(&mut |watch| watch.trace = on);
        Ok(())
    }

    /// The server's events from now on, as a stream that can be filtered and dropped.
    ///
    /// Stands for `sys:install/2` and `sys:remove/2`:
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::EventKind;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let events = counter.sys().events()?; // installed
    /// let mut replies = events.only(|event| matches!(event.kind, EventKind::Replied { .. }));
    /// counter.increment().await?;
    /// let reply = replies.next().await.expect("it runs");
    /// assert_eq!(reply.to_string(), format!("Counter {} replied to `increment`", reply.id));
    /// drop(replies); // removed
    /// # Ok(()) }
    /// ```
    ///
    /// And for `sys:log_to_file/2`:
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::io::Write as _;
    /// # struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let path = std::env::temp_dir().join(format!("counter-{}.log", std::process::id()));
    /// let counter = Counter::start(Counter(0)).await?;
    /// let mut events = counter.sys().events()?;
    /// let mut file = std::fs::File::create(&path)?; // that fails here, not in the server
    /// let log = tokio::spawn(async move {
    ///     while let Some(event) = events.next().await {
    ///         writeln!(file, "{event}")?;
    ///     }
    ///     std::io::Result::Ok(()) // the server has ended
    /// });
    /// counter.increment().await?;
    /// counter.stop().await?;
    /// log.await??;
    /// assert_eq!(std::fs::read_to_string(&path)?.lines().count(), 3); // in, out, the end
    /// # std::fs::remove_file(&path)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn events(&self) -> Result<Events, ServerError> {
        let node = self.running()?;
        let mut channel = None;
        node.change_watch(&mut |watch| channel = Some(watch.read()));
        let channel = channel.ok_or(ServerError::NotRunning)?;
        if !node.is_running() {
            // It ended just now, and may have told its readers before.
            channel.close();
        }
        Ok(Events::new(channel, Arc::downgrade(node)))
    }

    /// Keeps the newest `size` events, for [`get_log`](Sys::get_log) and for the report of a crash;
    /// none for zero. A smaller log keeps what fits. Like `sys:log/2`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn log(&self, size: usize) -> Result<(), ServerError> {
        self.running()?.change_watch(&mut |watch| watch.keep_log(size));
        Ok(())
    }

    /// The events that are kept, the oldest first. Like `sys:get_log/1`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn get_log(&self) -> Result<Vec<Event>, ServerError> {
        let mut events = Vec::new();
        self.running()?.change_watch(&mut |watch| events = watch.logged());
        Ok(events)
    }

    /// Measures what the handlers take, or no more. Like `sys:statistics/2` with `true` or `false`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn statistics(&self, on: bool) -> Result<(), ServerError> {
        self.running()?.change_watch(&mut |watch| watch.measure(on));
        Ok(())
    }

    /// What was measured; `None` when nothing is. Like `sys:statistics/2` with `get`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn get_statistics(&self) -> Result<Option<Statistics>, ServerError> {
        self.get_status().map(|status| status.statistics)
    }

    /// Ends trace, log and statistics, and the event streams of all readers. Like `sys:no_debug/1`.
    ///
    /// # Errors
    ///
    /// `NotRunning`.
    pub fn no_debug(&self) -> Result<(), ServerError> {
        let mut readers = Vec::new();
        self.running()?.change_watch(&mut |watch| readers = watch.clear());
        readers.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Ends the server with a reason, after the running handler and before what is queued. Like
    /// `sys:terminate/2`.
    ///
    /// # Errors
    ///
    /// As [`Client::stop`](crate::Client::stop).
    pub fn terminate(&self, reason: ExitReason) -> Stop {
        Stop::of(self.node.clone(), How::Now(reason.clone()), reason)
    }
}

impl<C> fmt::Debug for Sys<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.node.as_ref().map(|node| node.kind());
        f.debug_struct("Sys").field("server", &server).finish_non_exhaustive()
    }
}
