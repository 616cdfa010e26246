//! The drain task: runs what is queued, batch by batch.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tracing::{Instrument, Span};

use crate::batch::Batch;
use crate::body::Body;
use crate::clock::Instant;
use crate::core::Core;
use crate::ending;
use crate::error::ServerError;
use crate::frame::Deadline;
use crate::inbox::{Life, Mode};
use crate::item::{Framed, Item, Source};
use crate::machine;
use crate::options::{Handler, Kind};
use crate::parked::{Work, publish};
use crate::reply::ReplyTo;
use crate::rest::Stir;
use crate::server::{Message as _, Server, state_name};
use crate::system::{self, Run, System};
use crate::timing::note_event;
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

/// The turn of a handler that may wait, with its message.
struct Turn<S: Server> {
    message: S::Message,
    handler: &'static Handler,
    source: Source,
    span: Option<Span>,
    /// Since when it runs, where the server is watched.
    since: Option<Instant>,
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
                Next::Item(item) => self.run_items(&mut body, item),
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

    /// Handles an item, and those behind it while nothing can come before them; gives back the turn of a
    /// handler that may wait.
    #[inline]
    fn run_items(&mut self, body: &mut Body<S>, mut item: Item<S>) -> Option<Turn<S>> {
        loop {
            let turn = self.handle(body, item);
            if turn.is_some() {
                return turn;
            }
            match self.next_plain(body) {
                Some(next) => item = next,
                None => break,
            }
        }
        self.core.running.store(0, Ordering::Relaxed);
        None
    }

    /// The next item, where nothing can come before it: that is nearly always.
    #[inline]
    fn next_plain(&mut self, body: &Body<S>) -> Option<Item<S>> {
        let plain = self.budget > 0
            && body.cx.wishes.is_none()
            && !self.core.attention.load(Ordering::Acquire);
        if plain { self.batch.next(&self.core) } else { None }
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
        self.batch.next(&self.core).map_or(Next::Rest, Next::Item)
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

    /// Handles an item, or gives back the turn of a handler that may wait.
    #[inline]
    fn handle(&mut self, body: &mut Body<S>, item: Item<S>) -> Option<Turn<S>> {
        self.budget = self.budget.saturating_sub(1);
        let (message, span, source) = match item {
            Item::User(message) => {
                body.cx.disturb();
                if postpones(body, &message) {
                    self.put_aside(Item::User(message));
                    return None;
                }
                (message, None, Source::Sender)
            }
            Item::Framed(framed) => self.unframe(body, framed)?,
            Item::Ask(reply) => {
                self.answer(body, reply);
                return None;
            }
        };
        self.run_handler(body, message, span, source)
    }

    /// Tells the state's name.
    #[cold]
    fn answer(&mut self, body: &Body<S>, reply: ReplyTo<&'static str>) {
        publish(&mut self.tally, &mut self.core.lock());
        let state = body.state.as_ref().map_or("", state_name::<S>);
        let _ = reply.reply(state);
        self.stir = self.stir.max(Stir::System);
    }

    /// The message waits for another state.
    #[cold]
    fn put_aside(&mut self, item: Item<S>) {
        self.stir = Stir::Message;
        self.core.postpone(item);
    }

    /// The parts of a message that is to be handled now.
    fn unframe(
        &mut self,
        body: &mut Body<S>,
        mut framed: Box<Framed<S>>,
    ) -> Option<(S::Message, Option<Span>, Source)> {
        if !note_event(body, &mut framed) {
            ending::drop_caught::<S, _>(framed);
            return None;
        }
        if postpones(body, &framed.message) {
            self.put_aside(Item::Framed(framed));
            return None;
        }
        let Framed { message, span, source } = *framed;
        if source.token().is_some_and(|fired| !fired.take()) {
            // Flushed.
            ending::drop_caught::<S, _>(message);
            return None;
        }
        Some((message, span, source))
    }

    /// Runs a handler that cannot wait; gives back the turn of another.
    #[inline]
    fn run_handler(
        &mut self,
        body: &mut Body<S>,
        message: S::Message,
        span: Option<Span>,
        source: Source,
    ) -> Option<Turn<S>> {
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
        let since = self.core.is_watched().then(|| self.core.begins(handler, &source));
        self.core.runs(number);
        let message = {
            let _span = span.as_ref().map(Span::enter);
            S::run_now(&self.core, body, message)
        };
        match message {
            None => {
                self.handled(body, handler, since);
                if matches!(source, Source::Sender) {
                    // Nothing to drop, as of nearly all: that is not looked for.
                    mem::forget(source);
                }
                None
            }
            Some(message) => Some(Turn { message, handler, source, span, since }),
        }
    }

    /// Awaits a handler.
    async fn dispatch(&mut self, mut body: Box<Body<S>>, turn: Turn<S>) -> Box<Body<S>> {
        let Turn { message, handler, source, span, since } = turn;
        // Until the body goes back.
        body.cx.run.get_or_insert_with(|| Arc::clone(&self.core));
        body = match span {
            None => S::dispatch(body, message).await,
            Some(span) => S::dispatch(body, message).instrument(span).await,
        };
        // A timer or a stream goes on when its message was handled.
        drop(source);
        self.core.running.store(0, Ordering::Relaxed);
        self.handled(&body, handler, since);
        body
    }

    /// A handler has returned. That it does not run any more is told when no other one runs at once.
    #[inline]
    fn handled(&self, body: &Body<S>, handler: &Handler, since: Option<Instant>) {
        if self.core.waited.load(Ordering::Relaxed) {
            self.core.tidy();
        }
        self.core.note_state(body);
        if let Some(since) = since {
            self.core.measured(handler.name, since.elapsed());
        }
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

/// Whether the message waits for another state.
#[inline]
fn postpones<S: Server>(body: &Body<S>, message: &S::Message) -> bool {
    S::POSTPONES && body.state.as_ref().is_some_and(|state| S::postpones(message.handler(), state))
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
