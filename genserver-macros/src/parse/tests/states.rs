//! `states(..)`.

use super::check;

#[track_caller]
fn check_states(states: &str, expected: &[&str]) {
    check(&format!("states({states})"), "impl Contract {}", expected);
}

#[test]
fn a_name_is_declared_once() {
    check_states("A: initial + terminal, A", &["A: state `A` is declared twice"]);
    check_states(
        "A: initial + terminal, G { B: terminal }, G { C: terminal }",
        &[
            "G: group `G` is declared twice",
            "B: state `B` is unreachable from the initial state `A`\n\
             help: add it after `=>` in some handler",
            "C: state `C` is unreachable from the initial state `A`\n\
             help: add it after `=>` in some handler",
        ],
    );
    check_states(
        "A: initial + terminal, A { A }",
        &["A: state `A` is declared twice", "A: state `A` is declared twice"],
    );
    check_states("A: initial + terminal, G { G: terminal }", &["G: group `G` is declared twice"]);
}

#[test]
fn a_group_has_states_and_no_properties() {
    check_states(
        "A: initial + terminal, G {}",
        &["G: group `G` is empty\nhelp: name its states, `G { First, Second }`"],
    );
    check_states(
        "G { A: initial + terminal }: terminal",
        &["terminal: group `G` cannot be `terminal`\nhelp: mark one of its states"],
    );
    check_states(
        "G: initial { A: initial + terminal }",
        &["initial: group `G` cannot be `initial`\nhelp: mark one of its states"],
    );
    check_states(
        "a::G { A: initial + terminal }",
        &["a::G: group `G` is a new type, so it has a plain name"],
    );
}

#[test]
fn there_is_one_initial_state() {
    check_states(
        "Pending, Done: terminal",
        &["states: no initial state\n\
           help: mark it, `states(Pending: initial, ..)`"],
    );
    check_states(
        "Pending: initial, Approved: initial",
        &["initial: two initial states: `Pending` and `Approved`"],
    );
}

#[test]
fn properties_are_known_and_given_once() {
    check_states(
        "Pending: initial + terminal, Done: final",
        &["final: unknown state property `final`\nhelp: use `initial` or `terminal`"],
    );
    // That no other state is initial has the same cause.
    check_states(
        "Pending: inital",
        &["inital: unknown state property `inital`\n\
           help: use `initial` or `terminal`"],
    );
    check_states(
        "Pending: initial + initial + terminal",
        &["initial: the property `initial` is given twice"],
    );
    check_states("Pending: initial + terminal, Done: 5", &["5: expected `initial` or `terminal`"]);
    check_states("Pending: initial + terminal +", &["Pending: expected `initial` or `terminal`"]);
    check_states("Pending: initial terminal", &["terminal: expected `,`"]);
}

#[test]
fn what_is_no_state_is_told() {
    check_states(
        "Pending: initial + terminal, done",
        &["done: unknown option `done` of `states`\n\
           help: states are types with names like `Pending`"],
    );
    check_states("Pending: initial + terminal, 5", &["5: expected a state"]);
    check_states(
        "Pending(u8): initial",
        &["(: a state is a type, so it has no fields here\nhelp: they stand in its own `struct`"],
    );
    check("states()", "impl Contract {}", &["states: `states` names no state"]);
    check(
        "states = Pending",
        "impl Contract {}",
        &["states: `states` takes the states in parentheses\n\
           help: for instance `states(Pending: initial, Completed: terminal)`"],
    );
}

#[test]
fn where_states_are_missing_nothing_else_is_told_of_them() {
    check(
        "states(5, Pending: initial), derive(Clone)",
        "impl Contract { #[call(Other => Thing)] fn a(&self, st: &Other) -> Next { x } }",
        &["5: expected a state"],
    );
    check(
        "states(5), derive(Clone)",
        "impl Contract { #[call(Other => Thing)] fn a(&self, st: &Other) -> Next { x } #[init] fn new() -> (Self, Other) {} }",
        &["5: expected a state"],
    );
}
