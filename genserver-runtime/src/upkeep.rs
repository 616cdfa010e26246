//! What a handler can ask of the server that runs it: time, sleep, tasks and streams.

use std::future::Future;
use std::time::Duration;

use futures_core::Stream;

use crate::clock::{self, Instant};
use crate::context::Cx;
use crate::end::End;
use crate::exit::{ExitReason, Panic};
use crate::options::Missed;
use crate::rest::Signal;
use crate::server::{Continues, Idles, Message as _, Server, Takes};
use crate::task::{StreamEnd, Task};
use crate::timer::{Due, Timer};

/// Time, sleep, and what runs beside the server.
impl<S: Server> Cx<S> {
    /// Has `message` handled by its `#[continued]` handler, right after the running one: after its
    /// reply, and before anything that is queued. Several are handled in their order; a handler that
    /// continues again goes before the mailbox too.
    ///
    /// Like the return `{continue, Continue}` of a callback.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*;
    /// struct Index { words: Vec<String> }
    /// struct Load;
    ///
    /// #[genserver]
    /// impl Index {
    ///     #[init]
    ///     fn new(cx: &mut Cx<Self>) -> Self {
    ///         cx.continue_with(Load); // `start` need not wait for it
    ///         Self { words: Vec::new() }
    ///     }
    ///
    ///     #[continued]
    ///     fn load(&mut self, _: Load) {
    ///         self.words.push("one".to_owned());
    ///     }
    ///
    ///     #[call]
    ///     fn len(&self) -> usize { self.words.len() }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let index = Index::start().await?;
    /// assert_eq!(index.len().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn continue_with<M>(&mut self, message: M)
    where
        S: Continues<M>,
    {
        self.push_continued(S::continued(message));
    }

    /// Gives memory back after the running handler, if nothing waits by then: `#[hibernate]` runs, and
    /// the mailbox and the task behind it are freed. The next message wakes the server; what `sys`
    /// asks does so for a moment only.
    ///
    /// Like the return `hibernate` of a callback; differs: what the state holds in reserve only the
    /// server itself knows, so `#[hibernate]` gives it back.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::collections::HashMap; use std::time::Duration;
    /// struct Cache(HashMap<u64, String>);
    ///
    /// #[genserver]
    /// impl Cache {
    ///     #[idle("60s")]
    ///     fn rest(&mut self, cx: &mut Cx<Self>) { cx.hibernate() }
    ///
    ///     #[hibernate]
    ///     fn give_back(&mut self) { self.0.shrink_to_fit() }
    ///     # #[call] fn get(&self, key: u64) -> Option<String> { self.0.get(&key).cloned() }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use genserver_runtime::Activity;
    ///
    /// let cache = Cache::start(Cache(HashMap::new())).await?;
    /// tokio::time::sleep(Duration::from_secs(61)).await;
    /// assert_eq!(cache.sys().get_status()?.activity, Activity::Hibernating);
    /// assert_eq!(cache.get(1).await?, None); // awake again
    /// # Ok(()) }
    /// ```
    pub fn hibernate(&mut self) {
        self.wish_hibernate();
    }

    /// From now on the `#[idle]` handler runs when no message came for so long; `None` for never. It
    /// runs once, and again only after another message. For no time at all it runs as soon as nothing
    /// waits.
    ///
    /// Like the time-out in a callback's return; differs: it stays until it is set again.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::time::Duration;
    /// struct Draft { text: String, saved: bool }
    ///
    /// #[genserver]
    /// impl Draft {
    ///     #[call]
    ///     fn write(&mut self, cx: &mut Cx<Self>, #[into] text: String) {
    ///         self.text += &text;
    ///         self.saved = false;
    ///         cx.set_idle(Duration::from_secs(3)); // when the writer pauses
    ///     }
    ///
    ///     #[idle] // off until it is set
    ///     fn save(&mut self, cx: &mut Cx<Self>) {
    ///         self.saved = true;
    ///         cx.set_idle(None);
    ///     }
    ///     # #[call] fn is_saved(&self) -> bool { self.saved }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let draft = Draft::start(Draft { text: String::new(), saved: true }).await?;
    /// draft.write("dear").await?;
    /// assert!(!draft.is_saved().await?);
    /// tokio::time::sleep(Duration::from_secs(4)).await;
    /// assert!(draft.is_saved().await?);
    /// # Ok(()) }
    /// ```
    pub fn set_idle(&mut self, after: impl Into<Option<Duration>>)
    where
        S: Idles,
    {
        let idle = S::IDLE_AFTER.expect("invariant: the macro says so with `Idles`");
        let after = after.into().filter(|after| *after < Duration::MAX);
        self.core().set_idle(after.map(|after| (after, Signal::Handler(idle.handler))));
    }

    /// Has `message` handled by its `#[info]` handler when no other message comes for so long: once,
    /// and in place of what was set before, be it an `#[idle]`. Like the action
    /// `{timeout, Time, Message}`.
    pub fn set_idle_with<M>(&mut self, after: Duration, message: M)
    where
        S: Takes<M>,
    {
        self.core().set_idle(Some((after, Signal::Once(S::info(message)))));
    }

    /// Sends `message` to this server's `#[info]` handler after a time: never earlier, and at once
    /// for no time at all. It takes no room in the mailbox. Like `erlang:send_after/3`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use std::time::Duration;
    /// struct Reporter { reports: u32 }
    /// struct Report;
    ///
    /// #[genserver]
    /// impl Reporter {
    ///     #[init]
    ///     fn new(cx: &mut Cx<Self>) -> Self {
    ///         cx.send_after(Duration::from_secs(5), Report);
    ///         Self { reports: 0 }
    ///     }
    ///
    ///     #[info]
    ///     fn report(&mut self, cx: &mut Cx<Self>, _: Report) {
    ///         self.reports += 1;
    ///         cx.send_after(Duration::from_secs(5), Report);
    ///     }
    ///     # #[call] fn reports(&self) -> u32 { self.reports }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let reporter = Reporter::start().await?;
    /// tokio::time::sleep(Duration::from_secs(11)).await;
    /// assert_eq!(reporter.reports().await?, 2);
    /// # Ok(()) }
    /// ```
    pub fn send_after<M>(&self, after: Duration, message: M) -> Timer
    where
        S: Takes<M>,
    {
        self.send_at(clock::after(after), message)
    }

    /// As [`send_after`](Cx::send_after), at a time. Like `erlang:send_after/4` with `{abs, true}`.
    pub fn send_at<M>(&self, at: Instant, message: M) -> Timer
    where
        S: Takes<M>,
    {
        self.core().arm(at, Due::Message(S::info(message)))
    }

    /// Sends clones of `message` again and again, at a fixed rate: what a handler takes does not add
    /// up. At most one waits in the mailbox; see [`Missed`] for those that come too late. Like
    /// `timer:send_interval/2`.
    ///
    /// # Panics
    ///
    /// For a period of zero.
    pub fn send_interval<M>(&self, period: Duration, message: M) -> Timer
    where
        S: Takes<M>,
        M: Clone + Send + 'static,
    {
        self.send_interval_with(period, Missed::default(), message)
    }

    /// As [`send_interval`](Cx::send_interval), with a choice of what becomes of ticks that are late.
    ///
    /// # Panics
    ///
    /// For a period of zero.
    pub fn send_interval_with<M>(&self, period: Duration, missed: Missed, message: M) -> Timer
    where
        S: Takes<M>,
        M: Clone + Send + 'static,
    {
        assert!(period != Duration::ZERO, "an interval has a length");
        let first = S::info(message.clone());
        let what = S::HANDLERS[first.handler()].message;
        self.core().arm_interval(period, missed, what, move || S::info(message.clone()))
    }

    /// Sends this server an exit signal after a time, as [`exit`](crate::Client::exit) does: it ends
    /// before what is queued then, or gets an [`Exit`](crate::Exit) where it traps them; `Normal` does
    /// nothing. Like `timer:exit_after/2`.
    #[expect(clippy::must_use_candidate, reason = "most timers are left alone")]
    pub fn exit_after(&self, after: Duration, reason: ExitReason) -> Timer {
        self.core().arm(clock::after(after), Due::End(End::Exit(reason)))
    }

    /// Kills this server after a time, as [`kill`](crate::Client::kill) does. Like
    /// `timer:kill_after/1`.
    #[expect(clippy::must_use_candidate, reason = "most timers are left alone")]
    pub fn kill_after(&self, after: Duration) -> Timer {
        self.core().arm(clock::after(after), Due::End(End::Kill))
    }

    /// Cancels a timer of this server: the time that was left. `None` when it has fired, was cancelled
    /// before, or belongs to another server, which is left alone. See [`Timer::cancel`].
    #[expect(clippy::must_use_candidate, reason = "who cancels need not know what was left")]
    pub fn cancel(&self, timer: &Timer) -> Option<Duration> {
        (timer.owner() == Some(self.id())).then(|| timer.cancel()).flatten()
    }

    /// As [`cancel`](Cx::cancel), and its message is not handled even if it lies in the mailbox. See
    /// [`Timer::cancel_and_flush`].
    #[expect(clippy::must_use_candidate, reason = "who cancels need not know what was left")]
    pub fn cancel_and_flush(&self, timer: &Timer) -> Option<Duration> {
        (timer.owner() == Some(self.id())).then(|| timer.cancel_and_flush()).flatten()
    }

    /// Runs a future beside the server, in a task that ends with it. A panic is reported to `tracing`.
    /// The deadline of the running request, the span and the [`callers`](crate::callers) go along.
    ///
    /// Like `Task.Supervisor.start_child/2` under the server; differs: it cannot outlive it.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) -> Task {
        self.core().spawn(future)
    }

    /// As [`spawn`](Cx::spawn), and what the future comes to is sent to the `#[info]` handler of its
    /// type: `into_info` makes the message, of a panic too. It takes no room in the mailbox.
    ///
    /// Like `Task.Supervisor.async_nolink/2`; differs: result and failure are one typed message.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; use genserver_runtime::Panic;
    /// struct Prices { newest: Option<u32> }
    /// struct Fetched(Result<u32, Panic>);
    ///
    /// #[genserver]
    /// impl Prices {
    ///     #[call]
    ///     fn refresh(&mut self, cx: &mut Cx<Self>) {
    ///         cx.spawn_then(async { 42 }, Fetched);
    ///     }
    ///
    ///     #[info]
    ///     fn fetched(&mut self, fetched: Fetched) { self.newest = fetched.0.ok() }
    ///     # #[call] fn newest(&self) -> Option<u32> { self.newest }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let prices = Prices::start(Prices { newest: None }).await?;
    /// prices.refresh().await?;
    /// # while prices.newest().await?.is_none() { tokio::task::yield_now().await }
    /// assert_eq!(prices.newest().await?, Some(42)); // a little later
    /// # Ok(()) }
    /// ```
    pub fn spawn_then<T, M>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
        into_info: impl FnOnce(Result<T, Panic>) -> M + Send + 'static,
    ) -> Task
    where
        S: Takes<M>,
        T: Send + 'static,
        M: 'static,
    {
        self.core().spawn_then(future, into_info, None)
    }

    /// Sends a stream's items to the `#[info]` handler of their type, in order and one at a time: the
    /// next one is asked for when this one was handled. The stream's end comes as a [`StreamEnd`],
    /// with the panic if it ended so. The stream is dropped with the server.
    ///
    /// Stands for a process that reads a source and sends its owner what it reads.
    pub fn attach<T>(&self, stream: impl Stream<Item = T> + Send + 'static) -> Task
    where
        S: Takes<T> + Takes<StreamEnd<T>>,
        T: Send + 'static,
    {
        self.core().attach(stream)
    }
}
