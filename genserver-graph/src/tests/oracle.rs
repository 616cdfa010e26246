//! All answers about small random graphs, against an oracle that knows no algorithm: it enumerates
//! every simple path and applies the definitions to that list.

use proptest::prelude::*;

use crate::{Edge, Finding, Graph, State, Trigger};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const LABELS: [&str; 3] = ["x", "y", "z"];

#[derive(Debug)]
struct Machine {
    states: Vec<State<'static>>,
    edges: Vec<Edge<'static>>,
    initial: usize,
}

impl Machine {
    fn graph(&self) -> Graph<'_> {
        Graph {
            name: "Random",
            initial: self.initial,
            states: &self.states,
            groups: &[],
            edges: &self.edges,
        }
    }
}

prop_compose! {
    fn machine()(size in 1..=NAMES.len())(
        initial in 0..size,
        // One state in four is terminal.
        terminals in prop::collection::vec(prop::bool::weighted(0.25), size),
        ends in prop::collection::vec((0..size, 0..size, 0..LABELS.len()), 0..=2 * size),
    ) -> Machine {
        let states = terminals.iter().zip(NAMES);
        let edges = ends.into_iter();
        Machine {
            initial,
            states: states.map(|(&terminal, name)| State { name, group: None, terminal }).collect(),
            edges: edges.map(|(from, to, label)| Edge { from, to, label: LABELS[label], trigger: Trigger::Call }).collect(),
        }
    }
}

/// `lengths[from][to]`: the length of each simple path.
type Lengths = Vec<Vec<Vec<usize>>>;

fn lengths(graph: &Graph<'_>, keep: impl Fn(&Edge<'_>) -> bool + Copy) -> Lengths {
    let states = graph.states.len();
    let mut lengths = vec![vec![Vec::new(); states]; states];
    for (from, row) in lengths.iter_mut().enumerate() {
        walk(graph, keep, &mut vec![from], row);
    }
    lengths
}

fn walk(
    graph: &Graph<'_>,
    keep: impl Fn(&Edge<'_>) -> bool + Copy,
    path: &mut Vec<usize>,
    row: &mut [Vec<usize>],
) {
    let state = path[path.len() - 1];
    row[state].push(path.len() - 1);
    for edge in graph.edges.iter().filter(|edge| edge.from == state && keep(edge)) {
        if !path.contains(&edge.to) {
            path.push(edge.to);
            walk(graph, keep, path, row);
            path.pop();
        }
    }
}

/// The findings by their definitions.
fn findings(graph: &Graph<'_>) -> Vec<Finding> {
    let all = lengths(graph, |_| true);
    let live = lengths(graph, |edge| !graph.states[edge.from].terminal);
    let mut findings = terminals_left(graph);
    findings.extend(unreachable(graph, &all));

    let reaches = |from: usize, to: usize| !live[from][to].is_empty();
    let states = || (0..graph.states.len()).filter(|&state| reaches(graph.initial, state));
    let terminal = |state: usize| graph.states[state].terminal;
    let stuck = |state: usize| {
        !terminal(state) && states().all(|other| other == state || !reaches(state, other))
    };
    findings.extend(states().filter(|&state| stuck(state)).map(|state| Finding::DeadEnd { state }));

    if states().any(terminal) {
        let lost = states()
            // No terminal state can be reached from it ..
            .filter(|&state| !states().any(|end| terminal(end) && reaches(state, end)))
            .filter(|&state| !stuck(state))
            // .. nor any state that would be the cause ..
            .filter(|&state| states().all(|to| !reaches(state, to) || reaches(to, state)))
            // .. and it is the first of those that reach one another.
            .filter(|&state| states().all(|to| !reaches(state, to) || state <= to));
        findings.extend(lost.map(|state| Finding::NoTerminal { state }));
    }
    findings
}

fn terminals_left(graph: &Graph<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        let is_same = |other: &Edge<'_>| (other.from, other.label) == (edge.from, edge.label);
        if graph.states[edge.from].terminal && !graph.edges[..index].iter().any(is_same) {
            findings.push(Finding::LeavesTerminal { edge: index });
        }
    }
    findings
}

fn unreachable(graph: &Graph<'_>, all: &Lengths) -> Vec<Finding> {
    let reaches = |from: usize, to: usize| !all[from][to].is_empty();
    let lost: Vec<usize> =
        (0..graph.states.len()).filter(|&state| !reaches(graph.initial, state)).collect();
    let is_root = |state: usize| {
        lost.iter()
            .all(|&other| !reaches(other, state) || (reaches(state, other) && state <= other))
    };
    let roots: Vec<usize> = lost.iter().copied().filter(|&state| is_root(state)).collect();
    let mut findings = Vec::new();
    for (index, &root) in roots.iter().enumerate() {
        let is_new = |state: usize| {
            state != root
                && reaches(root, state)
                && !roots[..index].iter().any(|&earlier| reaches(earlier, state))
        };
        let with = lost.iter().copied().filter(|&state| is_new(state)).collect();
        findings.push(Finding::Unreachable { root, with });
    }
    findings
}

#[track_caller]
fn check_paths(graph: &Graph<'_>) {
    let lengths = lengths(graph, |_| true);
    for (from, row) in lengths.iter().enumerate() {
        let reachable: Vec<bool> = row.iter().map(|lengths| !lengths.is_empty()).collect();
        assert_eq!(graph.reachable_from(from), reachable);
        for (to, lengths) in row.iter().enumerate() {
            let path = graph.shortest_path(from, to);
            assert_eq!(path.as_ref().map(Vec::len), lengths.iter().copied().min());
            let mut at = from;
            for edge in path.into_iter().flatten().map(|edge| graph.edges[edge]) {
                assert_eq!(edge.from, at);
                at = edge.to;
            }
            assert!(at == to || lengths.is_empty());
        }
    }
}

/// All simple paths between two states, as their edges, in the order of declaration.
fn simple_paths(graph: &Graph<'_>, from: usize, to: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    extend(graph, to, &mut vec![from], &mut Vec::new(), &mut found);
    found
}

fn extend(
    graph: &Graph<'_>,
    to: usize,
    states: &mut Vec<usize>,
    path: &mut Vec<usize>,
    found: &mut Vec<Vec<usize>>,
) {
    let at = states[states.len() - 1];
    if at == to {
        found.push(path.clone());
        return;
    }
    for (index, edge) in graph.edges.iter().enumerate() {
        if edge.from == at && !states.contains(&edge.to) {
            states.push(edge.to);
            path.push(index);
            extend(graph, to, states, path, found);
            path.pop();
            states.pop();
        }
    }
}

/// Whether one of `targets` can be entered from a state: by its definition a simple path to some
/// state, and one edge more from there to another state, which is a target.
fn can_enter(graph: &Graph<'_>, all: &Lengths, from: usize, targets: &[usize]) -> bool {
    let last = |edge: &Edge<'_>| edge.from != edge.to && targets.contains(&edge.to);
    graph.edges.iter().any(|edge| last(edge) && !all[from][edge.from].is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn findings_follow_their_definitions(machine in machine()) {
        let graph = machine.graph();
        prop_assert_eq!(graph.check(), findings(&graph));
    }

    #[test]
    fn paths_are_the_shortest_simple_ones(machine in machine()) {
        check_paths(&machine.graph());
    }

    #[test]
    fn simple_paths_are_all_there_are(machine in machine(), edges_max in 0..NAMES.len()) {
        let graph = machine.graph();
        for (from, to) in (0..graph.states.len()).flat_map(|from| [(from, graph.initial), (graph.initial, from)]) {
            let mut expected = simple_paths(&graph, from, to);
            expected.retain(|path| path.len() <= edges_max);
            let paths: Vec<_> = graph.simple_paths(from, to, edges_max).collect();
            prop_assert_eq!(paths, expected);
        }
    }

    #[test]
    fn what_can_be_entered_has_a_last_edge(machine in machine(), picked in prop::collection::vec(0..NAMES.len(), 0..4)) {
        let graph = machine.graph();
        let all = lengths(&graph, |_| true);
        let states = 0..graph.states.len();
        let expected: Vec<_> = states.map(|from| can_enter(&graph, &all, from, &picked)).collect();
        prop_assert_eq!(graph.can_enter(&picked), expected);
    }

    #[test]
    fn walks_go_on_until_the_end(machine in machine(), seed: u64) {
        let graph = machine.graph();
        for walk in graph.walks(seed).take(20) {
            let mut at = graph.initial;
            for &edge in &walk {
                prop_assert!(!graph.states[at].terminal);
                prop_assert_eq!(graph.edges[edge].from, at);
                at = graph.edges[edge].to;
            }
            let is_over = graph.states[at].terminal || graph.edges_from(at).count() == 0;
            prop_assert!(is_over || walk.len() == 4 * graph.edges.len());
        }
    }

    /// No mistake is lost to "one finding for each cause": a state that cannot reach the end leads
    /// to a state that a finding names, or has its reason where the machine cannot get to the end
    /// at all.
    #[test]
    fn every_state_that_cannot_end_has_a_finding(machine in machine()) {
        let graph = machine.graph();
        let live = lengths(&graph, |edge| !graph.states[edge.from].terminal);
        let ends = |state: usize| {
            let mut all = graph.states.iter().zip(&live[state]);
            all.any(|(end, paths)| end.terminal && !paths.is_empty())
        };
        let declares_end = graph.states.iter().any(|state| state.terminal);
        let findings = graph.check();
        for state in (0..graph.states.len()).filter(|&state| declares_end && !ends(state)) {
            let is_reachable = !live[graph.initial][state].is_empty();
            let explains = |finding: &Finding| match finding {
                Finding::Unreachable { root, with } => {
                    *root == state || with.contains(&state) || !ends(graph.initial)
                }
                Finding::DeadEnd { state: to } | Finding::NoTerminal { state: to } => {
                    !live[state][*to].is_empty()
                }
                Finding::LeavesTerminal { .. } => !is_reachable,
            };
            prop_assert!(findings.iter().any(explains), "state {}: {:?}", state, findings);
        }
    }
}
