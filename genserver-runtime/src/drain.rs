//! The drain task: runs what is queued, batch by batch.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use tracing::Instrument;

use crate::body::Body;
use crate::core::{Core, tell};
use crate::ending;
use crate::error::ServerError;
use crate::inbox::{Inbox, Item, Life};
use crate::node::{Node, Stop};
use crate::options::Overflow;
use crate::server::{Message as _, Server, state_name};
use crate::turn::keep;

/// How many items are run before the other tasks get their turn.
const BUDGET: u32 = 128;

/// How many looks of the sweeper a parked drain task may sleep through.
const IDLE_TICKS_MAX: u8 = 3;

/// Tells the caller of a crashed handler.
type Tell = Box<dyn FnOnce(ServerError) + Send>;

/// A handler that began where it was called and is not done; gives the body back, or its caller
/// when it was killed.
pub(crate) type Begun<S> = Pin<Box<dyn Future<Output = Result<Box<Body<S>>, Tell>> + Send>>;

/// Runs the server with a body that has work.
pub(crate) fn spawn<S: Server>(core: &Arc<Core<S>>, body: Box<Body<S>>) {
    let drain = Drain::new(Arc::clone(core));
    // A runtime that is gone drops the task at once, and with it the server.
    drop(core.home.handle().spawn(drain.run(body)));
}

/// Runs the server on from a handler that has begun: in the parked drain task, or in a new one.
pub(crate) fn take_over<S: Server>(core: &Arc<Core<S>>, begun: Begun<S>) {
    let mut inbox = core.lock();
    if matches!(inbox.life, Life::Ending | Life::Ended) {
        // The runtime went, and the handler with it.
        drop(inbox);
        drop(begun);
    } else if inbox.parked {
        inbox.cold().begun = Some(begun);
        Core::wake_drain(inbox);
    } else {
        drop(inbox);
        let drain = Drain::new(Arc::clone(core));
        drop(core.home.handle().spawn(async move {
            if let Some((drain, body)) = drain.finish(begun).await {
                drain.run(body).await;
            }
        }));
    }
}

/// What a parked drain task wakes up for.
enum Work<S: Server> {
    Body(Box<Body<S>>),
    Begun(Begun<S>),
    /// Nothing: it was idle for long, or the server has ended.
    Gone,
}

/// What a drain task does when its batch is empty.
enum Rest<S: Server> {
    Batch(Box<Body<S>>),
    Park,
    Done,
}

struct Drain<S: Server> {
    core: Arc<Core<S>>,
    batch: VecDeque<Item<S>>,
    /// How many items of the batch count against the bound.
    counted: u32,
    budget: u32,
    done: bool,
}

impl<S: Server> Drain<S> {
    fn new(core: Arc<Core<S>>) -> Self {
        Self { core, batch: VecDeque::new(), counted: 0, budget: BUDGET, done: false }
    }

    async fn run(mut self, mut body: Box<Body<S>>) {
        loop {
            if body.cx.run.is_none() {
                body.cx.run = Some(Arc::clone(&self.core));
            }
            if body.cx.ending.is_some() {
                return self.end(body).await;
            }
            if self.core.attention.load(Ordering::Acquire) {
                if matches!(self.core.lock().life, Life::Ending | Life::Ended) {
                    // The runtime went while a handler ran; dropped, the task refuses its batch.
                    return ending::drop_body(body);
                }
                if let Some(stop) = self.due_stop() {
                    body.cx.end_by(stop);
                    continue;
                }
            }
            if let Some(item) = self.batch.pop_front() {
                self.note_taken(&item);
                body = self.handle(body, item).await;
                if self.budget == 0 {
                    self.breathe().await;
                }
                continue;
            }
            body = match self.refill(body) {
                Rest::Batch(body) => body,
                Rest::Park => match poll_fn(|cx| self.poll_parked(cx)).await {
                    Work::Body(body) => body,
                    Work::Begun(begun) => match self.finish(begun).await {
                        Some((drain, body)) => {
                            self = drain;
                            body
                        }
                        None => return,
                    },
                    Work::Gone => return,
                },
                Rest::Done => return,
            };
        }
    }

    async fn handle(&mut self, body: Box<Body<S>>, item: Item<S>) -> Box<Body<S>> {
        self.budget -= 1;
        let (message, span) = match item {
            Item::User(message) => (message, None),
            Item::Traced(traced) => (traced.0, Some(traced.1)),
            Item::Ask(reply) => {
                let state = body.state.as_ref().map_or("", state_name::<S>);
                let _ = reply.reply(state);
                return body;
            }
        };
        let number = u16::try_from(message.handler() + 1).unwrap_or(u16::MAX);
        self.core.running.store(number, Ordering::Relaxed);
        let body = match span {
            None => S::dispatch(body, message).await,
            Some(span) => S::dispatch(body, message).instrument(span).await,
        };
        self.core.running.store(0, Ordering::Relaxed);
        if self.core.waited.load(Ordering::Relaxed) {
            self.core.tidy();
        }
        body
    }

    /// The next batch, when there is one; else the body goes back, and the task waits for work or
    /// ends.
    fn refill(&mut self, mut body: Box<Body<S>>) -> Rest<S> {
        let core = Arc::clone(&self.core);
        let mut inbox = core.lock();
        let told = inbox.admit(0);
        if !inbox.queue.is_empty() || core.attention.load(Ordering::Relaxed) {
            self.take_batch(&mut inbox);
            drop(inbox);
            tell(told);
            return Rest::Batch(body);
        }
        body.cx.run = None;
        inbox.body = Some(body);
        if std::mem::replace(&mut inbox.drained, true) {
            inbox.parked = true;
            return Rest::Park;
        }
        inbox.queue = VecDeque::new();
        self.done = true;
        Rest::Done
    }

    /// Moves the queue into the batch; one item only where the policy must reach the oldest.
    fn take_batch(&mut self, inbox: &mut Inbox<S>) {
        if S::OPTIONS.overflow == Overflow::DropOldest {
            if let Some(item) = inbox.queue.pop_front() {
                inbox.counted -= u32::from(item.counted());
                self.batch.push_back(item);
            }
            self.counted = 0;
        } else {
            std::mem::swap(&mut inbox.queue, &mut self.batch);
            self.counted = std::mem::take(&mut inbox.counted);
        }
        self.core.taken.store(self.counted, Ordering::Relaxed);
    }

    fn note_taken(&mut self, item: &Item<S>) {
        // Where all of them count, which is nearly always, nothing is looked up.
        let all = self.counted as usize > self.batch.len();
        if all || item.counted() {
            self.counted = self.counted.saturating_sub(1);
            self.core.taken.store(self.counted, Ordering::Relaxed);
        }
    }

    /// Lets others run; senders that found room meanwhile are let in.
    async fn breathe(&mut self) {
        self.budget = BUDGET;
        self.core.let_in();
        tokio::task::yield_now().await;
    }

    fn due_stop(&self) -> Option<Stop> {
        let mut inbox = self.core.lock();
        let handled = inbox.batch_end() - self.batch.len() as u64;
        let alive = self.core.holders.load(Ordering::Acquire) > 0;
        let due = inbox.due_stop(handled, alive);
        if due.is_none() && !inbox.has_stops() {
            self.core.attention.store(false, Ordering::Release);
        }
        due
    }

    /// Awaits a handler that has begun; `None` when it was killed, and the server with it.
    async fn finish(self, begun: Begun<S>) -> Option<(Self, Box<Body<S>>)> {
        match begun.await {
            Ok(body) => Some((self, body)),
            Err(caller) => {
                self.end_killed(caller);
                None
            }
        }
    }

    /// Waits for work without a body.
    fn poll_parked(&mut self, cx: &Context<'_>) -> Poll<Work<S>> {
        self.budget = BUDGET;
        let mut inbox = self.core.lock();
        if let Some(begun) = inbox.cold().begun.take() {
            inbox.parked = false;
            return Poll::Ready(Work::Begun(begun));
        }
        let work = !inbox.queue.is_empty()
            || inbox.has_waiters()
            || self.core.attention.load(Ordering::Relaxed);
        if work && let Some(body) = inbox.body.take() {
            inbox.parked = false;
            return Poll::Ready(Work::Body(body));
        }
        let ended = matches!(inbox.life, Life::Ending | Life::Ended);
        let cold = inbox.cold();
        if ended || (std::mem::take(&mut cold.retire) && !work) {
            cold.drain = None;
            inbox.parked = false;
            inbox.drained = false;
            inbox.queue = VecDeque::new();
            self.done = true;
            return Poll::Ready(Work::Gone);
        }
        keep(&mut cold.drain, cx);
        let watch = !std::mem::replace(&mut cold.watched, true);
        drop(inbox);
        if watch {
            self.core.home.sweeper().watch_idle(Arc::clone(&self.core) as Arc<dyn Node>);
        }
        Poll::Pending
    }

    async fn end(mut self, body: Box<Body<S>>) {
        self.done = true;
        let batch = std::mem::take(&mut self.batch);
        ending::end(Arc::clone(&self.core), body, batch).await;
    }

    fn end_killed(mut self, caller: Tell) {
        self.done = true;
        ending::end_without_body(&self.core, std::mem::take(&mut self.batch), caller);
    }
}

impl<S: Server> Drop for Drain<S> {
    /// Only a runtime that goes drops a drain task that is not done.
    fn drop(&mut self) {
        if !self.done {
            let batch = std::mem::take(&mut self.batch);
            ending::end_with_runtime(&self.core, batch);
        }
    }
}

impl<S: Server> Core<S> {
    /// Lets waiting senders in as far as there is room by now.
    pub(crate) fn let_in(&self) {
        let told = self.lock().admit(self.taken());
        tell(told);
    }

    /// A handler that had waited is done.
    pub(crate) fn tidy(&self) {
        let mut inbox = self.lock();
        self.waited.store(false, Ordering::Relaxed);
        if let Some(cold) = &mut inbox.cold {
            cold.since = None;
            cold.drain = None;
            let edges = std::mem::take(&mut cold.edges);
            drop(inbox);
            drop(edges);
        }
    }

    /// Counts the looks at a parked drain task.
    pub(crate) fn tick_parked(&self) -> bool {
        let mut inbox = self.lock();
        let parked = inbox.parked;
        let Some(cold) = &mut inbox.cold else { return true };
        if !parked {
            // Busy, or gone by another way.
            cold.watched = false;
            return true;
        }
        cold.idle_ticks += 1;
        if cold.idle_ticks <= IDLE_TICKS_MAX {
            return false;
        }
        cold.idle_ticks = 0;
        cold.retire = true;
        cold.watched = false;
        let drain = cold.drain.take();
        drop(inbox);
        if let Some(drain) = drain {
            drain.wake();
        }
        true
    }
}
