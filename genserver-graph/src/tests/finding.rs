//! The rules, one at a time and together.

use super::Sketch;
use crate::{Edge, Finding, Graph, State, Trigger};

/// Checks the findings, written in words.
#[track_caller]
fn check(states: &str, edges: &str, expected: &[&str]) {
    let sketch = Sketch::new(states, edges);
    let graph = sketch.graph();
    let findings: Vec<_> = graph.check().iter().map(|finding| words(&graph, finding)).collect();
    assert_eq!(findings, expected);
}

fn words(graph: &Graph<'_>, finding: &Finding) -> String {
    let name = |state: usize| graph.states[state].name;
    match finding {
        Finding::LeavesTerminal { edge } => {
            let Edge { from, to, label, .. } = graph.edges[*edge];
            format!("{label} leaves {} for {}", name(from), name(to))
        }
        Finding::Unreachable { root, with } => {
            let with: Vec<_> = with.iter().map(|&state| name(state)).collect();
            format!("unreachable {} with [{}]", name(*root), with.join(" "))
        }
        Finding::DeadEnd { state } => format!("dead end {}", name(*state)),
        Finding::NoTerminal { state } => format!("no terminal from {}", name(*state)),
    }
}

#[test]
fn a_sound_graph_is_silent() {
    check("a b!", "a>b", &[]);
    check("a!", "", &[]);
    check("a b c!", "a>a a>b b>a b>c", &[]);
}

#[test]
fn a_circle_is_no_mistake_while_no_terminal_is_declared() {
    check("a b", "a>b b>a", &[]);
}

#[test]
fn an_edge_out_of_a_terminal_state_is_reported() {
    check("a b!", "a>b b>a:reopen", &["reopen leaves b for a"]);
    check("a b!", "a>b b>b:poke", &["poke leaves b for b"]);
}

#[test]
fn a_handler_leaves_a_terminal_state_once() {
    check(
        "a b! c! d",
        "a>b a>c a>d d>c b>a:x b>d:x b>d:y c>a:x",
        &["x leaves b for a", "y leaves b for d", "x leaves c for a"],
    );
}

#[test]
fn what_stands_behind_a_terminal_state_has_its_cause_there() {
    // `b` is terminal by mistake; everything else follows.
    check("a b! c d!", "a>b b>c:on c>d", &["on leaves b for c"]);
    check("a! b c", "a>b:on b>c", &["on leaves a for b"]);
    check("a b! c d", "a>b b>c:on c>d d>c", &["on leaves b for c"]);
}

#[test]
fn an_edge_out_of_a_terminal_state_is_no_way_to_an_end() {
    check("a b! c d", "a>b a>c b>a:back c>d d>c", &["back leaves b for a", "no terminal from c"]);
}

#[test]
fn only_the_root_of_unreachable_states_is_reported() {
    check("a b c d!", "a>a:x b>c c>d", &["unreachable b with [c d]", "dead end a"]);
    check("a d! c b", "b>c c>d a>b:x b>a", &[]);
    check("a! d! c b", "b>c c>d", &["unreachable b with [d c]"]);
}

#[test]
fn of_an_unreachable_circle_the_first_state_is_the_root() {
    check("a! d c b", "b>c c>d d>b", &["unreachable d with [c b]"]);
    // `d` is declared first, but the circle of `b` and `c` leads to it.
    check("a! d! c b", "b>c c>b b>d", &["unreachable c with [d b]"]);
}

#[test]
fn an_unreachable_state_is_listed_once() {
    check("a! b c d e!", "b>d c>d d>e c>a", &["unreachable b with [d e]", "unreachable c with []"]);
}

#[test]
fn an_unreachable_state_is_silent_in_the_later_rules() {
    check("a! b", "", &["unreachable b with []"]);
    check("a! b c", "b>c c>b", &["unreachable b with [c]"]);
}

#[test]
fn an_unreachable_terminal_state_that_is_left_has_two_mistakes() {
    check("a! b! c", "b>c:on", &["on leaves b for c", "unreachable b with [c]"]);
}

#[test]
fn a_self_edge_is_no_way_out() {
    check("a", "", &["dead end a"]);
    check("a b c!", "a>b a>c b>b:retry", &["dead end b"]);
}

#[test]
fn a_circle_without_a_way_to_a_terminal_state_is_reported_once() {
    check("a d c b!", "a>b a>c c>d d>c c>c", &["no terminal from d"]);
}

#[test]
fn what_leads_to_a_circle_or_a_dead_end_follows_from_it() {
    check("a e b c d!", "a>d a>e e>b b>c c>b", &["no terminal from b"]);
    check("a b c d!", "a>d a>b b>c", &["dead end c"]);
    check("a b c d e!", "a>e a>b b>c c>b b>d", &["dead end d"]);
}

#[test]
fn each_circle_is_a_cause_of_its_own() {
    check(
        "a b c d e f!",
        "a>f a>b b>c c>b a>d d>e e>d",
        &["no terminal from b", "no terminal from d"],
    );
}

#[test]
fn if_every_terminal_state_is_unreachable_that_says_it_all() {
    check("a b c!", "a>b b>a", &["unreachable c with []"]);
    check("a b c d! e!", "a>b b>a c>d", &["unreachable c with [d]", "unreachable e with []"]);
}

#[test]
fn independent_mistakes_are_all_reported() {
    check(
        "a b! c d e f g",
        "a>b b>a:reopen a>c c>d d>c a>e f>g",
        &["reopen leaves b for a", "unreachable f with [g]", "dead end e", "no terminal from c"],
    );
}

/// A chain of states, far too long for a recursive walk.
#[test]
fn a_long_chain_is_walked_without_recursion() {
    const LENGTH: usize = 100_000;
    let states: Vec<_> = (0..LENGTH)
        .map(|index| State { name: "s", group: None, terminal: index == LENGTH / 2 })
        .collect();
    let mut edges: Vec<_> = (1..LENGTH)
        .map(|to| Edge { from: to - 1, to, label: "next", trigger: Trigger::Call })
        .collect();
    edges.retain(|edge| edge.from != LENGTH / 2);
    let graph = Graph { name: "Chain", initial: 0, states: &states, groups: &[], edges: &edges };

    let root = LENGTH / 2 + 1;
    assert_eq!(graph.check(), [Finding::Unreachable { root, with: (root + 1..LENGTH).collect() }]);
    assert_eq!(graph.shortest_path(0, LENGTH / 2).map(|path| path.len()), Some(LENGTH / 2));
}
