//! The drain task: runs what is queued, batch by batch.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::batch::Batch;
use crate::body::Body;
use crate::core::Core;
use crate::ending;
use crate::error::ServerError;
use crate::frame::Deadline;
use crate::inbox::{Life, Mode};
use crate::item::{Item, Source};
use crate::machine;
use crate::parked::{Work, publish};
use crate::rest::Stir;
use crate::server::Server;
use crate::system::{self, Run, System};
use crate::turn::{crash_in, watched};
use crate::watch::Tally;

/// How many items are run before the other tasks get their turn.
pub(crate) const BUDGET: u32 = 128;

/// Tells the caller of a crashed handler.
pub(crate) type Tell = Box<dyn FnOnce(ServerError) + Send>;

/// A handler that began where it was called and is not done; gives the body back, or its caller
/// when it was killed.
pub(crate) type Begun<S> = Pin<Box<dyn Future<Output = Result<Box<Body<S>>, Tell>> + Send>>;

/// Runs the server with a body that has work.
pub(crate) fn spawn<S: Server>(core: &Arc<Core<S>>, body: Box<Body<S>>) {
    let drain = Drain::new(Arc::clone(core));
    // A runtime that is gone drops the task at once, and with it the server.
    drop(core.home.handle().spawn(drain.run(Work::Body(body))));
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
        drop(core.home.handle().spawn(drain.run(Work::Begun(begun))));
    }
}

/// What a drain task does next.
enum Next<S: Server> {
    /// What the batch has.
    Items,
    /// Something that comes before that.
    Item(Item<S>),
    Act(Run<S>),
    /// The machine begins in its first state.
    Begin,
    /// An end was decided.
    End,
    /// The runtime went while a handler ran.
    Gone,
    /// Nothing is left, or the server is suspended.
    Rest,
}

pub(crate) struct Drain<S: Server> {
    pub(crate) core: Arc<Core<S>>,
    pub(crate) batch: Batch<S>,
    pub(crate) budget: u32,
    /// What was handled since it was last told.
    pub(crate) tally: Tally,
    /// What it did since the server last rested.
    pub(crate) stir: Stir,
    pub(crate) done: bool,
}

impl<S: Server> Drain<S> {
    fn new(core: Arc<Core<S>>) -> Self {
        Self {
            core,
            batch: Batch::new(),
            budget: BUDGET,
            tally: Tally::default(),
            stir: Stir::Still,
            done: false,
        }
    }

    async fn run(mut self, first: Work<S>) {
        let Some(mut body) = self.take_up(first).await else { return };
        loop {
            let turn = match self.next(&mut body) {
                Next::Items => self.run_items(&mut body),
                Next::Item(item) => self.run_item(&mut body, item),
                Next::Begin => {
                    body = self.begin(body).await;
                    None
                }
                Next::Act(act) => {
                    system::run(&self.core, &mut body, act);
                    self.stir = self.stir.max(Stir::System);
                    None
                }
                Next::End => return self.end(body).await,
                // Dropped, the task refuses its batch.
                Next::Gone => return ending::drop_body(body),
                Next::Rest => match self.rest(body).await {
                    Some(rested) => {
                        body = rested;
                        None
                    }
                    None => return,
                },
            };
            if let Some(turn) = turn {
                body = self.dispatch(body, turn).await;
            }
            if self.budget == 0 {
                self.breathe().await;
            }
        }
    }

    /// What comes next: an end, what was asked of the server, what it continues with, what is queued.
    #[inline]
    fn next(&mut self, body: &mut Body<S>) -> Next<S> {
        if body.cx.is_ending() {
            return Next::End;
        }
        if S::FOLLOWS && body.cx.has_moved() {
            return Next::Begin;
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
        if self.batch.is_empty() { Next::Rest } else { Next::Items }
    }

    #[cold]
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

    /// What follows from the state that the machine begins in.
    async fn begin(&mut self, mut body: Box<Body<S>>) -> Box<Body<S>> {
        let follow = machine::follow(&mut body);
        if let Err(interrupt) = watched(&self.core, || Deadline::Never, None, follow).await {
            body.cx.end(crash_in("enter", interrupt));
        }
        if self.core.waited.load(Ordering::Relaxed) {
            self.core.tidy();
        }
        body
    }

    /// Lets others run; senders that found room meanwhile are let in.
    async fn breathe(&mut self) {
        self.budget = BUDGET;
        self.core.let_in();
        tokio::task::yield_now().await;
    }

    async fn end(mut self, body: Box<Body<S>>) {
        self.done = true;
        let batch = self.batch.take();
        ending::end(Arc::clone(&self.core), body, batch).await;
    }

    pub(crate) fn end_killed(&mut self, caller: Tell) {
        self.done = true;
        ending::end_without_body(&self.core, self.batch.take(), caller);
    }
}

impl<S: Server> Drop for Drain<S> {
    /// Only a runtime that goes drops a drain task that is not done.
    fn drop(&mut self) {
        if !self.done {
            let batch = self.batch.take();
            ending::end_with_runtime(&self.core, batch);
        }
    }
}
