//! What the transitions of a server lead to.

use genserver_graph::{Edge, Graph, State, Trigger};

use crate::model::{Machine, Server};

/// For each state, whether the machine can still come from it into one of these.
pub(crate) fn can_still_accept(
    server: &Server,
    machine: &Machine,
    accepting: &[usize],
) -> Vec<bool> {
    let state = |terminal| State { name: "", group: None, terminal };
    let states: Vec<_> = machine.states.iter().map(|own| state(own.terminal)).collect();
    let mut edges = Vec::new();
    let guards = server.handlers.iter().filter_map(|handler| handler.guard.as_ref());
    for clause in guards.flat_map(|guard| &guard.clauses) {
        let leaves = |names: &[syn::Ident]| -> Vec<usize> {
            names.iter().flat_map(|name| machine.leaves(name)).collect()
        };
        let targets = leaves(&clause.targets);
        for from in leaves(&clause.sources) {
            let edge = |&to| Edge { from, to, label: "", trigger: Trigger::Call };
            edges.extend(targets.iter().map(edge));
        }
    }
    let initial = machine.initial;
    let graph = Graph { name: "", initial, states: &states, groups: &[], edges: &edges };
    graph.can_enter(accepting)
}
