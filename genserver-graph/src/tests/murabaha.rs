//! The financing contract: the example that every part of the project uses.

use crate::{Edge, Graph, Group, State, Trigger};

const PENDING: usize = 0;
const APPROVED: usize = 1;
const DISBURSED: usize = 2;
const REPAYING: usize = 3;
const COMPLETED: usize = 4;
const REJECTED: usize = 5;

const fn state(name: &str, group: Option<usize>, terminal: bool) -> State<'_> {
    State { name, group, terminal }
}

const fn edge(from: usize, to: usize, label: &str) -> Edge<'_> {
    Edge { from, to, label, trigger: Trigger::Call }
}

pub(super) const CONTRACT: Graph<'static> = Graph {
    name: "Contract",
    initial: PENDING,
    states: &[
        state("Pending", None, false),
        state("Approved", None, false),
        state("Disbursed", Some(0), false),
        state("Repaying", Some(0), false),
        state("Completed", None, true),
        state("Rejected", None, true),
    ],
    groups: &[Group { name: "Active", parent: None }],
    edges: &[
        edge(PENDING, APPROVED, "approve"),
        edge(PENDING, REJECTED, "reject"),
        edge(APPROVED, DISBURSED, "disburse"),
        edge(DISBURSED, REPAYING, "record_payment"),
        edge(DISBURSED, COMPLETED, "record_payment"),
        edge(REPAYING, REPAYING, "record_payment"),
        edge(REPAYING, COMPLETED, "record_payment"),
    ],
};

#[test]
fn the_contract_has_no_mistake() {
    assert_eq!(CONTRACT.check(), []);
}

#[test]
fn the_contract_in_mermaid() {
    let expected = "\
stateDiagram-v2
    [*] --> Pending
    state Active {
        Disbursed
        Repaying
    }
    Pending --> Approved: approve
    Pending --> Rejected: reject
    Approved --> Disbursed: disburse
    Disbursed --> Repaying: record_payment
    Disbursed --> Completed: record_payment
    Repaying --> Repaying: record_payment
    Repaying --> Completed: record_payment
    Completed --> [*]
    Rejected --> [*]
";
    assert_eq!(CONTRACT.to_mermaid(), expected);
}

#[test]
fn the_contract_in_dot() {
    let expected = r#"digraph "Contract" {
    node [shape=box, style=rounded]
    "[*]" [shape=point]
    "Pending"
    "Approved"
    subgraph "cluster_Active" {
        label="Active"
        "Disbursed"
        "Repaying"
    }
    "Completed" [peripheries=2]
    "Rejected" [peripheries=2]
    "[*]" -> "Pending"
    "Pending" -> "Approved" [label="approve"]
    "Pending" -> "Rejected" [label="reject"]
    "Approved" -> "Disbursed" [label="disburse"]
    "Disbursed" -> "Repaying" [label="record_payment"]
    "Disbursed" -> "Completed" [label="record_payment"]
    "Repaying" -> "Repaying" [label="record_payment"]
    "Repaying" -> "Completed" [label="record_payment"]
}
"#;
    assert_eq!(CONTRACT.to_dot(), expected);
}

#[test]
fn the_contract_answers_what_leads_where() {
    let path = CONTRACT.shortest_path(PENDING, COMPLETED).expect("a contract can be completed");
    let messages: Vec<_> = path.iter().map(|&edge| CONTRACT.edges[edge].label).collect();
    assert_eq!(messages, ["approve", "disburse", "record_payment"]);

    let from_active: Vec<_> = CONTRACT.edges_from(DISBURSED).map(|edge| edge.to).collect();
    assert_eq!(from_active, [REPAYING, COMPLETED]);
    assert_eq!(CONTRACT.state("Rejected"), Some(REJECTED));
    assert_eq!(CONTRACT.reachable_from(REJECTED), [false, false, false, false, false, true]);
}
