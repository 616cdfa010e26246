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
        &["Aproved: unknown state `Aproved` in the guard of `approve`\n\
           help: a state with a similar name exists: `Approved`"],
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
        &["Aproved: unknown state `Aproved` in the guard of `end`\n\
           help: a state with a similar name exists: `Approved`"],
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
            "Dome: unknown state `Dome` in the guard of `b`\n\
             help: a state with a similar name exists: `Done`",
            "Stuck: state `Stuck` has no way out\n\
             help: write `Stuck: terminal` if that is intended",
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
            "mailbx: unknown option `mailbx` of the `genserver` attribute\n\
             help: an option with a similar name exists: `mailbox`",
            "tiemout: unknown option `tiemout` of the `call` attribute\n\
             help: an option with a similar name exists: `timeout`",
            "Aproved: unknown state `Aproved` in the guard of `approve`\n\
             help: a state with a similar name exists: `Approved`",
            "&str: `name` borrows, but arguments travel in a message\n\
             help: take an owned type, `name: String`",
            "u8: a cast carries no reply, but `reset` returns `u8`\n\
             help: return nothing, or `Result<(), Crash>` to crash the server on an error\n\
             help: or make it a `#[call]`, which answers its caller",
            "Done: `reopen` leaves the terminal state `Done`",
            "Lost: state `Lost` is unreachable from the initial state `Pending`\n\
             help: add it after `=>` in some handler",
        ],
    );
}

#[test]
fn what_may_be_unreachable_is_no_dead_end() {
    check(
        "states(Pending: initial, Frozen, Done: terminal)",
        "impl Contract {
            #[call(Pending => Done)] fn a(&self) {}
            #[call(Pending => Someone)] fn b(&self) {}
            #[call(Frozen)] fn audit(&self) {}
        }",
        &["Someone: unknown state `Someone` in the guard of `b`\n\
           help: the states are `Pending`, `Frozen` and `Done`"],
    );
}

#[test]
fn what_a_guard_without_states_guards_is_not_told_too() {
    check(
        "",
        "impl Counter { #[call(Pending => Done)] fn a(&self, st: &Pending) -> Result<Next, E> { x } }",
        &["Pending => Done: `a` has a guard, but `Counter` has no states\n\
           help: declare them, `#[genserver(states(Pending: initial, ..))]`"],
    );
}

#[test]
fn two_methods_of_one_name_are_left_to_rustc() {
    let item = "impl Counter { #[call] fn get(&self) {} #[call] fn get(&self) {} }";
    check("", item, &[]);
    let item: syn::ItemImpl = syn::parse_str(item).expect("an impl block");
    let mut errors = crate::errors::Errors::default();
    let server = crate::parse::parse("".parse().expect("tokens"), &item, &mut errors);
    crate::check::check(&server.expect("a server"), &item, &mut errors);
    assert_eq!((errors.is_empty(), errors.len()), (false, 0));
}

#[test]
fn a_slip_in_the_word_states_is_told_once() {
    let item = "impl Contract {
        #[init] fn new() -> (Self, Pending) { x }
        #[call(Pending => Done)] fn a(&self, st: &Pending) -> Next { x }
        #[terminate] fn close(&mut self, reason: &ExitReason, st: Option<&ContractState>) {}
    }";
    check(
        "sates(Pending: initial, Done: terminal), derive(Clone)",
        item,
        &["sates: unknown option `sates` of the `genserver` attribute\n\
           help: an option with a similar name exists: `states`"],
    );
    check(
        "state(Pending: initial, Done: terminal)",
        item,
        &["state: `state` needs a value\nhelp: for instance `state = State`"],
    );
}

#[test]
fn a_comma_that_is_missing_hides_no_more_than_its_line() {
    let item = "impl Contract { #[call(Pending => Done)] fn a(&self) {} }";
    check("states(Pending: initial Done: terminal)", item, &["Done: expected `,`"]);
    check("states(G { Pending: initial } Done: terminal)", item, &["Done: expected `,`"]);
    check(
        "derive(Clone Debug), states(Pending: initial, Done: terminal)",
        item,
        &["Debug: expected `,`"],
    );
    check(
        "states(Pending: initial, A: terminal, B: terminal)",
        "impl Contract { #[call(Pending => A B)] fn a(&self) {} }",
        &["B: expected `,`"],
    );
}

#[test]
fn a_guard_that_is_missing_is_told_once() {
    check(
        "states(Pending: initial, Done: terminal)",
        "impl Contract { #[call] fn a(&self, st: &Pending) -> Next { x } }",
        &["&Pending: `a` takes `&Pending` but has no guard\n\
           help: add it, `#[call(Pending)]`, or take `st: &ContractState`"],
    );
    check(
        "states(Pending: initial, Done: terminal)",
        "impl Contract { #[call(done)] fn a(&self) {} }",
        &["done: unknown option `done` of the `call` attribute\n\
           help: the options are `timeout`, `name`, `priority`, `inline`, `skip_abandoned`, `blocking`, `in_place` and `otherwise`"],
    );
}

#[test]
fn a_borrow_before_the_state_is_told_alone() {
    check(
        "states(Pending: initial, Done: terminal)",
        "impl Contract { #[call(Pending => Done)] fn a(&self, cx: &mut Ctx<Self>, st: &Pending) -> Next { x } }",
        &["&mut Ctx<Self>: `cx` borrows, but arguments travel in a message\n\
           help: take an owned type, `cx: Ctx<Self>`"],
    );
}
