//! Graphviz: the corners that the financing contract does not have.

use crate::{Edge, Graph, Group, State, Trigger};

/// Checks the lines between the node defaults and the closing brace.
#[track_caller]
fn check(states: &[State<'_>], groups: &[Group<'_>], edges: &[Edge<'_>], expected: &[&str]) {
    let graph = Graph { name: "Corner", initial: 0, states, groups, edges };
    let text = graph.to_dot();
    let lines: Vec<_> = text.lines().skip(2).filter_map(|line| line.strip_prefix("    ")).collect();
    assert_eq!(lines, expected);
}

fn state(name: &str, group: Option<usize>) -> State<'_> {
    State { name, group, terminal: false }
}

#[test]
fn parallel_edges_share_an_arrow() {
    let edge = |from, to, label| Edge { from, to, label, trigger: Trigger::Call };
    check(
        &[state("A", None)],
        &[],
        &[edge(0, 0, "x"), edge(0, 0, "y"), edge(0, 0, "x")],
        &[r#""[*]" [shape=point]"#, r#""A""#, r#""[*]" -> "A""#, r#""A" -> "A" [label="x, y"]"#],
    );
}

#[test]
fn a_time_out_has_a_dashed_arrow_of_its_own() {
    let edge = |label, trigger| Edge { from: 0, to: 0, label, trigger };
    check(
        &[state("A", None)],
        &[],
        &[edge("x", Trigger::Cast), edge("after 2h", Trigger::TimeOut), edge("", Trigger::Event)],
        &[
            r#""[*]" [shape=point]"#,
            r#""A""#,
            r#""[*]" -> "A""#,
            r#""A" -> "A" [label="x"]"#,
            r#""A" -> "A" [label="after 2h", style=dashed]"#,
        ],
    );
}

#[test]
fn groups_become_nested_clusters() {
    check(
        &[state("A", Some(1)), state("B", Some(0))],
        &[
            Group { name: "Outer", parent: None },
            Group { name: "Inner", parent: Some(0) },
            Group { name: "Empty", parent: None },
        ],
        &[Edge { from: 0, to: 1, label: "", trigger: Trigger::Call }],
        &[
            r#""[*]" [shape=point]"#,
            r#"subgraph "cluster_Outer" {"#,
            r#"    label="Outer""#,
            r#"    subgraph "cluster_Inner" {"#,
            r#"        label="Inner""#,
            r#"        "A""#,
            r"    }",
            r#"    "B""#,
            r"}",
            r#""[*]" -> "A""#,
            r#""A" -> "B""#,
        ],
    );
}

#[test]
fn words_of_the_language_need_no_alias() {
    check(
        &[state("node", None)],
        &[],
        &[],
        &[r#""[*]" [shape=point]"#, r#""node""#, r#""[*]" -> "node""#],
    );
}

#[test]
fn names_and_labels_are_escaped() {
    check(
        &[State { terminal: true, ..state(r#"a"\"#, None) }, state("[*]", None)],
        &[],
        &[Edge { from: 0, to: 1, label: "\\N \"&lt;\"\n", trigger: Trigger::Call }],
        &[
            r#""[*]" [shape=point]"#,
            r#""state_0" [label="a\"\\", peripheries=2]"#,
            r#""state_1" [label="[*]"]"#,
            r#""[*]" -> "state_0""#,
            r#""state_0" -> "state_1" [label="\\N \"&amp;lt;\" "]"#,
        ],
    );
}
