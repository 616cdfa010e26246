//! The start of a server: names claimed, `init` run, the client handed out.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::address::{Address, Strong};
use crate::blocking;
use crate::clock::{self, Sleep};
use crate::context::Cx;
use crate::core::Core;
use crate::dead_letter::Hook;
use crate::debugged::Debugged;
use crate::error::StartError;
use crate::exit::{ExitReason, Panic};
use crate::frame;
use crate::home::Home;
use crate::init::Init;
use crate::node::Node as _;
use crate::opening::{Began, Half, begin_fn, claim, open};
use crate::registry::entry::KeyClaim;
use crate::report;
use crate::server::{Begin, ServedBy, Server};
use crate::start_tied::TieTo;
use crate::turn::caught;

/// A server that is about to start: a lazy builder, which starts it when it is awaited.
///
/// `S` is the server, `C` its client, `A` the arguments of `#[init]`, `E` its error. Ready when
/// `init` has returned; an `init` that waits goes on in a task of its own.
///
/// Like `gen_server:start/4`; differs: the server lives while it has a strong client, a name or a
/// key, unless it is [detached](Start::detach).
///
/// # Errors
///
/// See [`StartError`].
///
/// # Cancel safety
///
/// Dropped before it is ready, the half-made server is killed and its name is free.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let start = Counter::start(Counter(0)).name("hits").mailbox(16); // nothing runs yet
/// assert!(CounterClient::whereis("hits").is_none());
/// let counter = start.await?;
/// assert_eq!(counter.increment().await?, 1);
/// # Ok(()) }
/// ```
#[must_use = "a server starts when this is awaited"]
pub struct Start<S: Server, C, A, E> {
    args: Option<A>,
    name: Option<Arc<str>>,
    pub(crate) key: Option<Box<dyn KeyClaim>>,
    mailbox: Option<u32>,
    timeout: Option<Duration>,
    detach: bool,
    pub(crate) debug: Debugged,
    pub(crate) dead_letters: Option<Hook<S>>,
    waiting: Option<Waiting<S, E>>,
    /// What is tied to it before `init` runs.
    pub(crate) tie: Vec<TieTo>,
    /// The machine's state after `init`, as its place in `STATES`.
    pub(crate) leaf: usize,
    client: PhantomData<fn() -> C>,
}

/// An `init` that waits, on a task of its own.
struct Waiting<S: Server, E> {
    task: JoinHandle<(Cx<S>, Began<S, E>)>,
    half: Half<S>,
    sleep: Option<(Pin<Box<Sleep>>, Duration)>,
    /// The time that is over: `init` is told to go, and waited for until it has.
    late: Option<Duration>,
}

impl<S: Server, E> Drop for Waiting<S, E> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

// Nothing in it is ever pinned.
impl<S: Server, C, A, E> Unpin for Start<S, C, A, E> {}

impl<S: Server, C, A, E> Start<S, C, A, E> {
    #[doc(hidden)]
    pub fn new(args: A) -> Self {
        Self {
            args: Some(args),
            name: S::OPTIONS.name.map(Arc::from),
            key: None,
            mailbox: None,
            timeout: None,
            detach: false,
            debug: Debugged::default(),
            dead_letters: None,
            waiting: None,
            tie: Vec::new(),
            leaf: 0,
            client: PhantomData,
        }
    }

    /// Starts it under a name, by which `named` clients reach it; the name keeps it alive. Names
    /// are scoped by server type and tokio runtime. Like `{local, Name}` of `gen_server:start/4`.
    ///
    /// # Errors
    ///
    /// [`StartError::AlreadyStarted`] with the holder's client when the name is taken.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// Counter::start(Counter(0)).name("hits").await?;
    /// assert_eq!(CounterClient::named("hits").increment().await?, 1);
    /// assert!(Counter::start(Counter(0)).name("hits").await.is_err());
    /// # Ok(()) }
    /// ```
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The bound of its mailbox, in messages, in place of the server's own. At least 1.
    ///
    /// # Panics
    ///
    /// When `room` is 0: such a server could be sent nothing.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter {
    /// #     #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
    /// #     #[cast] fn reset(&mut self) { self.0 = 0; }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let counter = Counter::start(Counter(0)).mailbox(1).await?;
    /// counter.reset().try_send()?;
    /// assert_eq!(counter.reset().try_send(), Err(SendError::Full));
    /// # Ok(()) }
    /// ```
    pub fn mailbox(mut self, room: u32) -> Self {
        assert!(room > 0, "a mailbox has room for at least one message");
        self.mailbox = Some(room);
        self
    }

    /// How long `init` may take, where it waits. As long as it likes without this. When its time is
    /// over it is dropped, at its next `.await`, and the start fails when that is done: what it held is
    /// free then. Like the option `{timeout, Time}` of `gen_server:start/4`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Peer; #[genserver]
    /// # impl Peer { #[init] async fn find() -> Self { std::future::pending().await } }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let start = Peer::start().timeout(std::time::Duration::from_secs(1));
    /// assert!(matches!(start.await, Err(StartError::Timeout { .. })));
    /// # Ok(()) }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Lets the server live without a client, until it is stopped or its runtime ends. As
    /// [`Client::detach`](crate::Client::detach).
    pub fn detach(mut self) -> Self {
        self.detach = true;
        self
    }
}

impl<S, C, A, E> Start<S, C, A, E>
where
    S: Begin<A, E> + ServedBy<C>,
    A: Send + 'static,
    E: Send + 'static,
{
    /// Starts the server and waits on a thread without a runtime, which must have been entered
    /// with [`Handle::enter`](tokio::runtime::Handle::enter).
    ///
    /// # Errors
    ///
    /// See [`StartError`]; `NoRuntime` where none was entered.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
    /// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// let _entered = runtime.enter();
    /// let counter = Counter::start(Counter(0)).blocking()?;
    /// assert_eq!(counter.increment().blocking()?, 1);
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn blocking(self) -> Result<C, StartError<E, C>> {
        blocking::wait(self)
    }

    fn begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<C, StartError<E, C>>> {
        let args = self.args.take().expect("a start was polled after it was done");
        let Some(home) = Home::current() else { return Poll::Ready(Err(StartError::NoRuntime)) };
        let core = Core::<S>::starting(home);
        core.note_callers();
        self.debug.watch(&core);
        if let Some(hook) = self.dead_letters.take() {
            core.lock().cold().dead_letters = Some(hook);
        }
        let half = Half::new(Arc::clone(&core));
        if let Err(holder) = claim(&core, self.name.as_ref(), self.key.take()) {
            return Poll::Ready(Err(StartError::AlreadyStarted(S::client(holder))));
        }
        if let Some(room) = self.mailbox {
            core.lock().cold().mailbox = Some(room);
        }
        core.open_ties(std::mem::take(&mut self.tie));
        core.open_rest();
        let mut context = Cx::new(&core);
        if !S::ASYNC {
            let _behalf = frame::on_behalf(Some(core.id));
            let began = begin_fn(&mut context, args);
            return Poll::Ready(self.settle(half, context, began));
        }
        let id = core.id;
        let mut began = Box::pin(async move {
            let began = frame::behalf_of(Some(id), S::begin(&mut context, args));
            let began = caught(None, began).await;
            (context, began)
        });
        // Servers that start each other in a long row need no deep stack.
        let polled = match frame::Level::enter() {
            Some(_level) => began.as_mut().poll(cx),
            None => Poll::Pending,
        };
        match polled {
            Poll::Ready((context, began)) => Poll::Ready(self.settle(half, context, began)),
            Poll::Pending => {
                let sleep = self.timeout.map(|limit| (Box::pin(clock::sleep(limit)), limit));
                let task = core.home.handle().spawn(began);
                self.waiting = Some(Waiting { task, half, sleep, late: None });
                self.poll_waiting(cx)
            }
        }
    }

    fn poll_waiting(&mut self, cx: &mut Context<'_>) -> Poll<Result<C, StartError<E, C>>> {
        let Some(waiting) = &mut self.waiting else {
            unreachable!("invariant: set before it is polled")
        };
        if waiting.late.is_none()
            && let Some((sleep, limit)) = &mut waiting.sleep
            && !waiting.task.is_finished()
            && sleep.as_mut().poll(cx).is_ready()
        {
            waiting.late = Some(*limit);
            waiting.task.abort();
        }
        let ended = ready!(Pin::new(&mut waiting.task).poll(cx));
        let (half, late) = (waiting.half.take(), waiting.late);
        self.waiting = None;
        Poll::Ready(match (ended, late) {
            (_, Some(after)) => Err(StartError::Timeout { after }),
            (Ok((context, began)), None) => self.settle(half, context, began),
            // Panics are caught inside: only a runtime that goes cancels the task.
            (Err(_), None) => Err(StartError::NoRuntime),
        })
    }

    fn settle(
        &mut self,
        half: Half<S>,
        context: Cx<S>,
        began: Began<S, E>,
    ) -> Result<C, StartError<E, C>> {
        match began {
            Ok(Init::Ready((server, state))) => {
                let core = half.done();
                report::started(S::NAME, core.id, self.name.as_deref());
                self.leaf = S::state_index(&state);
                open(&core, server, state, context);
                if self.detach {
                    Arc::clone(&core).detach();
                }
                Ok(S::client(Address::strong(Strong::adopt(core))))
            }
            Ok(Init::Ignore) => {
                half.fail(ExitReason::Normal);
                Err(StartError::Ignored)
            }
            Ok(Init::Fail(error)) => {
                half.fail(ExitReason::Normal);
                Err(StartError::Init(error))
            }
            Ok(Init::Stop(error)) => {
                let reason = ExitReason::Other("init asked for a stop".into());
                report::init_failed(S::NAME, &reason);
                half.fail(reason);
                Err(StartError::Init(error))
            }
            Err(payload) => {
                let panic = Panic::new("init", &*payload);
                report::init_failed(S::NAME, &panic);
                half.fail(ExitReason::Panic(panic.clone()));
                Err(StartError::Panic(panic))
            }
        }
    }
}

impl<S, C, A, E> Future for Start<S, C, A, E>
where
    S: Begin<A, E> + ServedBy<C>,
    A: Send + 'static,
    E: Send + 'static,
{
    type Output = Result<C, StartError<E, C>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.waiting.is_some() { this.poll_waiting(cx) } else { this.begin(cx) }
    }
}

impl<S: Server, C, A, E> fmt::Debug for Start<S, C, A, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("server", &S::NAME)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
