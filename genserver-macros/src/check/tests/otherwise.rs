//! What becomes of messages in other states, and how long a machine stays in one.

use super::{check, check_handler};

#[track_caller]
fn check_machine(attr: &str, handlers: &str, expected: &[&str]) {
    let attr = format!("states(A: initial, G {{ B, C }}, End: terminal) {attr}");
    let edges =
        "#[call(A => G)] fn go(&self, st: &A) -> Next { x } #[call(G => A)] fn back(&self) {}
                 #[cast(C => End)] fn end(&self) {}";
    check(&attr, &format!("impl Bell {{ {edges} {handlers} }}"), expected);
}

#[track_caller]
fn check_wait(handler: &str, expected: &[&str]) {
    check_machine("", handler, expected);
}

#[test]
fn otherwise_of_the_server_is_felt_by_some_message() {
    check_machine(", otherwise = postpone", "", &[]);
    check_machine(", otherwise = ignore", "", &[]);
    check(
        "otherwise = postpone",
        "impl Counter { #[call] fn get(&self) {} }",
        &["otherwise: the option `otherwise` needs `states(..)`"],
    );
    check_machine(
        ", otherwise = postpone(A)",
        "",
        &["postpone: `postpone` of the whole server names no states\n\
           note: a message is postponed where a later state may accept it\n\
           help: name them at a handler"],
    );
}

#[test]
fn otherwise_of_the_server_without_effect() {
    #[track_caller]
    fn wrong(value: &str, handlers: &str, why: &str) {
        let text = format!("otherwise: `otherwise` has no effect: {why}\nhelp: remove it");
        let attr = format!("states(A: initial, B: terminal), otherwise = {value}");
        let edge = "#[every(\"5s\", A => B)] fn tick(&self) {}";
        check(&attr, &format!("impl Bell {{ {edge} {handlers} }}"), &[&text]);
    }
    wrong("error", "#[call] fn get(&self) {}", "no handler has a guard");
    wrong("postpone", "", "no handler has a guard");
    wrong("ignore", "#[call(A)] fn get(&self) {}", "no cast or info has a guard");
    wrong(
        "postpone",
        "#[call(A, otherwise = error)] fn get(&self) {}",
        "each handler with a guard has its own",
    );
    wrong(
        "ignore",
        "#[call(A)] fn get(&self) {} #[cast(A, otherwise = error)] fn set(&self) {}",
        "each cast or info with a guard has its own",
    );
}

#[test]
fn otherwise_of_a_handler_has_other_states() {
    check_wait(
        "#[cast(otherwise = ignore)] fn x(&self) {}",
        &["otherwise: `otherwise` has no effect on `x`, which runs in every state\n\
           help: remove it, or add a guard"],
    );
    check_wait(
        "#[cast(A | G | End, otherwise = ignore)] fn x(&self) {}",
        &["otherwise: `otherwise` has no effect on `x`, whose guard accepts every state\n\
           help: remove it"],
    );
    check_handler(
        "#[call(otherwise = error)] fn x(&self) {}",
        &["otherwise: `otherwise` has no effect on `x`: `Counter` has no states\nhelp: remove it"],
    );
    check_handler(
        "#[call(A, otherwise = error)] fn x(&self) {}",
        &["A: `x` has a guard, but `Counter` has no states\n\
           help: declare them, `#[genserver(states(Pending: initial, ..))]`"],
    );
    for kind in ["call(A, otherwise = ignore)", "call(A, blocking, otherwise = ignore)"] {
        check_wait(
            &format!("#[{kind}] fn x(&self) {{}}"),
            &["ignore: `x` is a call, so it cannot be ignored: its caller waits\n\
               help: answer with an error, `otherwise = error`, or keep it, `otherwise = postpone`"],
        );
    }
}

#[test]
fn postpone_names_states_in_which_the_message_could_wait() {
    check_wait("#[call(A, otherwise = postpone(B | C))] fn x(&self) {}", &[]);
    check_wait("#[call(A, otherwise = postpone(G))] fn x(&self) {}", &[]);
    check_wait(
        "#[call(A, otherwise = postpone(Ent | Elsewhere))] fn x(&self) {}",
        &[
            "Ent: unknown state `Ent` in `postpone(..)`\n\
             help: a state with a similar name exists: `End`",
            "Elsewhere: unknown state `Elsewhere` in `postpone(..)`\n\
             help: the states are `A`, `B`, `C`, `End` and `G`",
        ],
    );
    check_wait(
        "#[call(A | C, otherwise = postpone(G | A))] fn x(&self) {}",
        &[
            "G: `x` runs in `C`, so it is never postponed there",
            "A: `x` runs in `A`, so it is never postponed there",
        ],
    );
    check_wait(
        "#[call(A, otherwise = postpone(B | G))] fn x(&self) {}",
        &["G: `B` stands twice in `postpone(..)`: in `B` and in `G`"],
    );
}

#[test]
fn nothing_waits_for_ever() {
    const HEAD: &str = "`x` postponed in `End` would wait forever: \
                        no state reachable from it accepts `x`";
    check_wait(
        "#[call(A, otherwise = postpone)] fn x(&self) {}",
        &[&format!(
            "postpone: {HEAD}\nhelp: name the states to wait in, `otherwise = postpone(B | C)`"
        )],
    );
    check_wait(
        "#[info(A, otherwise = postpone(End))] fn x(&self, m: u8) {}",
        &[&format!("End: {HEAD}\nhelp: refuse it instead, `otherwise = error`")],
    );
    // What is said of all holds only where it is of use.
    check_machine(", otherwise = postpone", "#[call(A)] fn x(&self) {}", &[]);
    // A time-out of a state is a way out of it.
    check(
        "states(A: initial, B, C: terminal)",
        "impl Bell {
            #[call(B => C, otherwise = postpone(A))] fn x(&self) {}
            #[state_timeout(A, after = \"5s\" => B)] fn late(&self) {}
        }",
        &[],
    );
}

#[test]
fn a_state_has_one_time_out() {
    check_wait(
        "#[state_timeout(A | B, after = \"1s\")] fn x(&self) {}
         #[state_timeout(B, after = \"2s\")] fn y(&self) {}
         #[state_timeout(G, after = \"3s\")] fn z(&self) {}",
        &["B: two state time-outs on `B`"],
    );
    check_wait(
        "#[cfg(unix)] #[state_timeout(A, after = \"1s\")] fn x(&self) {}
         #[cfg(windows)] #[state_timeout(A, after = \"2s\")] fn y(&self) {}
         #[state_timeout(A, after = \"3s\")] fn z(&self) {}",
        &["A: two state time-outs on `A`"],
    );
}

#[test]
fn an_end_has_no_time_out() {
    const TEXT: &str = "state time-out on terminal state `End`";
    check_wait("#[state_timeout(End, after = \"1s\")] fn x(&self) {}", &[&format!("End: {TEXT}")]);
    check_wait(
        "#[state_timeout(B | End, after = \"1s\" => A)] fn x(&self) {}",
        &[&format!("End: {TEXT}")],
    );
    check(
        "states(A: initial, G { End: terminal })",
        "impl Bell {
            #[call(A => End)] fn end(&self) {}
            #[state_timeout(G, after = \"1s\" => A)] fn x(&self) {}
        }",
        &[&format!("G: {TEXT}")],
    );
    check(
        "states(A: initial, G { B, End: terminal })",
        "impl Bell {
            #[call(A => B)] fn go(&self) {}
            #[call(B => End)] fn end(&self) {}
            #[state_timeout(G, after = \"1s\")] fn x(&self) {}
            #[state_timeout(G | A, after = \"1s\" => A)] fn y(&self) {}
        }",
        &[
            &format!("G: {TEXT}"),
            "G: two state time-outs on `G`",
            "G: `y` leaves the terminal state `End`",
        ],
    );
}
