//! What the drain task does with what it has taken out of the queue.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tracing::{Instrument, Span};

use crate::body::Body;
use crate::clock::Instant;
use crate::drain::Drain;
use crate::ending;
use crate::item::{Framed, Item, Source};
use crate::options::{Handler, Kind};
use crate::parked::publish;
use crate::reply::ReplyTo;
use crate::rest::Stir;
use crate::server::{Message as _, Server, state_name};
use crate::timing::note_event;

/// The turn of a handler that may wait, with its message.
pub(crate) struct Turn<S: Server> {
    message: S::Message,
    handler: &'static Handler,
    source: Source,
    span: Option<Span>,
    /// Since when it runs, where the server is watched.
    since: Option<Instant>,
}

impl<S: Server> Drain<S> {
    /// Handles the items of the batch while nothing can come before them, which is nearly always; gives back
    /// the turn of a handler that may wait.
    #[inline]
    pub(crate) fn run_items(&mut self, body: &mut Body<S>) -> Option<Turn<S>> {
        loop {
            // Taken and told apart in one place: a message is copied once for each that it passes.
            let turn = match self.batch.next(&self.core) {
                Some(Item::User(message)) => self.handle(body, message),
                Some(Item::Framed(framed)) => self.handle_framed(body, framed),
                Some(Item::Ask(reply)) => self.answer(body, reply),
                Some(Item::Taken) => None,
                None => break,
            };
            self.budget = self.budget.saturating_sub(1);
            if turn.is_some() {
                return turn;
            }
            let plain = self.budget > 0
                && body.cx.wishes.is_none()
                && !self.core.attention.load(Ordering::Acquire);
            if !plain {
                break;
            }
        }
        self.core.running.store(0, Ordering::Relaxed);
        None
    }

    /// Handles one that comes before the batch.
    #[inline(never)]
    pub(crate) fn run_item(&mut self, body: &mut Body<S>, item: Item<S>) -> Option<Turn<S>> {
        let turn = match item {
            Item::User(message) => {
                body.cx.disturb();
                if postpones(body, &message) {
                    self.put_aside(Item::User(message));
                    None
                } else {
                    self.handle_sent(body, message, None, Source::Sender)
                }
            }
            Item::Framed(framed) => self.handle_framed(body, framed),
            Item::Ask(reply) => self.answer(body, reply),
            Item::Taken => None,
        };
        self.budget = self.budget.saturating_sub(1);
        if turn.is_none() {
            self.core.running.store(0, Ordering::Relaxed);
        }
        turn
    }

    /// Handles a sender's message, or gives back the turn of a handler that may wait. Apart from
    /// [`handle_sent`](Self::handle_sent): nearly all messages come here, with nothing else to look at and to drop.
    #[inline]
    fn handle(&mut self, body: &mut Body<S>, message: S::Message) -> Option<Turn<S>> {
        body.cx.disturb();
        if postpones(body, &message) {
            self.put_aside(Item::User(message));
            return None;
        }
        self.stir = Stir::Message;
        body.cx.stay_awake();
        let (handler, since) = self.runs(&message, &Source::Sender);
        match S::run_now(&self.core, body, message) {
            None => {
                self.handled(body, handler, since);
                None
            }
            Some(message) => {
                Some(Turn { message, handler, source: Source::Sender, span: None, since })
            }
        }
    }

    /// As [`handle`](Self::handle), for a message with more to it.
    fn handle_framed(&mut self, body: &mut Body<S>, framed: Box<Framed<S>>) -> Option<Turn<S>> {
        let (message, span, source) = self.unframe(body, framed)?;
        self.handle_sent(body, message, span, source)
    }

    /// The same, once it is known that it is handled now.
    fn handle_sent(
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
        let (handler, since) = self.runs(&message, &source);
        let message = {
            let _span = span.as_ref().map(Span::enter);
            S::run_now(&self.core, body, message)
        };
        match message {
            None => {
                self.handled(body, handler, since);
                None
            }
            Some(message) => Some(Turn { message, handler, source, span, since }),
        }
    }

    /// Tells the state's name.
    #[cold]
    fn answer(&mut self, body: &Body<S>, reply: ReplyTo<&'static str>) -> Option<Turn<S>> {
        publish(&mut self.tally, &mut self.core.lock());
        let state = body.state.as_ref().map_or("", state_name::<S>);
        let _ = reply.reply(state);
        self.stir = self.stir.max(Stir::System);
        None
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

    /// A handler begins: which one, and when, where the server is watched.
    #[inline]
    fn runs(
        &mut self,
        message: &S::Message,
        source: &Source,
    ) -> (&'static Handler, Option<Instant>) {
        let number = message.handler();
        let handler = &S::HANDLERS[number];
        match handler.kind {
            Kind::Call => self.core.count_call(),
            kind => self.tally.count(kind),
        }
        let since = self.core.is_watched().then(|| self.core.begins(handler, source));
        self.core.runs(number);
        (handler, since)
    }

    /// Awaits a handler.
    pub(crate) async fn dispatch(&mut self, mut body: Box<Body<S>>, turn: Turn<S>) -> Box<Body<S>> {
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
}

/// Whether the message waits for another state.
#[inline]
fn postpones<S: Server>(body: &Body<S>, message: &S::Message) -> bool {
    S::POSTPONES && body.state.as_ref().is_some_and(|state| S::postpones(message.handler(), state))
}
