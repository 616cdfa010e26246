//! The rules that a graph should keep, and what is found where it does not.

use std::collections::HashSet;

use crate::{
    Edge, Graph,
    adjacency::Adjacency,
    components::{Component, components},
};

/// A mistake in a [`Graph`], found by [`Graph::check`].
///
/// States and edges are named by their index.
///
/// ```
/// use genserver_graph::{Finding, Graph, State};
///
/// let states = [State { name: "Idle", group: None, terminal: false }];
/// let graph = Graph { name: "Rock", initial: 0, states: &states, groups: &[], edges: &[] };
/// for finding in graph.check() {
///     if let Finding::DeadEnd { state } = finding {
///         assert_eq!(graph.states[state].name, "Idle");
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A state that cannot be reached from the initial state.
    Unreachable {
        /// The state at which the way in is missing.
        root: usize,
        /// The other states that a way into `root` would make reachable, in declaration order;
        /// without those that an earlier finding lists.
        with: Vec<usize>,
    },
    /// A reachable state that is not terminal and has no edge to another state.
    DeadEnd {
        /// The state.
        state: usize,
    },
    /// A circle of reachable states that cannot be left and holds no terminal state.
    NoTerminal {
        /// The state of the circle that is declared first.
        state: usize,
    },
    /// An edge that leaves a terminal state.
    LeavesTerminal {
        /// The edge; its `from` is the terminal state.
        edge: usize,
    },
}

impl Graph<'_> {
    /// Looks for mistakes, one finding for each cause.
    ///
    /// The findings come rule by rule, and in declaration order within a rule:
    ///
    /// 1. [`Finding::LeavesTerminal`]: an edge, even a self edge, whose source is terminal; once
    ///    for each source and label.
    /// 2. [`Finding::Unreachable`]: states without a path from the initial state. Only the roots
    ///    are reported, that is one state of each circle that no unreachable state outside leads
    ///    into; the others follow from them. A state behind a terminal one is not reported, such as
    ///    `c` in `a -> b -> c` with a terminal `b`: that `b` is left says it already.
    /// 3. [`Finding::DeadEnd`]: a state that is not terminal and has no edge to another state.
    /// 4. [`Finding::NoTerminal`]: states from which no terminal state can be reached, where some
    ///    terminal state is declared. Only circles that cannot be left are reported, once each:
    ///    what leads to a circle or to a dead end follows from it. If *no* terminal state is
    ///    reachable at all, the second rule has named every one of them, and this rule is silent.
    ///
    /// The last two rules look only at states that can be reached without leaving a terminal state,
    /// and do not count an edge that leaves one as a way out.
    ///
    /// # Panics
    ///
    /// If the graph is malformed, see [`Graph`]. A graph without states has no findings.
    ///
    /// # Example
    ///
    /// ```
    /// # use genserver_graph::{Edge, Finding, Graph, State, Trigger};
    /// let state = |name| State { name, group: None, terminal: false };
    /// let graph = Graph {
    ///     name: "Order",
    ///     initial: 0,
    ///     states: &[
    ///         state("Open"),
    ///         state("Paid"),
    ///         State { terminal: true, ..state("Shipped") },
    ///         state("Returned"),
    ///     ],
    ///     groups: &[],
    ///     edges: &[
    ///         Edge { from: 0, to: 1, label: "pay", trigger: Trigger::Call },
    ///         Edge { from: 3, to: 2, label: "ship_again", trigger: Trigger::Call },
    ///     ],
    /// };
    /// assert_eq!(
    ///     graph.check(),
    ///     [
    ///         Finding::Unreachable { root: 3, with: vec![2] },
    ///         Finding::DeadEnd { state: 1 },
    ///     ]
    /// );
    /// ```
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        self.assert_indices();
        if self.states.is_empty() {
            return Vec::new();
        }
        let live = Adjacency::new(self, |edge| !leaves_terminal(self, edge));
        let reachable = live.reachable_from(self.initial);

        let mut findings = check_terminal_left(self);
        findings.extend(check_unreachable(self));
        findings.extend(check_dead_end(self, &live, &reachable));
        findings.extend(check_no_terminal(self, &live, &reachable));
        findings
    }
}

fn leaves_terminal(graph: &Graph<'_>, edge: &Edge<'_>) -> bool {
    graph.states[edge.from].terminal
}

// "Terminal" is a promise to whoever waits for the end, and an edge out of it breaks the promise.
// Once for each source and label: a handler `Done => A | B` gives two edges and is one mistake.
fn check_terminal_left(graph: &Graph<'_>) -> Vec<Finding> {
    let mut told = HashSet::new();
    let left = graph.edges.iter().enumerate().filter(|(_, edge)| leaves_terminal(graph, edge));
    left.filter(|(_, edge)| told.insert((edge.from, edge.label)))
        .map(|(edge, _)| Finding::LeavesTerminal { edge })
        .collect()
}

// A state that nothing leads to is dead code. All edges count here, also those that leave a
// terminal state: in `a -> b (terminal, by mistake) -> c -> d` the mistake is at `b` and reported
// there; without its edges `c` would be reported for the same cause. Whole components are looked
// at, since in an unreachable circle `c <-> d` every state is led to by another one.
fn check_unreachable(graph: &Graph<'_>) -> Vec<Finding> {
    let every = Adjacency::new(graph, |_| true);
    let mut seen = every.reachable_from(graph.initial);
    if !seen.contains(&false) {
        return Vec::new();
    }
    // A component that nothing enters is unreachable unless it is the one of the initial state.
    let sources = components(&every).into_iter().filter(|component| component.is_source);
    let roots = sources.map(|component| component.states[0]);
    let mut findings = Vec::new();
    for root in roots {
        if !seen[root] {
            let with = every.visit(root, &mut seen);
            findings.push(Finding::Unreachable { root, with });
        }
    }
    findings
}

// A machine that gets stuck in a state is either finished, then the state should say so, or lacks a
// handler. A self edge is not a way out: `Waiting` with `retry: Waiting => Waiting` waits forever.
fn check_dead_end(graph: &Graph<'_>, live: &Adjacency, reachable: &[bool]) -> Vec<Finding> {
    (0..graph.states.len())
        .filter(|&state| reachable[state] && !graph.states[state].terminal)
        .filter(|&state| live.hops(state).iter().all(|hop| hop.to == state))
        .map(|state| Finding::DeadEnd { state })
        .collect()
}

// A machine that declares an end and can lose sight of it, as in `a -> b <-> c` beside `a -> Done
// (terminal)`, will run forever after the wrong turn. Each state that cannot reach an end leads to
// a component that cannot be left, so those are the causes. Such a component of one state is
// terminal or a dead end; one of several states cannot hold a terminal one, which has no way out.
fn check_no_terminal(graph: &Graph<'_>, live: &Adjacency, reachable: &[bool]) -> Vec<Finding> {
    let ends = graph.states.iter().zip(reachable).any(|(state, &seen)| state.terminal && seen);
    if !ends {
        return Vec::new();
    }
    let is_trap = |trap: &Component| trap.is_sink && trap.states.len() > 1;
    components(live)
        .into_iter()
        .filter(is_trap)
        .map(|trap| trap.states[0])
        .filter(|&state| reachable[state])
        .map(|state| Finding::NoTerminal { state })
        .collect()
}
