//! Rows 5 to 9.

use super::check;

/// Handlers as `name: guard`, all of them casts that return `Next` where they need to.
#[track_caller]
fn check_graph(states: &str, handlers: &[&str], expected: &[&str]) {
    let handler = |text: &&str| {
        let (name, guard) = text.split_once(": ").expect("a name and a guard");
        let next = if guard.contains("=>") { "-> Next" } else { "" };
        format!("#[cast({guard})] fn {name}(&self) {next} {{}}\n")
    };
    let handlers: String = handlers.iter().map(handler).collect();
    check(&format!("states({states})"), &format!("impl Contract {{ {handlers} }}"), expected);
}

#[test]
fn only_the_root_of_what_is_unreachable_is_told() {
    check_graph(
        "Pending: initial, Rejected: terminal, Active { Disbursed, Repaying }, Completed: terminal",
        &["reject: Pending => Rejected", "pay: Active => Repaying | Completed"],
        &["Disbursed: state `Disbursed` is unreachable from the initial state `Pending`\n\
           note: unreachable with it: `Repaying`, `Completed`\n\
           help: add it after `=>` in some handler"],
    );
    check_graph(
        "Pending: initial, Done: terminal, Lost: terminal",
        &["end: Pending => Done"],
        &["Lost: state `Lost` is unreachable from the initial state `Pending`\n\
           help: add it after `=>` in some handler"],
    );
}

#[test]
fn each_clause_has_edges_of_its_own() {
    check_graph("A: initial, B, C: terminal", &["go: A => B, B => C, C"], &[]);
    // Of one clause, `A | B => B | C`, there would be a way from `B` to `C`.
    check_graph(
        "A: initial, B, C: terminal",
        &["go: A => C | B, B => B"],
        &["B: state `B` has no way out\nhelp: write `B: terminal` if that is intended"],
    );
    check_graph(
        "A: initial, G { B, C: terminal }",
        &["go: A => B | C, G => C"],
        &["G: `go` leaves the terminal state `C`"],
    );
}

#[test]
fn a_handler_of_a_lone_state_is_told_instead() {
    check_graph(
        "Open: initial, Frozen, Closed: terminal",
        &["close: Open => Closed", "audit: Frozen", "look: Frozen"],
        &["audit: `audit` can never run: `Frozen` is not reachable"],
    );
    check_graph(
        "Open: initial, Frozen, Held, Closed: terminal",
        &["close: Open => Closed", "audit: Frozen | Held"],
        &["audit: `audit` can never run: `Frozen` and `Held` are not reachable"],
    );
    // It runs in `Open`, so the state is told.
    check_graph(
        "Open: initial, Frozen, Closed: terminal",
        &["close: Open => Closed", "audit: Frozen | Open"],
        &["Frozen: state `Frozen` is unreachable from the initial state `Open`\n\
           help: add it after `=>` in some handler"],
    );
    // The way out shows that a way in was forgotten.
    check_graph(
        "Open: initial, Frozen, Closed: terminal",
        &["close: Open => Closed", "thaw: Frozen => Open", "audit: Frozen"],
        &["Frozen: state `Frozen` is unreachable from the initial state `Open`\n\
           help: add it after `=>` in some handler"],
    );
}

#[test]
fn a_dead_end_is_terminal_or_a_mistake() {
    check_graph(
        "Pending: initial, Rejected, Done: terminal",
        &["reject: Pending => Rejected", "end: Pending => Done", "retry: Rejected => Rejected"],
        &["Rejected: state `Rejected` has no way out\n\
           help: write `Rejected: terminal` if that is intended"],
    );
}

#[test]
fn a_circle_that_misses_the_end_is_told() {
    check_graph(
        "Open: initial, A, B, Done: terminal",
        &["end: Open => Done", "wrong: Open => A", "x: A => B", "y: B => A"],
        &["A: no terminal state can be reached from `A`"],
    );
    check_graph("A: initial, B", &["x: A => B", "y: B => A"], &[]);
}

#[test]
fn the_end_is_the_end() {
    check_graph(
        "Open: initial, Completed: terminal, Rejected: terminal",
        &["end: Open => Completed", "reject: Completed | Open => Rejected", "look: Completed"],
        &["Completed: `reject` leaves the terminal state `Completed`"],
    );
    check_graph(
        "Open: initial, Ends { Completed: terminal, Rejected: terminal }",
        &["end: Open => Ends", "reopen: Ends => Open"],
        &["Ends: `reopen` leaves the terminal state `Completed`"],
    );
}
