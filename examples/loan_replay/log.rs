//! What a log says of the loan applications, free of the format it was read from.

use std::sync::Arc;

use jiff::Timestamp;

/// One step in the life of one application.
///
/// `A` stands for the activity: a small copied value of the caller's own, so that a log of any
/// length keeps no text for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event<A> {
    /// Which case: its index among the cases of the log, in the order of the file.
    pub(crate) case: u32,
    /// What happened.
    pub(crate) activity: A,
    /// When it happened.
    pub(crate) at: Timestamp,
}

/// One application with its events in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case<A> {
    /// Its name: unique in the log, never empty.
    pub(crate) name: Arc<str>,
    /// Its events; none if the log tells only of other kinds.
    pub(crate) events: Vec<Event<A>>,
}

/// A whole log: the names of its cases, and the events of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log<A> {
    /// The names, in the order of the file: [`Event::case`] is an index into them.
    pub(crate) cases: Vec<Arc<str>>,
    /// The events, in the order of time.
    pub(crate) events: Vec<Event<A>>,
}
