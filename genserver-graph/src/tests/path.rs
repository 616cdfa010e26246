//! Reachability, shortest paths, simple paths and walks.

use super::Sketch;
use crate::{Edge, Graph, Group, State, Trigger};

/// Checks a shortest path, written as its labels.
#[track_caller]
fn check(states: &str, edges: &str, [from, to]: [&str; 2], expected: Option<&str>) {
    let sketch = Sketch::new(states, edges);
    let graph = sketch.graph();
    let [from, to] = [from, to].map(|name| graph.state(name).expect(name));
    let path = graph.shortest_path(from, to);
    let labels = path.map(|path| {
        let labels: Vec<_> = path.iter().map(|&edge| graph.edges[edge].label).collect();
        labels.join(" ")
    });
    assert_eq!(labels.as_deref(), expected);
    assert_eq!(graph.reachable_from(from)[to], expected.is_some());
}

#[test]
fn a_state_reaches_itself_by_the_empty_path() {
    check("a", "", ["a", "a"], Some(""));
    check("a b", "a>a:stay a>b:go b>a:back", ["a", "a"], Some(""));
}

#[test]
fn the_shortest_path_wins() {
    check("a b c", "a>b:1 b>c:2 a>c:direct", ["a", "c"], Some("direct"));
    check("a b c", "a>b:1 b>c:2 c>a:3", ["c", "b"], Some("3 1"));
}

#[test]
fn of_equal_paths_the_one_declared_first_wins() {
    check("a b", "a>b:first a>b:second", ["a", "b"], Some("first"));
    check("a b c d", "c>d:4 b>d:3 a>c:2 a>b:1", ["a", "d"], Some("2 4"));
}

#[test]
fn the_nearest_of_several_states_is_found() {
    let sketch = Sketch::new("a b c d", "a>b:1 b>c:2 c>d:3 b>d:4");
    let graph = sketch.graph();
    let path = |from, to: &[usize]| graph.shortest_path_to_any(from, |state| to.contains(&state));
    assert_eq!(path(0, &[2, 3]), Some(vec![0, 1]), "both are as near: the one declared first");
    assert_eq!(path(1, &[3]), Some(vec![3]));
    assert_eq!(path(2, &[2, 3]), Some(vec![]), "it is there already");
    assert_eq!(path(3, &[0, 1]), None);
    assert_eq!(path(0, &[]), None);
    assert_eq!(path(9, &[9]), None);
}

#[test]
fn edges_have_a_direction() {
    check("a b", "a>b", ["b", "a"], None);
}

#[test]
fn an_edge_out_of_a_terminal_state_still_leads_somewhere() {
    check("a b! c", "a>b:end b>c:on", ["a", "c"], Some("end on"));
}

#[test]
fn a_state_that_does_not_exist_has_no_path() {
    let sketch = Sketch::new("a b", "a>b");
    let graph = sketch.graph();
    assert_eq!(graph.shortest_path(0, 9), None);
    assert_eq!(graph.shortest_path(9, 9), None);
    assert_eq!(graph.reachable_from(9), [false, false]);
    assert_eq!(graph.edges_from(9).count(), 0);
    assert_eq!(graph.can_enter(&[9, 1]), [true, false]);
    assert_eq!(graph.simple_paths(0, 9, 9).count() + graph.simple_paths(9, 0, 9).count(), 0);
}

/// Checks all simple paths from `a` to `d`, written as their labels.
#[track_caller]
fn check_all(edges: &str, edges_max: usize, expected: &[&str]) {
    let sketch = Sketch::new("a b c d", edges);
    let graph = sketch.graph();
    let label = |edge: &usize| graph.edges[*edge].label;
    let paths = graph.simple_paths(0, 3, edges_max);
    let paths = paths.map(|path| path.iter().map(label).collect::<Vec<_>>().join(" "));
    assert_eq!(paths.collect::<Vec<_>>(), expected);
}

#[test]
fn simple_paths_come_in_the_order_of_their_edges() {
    let edges = "a>b:1 a>c:2 b>c:3 c>b:4 b>d:5 c>d:6 a>d:7";
    check_all(edges, 9, &["1 3 6", "1 5", "2 4 5", "2 6", "7"]);
    check_all(edges, 2, &["1 5", "2 6", "7"]);
    check_all(edges, 0, &[]);
    check_all("a>b", 9, &[]);
}

#[test]
fn of_parallel_edges_each_makes_a_path() {
    check_all("a>d:1 a>d:2 a>a:3", 9, &["1", "2"]);
}

#[test]
fn a_maze_without_a_way_out_does_not_hold_up_a_path() {
    // Each of thirty rooms leads to each; the way out is before them.
    let names: Vec<String> = (0..32).map(|room| format!("r{room}")).collect();
    let mut edges: Vec<String> =
        (1..31).flat_map(|from| (1..31).map(move |to| format!("r{from}>r{to}:maze"))).collect();
    edges.push("r0>r1:in".to_owned());
    edges.push("r0>r31:out".to_owned());
    let (states, edges) = (names.join(" "), edges.join(" "));
    let sketch = Sketch::new(&states, &edges);
    let graph = sketch.graph();
    let out = graph.edges.len() - 1;
    assert_eq!(graph.simple_paths(0, 31, 100).collect::<Vec<_>>(), [vec![out]]);
    // And of the many through the maze each is found at once.
    assert_eq!(graph.simple_paths(0, 30, 100).take(50).count(), 50);
}

#[test]
fn walks_end_where_the_machine_does() {
    let sketch = Sketch::new("a b! c", "a>a:stay a>b:end a>c:away b>a:on");
    let graph = sketch.graph();
    let end = |walk: &Vec<usize>| walk.last().map(|&edge| graph.edges[edge].label);
    let walks: Vec<_> = graph.walks(3).take(200).collect();
    let ends = |label| walks.iter().filter(|walk| end(walk) == Some(label)).count();
    assert_eq!(ends("end") + ends("away"), 200);
    assert!(ends("end") > 60 && ends("away") > 60, "each edge has the same chance");
}

#[test]
fn walks_follow_from_their_seed() {
    let sketch = Sketch::new("a b", "a>b:1 a>b:2 b>a:3 b>a:4");
    let graph = sketch.graph();
    // Nothing ends them but the bound; what they are shall never change.
    let walk = |seed| graph.walks(seed).edges_max(12).nth(1);
    assert_eq!(walk(1), Some(vec![0, 3, 0, 2, 1, 3, 1, 3, 0, 2, 0, 2]));
    assert_ne!(walk(1), walk(2));
    assert_eq!(graph.walks(1).next().map(|walk| walk.len()), Some(16));
}

#[test]
fn the_empty_graph_has_nothing() {
    let graph = Graph { name: "", initial: 0, states: &[], groups: &[], edges: &[] };
    assert_eq!(graph.state(""), None);
    assert_eq!(graph.reachable_from(0), []);
    assert_eq!(graph.shortest_path(0, 0), None);
    assert_eq!(graph.can_enter(&[0]), []);
    assert_eq!(graph.simple_paths(0, 0, 9).count(), 0);
    assert_eq!(graph.walks(0).next(), Some(vec![]));
    assert_eq!(graph.check(), []);
    assert_eq!(graph.to_mermaid(), "stateDiagram-v2\n");
    assert_eq!(graph.to_dot(), "digraph \"\" {\n    node [shape=box, style=rounded]\n}\n");
}

/// Checks the words with which a malformed graph is refused, whatever it is asked.
#[track_caller]
fn check_refused(graph: Graph<'_>, expected: &str) {
    let refusals = [
        std::panic::catch_unwind(|| drop(graph.check())),
        std::panic::catch_unwind(|| drop(graph.reachable_from(0))),
        std::panic::catch_unwind(|| drop(graph.shortest_path(0, 0))),
        std::panic::catch_unwind(|| drop(graph.simple_paths(0, 0, 1))),
        std::panic::catch_unwind(|| drop(graph.walks(1))),
        std::panic::catch_unwind(|| drop(graph.can_enter(&[0]))),
        std::panic::catch_unwind(|| drop(graph.to_mermaid())),
        std::panic::catch_unwind(|| drop(graph.to_dot())),
    ];
    for refusal in refusals {
        let payload = refusal.expect_err("the graph is malformed");
        assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some(expected));
    }
}

#[test]
fn a_malformed_graph_is_refused_by_name() {
    let state = |group| State { name: "a", group, terminal: false };
    let sound = Graph { name: "G", initial: 0, states: &[state(None)], groups: &[], edges: &[] };
    let group = Group { name: "g", parent: Some(1) };
    let edge = Edge { from: 0, to: 1, label: "go", trigger: Trigger::Call };
    check_refused(Graph { initial: 1, ..sound }, "graph `G`: the initial state 1 is out of range");
    check_refused(
        Graph { states: &[state(Some(0))], ..sound },
        "graph `G`: the group of state 0 is out of range",
    );
    check_refused(
        Graph { groups: &[group], ..sound },
        "graph `G`: the parent of group 0 is out of range",
    );
    check_refused(
        Graph { edges: &[edge], ..sound },
        "graph `G`: a state of edge 0 is out of range",
    );
}
