//! The drain task: runs what is queued, batch by batch.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};

use tracing::Instrument;

use crate::body::Body;
use crate::core::{Core, tell};
use crate::ending;
use crate::error::ServerError;
use crate::inbox::{Inbox, Life, Mode};
use crate::item::{Item, Source};
use crate::node::Node;
use crate::options::{Kind, Overflow};
use crate::rest::{self, Stir};
use crate::server::{Message as _, Server, state_name};
use crate::sleep;
use crate::system::{self, Run, System};
use crate::turn::keep;
use crate::watch::Tally;

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

/// Ends a server that nobody uses, under the very lock under which that was seen: a message that comes
/// later finds its name or key free.
pub(crate) fn passivate<S: Server>(core: &Arc<Core<S>>, mut inbox: MutexGuard<'_, Inbox<S>>) {
    let Some(mut body) = inbox.body.take() else { return };
    for claim in std::mem::take(&mut inbox.cold().claims) {
        // The locks of names and registries are taken under this one, never the other way round.
        claim.release();
    }
    inbox.life = Life::Ending;
    inbox.mode = Mode::default();
    body.cx.ending = Some(Box::new(rest::passivated()));
    core.attention.store(true, Ordering::Release);
    if inbox.parked {
        inbox.body = Some(body);
        Core::wake_drain(inbox);
    } else {
        drop(inbox);
        spawn(core, body);
    }
    core.home.forget(core.id);
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

/// What a drain task does next.
enum Next<S: Server> {
    Item(Item<S>),
    Act(Run<S>),
    /// An end was decided.
    End,
    /// The runtime went while a handler ran.
    Gone,
    /// Nothing is left, or the server is suspended.
    Rest,
}

/// What a drain task does when its batch is empty.
enum Rest<S: Server> {
    Batch(Box<Body<S>>),
    /// It hibernates, once it has given its memory back.
    Sleep(Box<Body<S>>),
    Park,
    Done,
}

struct Drain<S: Server> {
    core: Arc<Core<S>>,
    batch: VecDeque<Item<S>>,
    /// How many items of the batch count against the bound.
    counted: u32,
    budget: u32,
    /// What was handled since it was last told.
    tally: Tally,
    /// What it did since the server last rested.
    stir: Stir,
    done: bool,
}

impl<S: Server> Drain<S> {
    fn new(core: Arc<Core<S>>) -> Self {
        Self {
            core,
            batch: VecDeque::new(),
            counted: 0,
            budget: BUDGET,
            tally: Tally::default(),
            stir: Stir::Still,
            done: false,
        }
    }

    async fn run(mut self, mut body: Box<Body<S>>) {
        loop {
            if body.cx.run.is_none() {
                body.cx.run = Some(Arc::clone(&self.core));
            }
            match self.next(&mut body) {
                Next::Item(item) => {
                    body = self.handle(body, item).await;
                    if self.budget == 0 {
                        self.breathe().await;
                    }
                }
                Next::Act(act) => {
                    system::run(&self.core, &mut body, act);
                    self.stir = self.stir.max(Stir::System);
                }
                Next::End => return self.end(body).await,
                // Dropped, the task refuses its batch.
                Next::Gone => return ending::drop_body(body),
                Next::Rest => match self.rest(body).await {
                    Some((drain, rested)) => {
                        self = drain;
                        body = rested;
                    }
                    None => return,
                },
            }
        }
    }

    /// What comes next: an end, what was asked of the server, what it continues with, what is queued.
    fn next(&mut self, body: &mut Body<S>) -> Next<S> {
        if body.cx.ending.is_some() {
            return Next::End;
        }
        if self.core.attention.load(Ordering::Acquire) {
            match self.next_system(body.cx.continues()) {
                Some(System::Stop(stop)) => {
                    body.cx.end_by(stop);
                    return Next::End;
                }
                Some(System::Act(act)) => return Next::Act(act),
                Some(System::Message(item)) => return Next::Item(item),
                Some(System::Suspended) => return Next::Rest,
                Some(System::Gone) => return Next::Gone,
                None => {}
            }
        }
        if let Some(message) = body.cx.next_continued() {
            return Next::Item(Item::own(message, Source::Continued));
        }
        match self.batch.pop_front() {
            Some(item) => {
                self.note_taken(&item);
                Next::Item(item)
            }
            None => Next::Rest,
        }
    }

    fn next_system(&mut self, chained: bool) -> Option<System<S>> {
        let mut inbox = self.core.lock();
        publish(&mut self.tally, &mut inbox);
        if let Some(cold) = &mut inbox.cold {
            // Seen of the item before: one of a high priority has no number of its own.
            cold.since = None;
        }
        let handled = inbox.batch_end() - self.batch.len() as u64;
        let alive = self.core.holders.load(Ordering::Acquire) > 0;
        let next = inbox.next_system(handled, alive, chained);
        if matches!(next, Some(System::Message(_))) {
            inbox.mode.set(Mode::ASLEEP, false);
        }
        if matches!(next, None | Some(System::Suspended)) && !inbox.has_system() {
            self.core.attention.store(false, Ordering::Release);
        }
        next
    }

    async fn handle(&mut self, mut body: Box<Body<S>>, item: Item<S>) -> Box<Body<S>> {
        self.budget = self.budget.saturating_sub(1);
        let (message, span, source) = match item {
            Item::User(message) => (message, None, Source::Sender),
            Item::Framed(framed) => (framed.message, framed.span, framed.source),
            Item::Ask(reply) => {
                publish(&mut self.tally, &mut self.core.lock());
                let state = body.state.as_ref().map_or("", state_name::<S>);
                let _ = reply.reply(state);
                self.stir = self.stir.max(Stir::System);
                return body;
            }
        };
        if let Source::Timer(armed, _) = &source
            && !armed.take()
        {
            // Flushed.
            return body;
        }
        self.stir = self.stir.max(match source {
            Source::Idle => Stir::Signal,
            _ => Stir::Message,
        });
        if !matches!(source, Source::Continued) {
            body.cx.stay_awake();
        }
        let number = message.handler();
        let handler = &S::HANDLERS[number];
        match handler.kind {
            Kind::Call => self.core.count_call(),
            kind => self.tally.count(kind),
        }
        let watched = self.core.is_watched().then(|| self.core.begins(handler, &source));
        let number = u16::try_from(number + 1).unwrap_or(u16::MAX);
        self.core.running.store(number, Ordering::Relaxed);
        let body = match span {
            None => S::dispatch(body, message).await,
            Some(span) => S::dispatch(body, message).instrument(span).await,
        };
        self.core.running.store(0, Ordering::Relaxed);
        if self.core.waited.load(Ordering::Relaxed) {
            self.core.tidy();
        }
        self.core.note_state(&body);
        if let Some(since) = watched {
            self.core.measured(handler.name, since.elapsed());
        }
        body
    }

    /// Nothing to do: the body goes back, and the task waits for work or ends.
    async fn rest(mut self, mut body: Box<Body<S>>) -> Option<(Self, Box<Body<S>>)> {
        let mut asleep = false;
        loop {
            if body.cx.take_hibernate() {
                self.core.lock().sleep_if_empty();
            }
            body = match self.refill(body, asleep) {
                Rest::Batch(body) => return Some((self, body)),
                Rest::Sleep(mut body) => {
                    // The user's: not under the lock.
                    sleep::give_back(&mut body);
                    if body.cx.ending.is_some() {
                        return Some((self, body));
                    }
                    asleep = true;
                    body
                }
                Rest::Park => return self.parked().await,
                Rest::Done => return None,
            };
        }
    }

    async fn parked(mut self) -> Option<(Self, Box<Body<S>>)> {
        match poll_fn(|cx| self.poll_parked(cx)).await {
            Work::Body(body) => Some((self, body)),
            Work::Begun(begun) => self.finish(begun).await,
            Work::Gone => None,
        }
    }

    /// The next batch, when there is one; else the body goes back, and the task waits for work or
    /// ends. A server that sleeps keeps no task and no buffer.
    fn refill(&mut self, mut body: Box<Body<S>>, asleep: bool) -> Rest<S> {
        let core = Arc::clone(&self.core);
        let mut inbox = core.lock();
        publish(&mut self.tally, &mut inbox);
        if let Some(cold) = &mut inbox.cold {
            // Seen of the last item: a call that runs where it is made has the same number.
            cold.since = None;
        }
        let suspended = inbox.mode.is(Mode::SUSPENDED);
        let told = if suspended {
            inbox.put_back(&mut self.batch);
            self.counted = 0;
            core.taken.store(0, Ordering::Relaxed);
            Vec::new()
        } else {
            inbox.admit(0)
        };
        core.note_high(&inbox);
        let attention = core.attention.load(Ordering::Relaxed);
        if attention || (!suspended && !inbox.queue.is_empty()) {
            if !suspended {
                self.take_batch(&mut inbox);
            }
            drop(inbox);
            tell(told);
            return Rest::Batch(body);
        }
        if inbox.mode.is(Mode::ASLEEP) && !asleep {
            return Rest::Sleep(body);
        }
        body.cx.run = None;
        if inbox.mode.is(Mode::RESTS) {
            core.rested(&mut inbox, self.stir);
        }
        self.stir = Stir::Still;
        inbox.body = Some(body);
        if !asleep && std::mem::replace(&mut inbox.drained, true) {
            inbox.parked = true;
            return Rest::Park;
        }
        if asleep {
            inbox.shrink();
        }
        if inbox.queue.is_empty() {
            inbox.queue = VecDeque::new();
        }
        self.done = true;
        Rest::Done
    }

    /// Moves the queue into the batch; one item only where the policy must reach the oldest.
    fn take_batch(&mut self, inbox: &mut Inbox<S>) {
        if !inbox.queue.iter().all(Item::asks) {
            inbox.mode.set(Mode::ASLEEP, false);
        }
        if S::OPTIONS.overflow == Overflow::DropOldest {
            if let Some(item) = inbox.queue.pop_front() {
                inbox.counted -= u32::from(item.counted());
                self.batch.push_back(item);
            }
            self.counted = 0;
        } else if self.batch.is_empty() {
            // What counts but is not in the queue goes before it.
            let high = inbox.counted_high();
            std::mem::swap(&mut inbox.queue, &mut self.batch);
            self.counted = std::mem::replace(&mut inbox.counted, high) - high;
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

    /// Awaits a handler that has begun; `None` when it was killed, and the server with it.
    async fn finish(mut self, begun: Begun<S>) -> Option<(Self, Box<Body<S>>)> {
        match begun.await {
            Ok(body) => {
                self.core.note_state(&body);
                self.stir = Stir::Message;
                Some((self, body))
            }
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
        let work = inbox.has_work(self.core.attention.load(Ordering::Relaxed));
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
            if inbox.queue.is_empty() {
                inbox.queue = VecDeque::new();
            }
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

/// Tells what was handled to those who look from outside.
fn publish<S: Server>(tally: &mut Tally, inbox: &mut Inbox<S>) {
    if !tally.is_zero() {
        inbox.cold().tally.add(std::mem::take(tally));
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
        let told = {
            let mut inbox = self.lock();
            let told = inbox.admit(self.taken());
            self.note_high(&inbox);
            told
        };
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
