//! Mermaid: the corners that the financing contract does not have.

use proptest::prelude::*;

use crate::{Edge, Graph, Group, State, Trigger};

/// Checks the lines after the header, without the indentation of the top level.
#[track_caller]
fn check(states: &[State<'_>], groups: &[Group<'_>], edges: &[Edge<'_>], expected: &[&str]) {
    let graph = Graph { name: "Corner", initial: 0, states, groups, edges };
    let text = graph.to_mermaid();
    let lines: Vec<_> =
        text.lines().skip(1).map(|line| line.strip_prefix("    ").expect(line)).collect();
    assert_eq!(lines, expected);
}

fn state(name: &str) -> State<'_> {
    State { name, group: None, terminal: false }
}

fn grouped(name: &str, group: usize) -> State<'_> {
    State { name, group: Some(group), terminal: false }
}

fn edge(from: usize, to: usize, label: &str) -> Edge<'_> {
    Edge { from, to, label, trigger: Trigger::Call }
}

#[test]
fn parallel_edges_share_an_arrow() {
    check(
        &[state("A"), state("B")],
        &[],
        &[edge(0, 1, "x"), edge(1, 0, "y"), edge(0, 1, "z"), edge(0, 1, "x"), edge(0, 1, "")],
        &["[*] --> A", "A --> B: x, z", "B --> A: y"],
    );
}

#[test]
fn a_time_out_has_an_arrow_of_its_own() {
    let expire = Edge { trigger: Trigger::TimeOut, ..edge(0, 0, "after 30d") };
    check(
        &[state("A")],
        &[],
        &[edge(0, 0, "x"), expire, edge(0, 0, "y")],
        &["[*] --> A", "A --> A: x, y", "A --> A: after 30d"],
    );
}

#[test]
fn an_arrow_without_a_label_has_no_colon() {
    check(&[state("A")], &[], &[edge(0, 0, "")], &["[*] --> A", "A --> A"]);
}

#[test]
fn a_state_that_no_arrow_mentions_is_declared() {
    check(&[state("A"), state("B")], &[], &[], &["[*] --> A", "B"]);
}

#[test]
fn groups_nest_in_the_order_of_their_first_states() {
    check(
        &[state("A"), grouped("B", 1), grouped("C", 0), grouped("D", 2), grouped("E", 1)],
        &[
            Group { name: "Inner", parent: Some(1) },
            Group { name: "Outer", parent: None },
            Group { name: "Late", parent: Some(0) },
            Group { name: "Empty", parent: Some(1) },
        ],
        &[],
        &[
            "[*] --> A",
            "state Outer {",
            "    B",
            "    state Inner {",
            "        C",
            "        state Late {",
            "            D",
            "        }",
            "    }",
            "    E",
            "}",
        ],
    );
}

#[test]
fn a_circle_of_groups_is_left_out() {
    check(
        &[state("A"), grouped("B", 0), grouped("C", 1)],
        &[Group { name: "G", parent: Some(1) }, Group { name: "H", parent: Some(0) }],
        &[edge(0, 1, "go")],
        &["[*] --> A", "A --> B: go"],
    );
}

#[test]
fn a_word_of_the_grammar_gets_an_alias() {
    check(
        &[state("Default"), grouped("Note", 0)],
        &[Group { name: "State", parent: None }],
        &[edge(0, 1, "go")],
        &[
            "[*] --> state_0",
            "state \"Default\" as state_0",
            "state \"State\" as group_0 {",
            "    state \"Note\" as state_1",
            "}",
            "state_0 --> state_1: go",
        ],
    );
}

#[test]
fn a_taken_name_gets_an_alias() {
    check(
        &[state("A"), state("A"), grouped("state_1", 0)],
        &[Group { name: "A", parent: None }],
        &[],
        &[
            "[*] --> A",
            "state \"A\" as state_1",
            "state \"A\" as group_0 {",
            "    state \"state_1\" as state_2",
            "}",
        ],
    );
}

#[test]
fn an_empty_name_has_only_its_alias() {
    check(
        &[grouped("", 0)],
        &[Group { name: "", parent: None }],
        &[],
        &["[*] --> state_0", "state group_0 {", "    state state_0", "}"],
    );
}

#[test]
fn punctuation_becomes_entity_codes() {
    check(
        &[state("A"), state("Grün"), state("x\"y")],
        &[],
        &[edge(0, 1, "a:b;#1"), edge(1, 2, "[*] --> A\n%% no"), edge(2, 0, "Direction TB")],
        &[
            "[*] --> A",
            "state \"Grün\" as state_1",
            "state \"x#34;y\" as state_2",
            "A --> state_1: a#58;b#59;#35;1",
            "state_1 --> state_2: #91;#42;#93; #45;#45;#62; A #37;#37; no",
            "state_2 --> A: Direction#32;TB",
        ],
    );
}

/// Takes away what our own grammar of a line allows and returns what is left: nothing, if no text
/// of the user got through.
fn leftover(line: &str) -> String {
    let line = line.trim_start();
    let (head, label) = line.split_once(": ").unwrap_or((line, ""));
    let head = head.replace("[*]", "").replace(" --> ", "").replace('"', "");
    let text = head.trim_end_matches(" {").trim_end_matches('}').to_owned() + label;
    text.replace([' ', ',', '#', ';', '_'], "").chars().filter(|c| !c.is_alphanumeric()).collect()
}

proptest! {
    #[test]
    fn no_text_breaks_a_line(names in [".*", ".*", ".*"], label in any::<String>()) {
        let states = [
            State { name: &names[0], group: None, terminal: true },
            State { name: &names[1], group: Some(0), terminal: false },
        ];
        let groups = [Group { name: &names[2], parent: None }];
        let edges = [Edge { from: 0, to: 1, label: &label, trigger: Trigger::Call }];
        let graph = Graph { name: "", initial: 0, states: &states, groups: &groups, edges: &edges };
        let text = graph.to_mermaid();
        for line in text.lines().skip(1) {
            prop_assert_eq!(leftover(line), "", "in {:?}", line);
        }
        let aliased = text.starts_with("stateDiagram-v2\n    [*] --> state_0\n");
        prop_assert_eq!(text.lines().count(), 7 + usize::from(aliased));
    }
}
