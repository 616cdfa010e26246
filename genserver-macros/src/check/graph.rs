//! The graph of the declared transitions.

use std::collections::HashSet;

use genserver_graph::{self as graph, Finding};
use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::model::{Guard, Handler, Kind, Machine, Server};
use crate::parse::list::enumerate;
use crate::parse::similar::similar_state;

/// The names and the edges that a graph borrows.
struct Sketch<'a> {
    server: &'a Server,
    machine: &'a Machine,
    /// Whether nothing was told of a handler.
    sound: &'a [bool],
    edges: Vec<Arrow>,
}

/// An edge and the handler that declares it.
struct Arrow {
    from: usize,
    to: usize,
    handler: usize,
    /// Both names are known.
    certain: bool,
}

/// Reports dead ends, unreachable states and what leaves a terminal state.
///
/// A name that is unknown stands for the similar one: `approve: Pending => Aproved` must not make
/// `Approved` unreachable as well. Without a similar one it may mean any state, and leads from and
/// to all of them: what is found nevertheless is a mistake of its own.
pub(crate) fn check_graph(server: &Server, machine: &Machine, sound: &[bool], errors: &mut Errors) {
    if server.states_flawed {
        return;
    }
    let mut sketch = Sketch { server, machine, sound, edges: Vec::new() };
    for at in 0..server.handlers.len() {
        sketch.add_edges(at);
    }
    sketch.check(errors);
}

impl<'a> Sketch<'a> {
    fn add_edges(&mut self, handler: usize) {
        match self.guard(handler) {
            Some(guard) => {
                for clause in &guard.clauses {
                    self.add_clause(handler, &clause.sources, &clause.targets);
                }
            }
            // It moves, but its guard is missing.
            None if self.handler(handler).returns.next.is_some() => {
                self.add_clause(handler, &[], &[]);
            }
            None => {}
        }
    }

    fn add_clause(&mut self, handler: usize, sources: &[Ident], targets: &[Ident]) {
        let ((from, from_doubtful), (to, to_doubtful)) = (self.read(sources), self.read(targets));
        self.connect(&from, &to, handler, true);
        // Without an arrow there are no edges, unless nothing could be read.
        let is_doubtful = from_doubtful || to_doubtful;
        if !is_doubtful || (targets.is_empty() && !sources.is_empty()) {
            return;
        }
        let every = 0..self.machine.states.len();
        let from = if from_doubtful {
            // That something leaves an end is told of the ends that are named.
            every.clone().filter(|&at| !self.machine.states[at].terminal).collect()
        } else {
            from
        };
        let to = if to_doubtful { every.collect() } else { to };
        self.connect(&from, &to, handler, false);
    }

    fn connect(&mut self, sources: &[usize], targets: &[usize], handler: usize, certain: bool) {
        for &from in sources {
            self.edges.extend(targets.iter().map(|&to| Arrow { from, to, handler, certain }));
        }
    }

    /// The states that names stand for, as far as that is known.
    fn leaves<'n>(&self, names: impl IntoIterator<Item = &'n Ident>) -> Vec<usize> {
        names.into_iter().flat_map(|name| self.leaves_of(name)).copied().collect()
    }

    fn leaves_of(&self, name: &Ident) -> &'a [usize] {
        let near = || similar_state(self.machine, name).and_then(|near| self.machine.named(near));
        self.machine.named(name).or_else(near).unwrap_or_default()
    }

    /// The states that names stand for, and whether one among these stands for none that is known.
    fn read(&self, names: &[Ident]) -> (Vec<usize>, bool) {
        let (mut leaves, mut is_doubtful) = (Vec::new(), names.is_empty());
        for name in names {
            let own = self.leaves_of(name);
            is_doubtful |= own.is_empty();
            leaves.extend(own);
        }
        (leaves, is_doubtful)
    }

    fn check(&self, errors: &mut Errors) {
        let name = |ident: &Ident| ident.unraw().to_string();
        let states: Vec<String> =
            self.machine.states.iter().map(|state| name(&state.ident)).collect();
        let labels: Vec<String> =
            self.server.handlers.iter().map(|handler| name(&handler.message)).collect();
        let states: Vec<graph::State<'_>> = states
            .iter()
            .zip(&self.machine.states)
            .map(|(name, state)| graph::State { name, group: None, terminal: state.terminal })
            .collect();
        let edges: Vec<graph::Edge<'_>> = self
            .edges
            .iter()
            .map(|arrow| graph::Edge {
                from: arrow.from,
                to: arrow.to,
                label: &labels[arrow.handler],
                // The rules know only states.
                trigger: graph::Trigger::Call,
            })
            .collect();
        let graph = graph::Graph {
            name: "",
            initial: self.machine.initial,
            states: &states,
            groups: &[],
            edges: &edges,
        };
        self.report(&graph, errors);
    }

    fn report(&self, graph: &graph::Graph<'_>, errors: &mut Errors) {
        let reachable = graph.reachable_from(self.machine.initial);
        let edges = graph.edges.iter().zip(&self.edges);
        let edges: Vec<_> =
            edges.filter(|(_, arrow)| arrow.certain).map(|(edge, _)| *edge).collect();
        let certain = graph::Graph { edges: &edges, ..*graph }.reachable_from(self.machine.initial);
        let mut told = HashSet::new();
        for finding in graph.check() {
            match finding {
                Finding::LeavesTerminal { edge } => self.leaves_terminal(edge, &mut told, errors),
                // Without an initial state nothing is reachable, which was told.
                _ if !self.machine.rooted => {}
                Finding::Unreachable { root, with } => {
                    self.unreachable(root, &with, &reachable, &mut told, errors);
                }
                // Such a state may be unreachable, if a name that is unknown means another one.
                Finding::DeadEnd { state } | Finding::NoTerminal { state } if !certain[state] => {}
                Finding::DeadEnd { state } => self.dead_end(state, errors),
                Finding::NoTerminal { state } => self.no_terminal(state, errors),
                _ => {}
            }
        }
    }

    /// Whoever waits for the end takes a terminal state for it: `reject: Completed => Rejected`
    /// goes on after the end. Told once a source of a guard, a group of ends included.
    fn leaves_terminal(
        &self,
        edge: usize,
        told: &mut HashSet<(usize, usize)>,
        errors: &mut Errors,
    ) {
        let Arrow { from, handler, .. } = self.edges[edge];
        let Some(guard) = self.guard(handler) else { return };
        let mut sources = guard.sources().enumerate();
        let is_source = |source: &Ident| self.machine.leaves(source).contains(&from);
        let Some((at, source)) = sources.find(|(_, source)| is_source(source)) else { return };
        let is_told = self.handler(handler).kind == Kind::StateTimeout
            && self.machine.leaves(source).len() == 1;
        if is_told || !self.sound[handler] || !told.insert((handler, at)) {
            return;
        }
        let (ident, state) = (&self.handler(handler).method.ident, self.name(from));
        errors.at(source, format!("`{ident}` leaves the terminal state `{state}`"));
    }

    /// A state that nothing leads to is dead code, and so are its handlers. One error tells it: at
    /// the state where the way in is missing; but a state that no edge touches, such as the
    /// `Frozen` of `#[call(Frozen)] fn audit`, is there for a handler only, which is then what
    /// never runs.
    fn unreachable(
        &self,
        root: usize,
        with: &[usize],
        reachable: &[bool],
        told: &mut HashSet<(usize, usize)>,
        errors: &mut Errors,
    ) {
        if self.machine.states[root].flawed {
            return;
        }
        if with.is_empty()
            && !self.edges.iter().any(|arrow| arrow.from == root && arrow.to != root)
            && let Some(handler) = self.only_reader(root, reachable)
        {
            if told.insert((handler, usize::MAX)) {
                self.never_runs(handler, errors);
            }
            return;
        }
        let (state, initial) = (self.name(root), self.name(self.machine.initial));
        let mut text = format!("state `{state}` is unreachable from the initial state `{initial}`");
        if !with.is_empty() {
            let names: Vec<String> =
                with.iter().map(|&at| format!("`{}`", self.name(at))).collect();
            text.push_str("\nnote: unreachable with it: ");
            text.push_str(&names.join(", "));
        }
        text.push_str("\nhelp: add it after `=>` in some handler");
        errors.at(state, text);
    }

    /// The first handler that is guarded by this state and runs in no state that can be reached.
    fn only_reader(&self, state: usize, reachable: &[bool]) -> Option<usize> {
        (0..self.server.handlers.len()).filter(|&at| self.sound[at]).find(|&at| {
            let sources =
                self.guard(at).map(|guard| self.leaves(guard.sources())).unwrap_or_default();
            sources.contains(&state) && sources.iter().all(|&source| !reachable[source])
        })
    }

    fn never_runs(&self, handler: usize, errors: &mut Errors) {
        let Some(guard) = self.guard(handler) else { return };
        let ident = &self.handler(handler).method.ident;
        let sources: Vec<_> = guard.sources().collect();
        let verb = if sources.len() == 1 { "is" } else { "are" };
        let names = enumerate(&sources);
        errors.at(ident, format!("`{ident}` can never run: {names} {verb} not reachable"));
    }

    /// A machine that cannot leave a state has come to its end, or a handler is missing: a self
    /// edge like `retry: Waiting => Waiting` waits forever.
    fn dead_end(&self, state: usize, errors: &mut Errors) {
        if self.machine.states[state].flawed {
            return;
        }
        let name = self.name(state);
        let text = format!(
            "state `{name}` has no way out\n\
             help: write `{name}: terminal` if that is intended"
        );
        errors.at(name, text);
    }

    /// A circle without a way to an end, beside declared ends, as in `Open => A`, `A => B`, `B =>
    /// A` and `Open => Closed: terminal`: after the wrong turn the machine runs forever. A state
    /// whose property could not be read may be the end.
    fn no_terminal(&self, state: usize, errors: &mut Errors) {
        if self.machine.states.iter().any(|state| state.flawed) {
            return;
        }
        let name = self.name(state);
        errors.at(name, format!("no terminal state can be reached from `{name}`"));
    }

    fn name(&self, state: usize) -> &'a Ident {
        &self.machine.states[state].ident
    }

    fn handler(&self, at: usize) -> &'a Handler {
        &self.server.handlers[at]
    }

    fn guard(&self, handler: usize) -> Option<&'a Guard> {
        self.server.handlers[handler].guard.as_ref()
    }
}
