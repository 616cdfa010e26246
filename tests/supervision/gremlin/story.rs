//! What happened, as data: the same seed tells the same.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use genserver_runtime::ServerId;
use tokio::time::Instant;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// A server, as the story calls it: its number in the order in which it is first told of.
pub type Nth = usize;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A step begins.
    Step(String),
    /// What came of it.
    Came(String),
    /// A supervisor begins to start a child; by hand where somebody asked for it.
    Attempt { path: Arc<str>, by_hand: bool },
    /// A clerk's `init` is done.
    Began { path: Arc<str>, id: Nth },
    /// Its `terminate` runs.
    Closing { path: Arc<str>, reason: String },
    /// It is dropped.
    Gone { path: Arc<str> },
    /// A supervisor tells that a child is there.
    Started { supervisor: Nth, child: String, id: Nth },
    /// That it did not start.
    NotStarted { supervisor: Nth, child: String, reason: String },
    /// That it ended by itself.
    Terminated { supervisor: Nth, child: String, id: Nth, restart: String, reason: String },
    /// That it is at its wits' end.
    GaveUp { supervisor: Nth },
    /// It has forgotten a child by hand.
    Deleted { supervisor: Nth, path: Arc<str> },
    /// Messages died with their server.
    Dead { server: String, id: Nth, count: u64 },
    /// Something else that the library tells.
    Other(String),
}

#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Since the story began.
    pub at: Duration,
    pub what: What,
}

impl Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>8} ms {:?}", self.at.as_millis(), self.what)
    }
}

#[derive(Clone)]
pub struct Story(Arc<Mutex<Pages>>);

struct Pages {
    begun: Instant,
    lines: Vec<Line>,
    numbers: BTreeMap<u64, Nth>,
}

impl Pages {
    fn nth(&mut self, id: u64) -> Nth {
        let next = self.numbers.len();
        *self.numbers.entry(id).or_insert(next)
    }

    fn note(&mut self, what: What) {
        let at = self.begun.elapsed();
        self.lines.push(Line { at, what });
    }
}

impl Story {
    pub fn new() -> Self {
        let pages = Pages { begun: Instant::now(), lines: Vec::new(), numbers: BTreeMap::new() };
        Self(Arc::new(Mutex::new(pages)))
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().expect("nobody panics with it")
    }

    pub fn note(&self, what: What) {
        self.pages().note(what);
    }

    pub fn nth(&self, id: ServerId) -> Nth {
        self.pages().nth(id.as_u64())
    }

    pub fn lines(&self) -> Vec<Line> {
        self.pages().lines.clone()
    }

    /// What a supervisor tells of its children, and a server of its dead letters, goes into the story.
    ///
    /// There are two listeners, one of which hears nothing: while there is only one, whether an event is
    /// wanted at all is decided by the thread that comes to it first, and that may be another test's.
    pub fn listen(&self) -> (DefaultGuard, Dispatch) {
        let deaf = Dispatch::new(Listener(self.clone()));
        (tracing::subscriber::set_default(Listener(self.clone())), deaf)
    }

    fn hear(&self, told: &Told) {
        let mut pages = self.pages();
        let supervisor = pages.nth(told.supervisor);
        let child = told.child.clone();
        let what = match told.message.as_str() {
            "child started" => What::Started { supervisor, child, id: pages.nth(told.id) },
            "child did not start" => {
                What::NotStarted { supervisor, child, reason: told.reason.clone() }
            }
            "child terminated" => What::Terminated {
                supervisor,
                child,
                id: pages.nth(told.id),
                restart: told.restart.clone(),
                reason: told.reason.clone(),
            },
            "shutdown: reached the maximum restart intensity" => What::GaveUp { supervisor },
            "dead letters: the server ended before it handled them" => {
                let server = told.server.clone();
                What::Dead { server, id: pages.nth(told.id), count: told.count }
            }
            other => What::Other(format!("{other}: {child} {}", told.reason)),
        };
        pages.note(what);
    }
}

/// The first difference of two stories.
pub fn difference(one: &[Line], other: &[Line]) -> Option<String> {
    let longest = one.len().max(other.len());
    let at = (0..longest).find(|&at| one.get(at) != other.get(at))?;
    let before = &one[at.saturating_sub(8)..at];
    Some(format!(
        "line {at} of {} and {}\nbefore: {before:#?}\none: {:?}\nother: {:?}",
        one.len(),
        other.len(),
        one.get(at),
        other.get(at)
    ))
}

struct Listener(Story);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target() == "genserver" && *metadata.level() <= Level::INFO
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut told = Told::default();
        event.record(&mut told);
        self.0.hear(&told);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of an event that the story knows.
#[derive(Default)]
struct Told {
    message: String,
    server: String,
    supervisor: u64,
    id: u64,
    count: u64,
    child: String,
    restart: String,
    reason: String,
}

impl Visit for Told {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "supervisor" => self.supervisor = value,
            "id" => self.id = value,
            "count" => self.count = value,
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "child" => value.clone_into(&mut self.child),
            "server" => value.clone_into(&mut self.server),
            "reason" => value.clone_into(&mut self.reason),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "restart" => self.restart = format!("{value:?}"),
            "reason" => self.reason = format!("{value:?}"),
            _ => {}
        }
    }
}
