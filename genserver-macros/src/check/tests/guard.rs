//! Rows 12 to 17: guards against signatures and bodies.

use super::check;

/// A machine in order, with the handler beside.
#[track_caller]
fn check_machine(handler: &str, expected: &[&str]) {
    let rest = "#[cast(Pending => Approved)] fn a(&self) {}
        #[cast(Approved => Active)] fn b(&self, st: &Approved) -> Next { x }
        #[cast(Active => Completed)] fn c(&self) {}";
    let states =
        "states(Pending: initial, Approved, Active { Disbursed, Repaying }, Completed: terminal)";
    check(states, &format!("impl Contract {{ {rest} {handler} }}"), expected);
}

#[test]
fn targets_need_a_next() {
    check_machine(
        "#[call(Pending => Approved)] fn approve(&self, st: &Pending) -> u8 { 0 }",
        &["u8: `approve` declares `=> Approved` but does not return a `Next`"],
    );
    check_machine(
        "#[cast(Pending => Approved | Completed)] fn approve(&self) {}",
        &["approve: `approve` declares `=> Approved | Completed` but does not return a `Next`"],
    );
    check_machine(
        "#[cast(Pending => Active)] fn approve(&self) {}",
        &["approve: `approve` declares `=> Active` but does not return a `Next`"],
    );
    check_machine(
        "#[call(Pending => Approved)] fn approve(&self) -> Result<Option<Next>, E> {}",
        &[],
    );
    check_machine("#[call(Pending => Approved)] fn approve(&self) -> Result<u8, E> {}", &[]);
    check_machine("#[cast(Pending => Approved, Active => Approved)] fn approve(&self) {}", &[]);
    check_machine(
        "#[cast(Pending => Approved, Approved => Disbursed)] fn on(&self) {}",
        &["on: `on` declares `=> Approved | Disbursed` but does not return a `Next`"],
    );
    check_machine(
        "#[cast(Pending => Approved, Approved)] fn on(&self) {}",
        &["on: `on` declares `=> Approved` but does not return a `Next`"],
    );
}

#[test]
fn a_next_needs_targets() {
    check_machine(
        "#[call(Pending)] fn balance(&self, st: &Pending) -> Result<Next<u8>, E> { x }",
        &["Result<Next<u8>, E>: `balance` returns `Next` but its guard declares no target"],
    );
    check_machine(
        "#[call] fn balance(&self, st: &ContractState) -> Next { x }",
        &["Next: `balance` returns `Next` but has no guard"],
    );
    check_machine(
        "#[call(Pending => Approved)] fn balance(&self, st: &Pending) -> Next<u8, u8> { x }",
        &["Next<u8, u8>: `Next` takes one type, the reply\nhelp: write `Next` or `Next<Reply>`"],
    );
    check_machine(
        "#[cast(Pending => Approved)] fn balance(&self, st: &Pending) -> Next<u8> { x }",
        &["Next<u8>: a cast carries no reply, but `balance` returns `u8`\n\
           help: return nothing, or `Result<(), Crash>` to crash the server on an error\n\
           help: or make it a `#[call]`, which answers its caller"],
    );
}

#[test]
fn the_state_parameter_is_the_guards() {
    check_machine(
        "#[call(Approved => Active)] fn disburse(&self, st: &Pending) -> Next { x }",
        &["&Pending: `disburse` is guarded by `Approved` but takes `&Pending`\n\
           help: `st: &Approved`"],
    );
    check_machine(
        "#[call(Disbursed)] fn left(&mut self, st: &mut Active) {}",
        &["&mut Active: `left` is guarded by `Disbursed` but takes `&mut Active`\n\
           help: `st: &mut Disbursed`"],
    );
    check_machine(
        "#[call(Active => Repaying | Completed)] fn left(&self, st: &ContractState) -> Next {}",
        &["&ContractState: `left` is guarded by `Active` but takes `&ContractState`\n\
           help: `st: &Active`"],
    );
    check_machine(
        "#[call] fn left(&self, st: &Active) -> Next {}",
        &["&Active: `left` takes `&Active` but has no guard\n\
           help: add it, `#[call(Active)]`, or take `st: &ContractState`"],
    );
    check_machine(
        "#[info] fn left(&self, st: &Active, m: u8) {}",
        &["&Active: `left` takes `&Active` but has no guard\n\
           help: add it, `#[info(Active)]`, or take `st: &ContractState`"],
    );
    check_machine(
        "#[call(Pending | Approved)] fn left(&self, st: &Pending) {}",
        &["&Pending: `left` is guarded by `Pending` and `Approved` but takes `&Pending`\n\
           help: `st: ContractLeftFrom<'_>`"],
    );
}

#[test]
fn what_only_reads_may_take_every_state() {
    for right in [
        "#[call(Active)] fn left(&self, st: &ContractState) {}",
        "#[call(Pending | Approved)] fn left(&self, st: &ContractState) {}",
        "#[call(Pending | Approved => Completed)] fn left(&self, st: &ContractState) {}",
        "#[call(Pending => Completed, Active => Completed)] fn left(&self, st: &ContractState) {}",
    ] {
        check_machine(right, &[]);
    }
    check_machine(
        "#[call(Pending => Completed, Active)] fn left(&self, st: &ContractState) -> Next {}",
        &[
            "&ContractState: `left` is guarded by `Pending` and `Active` but takes `&ContractState`\n\
           help: `st: ContractLeftFrom<'_>`",
        ],
    );
}

#[test]
fn several_sources_have_an_enum() {
    for right in [
        "#[call(Pending => Completed, Active)] fn left(&self, st: ContractLeftFrom<'_>) -> Next {}",
        "#[call(go_on: Pending | Active)] fn left(&self, st: ContractGoOnFrom<'_>, a: u8) {}",
        "#[info(Pending | Active)] fn left(&self, cx: &mut Cx<Self>, st: ContractLeftFrom, m: u8) {}",
    ] {
        check_machine(right, &[]);
    }
    check_machine(
        "#[call(Pending | Active)] fn left(&self, st: ContractLetfFrom<'_>) {}",
        &["ContractLetfFrom<'_>: the sources of `left` are not `ContractLetfFrom<'_>`\n\
           help: `st: ContractLeftFrom<'_>`"],
    );
    check_machine(
        "#[call(Pending | Active)] fn left(&self, st: &ContractLeftFrom<'_>) {}",
        &["&ContractLeftFrom<'_>: `st` borrows the state already\n\
           help: take `st: ContractLeftFrom<'_>`"],
    );
    check_machine(
        "#[call(Active)] fn left(&self, st: ContractLeftFrom<'_>) {}",
        &[
            "ContractLeftFrom<'_>: `left` is guarded by `Active` alone but takes `ContractLeftFrom<'_>`\n\
           help: `st: &Active`",
        ],
    );
    check_machine(
        "#[call] fn left(&self, st: ContractLeftFrom<'_>) {}",
        &["ContractLeftFrom<'_>: `left` takes `ContractLeftFrom<'_>` but has no guard\n\
           help: take `st: &ContractState`"],
    );
    check_machine(
        "#[call(Pending | Active)] fn left(&self, by: u8, st: ContractLeftFrom<'_>) {}",
        &["st: ContractLeftFrom<'_>: `st: ContractLeftFrom<'_>` must stand right after `self`"],
    );
    check_machine(
        "#[call(Pending | Active)] fn left(&self, st: ContractLeftFrom<'_>, a: &ContractState) {}",
        &["a: &ContractState: `left` takes the state twice"],
    );
    check_machine(
        "#[call(Pending | Active => Completed)] fn left(&self, st: ContractLeftFrom<'_>) {}",
        &["left: `left` declares `=> Completed` but does not return a `Next`"],
    );
    check(
        "states(A: initial + terminal, B: terminal)",
        "impl<T: Send + 'static, const N: usize> Cache<T, N> {
            #[cast(A | B)] fn fill(&self, st: &A) {}
            #[cast(A => B)] fn b(&self) {}
        }",
        &[
            "&A: `fill` is guarded by `A` and `B` but takes `&A`\n\
           help: `st: CacheFillFrom<'_, T, N>`",
            "A: `b` leaves the terminal state `A`",
        ],
    );
}

#[test]
fn the_state_parameter_is_borrowed_once_and_first() {
    check_machine(
        "#[call(Pending => Approved)] fn approve(&self, st: Pending) -> Next { x }",
        &["st: Pending: `st: Pending` takes the state by value\n\
           help: take `st: &Pending` and move it in `st.goto(..)`"],
    );
    check_machine(
        "#[call(Active)] fn left(&self, st: &Active, more: &Active) {}",
        &["more: &Active: `left` takes the state twice"],
    );
    check_machine(
        "#[call(Active)] fn left(&self, by: u8, st: &Active) {}",
        &["st: &Active: `st: &Active` must stand right after `self`"],
    );
    check_machine("#[call(Active)] fn left(&self, by: u8, st: Pending) {}", &[]);
}

#[test]
fn only_a_single_state_is_changed_in_place() {
    check_machine(
        "#[call(Active)] fn left(&self, st: &mut Active) {}",
        &["&mut Active: `left` takes `&mut Active`, which could be swapped for another state\n\
           help: take `&Active` and return `st.goto(..)`, or guard a single state"],
    );
    check_machine(
        "#[cast] fn left(&self, st: &mut ContractState) {}",
        &[
            "&mut ContractState: `left` takes `&mut ContractState`, which could be swapped for another state\n\
           help: take `&ContractState`, or guard a single state",
        ],
    );
    check_machine("#[call(Pending)] fn left(&self, st: &mut Pending) {}", &[]);
}

#[test]
fn what_can_fail_changes_nothing() {
    const REST: &str = "\nnote: changes made before an `Err` would be kept\n\
                        help: change data in `st.goto_mut(..)`, or opt out with `in_place`";
    check_machine(
        "#[call(Pending => Approved)] fn approve(&mut self, st: &Pending) -> Result<Next, E> { x }",
        &[&format!("&mut self: `approve` can fail, so it must take `&self`{REST}")],
    );
    check_machine(
        "#[call(Pending)] fn touch(&self, st: &mut Pending) -> io::Result<u8> { x }",
        &[&format!("&mut Pending: `touch` can fail, so it must take `&Pending`{REST}")],
    );
    check_machine(
        "#[call(Pending)] fn touch(&mut self, st: &mut Pending) -> io::Result<u8> { x }",
        &[&format!("&mut self: `touch` can fail, so it must take `&self` and `&Pending`{REST}")],
    );
    check_machine(
        "#[call(blocking)] fn touch(&mut self) -> io::Result<u8> { x }",
        &[&format!("&mut self: `touch` can fail, so it must take `&self`{REST}")],
    );
    for right in [
        "#[call(Pending, in_place)] fn touch(&mut self, st: &mut Pending) -> io::Result<u8> { x }",
        "#[call(Pending)] fn touch(&mut self, st: &mut Pending) -> u8 { x }",
        "#[cast(Pending)] fn touch(&mut self, st: &mut Pending) -> Result<(), Crash> { x }",
        "#[info(Pending)] fn touch(&mut self, st: &mut Pending, m: u8) {}",
    ] {
        check_machine(right, &[]);
    }
    check("", "impl Counter { #[call] fn touch(&mut self) -> io::Result<u8> { x } }", &[]);
}

#[test]
fn a_transition_that_is_dropped_is_none() {
    const TEXT: &str = "unused `Next`: a transition does nothing until the handler returns it";
    check_machine(
        "#[cast(Pending => Approved)] fn approve(&self, cx: &mut Cx<Self>, st: &Pending) -> Next {
            st.goto(|p| Approved { p });
            if x { st.goto_mut(|s, p| p); }
            (st.stay().reply(1));
            let f = || { st.stay_mut(|s, p| ()); };
            other.goto(1); st.len(); goto();
            fn inner(st: &Pending) { st.goto(1); }
            st.goto(|p| p)
        }",
        &[
            &format!("st.goto(|p| Approved {{ p }}): {TEXT}"),
            &format!("st.goto_mut(|s, p| p): {TEXT}"),
            &format!("(st.stay().reply(1)): {TEXT}"),
            &format!("st.stay_mut(|s, p| ()): {TEXT}"),
        ],
    );
}
