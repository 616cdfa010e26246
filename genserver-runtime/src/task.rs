//! Tasks and streams of a server: they run beside it, hand it what they come to, and end with it.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;

use futures_core::Stream;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tracing::Span;

use crate::clock::Instant;
use crate::core::Core;
use crate::exit::Panic;
use crate::frame::{self, Deadline};
use crate::id::ServerId;
use crate::item::{Item, Paced, Source};
use crate::node::Node;
use crate::owned::{What, own};
use crate::report;
use crate::server::{Server, Takes};
use crate::timer::Timer;

/// How many callers are known, so that servers may start each other for ever.
const CALLERS_MAX: usize = 16;

thread_local! {
    static CALLERS: Cell<Option<Callers>> = const { Cell::new(None) };
}

/// The servers on whose behalf this code runs, or a server was started: see [`callers`].
#[derive(Clone)]
pub(crate) struct Callers(Arc<[ServerId]>);

impl Callers {
    /// Those of the code that runs.
    pub(crate) fn current() -> Option<Self> {
        let callers = CALLERS.take();
        CALLERS.set(callers.clone());
        callers
    }

    /// A server, and those that it was started for.
    fn of(server: ServerId, others: Option<&Self>) -> Self {
        let others = others.into_iter().flat_map(|callers| callers.0.iter().copied());
        Self(std::iter::once(server).chain(others).take(CALLERS_MAX).collect())
    }
}

/// The servers on whose behalf this code runs, the nearest first: in a task of
/// [`Cx::spawn`](crate::Cx::spawn) the server that spawned it, then those that it was itself started
/// or spawned for, 16 at the most. Empty elsewhere. A server is started for the one whose handler,
/// `#[init]` or task awaits the start.
///
/// Like `$callers` of Elixir's tasks: tests and sandboxes find out by it for whom something is done.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::{Client, ServerId, callers};
/// # struct Probe; struct Found(Vec<ServerId>);
/// #[genserver]
/// impl Probe {
///     #[call]
///     fn ask(&mut self, cx: &mut Cx<Self>, reply: ReplyTo<Vec<ServerId>>) {
///         cx.spawn(async { drop(reply.reply(callers())) });
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let probe = Probe::start(Probe).await?;
/// assert_eq!(probe.ask().await?, [probe.id().expect("it runs")]);
/// # Ok(()) }
/// ```
#[must_use]
pub fn callers() -> Vec<ServerId> {
    Callers::current().map(|callers| callers.0.to_vec()).unwrap_or_default()
}

/// Runs a future on behalf of a server: with its caller's deadline, under its span.
async fn on_behalf<F: Future>(
    callers: Callers,
    deadline: Deadline,
    span: Span,
    future: F,
) -> Result<F::Output, Panic> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _entered = span.enter();
        let outer = CALLERS.replace(Some(callers.clone()));
        let poll = || catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        let polled = frame::run(Some(deadline), poll);
        CALLERS.set(outer);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(Panic::new("task", &*payload))),
        }
    })
    .await
}

/// Until when the caller of the running handler waits: a task outlives the handler, so its clock is
/// read now.
fn until() -> Deadline {
    match frame::deadline() {
        Deadline::Within(within) => {
            Instant::now().checked_add(within).map_or(Deadline::Never, Deadline::At)
        }
        known => known,
    }
}

/// A task of a server, made by [`Cx::spawn`](crate::Cx::spawn) or [`Cx::attach`](crate::Cx::attach).
///
/// Dropping it changes nothing: the task goes on, and ends with its server.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Probe; #[genserver] impl Probe {
/// #[call]
/// fn begin(&mut self, cx: &mut Cx<Self>) -> bool {
///     let task = cx.spawn(std::future::pending());
///     task.abort();
///     task.is_finished() // it is dropped a little later
/// }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # assert!(!Probe::start(Probe).await?.begin().await?);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Task {
    abort: Option<AbortHandle>,
}

impl Task {
    /// Drops its future at its next `.await`. What it has come to by then may still reach the server.
    pub fn abort(&self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }

    /// Whether it has come to its end, or was aborted and is gone.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.abort.as_ref().is_none_or(AbortHandle::is_finished)
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// The end of a stream of `T` that was [attached](crate::Cx::attach) to a server: a message of its
/// own, after the stream's last item.
///
/// ```
/// # use genserver_runtime::prelude::*; use genserver_runtime::StreamEnd;
/// # struct Sum(u32); struct Item(u32); #[genserver] impl Sum {
/// #     #[call] fn take(&mut self, cx: &mut Cx<Self>, stream: tokio_stream::Iter<std::vec::IntoIter<u32>>) {
/// #         cx.attach(stream);
/// #     }
/// #     #[info] fn item(&mut self, item: u32) { self.0 += item; }
/// #[info]
/// fn ended(&mut self, end: StreamEnd<u32>) {
///     assert!(end.panic().is_none());
/// }
/// # }
/// ```
pub struct StreamEnd<T> {
    panic: Option<Panic>,
    item: PhantomData<fn() -> T>,
}

impl<T> StreamEnd<T> {
    /// The panic that the stream ended with.
    #[must_use]
    pub fn panic(&self) -> Option<&Panic> {
        self.panic.as_ref()
    }
}

impl<T> fmt::Debug for StreamEnd<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamEnd").field("panic", &self.panic).finish_non_exhaustive()
    }
}

impl<S: Server> Core<S> {
    /// Those of what runs for this server.
    fn callers(&self) -> Callers {
        let own = self.lock().cold.as_ref().and_then(|cold| cold.callers.clone());
        Callers::of(self.id, own.as_ref())
    }

    /// Notes on whose behalf this server is started: of the server whose handler or `init` runs, or of
    /// that whose task does.
    pub(crate) fn note_callers(&self) {
        let callers = match frame::server() {
            Some(starter) => Some(Callers::of(starter, self.home.callers(starter).as_ref())),
            None => Callers::current(),
        };
        if let Some(callers) = callers {
            self.home.note_callers(self.id, callers.clone());
            self.lock().cold().callers = Some(callers);
        }
    }

    /// Runs a future beside the server; a panic is reported.
    pub(crate) fn spawn(
        self: &Arc<Self>,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Task {
        let id = self.id;
        let run = on_behalf(self.callers(), until(), Span::current(), future);
        let run = Box::pin(async move {
            if let Err(panic) = run.await {
                report::task_panicked(S::NAME, id, &panic);
            }
        });
        Task { abort: own(&(Arc::clone(self) as Arc<dyn Node>), What::Task, run) }
    }

    /// Runs a future beside the server and sends it what the future comes to.
    pub(crate) fn spawn_then<T: Send, M: 'static>(
        self: &Arc<Self>,
        future: impl Future<Output = T> + Send + 'static,
        into_info: impl FnOnce(Result<T, Panic>) -> M + Send + 'static,
        wanted: Option<Timer>,
    ) -> Task
    where
        S: Takes<M>,
    {
        let (core, id) = (Arc::downgrade(self), self.id);
        let run = on_behalf(self.callers(), until(), Span::current(), future);
        let run = Box::pin(async move {
            let outcome = run.await;
            match catch_unwind(AssertUnwindSafe(|| S::info(into_info(outcome)))) {
                Ok(message) => match wanted.map(|wanted| wanted.fired()) {
                    None => drop(deliver(&core, message, Source::Task(None))),
                    Some(Some(fired)) => drop(deliver(&core, message, Source::Task(Some(fired)))),
                    // The state has changed.
                    Some(None) => {}
                },
                Err(payload) => {
                    report::task_panicked(S::NAME, id, &Panic::new("task", &*payload));
                }
            }
        });
        Task { abort: own(&(Arc::clone(self) as Arc<dyn Node>), What::Task, run) }
    }

    /// Sends the server a stream's items, one at a time, and its end.
    pub(crate) fn attach<T: Send + 'static>(
        self: &Arc<Self>,
        stream: impl Stream<Item = T> + Send + 'static,
    ) -> Task
    where
        S: Takes<T> + Takes<StreamEnd<T>>,
    {
        let core = Arc::downgrade(self);
        let (callers, span) = (self.callers(), Span::current());
        let run = Box::pin(async move {
            let mut stream = pin!(stream);
            let handled = Arc::new(Notify::new());
            let panic = loop {
                let next = poll_fn(|cx| stream.as_mut().poll_next(cx));
                match on_behalf(callers.clone(), Deadline::Never, span.clone(), next).await {
                    Ok(Some(item)) => {
                        let source = Source::Stream(Paced(Arc::clone(&handled)));
                        if !deliver(&core, S::info(item), source) {
                            return;
                        }
                        handled.notified().await;
                    }
                    Ok(None) => break None,
                    Err(panic) => break Some(panic),
                }
            };
            let end = StreamEnd::<T> { panic, item: PhantomData };
            deliver(&core, S::info(end), Source::Task(None));
        });
        Task { abort: own(&(Arc::clone(self) as Arc<dyn Node>), What::Stream, run) }
    }
}

/// `false` when the server has ended.
fn deliver<S: Server>(core: &Weak<Core<S>>, message: S::Message, source: Source) -> bool {
    core.upgrade().is_some_and(|core| core.deliver(Item::own(message, source)))
}
