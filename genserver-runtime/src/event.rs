//! What a watched server tells of itself: one event for each message in and each reply out.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;

use crate::id::ServerId;
use crate::node::Node;

/// How many events wait for a slow reader before the oldest are dropped.
const ROOM: usize = 1024;

/// Something that a watched server did. Arguments and replies are not told: they may be secrets.
///
/// Like the system events of `sys`; differs: no terms travel, only names.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).log(10).await?;
/// counter.increment().await?;
/// let log = counter.sys().get_log()?;
/// let lines: Vec<String> = log.iter().map(|event| event.kind.to_string()).collect();
/// assert_eq!(lines, ["got call `increment`", "replied to `increment`"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Event {
    /// Counts up from 1, without gaps, since the server is watched.
    pub number: u64,
    /// The server's type.
    pub server: &'static str,
    /// The server.
    pub id: ServerId,
    /// How long the server had been up.
    pub uptime: Duration,
    /// The machine's state; empty without states.
    pub state: &'static str,
    /// What it did.
    pub kind: EventKind,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.server, self.id, self.kind)?;
        if self.state.is_empty() { Ok(()) } else { write!(f, " in {}", self.state) }
    }
}

/// What a watched server did: see [`Event`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum EventKind {
    /// It took a message. Like `{in, Msg}`.
    In {
        /// Where the message came from.
        from: Origin,
        /// The message.
        message: &'static str,
    },
    /// A handler's reply went out. Like `{out, Reply, To, State}`.
    Replied {
        /// The call.
        message: &'static str,
    },
    /// A handler returned without a reply, which none has but a call. Like `{noreply, State}`.
    NoReply {
        /// The message.
        message: &'static str,
    },
    /// The machine's state accepts no such message.
    Refused {
        /// The message.
        message: &'static str,
    },
    /// The machine's state accepts no such message: it is kept for another state.
    Postponed {
        /// The message.
        message: &'static str,
    },
    /// The server ended.
    Ended {
        /// Why.
        reason: String,
    },
}

/// Where a message came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Origin {
    /// Somebody who calls.
    Caller,
    /// Somebody who casts.
    Caster,
    /// Somebody who sends an info.
    Sender,
    /// A timer of the server's, or its `#[every]`.
    Timer,
    /// Its idle time-out.
    Idle,
    /// A stream that is attached to it.
    Stream,
    /// A task of its own.
    Task,
    /// The end of a server that it monitors or is linked with.
    Tie,
    /// Itself, by `continue_with`.
    Continued,
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In { from, message } => {
                let from = match from {
                    Origin::Caller => "call",
                    Origin::Caster => "cast",
                    Origin::Sender => "info",
                    Origin::Timer => "timer",
                    Origin::Idle => "idle time-out",
                    Origin::Stream => "stream item",
                    Origin::Task => "task result",
                    Origin::Tie => "end of a server",
                    Origin::Continued => "continued",
                };
                write!(f, "got {from} `{message}`")
            }
            Self::Replied { message } => write!(f, "replied to `{message}`"),
            Self::NoReply { message } => write!(f, "handled `{message}` without a reply"),
            Self::Refused { message } => write!(f, "refused `{message}`"),
            Self::Postponed { message } => write!(f, "postponed `{message}`"),
            Self::Ended { reason } => write!(f, "ended: {reason}"),
        }
    }
}

/// The events of a server as they happen: a stream, made by
/// [`Sys::events`](crate::Sys::events). It ends with the server; dropped, the server is watched no
/// more, unless something else watches it.
///
/// A reader that is 1,024 events behind loses the oldest ones: [`missed`](Events::missed). A server
/// never waits for who looks at it. Stands for `sys:install/2` and `sys:remove/2`: what a debug
/// function would do is done by whoever reads, and cannot hurt the server.
///
/// # Cancel safety
///
/// A dropped `next` loses nothing.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// let mut replies = counter.sys().events()?.only(|event| event.to_string().contains("replied"));
/// counter.increment().await?;
/// let reply = replies.next().await.expect("the server runs");
/// assert_eq!(reply.kind.to_string(), "replied to `increment`");
/// # Ok(()) }
/// ```
#[must_use = "a server is watched for as long as its events are held"]
pub struct Events {
    channel: Arc<Channel>,
    node: Weak<dyn Node>,
    filter: Option<Filter>,
}

type Filter = Box<dyn FnMut(&Event) -> bool + Send + Sync>;

impl Events {
    pub(crate) fn new(channel: Arc<Channel>, node: Weak<dyn Node>) -> Self {
        Self { channel, node, filter: None }
    }

    /// Only those events, in place of an earlier choice. Others are left out when they are read.
    pub fn only(mut self, filter: impl FnMut(&Event) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(Box::new(filter));
        self
    }

    /// The next event; `None` when the server has ended.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// How many events were dropped because nobody read them in time.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.channel.lock().missed
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = self.get_mut();
        loop {
            let next = this.channel.poll(cx);
            if let (Poll::Ready(Some(event)), Some(filter)) = (&next, &mut this.filter)
                && !filter(event)
            {
                continue;
            }
            return next;
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.channel.lock().closed = true;
        if let Some(node) = self.node.upgrade() {
            node.change_watch(&mut |_| {});
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("missed", &self.missed()).finish_non_exhaustive()
    }
}

/// The way of events to one reader.
#[derive(Default)]
pub(crate) struct Channel(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    reader: Option<Waker>,
    missed: u64,
    closed: bool,
}

impl Channel {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// The waker of its reader, to be woken outside of any lock.
    pub(crate) fn push(&self, event: Event) -> Option<Waker> {
        let mut waiting = self.lock();
        if waiting.closed {
            return None;
        }
        if waiting.events.len() == ROOM {
            waiting.events.pop_front();
            waiting.missed += 1;
        }
        waiting.events.push_back(event);
        waiting.reader.take()
    }

    /// No event comes any more.
    pub(crate) fn close(&self) -> Option<Waker> {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.reader.take()
    }

    fn poll(&self, cx: &Context<'_>) -> Poll<Option<Event>> {
        let mut waiting = self.lock();
        match waiting.events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None if waiting.closed => Poll::Ready(None),
            None => {
                crate::turn::keep(&mut waiting.reader, cx);
                Poll::Pending
            }
        }
    }
}
