//! Rows 18 and 19: several methods for one message.

use super::check;

const STATES: &str = "states(A: initial, G { B, C }, D: terminal)";

/// Methods in a machine in order.
#[track_caller]
fn check_machine(methods: &str, expected: &[&str]) {
    let rest = "#[cast(A => B)] fn b(&self) {}
        #[cast(B => C)] fn c(&self) {}
        #[cast(G => D)] fn d(&self) {}";
    check(STATES, &format!("impl Contract {{ {rest} {methods} }}"), expected);
}

#[test]
fn methods_share_a_message() {
    for right in [
        "#[call(pay: A)] fn one(&self) -> u8 { 0 } #[call(pay: G)] async fn two(&self) -> u8 { 0 }",
        "#[call(A)] fn pay(&self) {} #[call(name = pay, B => C)] fn two(&self) {}",
        "#[cast(pay: A)] fn one(&self, a: u8) {} #[cast(pay: G => D)] fn two(&self, b: u8) {}",
        "#[info(A)] fn one(&self, m: u8) {} #[info(G)] fn two(&self, n: u8) {}",
        "#[call(pay: A, timeout = \"1s\")] fn one(&self) {} #[call(pay: B)] fn two(&self) {}
         #[call(pay: C, timeout = \"1s\")] fn three(&self) {}",
        "#[call(pay: A)] fn one(&self, st: &A) -> Result<u8, E> {}
         #[call(pay: B => C | D, D)] fn two(&self, st: ContractTwoFrom<'_>) -> Result<Next<u8>, E> {}",
        "#[cfg(x)] #[call(pay: A)] fn one(&self) {} #[cfg(y)] #[call(pay: A)] fn two(&self) {}",
    ] {
        check_machine(right, &[]);
    }
}

#[test]
fn a_state_has_one_method() {
    check_machine(
        "#[call(pay: A | B)] fn one(&self) {} #[call(pay: C)] fn two(&self) {}
         #[call(pay: D, G, A)] fn three(&self) {}",
        &[
            "G: two handlers for `pay` accept state `B`: `one` and `three`",
            "A: two handlers for `pay` accept state `A`: `one` and `three`",
        ],
    );
    check_machine(
        "#[call(pay: C)] fn one(&self) {} #[call] fn pay(&self) {}",
        &["pay: two handlers for `pay` accept state `C`: `one` and `pay`\n\
           help: give `pay` a guard of its own"],
    );
    check_machine(
        "#[call] fn pay(&self) {} #[call(pay: C)] fn two(&self) {}",
        &["C: two handlers for `pay` accept state `C`: `pay` and `two`"],
    );
    check_machine(
        "#[info(A)] fn one(&self, m: Tick) {} #[info(A)] fn two(&self, m: Tick) {}",
        &["A: two handlers for `Tick` accept state `A`: `one` and `two`"],
    );
}

#[test]
fn without_guards_there_is_nothing_to_choose_by() {
    check_machine(
        "#[call] fn pay(&self) {} #[call(name = pay)] fn two(&self) {}",
        &["pay: two messages are named `pay`: `pay` and `two`"],
    );
    check_machine(
        "#[info] fn one(&self, m: Tick) {} #[info] fn two(&self, m: Tick) {}",
        &["Tick: two infos take `Tick`: `one` and `two`"],
    );
}

#[test]
fn methods_of_a_message_agree() {
    check_machine(
        "#[call(pay: A)] fn one(&self, amount: u32) {} #[call(pay: B)] fn two(&self, amount: u64) {}",
        &["u64: handlers of `pay` disagree: `amount: u64` here, `amount: u32` in `one`"],
    );
    check_machine(
        "#[cast(pay: A)] fn one(&self, a: u8, b: u8) {} #[cast(pay: B)] fn two(&self, #[into] a: u8) {}
         #[cast(pay: C)] fn three(&self, a: u8, b: u8, c: u8) {}",
        &[
            "u8: handlers of `pay` disagree: `#[into] a: u8` here, `a: u8` in `one`",
            "two: handlers of `pay` disagree: no argument here, `b: u8` in `one`",
            "u8: handlers of `pay` disagree: `c: u8` here, no such argument in `one`",
        ],
    );
    check_machine(
        "#[call(pay: A)] fn one(&self) -> Result<u8, E> {} #[call(pay: B)] fn two(&self) -> u8 {}
         #[call(pay: C)] fn three(&self) {}",
        &[
            "u8: handlers of `pay` disagree: the reply `u8` here, the reply `Result<u8, E>` in `one`",
            "three: handlers of `pay` disagree: the reply `()` here, the reply `Result<u8, E>` in `one`",
        ],
    );
    check_machine(
        "#[call(pay: A)] fn one(&self, r: ReplyTo<u8>) {} #[call(pay: B)] fn two(&self, r: ReplyTo<u16>) {}",
        &["u16: handlers of `pay` disagree: the reply `u16` here, the reply `u8` in `one`"],
    );
    check_machine(
        "#[call(pay: A)] fn one(&self) {} #[cast(pay: B)] fn two(&self) {}
         #[call(pay: C, blocking)] fn three(&self) {} #[call(pay: D)] fn four(&self, r: ReplyTo<()>) {}",
        &[
            "cast: handlers of `pay` disagree: a cast here, a call in `one`",
            "call: handlers of `pay` disagree: a `blocking` call here, a call in `one`",
            "call: handlers of `pay` disagree: a call with a `ReplyTo` here, a call in `one`",
        ],
    );
}

#[test]
fn an_option_of_the_message_stands_at_the_first() {
    const HELP: &str = "\nhelp: write it at `one`, where it holds for all of them";
    check_machine(
        "#[call(pay: A, timeout = \"1s\")] fn one(&self) {}
         #[call(pay: B, timeout = \"2s\")] fn two(&self) {}
         #[call(skip_abandoned, pay: C)] fn three(&self) {}",
        &[
            &format!(
                "timeout: handlers of `pay` disagree: `timeout = \"2s\"` here, `timeout = \"1s\"` in `one`{HELP}"
            ),
            &format!(
                "skip_abandoned: handlers of `pay` disagree: `skip_abandoned` here, none in `one`{HELP}"
            ),
        ],
    );
}

#[test]
fn a_method_among_several_is_always_there() {
    check_machine(
        "#[call(pay: A)] fn one(&self) {} #[cfg(x)] #[call(pay: B)] fn two(&self) {}",
        &["cfg: `two` is one of several methods for `pay`, so it cannot have a `cfg`\n\
           help: put it inside of the method"],
    );
    check_machine(
        "#[cfg(x)] #[call(pay: A)] fn one(&self) {} #[call(pay: B)] fn two(&self) {}
         #[call(pay: C)] fn three(&self) {}",
        &["cfg: `one` is one of several methods for `pay`, so it cannot have a `cfg`\n\
           help: put it inside of the method"],
    );
}

#[test]
fn another_error_of_a_method_is_told_alone() {
    check_machine(
        "#[call(pay: A)] fn one(&self) {} #[call(pay: B =>)] fn two(&self, a: u8) {}",
        &["=>: expected a state after `=>`"],
    );
    check_machine(
        "#[call(pay: A)] fn one(&self) {} #[call(pay: Bb)] fn two(&self) {}",
        &["Bb: unknown state `Bb` in the guard of `two`\n\
           help: the states are `A`, `B`, `C`, `D` and `G`"],
    );
    check(
        "sates(A: initial)",
        "impl Contract { #[call(pay: A)] fn one(&self) {} #[call(pay: B)] fn two(&self) {} }",
        &["sates: unknown option `sates` of the `genserver` attribute\n\
           help: an option with a similar name exists: `states`"],
    );
}
