//! What a machine declares of its messages, and whether what was seen keeps to it.

use genserver_graph::{Graph, Trigger};

use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::machine::request::Came;
use crate::machine::{Machine, Wrong};
use crate::options::{Handler, Kind};
use crate::server::Leaf;

/// The declaration, as data.
#[derive(Clone, Copy)]
pub(crate) struct Declaration {
    pub(crate) graph: Graph<'static>,
    pub(crate) handlers: &'static [Handler],
    leaves: &'static [Leaf],
}

/// What was seen of a request.
pub(crate) struct Seen {
    pub(crate) came: Came,
    /// The state after it; `None` when the server is gone.
    pub(crate) after: Option<usize>,
    /// Why it is gone.
    pub(crate) ended: Option<ExitReason>,
    /// The state as text before and after, where it was looked at.
    pub(crate) texts: Option<(String, String)>,
}

/// What is to be said of it.
#[derive(Default)]
pub(crate) struct Verdict {
    /// The edge that was taken.
    pub(crate) edge: Option<usize>,
    pub(crate) wrong: Option<Wrong>,
}

impl From<Wrong> for Verdict {
    fn from(wrong: Wrong) -> Self {
        Self { edge: None, wrong: Some(wrong) }
    }
}

impl Declaration {
    pub(crate) fn of<M: Machine>() -> Self {
        Self { graph: M::GRAPH, handlers: M::HANDLERS, leaves: M::STATES }
    }

    /// Whether a guard of the handler's message accepts the state, or there is none.
    pub(crate) fn accepts(&self, state: usize, handler: usize) -> bool {
        let message = self.handlers[handler].message;
        let name = self.graph.states[state].name;
        let accepts = |leaf: &Leaf| leaf.allowed.contains(&message);
        !self.leaves.iter().any(accepts)
            || self.leaves.iter().any(|leaf| leaf.name == name && accepts(leaf))
    }

    /// The places of the edges that the handler's message may take from a state.
    pub(crate) fn edges(&self, state: usize, handler: usize) -> impl Iterator<Item = usize> {
        let message = self.handlers[handler].message;
        let edges = self.graph.edges.iter().enumerate();
        edges.filter_map(move |(at, edge)| {
            let own = edge.from == state && edge.label == message;
            (own && is_of_client(edge.trigger)).then_some(at)
        })
    }

    /// The states that the machine may go to by itself, from a state that is among them.
    fn drift(&self, state: usize) -> Vec<usize> {
        let mut reached = vec![state];
        let mut next = 0;
        while let Some(&from) = reached.get(next) {
            for edge in self.graph.edges_from(from).filter(|edge| !is_of_client(edge.trigger)) {
                if !reached.contains(&edge.to) {
                    reached.push(edge.to);
                }
            }
            next += 1;
        }
        reached
    }

    /// Whether what was seen of a request is declared.
    pub(crate) fn judge(&self, handler: usize, before: usize, seen: Seen) -> Verdict {
        let crash = seen.ended.filter(ExitReason::is_crash).map(ServerError::Exit);
        let drift = self.drift(before);
        if !drift.iter().any(|&state| self.accepts(state, handler)) {
            return self
                .judge_undeclared(handler, &drift, seen.came, seen.after, seen.texts, crash);
        }
        match (seen.came, crash) {
            (Came::Failed(ServerError::InvalidState(_)), _) if drift.len() > 1 => {
                Verdict::default()
            }
            // It ended as one of its handlers has asked.
            (Came::Failed(ServerError::NotRunning | ServerError::Exit(_)), None) => {
                Verdict::default()
            }
            (Came::Failed(error), _) | (_, Some(error)) => Wrong::Failed(error).into(),
            (came, None) => {
                let done = matches!(came, Came::Done);
                self.judge_move(handler, before, &drift, done, seen.after)
            }
        }
    }

    fn judge_undeclared(
        &self,
        handler: usize,
        drift: &[usize],
        came: Came,
        after: Option<usize>,
        texts: Option<(String, String)>,
        crash: Option<ServerError>,
    ) -> Verdict {
        match (came, crash) {
            (Came::Failed(ServerError::InvalidState(_)), None) => {}
            (Came::Done, None) if matches!(self.handlers[handler].kind, Kind::Cast) => {}
            (Came::Done | Came::Refused, None) => return Wrong::Answered.into(),
            (Came::Failed(ServerError::NotRunning | ServerError::Exit(_)), None) => {
                return Verdict::default();
            }
            (_, Some(error)) | (Came::Failed(error), None) => return Wrong::Failed(error).into(),
        }
        if let Some(to) = after.filter(|to| !drift.contains(to)) {
            return Wrong::WentTo(self.graph.states[to].name).into();
        }
        match texts {
            // What the machine does by itself may have come between.
            Some((old, new)) if old != new && drift.len() == 1 => Wrong::Changed(old, new).into(),
            _ => Verdict::default(),
        }
    }

    fn judge_move(
        &self,
        handler: usize,
        before: usize,
        drift: &[usize],
        done: bool,
        after: Option<usize>,
    ) -> Verdict {
        let edges: Vec<_> = self.edges(before, handler).collect();
        let Some(after) = after else {
            // Where it went to before it ended is known where there is no choice.
            let edge = edges.first().filter(|_| done && edges.len() == 1);
            return Verdict { edge: edge.copied(), wrong: None };
        };
        // A refusal may come with a move, and says nothing of an edge that ends where it begins.
        let is_taken =
            |edge: &usize| self.graph.edges[*edge].to == after && (done || after != before);
        if let Some(edge) = edges.iter().copied().find(is_taken) {
            return Verdict { edge: Some(edge), wrong: None };
        }
        let goes_on = |edge: &usize| self.drift(self.graph.edges[*edge].to).contains(&after);
        if drift.contains(&after) || edges.iter().any(goes_on) {
            return Verdict::default();
        }
        Wrong::WentTo(self.graph.states[after].name).into()
    }
}

/// Whether a client can take such an edge.
pub(crate) fn is_of_client(trigger: Trigger) -> bool {
    matches!(trigger, Trigger::Call | Trigger::Cast)
}

#[cfg(test)]
mod tests {
    use genserver_graph::{Edge, Graph, State, Trigger};

    use super::{Came, Declaration, Handler, Kind, Leaf, Seen, ServerError, Wrong};
    use crate::exit::ExitReason;

    const fn edge(from: usize, to: usize, label: &'static str, trigger: Trigger) -> Edge<'static> {
        Edge { from, to, label, trigger }
    }

    const fn state(name: &'static str) -> State<'static> {
        State { name, group: None, terminal: false }
    }

    /// Shut and Open by calls; Open goes to Ajar by itself, and nothing leads to Gone.
    const DOOR: Declaration = Declaration {
        graph: Graph {
            name: "Door",
            initial: 0,
            states: &[state("Shut"), state("Open"), state("Ajar"), state("Gone")],
            groups: &[],
            edges: &[
                edge(0, 1, "open", Trigger::Call),
                edge(1, 0, "shut", Trigger::Cast),
                edge(1, 2, "after 5s", Trigger::TimeOut),
            ],
        },
        handlers: &[
            Handler::new("open", "open", Kind::Call),
            Handler::new("shut", "shut", Kind::Cast),
            Handler::new("look", "look", Kind::Call),
        ],
        leaves: &[
            Leaf { name: "Shut", allowed: &["open"] },
            Leaf { name: "Open", allowed: &["shut"] },
            Leaf { name: "Ajar", allowed: &[] },
            Leaf { name: "Gone", allowed: &[] },
        ],
    };

    const OPEN: usize = 0;
    const SHUT: usize = 1;
    const LOOK: usize = 2;

    #[track_caller]
    fn check(
        (handler, before): (usize, usize),
        came: Came,
        after: impl Into<Option<usize>>,
        edge: Option<usize>,
        wrong: Option<Wrong>,
    ) {
        let seen = Seen { came, after: after.into(), ended: None, texts: None };
        let verdict = DOOR.judge(handler, before, seen);
        assert_eq!((verdict.edge, verdict.wrong), (edge, wrong));
    }

    #[test]
    fn a_declared_message_goes_to_a_target_or_stays() {
        check((OPEN, 0), Came::Done, 1, Some(0), None);
        check((OPEN, 0), Came::Done, 0, None, None);
        check((OPEN, 0), Came::Refused, 0, None, None);
        check((OPEN, 0), Came::Refused, 1, Some(0), None);
        check((OPEN, 0), Came::Done, 3, None, Some(Wrong::WentTo("Gone")));
        check((LOOK, 0), Came::Done, 1, None, Some(Wrong::WentTo("Open")));
    }

    #[test]
    fn what_the_machine_does_by_itself_may_come_after_it_or_before() {
        check((OPEN, 0), Came::Done, 2, None, None);
        check((LOOK, 1), Came::Done, 2, None, None);
        check((LOOK, 0), Came::Done, 2, None, Some(Wrong::WentTo("Ajar")));
    }

    #[test]
    fn an_undeclared_call_gets_no_other_answer() {
        check((OPEN, 1), Came::Done, 1, None, Some(Wrong::Answered));
        check((OPEN, 1), Came::Refused, 1, None, Some(Wrong::Answered));
        let error = ServerError::NoReply;
        check((OPEN, 1), Came::Failed(error.clone()), 1, None, Some(Wrong::Failed(error)));
    }

    #[test]
    fn an_undeclared_cast_moves_nothing() {
        check((SHUT, 0), Came::Done, 0, None, None);
        check((SHUT, 0), Came::Done, 1, None, Some(Wrong::WentTo("Open")));
    }

    #[test]
    fn an_orderly_end_is_no_mistake_and_a_crash_is() {
        check((OPEN, 0), Came::Done, None, Some(0), None);
        check((OPEN, 0), Came::Failed(ServerError::NotRunning), None, None, None);
        let crash = ExitReason::Other("it broke".into());
        let seen = Seen { came: Came::Done, after: None, ended: Some(crash.clone()), texts: None };
        let wrong = DOOR.judge(SHUT, 1, seen).wrong;
        assert_eq!(wrong, Some(Wrong::Failed(ServerError::Exit(crash))));
    }
}
