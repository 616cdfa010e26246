//! One error a cause, and all causes in one run.

use super::check;

#[test]
fn an_unknown_target_makes_nothing_unreachable() {
    check(
        "states(Pending: initial, Approved, Done: terminal)",
        "impl Contract {
            #[call(Pending => Aproved)] fn approve(&self) {}
            #[call(Approved => Done)] fn end(&self) {}
        }",
        &["Aproved: unknown state `Aproved` in the guard of `approve`\nhelp: a state with a similar name exists: `Approved`"],
    );
}

#[test]
fn an_unknown_source_makes_no_dead_end() {
    check(
        "states(Pending: initial, Approved, Done: terminal)",
        "impl Contract {
            #[call(Pending => Approved)] fn approve(&self) {}
            #[call(Aproved => Done)] fn end(&self) {}
        }",
        &["Aproved: unknown state `Aproved` in the guard of `end`\nhelp: a state with a similar name exists: `Approved`"],
    );
}

#[test]
fn what_no_unknown_name_can_explain_is_told() {
    check(
        "states(Pending: initial, Stuck, Done: terminal)",
        "impl Contract {
            #[call(Pending => Stuck)] fn a(&self) {}
            #[call(Pending => Dome)] fn b(&self) {}
        }",
        &[
            "Dome: unknown state `Dome` in the guard of `b`\nhelp: a state with a similar name exists: `Done`",
            "Stuck: state `Stuck` has no way out\nhelp: write `Stuck: terminal` if that is intended",
        ],
    );
}

#[test]
fn a_guard_that_cannot_be_read_may_mean_any_edge() {
    check(
        "states(Pending: initial, Approved, Done: terminal)",
        "impl Contract {
            #[call(Pending => Approved)] fn a(&self) {}
            #[call(Approved => 5)] fn b(&self) {}
        }",
        &["5: expected a state\nhelp: for instance `Pending => Approved`"],
    );
}

#[test]
fn an_empty_group_is_told_once() {
    check(
        "states(Pending: initial, Active {}, Done: terminal)",
        "impl Contract {
            #[call(Pending => Active)] fn a(&self, st: &Pending) -> Next { x }
            #[call(Active => Done)] fn b(&self, st: &Active) -> Next { x }
        }",
        &["Active: group `Active` is empty\nhelp: name its states, `Active { First, Second }`"],
    );
}

#[test]
fn a_state_whose_property_is_unknown_is_left_alone() {
    check(
        "states(Pending: initial, Done: final)",
        "impl Contract { #[call(Pending => Done)] fn a(&self) {} }",
        &["final: unknown state property `final`\nhelp: use `initial` or `terminal`"],
    );
}

#[test]
fn without_an_initial_state_the_ends_are_checked_nevertheless() {
    check(
        "states(Pending, Done: terminal)",
        "impl Contract { #[call(Done => Pending)] fn reopen(&self) {} }",
        &[
            "states: no initial state\nhelp: mark it, `states(Pending: initial, ..)`",
            "Done: `reopen` leaves the terminal state `Done`",
        ],
    );
}

#[test]
fn five_mistakes_are_five_errors() {
    check(
        "states(Pending: initial, Approved, Lost, Done: terminal), mailbx = 5",
        "impl Contract {
            #[call(Pending => Aproved)] fn approve(&self) {}
            #[call(Approved => Done)] fn end(&self, name: &str) {}
            #[cast] fn reset(&self) -> u8 { 0 }
            #[call(tiemout = \"1s\")] fn get(&self) {}
            #[call(Done => Pending)] fn reopen(&self) {}
        }",
        &[
            "mailbx: unknown option `mailbx` of the `genserver` attribute\nhelp: an option with a similar name exists: `mailbox`",
            "tiemout: unknown option `tiemout` of the `call` attribute\nhelp: an option with a similar name exists: `timeout`",
            "Aproved: unknown state `Aproved` in the guard of `approve`\nhelp: a state with a similar name exists: `Approved`",
            "&str: `name` borrows, but arguments travel in a message\nhelp: take an owned type, `name: String`",
            "u8: a cast carries no reply, but `reset` returns `u8`\nhelp: return nothing, or `Result<(), Crash>` to crash the server on an error\nhelp: or make it a `#[call]`, which answers its caller",
            "Done: `reopen` leaves the terminal state `Done`",
            "Lost: state `Lost` has no way out\nhelp: write `Lost: terminal` if that is intended",
        ],
    );
}
