//! What a conformance test has found.

use std::fmt;

use genserver_graph::{Edge, Graph};

use crate::error::ServerError;

/// What [`conformance`](crate::machine::conformance) has seen of a machine.
///
/// Its `Display` is for people.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// What all of it was drawn from.
    pub seed: u64,
    /// How many servers were started.
    pub walks: u32,
    /// How many servers did not start, because `init` refused its made-up arguments.
    pub unstarted: u32,
    /// How many calls and casts were made.
    pub requests: u64,
    /// The declared edges that were taken.
    pub taken: Vec<Edge<'static>>,
    /// The declared edges of calls and casts that were never taken.
    pub never_taken: Vec<Edge<'static>>,
    /// The declared edges that no client can take: of infos, of time-outs, of what cannot be made up.
    pub not_driven: Vec<Edge<'static>>,
    /// The calls and casts that were left out, because their handlers have a `#[cfg]`.
    pub left_out: Vec<&'static str>,
    /// What the machine has done and does not declare, each kind once.
    pub mistakes: Vec<Mistake>,
    pub(crate) graph: Graph<'static>,
}

/// Something that a machine has done and does not declare.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The state in which the message came.
    pub state: &'static str,
    /// The message.
    pub message: &'static str,
    /// What was wrong.
    pub wrong: Wrong,
    /// The messages before it, from the start of the server: the shortest way that was found.
    pub path: Vec<&'static str>,
}

/// What was wrong with the answer to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wrong {
    /// It went to a state that the guard does not declare, as a handler may that has the whole
    /// state, or a group, by `&mut`.
    WentTo(&'static str),
    /// The guard does not accept the state, and there was an answer other than
    /// [`ServerError::InvalidState`].
    Answered,
    /// The guard does not accept the state, and something changed: the state as text, before and
    /// after.
    Changed(String, String),
    /// The guard accepts the state, and there was no answer of the handler.
    Failed(ServerError),
}

impl Report {
    /// Whether nothing was wrong, and every edge that a client can take was taken.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.mistakes.is_empty() && self.never_taken.is_empty() && self.requests > 0
    }

    /// Ends a test that found something.
    ///
    /// # Panics
    ///
    /// With the report, unless it [is clean](Report::is_clean).
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }

    fn list(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        edges: &[Edge<'static>],
    ) -> fmt::Result {
        if !edges.is_empty() {
            write!(f, "\n{title}:")?;
        }
        edges.iter().try_for_each(|edge| {
            let (from, to) = (self.graph.states[edge.from].name, self.graph.states[edge.to].name);
            write!(f, "\n  {from} -> {to} by {}", edge.label)
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, walks, requests, .. } = self;
        let (taken, all) = (self.taken.len(), self.taken.len() + self.never_taken.len());
        write!(
            f,
            "{} with the seed {seed}: {walks} walks, {requests} requests, {taken} of {all} edges taken",
            self.graph.name
        )?;
        if self.unstarted > 0 {
            write!(f, "\n{} servers did not start", self.unstarted)?;
        }
        self.list(f, "never taken", &self.never_taken)?;
        self.list(f, "no client can take", &self.not_driven)?;
        if !self.left_out.is_empty() {
            write!(f, "\nleft out, because of a `cfg`: {}", self.left_out.join(", "))?;
        }
        self.mistakes.iter().try_for_each(|mistake| write!(f, "\nwrong: {mistake}"))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, message, wrong, path } = self;
        write!(f, "`{message}` in {state} ")?;
        match wrong {
            Wrong::WentTo(to) => write!(f, "went to {to}, which its guard does not declare")?,
            Wrong::Answered => f.write_str("was answered, though its guard does not accept it")?,
            Wrong::Changed(before, after) => {
                write!(f, "was refused and changed something: {before} became {after}")?;
            }
            Wrong::Failed(error) => write!(f, "failed, though its guard accepts it: {error}")?,
        }
        match path.as_slice() {
            [] => f.write_str("\n  as the first message"),
            path => write!(f, "\n  after {}", path.join(", ")),
        }
    }
}
