//! What lies in a mailbox: messages, where they come from, and what is asked of the queue itself.

use std::sync::Arc;

use tokio::sync::Notify;
use tracing::Span;

use crate::options::{Handler, Kind};
use crate::reply::ReplyTo;
use crate::server::{Message as _, Server};
use crate::slot::Answerable;
use crate::timer::Fired;

/// One thing in the queue.
pub(crate) enum Item<S: Server> {
    User(S::Message),
    /// With the span of its sender, or from the server's own timers, streams and tasks.
    Framed(Box<Framed<S>>),
    /// Asks for the state's name.
    Ask(ReplyTo<&'static str>),
    /// What is left where one was taken from; never in a queue. An `Option` would be copied by its parts, and
    /// what was just written by parts is read slowly as a whole.
    Taken,
}

/// A message with what few messages carry.
pub(crate) struct Framed<S: Server> {
    pub(crate) message: S::Message,
    pub(crate) span: Option<Span>,
    pub(crate) source: Source,
}

/// Who sent a message. What a server sends itself keeps its order but takes no room, so that it is
/// never dropped nor refused.
pub(crate) enum Source {
    Sender,
    /// A timer, which may be flushed until its message is taken; an interval's next tick waits until
    /// this one is handled.
    Timer(Fired, #[expect(dead_code, reason = "it tells when it is dropped")] Option<Paced>),
    /// A stream's item: the next one waits until this one is handled.
    Stream(#[expect(dead_code, reason = "it tells when it is dropped")] Paced),
    /// The end of a stream, what a task came to; of a task of the machine's state, until that is left.
    Task(Option<Fired>),
    /// The end of a server that this one is tied to, until the tie is gone.
    Tie(Fired),
    /// Nothing came for so long.
    Idle,
    /// [`Cx::continue_with`](crate::Cx::continue_with).
    Continued,
}

impl Source {
    /// By what the message may be flushed while it lies in the mailbox.
    #[inline]
    pub(crate) fn token(&self) -> Option<&Fired> {
        match self {
            Self::Timer(fired, _) | Self::Task(Some(fired)) | Self::Tie(fired) => Some(fired),
            _ => None,
        }
    }
}

/// Told when the message that it came with was handled or dropped.
pub(crate) struct Paced(pub(crate) Arc<Notify>);

impl Drop for Paced {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl<S: Server> Item<S> {
    /// A message with its sender's span, when somebody listens.
    #[inline]
    pub(crate) fn new(message: S::Message, span: Option<Box<Span>>) -> Self {
        match span {
            None => Self::User(message),
            Some(span) => Self::spanned(message, *span),
        }
    }

    #[cold]
    fn spanned(message: S::Message, span: Span) -> Self {
        Self::Framed(Box::new(Framed { message, span: Some(span), source: Source::Sender }))
    }

    /// Gives a plain message its sender's span.
    #[cold]
    pub(crate) fn frame(&mut self, span: Span) {
        if let Some(message) = self.take_message() {
            *self = Self::spanned(message, span);
        }
    }

    /// A message of the server's own.
    pub(crate) fn own(message: S::Message, source: Source) -> Self {
        Self::Framed(Box::new(Framed { message, span: None, source }))
    }

    pub(crate) fn message(&self) -> Option<&S::Message> {
        match self {
            Self::User(message) => Some(message),
            Self::Framed(framed) => Some(&framed.message),
            Self::Ask(_) | Self::Taken => None,
        }
    }

    /// Takes it from its place.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "it is copied as a whole, which is quicker than by its parts"
    )]
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Taken)
    }

    /// Takes the message that somebody sends, once.
    pub(crate) fn take_message(&mut self) -> Option<S::Message> {
        if !matches!(self, Self::User(_)) {
            return None;
        }
        match self.take() {
            Self::User(message) => Some(message),
            _ => None,
        }
    }

    fn handler(&self) -> Option<&'static Handler> {
        self.message().map(|message| &S::HANDLERS[message.handler()])
    }

    fn is_own(&self) -> bool {
        matches!(self, Self::Framed(framed) if !matches!(framed.source, Source::Sender))
    }

    pub(crate) fn reply(&self) -> Option<&dyn Answerable> {
        match self {
            Self::Ask(reply) => Some(reply),
            other => other.message().and_then(|message| message.reply()),
        }
    }

    /// How it goes through the mailbox.
    #[inline]
    pub(crate) fn lane(&self) -> Lane {
        Lane { counted: self.counted(), high: self.high() }
    }

    /// Tells whoever waits for its reply the number that it got in the mailbox; 0 where it has none.
    #[inline]
    pub(crate) fn numbered(self, seq: u64) -> Self {
        if seq > 0
            && let Some(reply) = self.reply()
        {
            reply.enqueued(seq);
        }
        self
    }

    /// Whether its sender knows it by this slot.
    pub(crate) fn is(&self, slot: usize) -> bool {
        self.reply().map(Answerable::identity) == Some(slot)
    }

    /// Whether the item counts against the mailbox's bound.
    #[inline]
    pub(crate) fn counted(&self) -> bool {
        match self {
            // Looked up only where a server has handlers of both kinds.
            Self::User(_) if Handlers::<S>::ALL_COUNTED => true,
            Self::Ask(_) | Self::Taken => false,
            Self::User(_) | Self::Framed(_) => {
                !self.is_own() && self.handler().is_some_and(|handler| handler.counted)
            }
        }
    }

    /// Whether it comes before what is queued.
    #[inline]
    pub(crate) fn high(&self) -> bool {
        Handlers::<S>::ANY_HIGH && self.handler().is_some_and(|handler| handler.high)
    }

    /// Whether it is no message, but a question about the server.
    pub(crate) fn asks(&self) -> bool {
        matches!(self, Self::Ask(_))
    }

    /// The message's name, for reports.
    pub(crate) fn name(&self) -> &'static str {
        self.handler().map_or("state", |handler| handler.message)
    }

    /// Whether nobody waits for its reply any more, and it is then not to be run.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.handler().is_some_and(|handler| handler.skip_abandoned)
            && self.reply().is_some_and(|reply| !reply.awaited())
    }

    /// Whether the overflow policy may drop it.
    pub(crate) fn droppable(&self) -> bool {
        self.counted() && self.handler().is_some_and(|handler| handler.kind != Kind::Call)
    }
}

/// How a message goes through the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    /// Whether it counts against the bound.
    pub(crate) counted: bool,
    /// Whether it comes before what is queued.
    pub(crate) high: bool,
}

impl Lane {
    /// That of the messages of a handler, where somebody sends them.
    pub(crate) const fn declared(handler: &Handler) -> Self {
        Self { counted: handler.counted, high: handler.high }
    }

    /// That of a message which somebody sends.
    #[inline]
    pub(crate) fn of<S: Server>(message: &S::Message) -> Self {
        // Looked up only where a server has handlers of both kinds.
        if Handlers::<S>::ALL_COUNTED && !Handlers::<S>::ANY_HIGH {
            Self { counted: true, high: false }
        } else {
            Self::declared(&S::HANDLERS[message.handler()])
        }
    }
}

/// What the handlers of a server have in common: where all are alike, nothing is looked up.
pub(crate) struct Handlers<S>(std::marker::PhantomData<S>);

impl<S: Server> Handlers<S> {
    /// Whether any of them has a priority.
    pub(crate) const ANY_HIGH: bool = {
        let mut at = 0;
        let mut any = false;
        while at < S::HANDLERS.len() {
            any |= S::HANDLERS[at].high;
            at += 1;
        }
        any
    };

    /// Whether the messages of all of them count against the mailbox's bound.
    pub(crate) const ALL_COUNTED: bool = {
        let mut at = 0;
        let mut all = true;
        while at < S::HANDLERS.len() {
            all &= S::HANDLERS[at].counted;
            at += 1;
        }
        all
    };
}
