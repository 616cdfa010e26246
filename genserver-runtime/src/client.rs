//! What every client can do, whatever its server.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::address::AnyAddress;
use crate::clock::{self, Instant};
use crate::end::End;
use crate::error::{SendError, ServerError};
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::info::{Receives, Recipient, SendInfo};
use crate::link::Exit;
use crate::linked;
use crate::monitor::{Monitor, Watched};
use crate::node::{Counters, Stop as How};
use crate::options::Served;
use crate::place::Place;
use crate::stop::Stop;
use crate::sys::Sys;
use crate::tie::Through;
use crate::timer::Timer;

/// The side of the framework in every generated client.
///
/// All of it takes `&self`, so that a handler of the same name wins; then write
/// `Client::stop(&client)`. The prelude brings the trait in. A client is strong, and then keeps its
/// server alive, or weak, or a name or key that is looked up at each use.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).name("hits").await?;
/// assert_eq!(counter.name().as_deref(), Some("hits"));
/// assert!(counter.is_running() && counter.id().is_some());
/// counter.stop().await?;
/// assert!(!counter.is_running());
/// # Ok(()) }
/// ```
pub trait Client: Clone + fmt::Debug + Send + Sync + 'static {
    #[doc(hidden)]
    const __SERVED: Served;

    #[doc(hidden)]
    fn __address(&self) -> &dyn AnyAddress;

    #[doc(hidden)]
    fn __at(place: Place) -> Self;

    /// A client that looks the name up at each use, so that it always reaches the present
    /// incarnation. Names are scoped by server type and tokio runtime: the one in which the
    /// client is used, or the one given with [`on`](Client::on).
    ///
    /// Like a registered name in place of a pid; differs: in its scope.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let by_name = CounterClient::named("hits");
    /// assert_eq!(by_name.increment().await, Err(ServerError::NotRunning));
    /// let _keep = Counter::start(Counter(0)).name("hits").await?;
    /// assert_eq!(by_name.increment().await?, 1);
    /// # Ok(()) }
    /// ```
    #[must_use]
    fn named(name: impl Into<Arc<str>>) -> Self {
        Self::__at(Place::name(name.into()))
    }

    /// The server that holds the name now, as a strong client. Like `GenServer.whereis/1`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// assert!(CounterClient::whereis("hits").is_none());
    /// let counter = Counter::start(Counter(0)).name("hits").await?;
    /// let found = CounterClient::whereis("hits").expect("it runs");
    /// assert_eq!(found.id(), counter.id());
    /// # Ok(()) }
    /// ```
    #[must_use]
    fn whereis(name: impl Into<Arc<str>>) -> Option<Self> {
        Self::named(name).strong()
    }

    /// A client by name that looks into the given runtime, for use outside of it; others stay the same.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// let _keep = runtime.block_on(Counter::start(Counter(0)).name("hits"))?;
    /// let by_name = CounterClient::named("hits").on(runtime.handle());
    /// assert_eq!(by_name.increment().blocking()?, 1); // not inside the runtime
    /// # Ok(()) }
    /// ```
    #[must_use]
    fn on(&self, runtime: &Handle) -> Self {
        Self::__at(self.__address().on(runtime))
    }

    /// The identity of the server; `None` where a name or key is free, or a weak client's server is
    /// gone. A strong client tells it after the end too. Like a pid.
    #[must_use]
    fn id(&self) -> Option<ServerId> {
        self.__address().node().map(|node| node.id())
    }

    /// The name under which the server was started. A strong client tells it after the end too.
    #[must_use]
    fn name(&self) -> Option<Arc<str>> {
        self.__address().node().and_then(|node| node.name())
    }

    /// Whether the server takes messages. Like `erlang:is_process_alive/1`.
    #[must_use]
    fn is_running(&self) -> bool {
        self.__address().node().is_some_and(|node| node.is_running())
    }

    /// A client that does not keep the server alive; of a name or key, one of its present holder.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let weak = counter.weak();
    /// assert!(weak.strong().is_some());
    /// drop(counter); // the last strong client: the server ends
    /// assert_eq!(weak.increment().await, Err(ServerError::NotRunning));
    /// # Ok(()) }
    /// ```
    #[must_use]
    fn weak(&self) -> Self {
        Self::__at(self.__address().weak())
    }

    /// A client that keeps the server alive; `None` when it has ended or is about to. See
    /// [`weak`](Client::weak).
    #[must_use]
    fn strong(&self) -> Option<Self> {
        Place::strong(self.__address().node()?).map(Self::__at)
    }

    /// Lets the server live without a client, until it is stopped or its runtime ends; as OTP's do.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let weak = counter.weak();
    /// counter.detach();
    /// drop(counter);
    /// assert_eq!(weak.increment().await?, 1);
    /// # Ok(()) }
    /// ```
    fn detach(&self) {
        if let Some(node) = self.__address().node() {
            node.detach();
        }
    }

    /// Ends the server after what was sent before, and waits until it is gone: `terminate` has
    /// run and the state is dropped. Sent when this is called, not when it is awaited. Like
    /// `gen_server:stop/1`; no time-out unless [`Stop::timeout`] gives one.
    ///
    /// # Errors
    ///
    /// `NotRunning` when there is no such server, `Exit` when it ended for another reason,
    /// `Timeout`, and `Deadlock` in a handler of the server itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the stop back.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let reply = counter.increment().send().await?;
    /// counter.stop().await?;
    /// assert_eq!(reply.await?, 1); // it was sent before
    /// assert_eq!(counter.stop().await, Err(ServerError::NotRunning));
    /// # Ok(()) }
    /// ```
    fn stop(&self) -> Stop {
        self.stop_with(ExitReason::Normal)
    }

    /// As [`stop`](Client::stop), with a reason, which `terminate` and the callers behind it are
    /// given. Like `gen_server:stop/3`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// counter.stop_with(ExitReason::ShutdownWith("drained".into())).await?;
    /// assert!(!counter.is_running());
    /// # Ok(()) }
    /// ```
    fn stop_with(&self, reason: ExitReason) -> Stop {
        Stop::new(self.__address(), How::After(reason.clone()), reason)
    }

    /// Ends the server after its current handler; queued callers are told. `terminate` runs.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).await?;
    /// let reply = counter.increment().send().await?; // queued
    /// counter.stop_now().await?;
    /// assert_eq!(reply.await, Err(ServerError::Exit(ExitReason::Normal)));
    /// # Ok(()) }
    /// ```
    fn stop_now(&self) -> Stop {
        Stop::new(self.__address(), How::Now(ExitReason::Normal), ExitReason::Normal)
    }

    #[doc = include_str!("client/kill.md")]
    fn kill(&self) -> Stop {
        Stop::new(self.__address(), How::Kill, ExitReason::Killed)
    }

    /// A round trip through the queue: when it returns, what this sender cast before was handled, or
    /// lost with the incarnation that had it. Sent when this is called. For tests: nothing else needs
    /// it.
    ///
    /// The client of a child follows a restart, as its calls do.
    ///
    /// # Errors
    ///
    /// As a call with the server's time-out.
    fn sync(&self) -> impl Future<Output = Result<(), ServerError>> + Send + use<Self> {
        let asked = self.__address().ask_state();
        async move { asked.await.map(drop) }
    }

    /// Sends a message to the `#[info]` handler of its type; waits for room in the mailbox. Like
    /// `erlang:send/2`; differs: a type that no handler takes does not compile. See [`SendInfo`].
    fn send_info<M: Send>(&self, message: M) -> SendInfo<'_, M>
    where
        Self: Receives<M>,
    {
        SendInfo::new(self.__target(), message)
    }

    /// An address for messages of one type, without the server's type. It holds the server as this
    /// client does: strong, weak, or by name. See [`Recipient`].
    #[must_use]
    fn recipient<M: Send>(&self) -> Recipient<M>
    where
        Self: Receives<M>,
    {
        Recipient::new(self.__share())
    }

    /// Sends a message to the `#[info]` handler of its type after a time, as
    /// [`Cx::send_after`](crate::Cx::send_after) does. The timer belongs to the server and ends with
    /// it; set through a name or key it belongs to the runtime, and the name is looked up when it
    /// fires: nobody there then is no error. Like `erlang:send_after/3`.
    ///
    /// # Errors
    ///
    /// `NotRunning` when the server has ended; through a name or key, outside of a runtime.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::time::Duration;
    /// # struct Bell(u32); struct Ring; #[genserver] impl Bell {
    /// #     #[info] fn ring(&mut self, _: Ring) { self.0 += 1; }
    /// #     #[call] fn rung(&self) -> u32 { self.0 }
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let timer = BellClient::named("bell").send_after(Duration::from_secs(5), Ring)?;
    /// let bell = Bell::start(Bell(0)).name("bell").await?; // not there when the timer was set
    /// tokio::time::sleep(Duration::from_secs(6)).await;
    /// assert_eq!((bell.rung().await?, timer.remaining()), (1, None));
    /// # Ok(()) }
    /// ```
    fn send_after<M: Send + 'static>(&self, after: Duration, message: M) -> Result<Timer, SendError>
    where
        Self: Receives<M>,
    {
        self.send_at(clock::after(after), message)
    }

    /// As [`send_after`](Client::send_after), at a time.
    ///
    /// # Errors
    ///
    /// Those of [`send_after`](Client::send_after).
    fn send_at<M: Send + 'static>(&self, at: Instant, message: M) -> Result<Timer, SendError>
    where
        Self: Receives<M>,
    {
        self.__target().arm(at, message)
    }

    /// Sends clones of a message again and again, as
    /// [`Cx::send_interval`](crate::Cx::send_interval) does. Like `timer:send_interval/3`.
    ///
    /// # Errors
    ///
    /// Those of [`send_after`](Client::send_after).
    ///
    /// # Panics
    ///
    /// For a period of zero.
    fn send_interval<M: Clone + Send + 'static>(
        &self,
        period: Duration,
        message: M,
    ) -> Result<Timer, SendError>
    where
        Self: Receives<M>,
    {
        assert!(period != Duration::ZERO, "an interval has a length");
        self.__target().arm_interval(period, Box::new(move || message.clone()))
    }

    /// Sends the server an exit signal after a time, as [`exit`](Client::exit) does. Through a name or
    /// key the server is looked up then. Like `timer:exit_after/3`.
    ///
    /// # Errors
    ///
    /// Those of [`send_after`](Client::send_after).
    fn exit_after(&self, after: Duration, reason: ExitReason) -> Result<Timer, SendError> {
        self.__address().end_at(clock::after(after), End::Exit(reason))
    }

    /// Kills the server after a time, as [`kill`](Client::kill) does. Like `timer:kill_after/2`.
    ///
    /// # Errors
    ///
    /// Those of [`send_after`](Client::send_after).
    fn kill_after(&self, after: Duration) -> Result<Timer, SendError> {
        self.__address().end_at(clock::after(after), End::Kill)
    }

    #[doc = include_str!("client/monitor.md")]
    fn monitor(&self) -> Monitor {
        Monitor::new(&Watched::at(self.__address()))
    }

    #[doc = include_str!("client/exit.md")]
    fn exit(&self, reason: ExitReason) {
        if let Some(node) = self.__address().node() {
            node.signal(Exit::by_hand(reason), Through::Hand);
        }
    }

    #[doc = include_str!("client/spawn_linked.md")]
    fn spawn_linked<F>(&self, future: F) -> JoinHandle<Result<F::Output, ExitReason>>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        linked::spawn(self.__address(), future)
    }

    /// The way into the live server: its state, its status, its events. Of a name or key, that of
    /// the present holder. Like OTP's module `sys`; see [`Sys`].
    fn sys(&self) -> Sys<Self> {
        Sys::new(self.__address().node())
    }

    /// What became of messages that no handler saw. Kept after the server's end, for as long as
    /// a strong client holds it; zeros where there is no server. See [`Counters`].
    #[must_use]
    fn counters(&self) -> Counters {
        self.__address().node().map(|node| node.counters()).unwrap_or_default()
    }
}
