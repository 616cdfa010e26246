//! `#[init]` and `#[terminate]`.

use super::{check, check_handler};

#[track_caller]
fn check_init(signature: &str, expected: &[&str]) {
    check_handler(&format!("#[init] {signature} {{}}"), expected);
}

#[track_caller]
fn check_machine(method: &str, expected: &[&str]) {
    let edge = "#[call(A => B)] fn go(&self) {}";
    check(
        "states(A: initial, B: terminal)",
        &format!("impl Contract {{ {edge} {method} }}"),
        expected,
    );
}

#[test]
fn init_returns_the_server() {
    const TEXT: &str = "`new` must return `Self`\nhelp: or `Result<Self, E>`, or `Init<Self, E>`";
    check_init("fn new()", &[&format!("new: {TEXT}")]);
    for wrong in [
        "u8",
        "Option<Self>",
        "(Self, A)",
        "Result<u8, E>",
        "Init<(Self, A)>",
        "impl Sized",
        "Init",
    ] {
        check_init(&format!("fn new() -> {wrong}"), &[&format!("{wrong}: {TEXT}")]);
    }
    for right in ["Self", "Counter", "io::Result<Self>", "Result", "Init<Counter, E>"] {
        check_init(&format!("fn new() -> {right}"), &[]);
    }
}

#[test]
fn init_of_a_machine_returns_its_initial_state_too() {
    const TEXT: &str = "`new` must return `(Self, A)`\n\
                        help: or a `Result` or `Init` of it; `(Self, ContractState)` resumes in any state";
    for wrong in ["Self", "(A, Self)", "(Self,)", "Result", "Result<Self, E>", "Option<(Self, A)>"]
    {
        check_machine(&format!("#[init] fn new() -> {wrong} {{}}"), &[&format!("{wrong}: {TEXT}")]);
    }
    check_machine("#[init] fn new() -> (Self, [A; 1]) {}", &[&format!("[A; 1]: {TEXT}")]);
    check_machine(
        "#[init] fn new() -> Result<(Self, B), E> {}",
        &["B: `new` starts in `B`, but the initial state is `A`\n\
           help: return `(Self, A)`, or `(Self, ContractState)` to resume in any state"],
    );
    for right in [
        "(Self, A)",
        "(Contract, states::A)",
        "Result<(Self, ContractState), E>",
        "Init<(Self, A)>",
    ] {
        check_machine(&format!("#[init] fn new() -> {right} {{}}"), &[]);
    }
    check(
        "states(A, B)",
        "impl Contract { #[init] fn new() -> Self {} }",
        &[
            "states: no initial state\nhelp: mark it, `states(A: initial, ..)`",
            "Self: `new` must return `Self` with the initial state",
        ],
    );
}

#[test]
fn init_has_no_self_and_owns_its_arguments() {
    check_init("fn new(&self) -> Self", &["&self: `new` makes the server, so it has no `self`"]);
    check_init(
        "fn new(name: &str, f: impl Fn()) -> Self",
        &[
            "&str: `name` borrows, but the arguments of `start` travel to the server\n\
             help: take an owned type, `name: String`",
            "impl Fn(): `f` is `impl Trait`, but the arguments of `start` travel to the server\n\
             help: name a type, or box it",
        ],
    );
    check_init("fn new(cx: Cx<Self>) -> Self", &["Cx<Self>: `cx` must be `&mut Cx<Self>`"]);
    check_init(
        "fn new(a: u8, cx: &mut Cx<Self>) -> Self",
        &["cx: &mut Cx<Self>: `cx: &mut Cx<Self>` must stand first"],
    );
    check_init(
        "fn new<T>(a: T) -> Self",
        &["T: `new` has the generic parameter `T`, but arguments travel in a message\n\
           help: name a type, or make the server generic, `impl<T> ..`"],
    );
}

#[test]
fn terminate_has_one_shape() {
    const TEXT: &str =
        "a `terminate` method has the shape `fn close(&mut self, reason: &ExitReason)`";
    #[track_caller]
    fn wrong(signature: &str, at: &str) {
        check_handler(
            &format!("#[terminate] fn close{signature} {{}}"),
            &[&format!("{at}: {TEXT}")],
        );
    }
    wrong("(&self, r: &ExitReason)", "&self");
    wrong("(self, r: &ExitReason)", "self");
    wrong("(r: &ExitReason)", "close");
    wrong("(&mut self)", "close");
    wrong("(&mut self, r: ExitReason)", "r: ExitReason");
    wrong("(&mut self, r: &mut ExitReason)", "r: &mut ExitReason");
    wrong("(&mut self, r: &ExitReason, s: &ExitReason)", "s: &ExitReason");
    wrong("(&mut self, r: &ExitReason, cx: &mut Cx<Self>)", "cx: &mut Cx<Self>");
    wrong("(&mut self, r: &ExitReason, st: Option<&CounterState>)", "st: Option<&CounterState>");
    wrong("<T>(&mut self, r: &ExitReason)", "T");
    wrong("(&mut self, r: &ExitReason) -> u8", "u8");
    check_handler("#[terminate] async fn close(&mut self, _: &g::ExitReason) -> () {}", &[]);
}

#[test]
fn terminate_of_a_machine_may_take_the_state() {
    const TEXT: &str = "a `terminate` method has the shape `fn close(&mut self, reason: &ExitReason)`\n\
                        help: it may take the state too, `st: Option<&ContractState>`";
    check_machine(
        "#[terminate] fn close(&mut self, r: &ExitReason, st: Option<&ContractState>) {}",
        &[],
    );
    check_machine(
        "#[terminate] fn close(&mut self, st: Option<&ContractState>, r: &ExitReason) {}",
        &[],
    );
    check_machine(
        "#[terminate] fn close(&mut self, r: &ExitReason, st: &ContractState) {}",
        &[&format!("st: &ContractState: {TEXT}")],
    );
    check_machine(
        "#[terminate] fn close(&mut self, r: &ExitReason, st: Option<&A>) {}",
        &[&format!("st: Option<&A>: {TEXT}")],
    );
}
