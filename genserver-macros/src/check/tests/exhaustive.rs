//! Row 20: every message in every state.

use super::check;

#[track_caller]
fn check_states(states: &str, handlers: &str, expected: &[&str]) {
    let refused = |names: &str| {
        if states.contains("exhaustive") { format!(", {names} => !") } else { String::new() }
    };
    let rest = format!(
        "#[cast(A => B{})] fn go(&self) {{}}
         #[cast(B => C{})] fn on(&self) {{}}
         #[cast(C => D{})] fn end(&self) {{}}",
        refused("G"),
        refused("A | C"),
        refused("A | B"),
    );
    check(states, &format!("impl Contract {{ {rest} {handlers} }}"), expected);
}

const ALL: &str = "states(A: initial, G { B, C }, D: terminal, exhaustive)";
const SOME: &str = "states(A: initial, G { B, C }, D: terminal)";

#[test]
fn a_forgotten_state_is_told_of_each_message() {
    check_states(
        ALL,
        "#[call(pay: A)] fn one(&self) {} #[call(pay: C)] fn two(&self) {}
         #[info(B)] fn tick(&self, m: Tick) {} #[every(\"1s\", A)] fn beat(&self) {}
         #[call] fn look(&self) {} #[call(G, A => !)] fn see(&self) {}",
        &[
            "A: no handler of `pay` accepts `B`\n\
             note: the states are `exhaustive`\n\
             help: refuse it by name, `B => !`",
            "B: no handler of `Tick` accepts `A` and `C`\n\
             note: the states are `exhaustive`\n\
             help: refuse it by name, `A | C => !`",
        ],
    );
    check_states(SOME, "#[call(pay: A)] fn one(&self) {}", &[]);
}

#[test]
fn what_is_said_of_the_message_is_said_of_each_state() {
    for right in [
        "#[cast(A, otherwise = ignore)] fn one(&self) {}",
        "#[call(A, otherwise = error)] fn one(&self) {}",
        "#[call(B, otherwise = postpone(A), C => !)] fn one(&self) {}",
    ] {
        check_states(ALL, right, &[]);
    }
    check_states(
        ALL,
        "#[call(B, otherwise = postpone(A))] fn one(&self) {}",
        &["B: no handler of `one` accepts `C`\n\
           note: the states are `exhaustive`\n\
           help: refuse it by name, `C => !`"],
    );
}

#[test]
fn a_refusal_says_something_new() {
    check_states(
        SOME,
        "#[call(B, A => !)] fn one(&self) {}",
        &["A => !: `=> !` has no effect: what no handler of `one` accepts is refused anyway\n\
           help: remove it, or ask for every state, `states(.., exhaustive)`"],
    );
    check_states(SOME, "#[call(B, otherwise = postpone, C | D => !)] fn one(&self) {}", &[]);
    check_states(
        ALL,
        "#[cast(B, otherwise = ignore, A => !)] fn one(&self) {}
         #[idle(\"1s\", B, A => !)] fn rest(&self) {}",
        &[
            "A => !: `=> !` has no effect on `one`: what it does not accept is ignored\n\
             help: remove it",
            "A => !: `=> !` has no effect on an `idle` method: nobody sends it\n\
             help: remove it",
        ],
    );
}

#[test]
fn a_refusal_contradicts_nothing() {
    check_states(
        ALL,
        "#[call(pay: A, C => !)] fn one(&self) {} #[call(pay: G)] fn two(&self) {}
         #[call(B, otherwise = postpone(A | C), C => !)] fn three(&self) {}",
        &["C: `one` refuses `C`, which `two` accepts", "C: `three` refuses `C`, and postpones it"],
    );
    check_states(
        ALL,
        "#[call(A, B, A => !)] fn one(&self) {}",
        &["A: `A` stands twice in the guard of `one`"],
    );
    check_states(
        ALL,
        "#[call(A | B => !)] fn one(&self) {} #[call(A, Bb => !, C => ! | D)] fn two(&self) {}",
        &[
            "|: expected `,`",
            "A | B => !: the guard of `one` accepts no state\n\
             help: name the states in which it runs, or remove it",
        ],
    );
}

#[test]
fn exhaustive_is_a_word_of_its_own() {
    check(
        "states(A: initial + terminal, exhaustive, exhaustive)",
        "impl Contract {}",
        &["exhaustive: the option `exhaustive` is given twice"],
    );
    check(
        "states(G { A: initial + terminal, exhaustive }, exhaustiv)",
        "impl Contract {}",
        &[
            "exhaustive: unknown option `exhaustive` of `states`\n\
             help: it stands outside of the groups",
            "exhaustiv: unknown option `exhaustiv` of `states`\n\
             help: an option with a similar name exists: `exhaustive`",
        ],
    );
}
