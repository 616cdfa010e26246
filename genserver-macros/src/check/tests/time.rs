//! What the server sends itself, sleep, and what debugging shows.

use super::{check, check_handler};

#[track_caller]
fn check_machine(handler: &str, expected: &[&str]) {
    let item = format!("impl Contract {{ #[call(A => B)] fn go(&self) {{}} {handler} }}");
    check("states(A: initial, B: terminal)", &item, expected);
}

const INIT: &str = "#[init] fn new(cx: &mut Cx<Self>) -> Self { Self }";

#[test]
fn a_continued_method_has_one_message_of_its_own_type() {
    check_handler(
        &format!("{INIT} #[continued] fn load(&mut self) {{}}"),
        &["load: a `continued` method takes one message, but `load` takes none"],
    );
    check_handler(
        &format!("{INIT} #[continued] fn load(&mut self, a: u8, b: u8) {{}}"),
        &["b: u8: a `continued` method takes one message, but `load` takes 2"],
    );
    check_handler(
        &format!(
            "{INIT} #[continued] fn load(&mut self, a: u8) {{}}
             #[info] fn told(&mut self, a: u8) {{}}
             #[continued] fn save(&mut self, a: u8) {{}}"
        ),
        &["u8: two `continued` methods take `u8`: `load` and `save`"],
    );
    check_handler(
        &format!("{INIT} #[continued] fn load(&mut self, #[into] a: String) {{}}"),
        &[
            "into: a `continued` method is found by the type of its message, so it takes no `#[into]`",
        ],
    );
    check_handler(
        &format!("{INIT} #[continued] fn load(&mut self, a: &str) {{}}"),
        &["&str: `a` borrows, but arguments travel in a message\n\
           help: take an owned type, `a: String`"],
    );
}

#[test]
fn a_continued_method_that_nothing_continues_with() {
    const TEXT: &str = "`rebuild` can never run: no method of this block takes `cx: &mut Cx<Self>`\n\
         help: take it in one, and call `cx.continue_with(..)`";
    let told = format!("rebuild: {TEXT}");
    check_handler("#[continued] fn rebuild(&mut self, m: u8) {}", &[&told]);
    check_handler(
        "#[init] fn new() -> Self { Self } #[call] fn get(&self) {}
         #[continued] fn rebuild(&mut self, m: u8) {}
         #[continued] fn again(&mut self, m: u16) {}
         #[terminate] fn close(&mut self, reason: &ExitReason) {}",
        &[&told],
    );
    for triggered in [
        "#[init] fn new(cx: &mut Cx<Self>) -> Self { Self }",
        "#[call] fn get(&self, cx: &mut Cx<Self>) {}",
        "#[every(\"5s\")] fn tick(&self, cx: &mut genserver_runtime::Cx<Self>) {}",
    ] {
        check_handler(&format!("{triggered} #[continued] fn rebuild(&mut self, m: u8) {{}}"), &[]);
    }
    // Where it stands in the wrong place, that is what is told.
    check_handler(
        "#[continued] fn rebuild(&mut self, m: u8) {}
         #[call] fn get(&self, by: u8, cx: &mut Cx<Self>) {}",
        &["cx: &mut Cx<Self>: `cx: &mut Cx<Self>` must stand right after `self`"],
    );
}

#[test]
fn time_brings_no_arguments() {
    check_handler("#[idle] fn rest(&mut self, cx: &mut Cx<Self>) -> Result<(), Crash> {}", &[]);
    check_handler(
        "#[idle(\"5s\")] fn rest(&mut self, why: &str, when: u8) {}",
        &[
            "why: &str: an `idle` method has no sender who could give arguments, but `rest` takes `why`\n\
           help: keep the value in the server",
        ],
    );
    check_handler(
        "#[every(\"5s\")] fn tick(&mut self, count: u8) {}",
        &[
            "count: u8: an `every` method has no sender who could give arguments, but `tick` takes `count`\n\
           help: keep the value in the server",
        ],
    );
    check_handler(
        "#[every(\"5s\")] fn tick(&mut self, reply: ReplyTo<u8>) {}",
        &["ReplyTo<u8>: an `every` method carries no reply, so `tick` cannot take a `ReplyTo`"],
    );
    check_handler(
        "#[every(\"5s\")] fn tick(cx: &mut Cx<Self>) {}",
        &["tick: `tick` has no `self`, but a handler runs on the server\n\
           help: take `&self` or `&mut self`"],
    );
}

#[test]
fn time_waits_for_no_answer() {
    check_handler(
        "#[every(\"5s\")] fn tick(&self) -> u8 { 0 }",
        &["u8: an `every` method carries no reply, but `tick` returns `u8`\n\
           help: return nothing, or `Result<(), Crash>` to crash the server on an error"],
    );
    check_handler(
        "#[idle] fn rest(&self) -> Result<(), io::Error> { x }",
        &[
            "io::Error: nobody waits for an `idle` method, so the error `io::Error` of `rest` would be lost\n\
           help: return `Result<(), Crash>`: `?` then crashes the server",
        ],
    );
    check_handler(
        "#[every(\"5s\")] const fn tick(&self) {}",
        &["const: `tick` cannot be `const`: the server calls it at run time"],
    );
}

#[test]
fn what_answers_nobody_is_told_of_its_value_once() {
    const HELP: &str =
        "help: return nothing, or `Result<(), Crash>` to crash the server on an error";
    check_handler(
        "#[every(\"5s\")] fn tick(&self) -> &str { \"\" }",
        &[&format!("&str: an `every` method carries no reply, but `tick` returns `&str`\n{HELP}")],
    );
    check_handler(
        "#[cast] fn put(&self) -> impl Debug { 1 }",
        &[&format!(
            "impl Debug: a cast carries no reply, but `put` returns `impl Debug`\n{HELP}\n\
             help: or make it a `#[call]`, which answers its caller"
        )],
    );
}

#[test]
fn one_method_is_for_idleness() {
    check_handler(
        "#[idle(\"5s\")] fn a(&self) {} #[idle] fn b(&self) {} #[idle] fn c(&self) {}",
        &["b: two `idle` methods: `a` and `b`", "c: two `idle` methods: `a` and `c`"],
    );
    check_handler(
        "#[cfg(unix)] #[idle] fn a(&self) {} #[cfg(windows)] #[idle] fn b(&self) {}",
        &[],
    );
    check_handler("#[every(\"5s\")] fn a(&self) {} #[every(\"5s\")] fn b(&self) {}", &[]);
}

#[test]
fn their_guards_are_guards() {
    check_machine(
        "#[idle(\"5s\", C => B)] fn rest(&self) {}",
        &["C: unknown state `C` in the guard of `rest`\nhelp: the states are `A` and `B`"],
    );
    check_machine(
        "#[every(\"5s\", A => B)] fn tick(&self, st: &A) {}",
        &["tick: `tick` declares `=> B` but does not return a `Next`"],
    );
    check_machine(
        "#[idle(\"5s\")] fn rest(&self, st: &A) {}",
        &["&A: `rest` takes `&A` but has no guard\n\
           help: add it, `#[idle(.., A)]`, or take `st: &ContractState`"],
    );
    check_machine(
        "#[every(\"5s\", B => A)] fn tick(&self) {}",
        &["B: `tick` leaves the terminal state `B`"],
    );
    check_machine("#[idle] fn rest(&self, st: &ContractState) {}", &[]);
    check_handler(
        "#[idle(\"5s\", A)] fn rest(&self) {}",
        &["A: `rest` has a guard, but `Counter` has no states\n\
           help: declare them, `#[genserver(states(Pending: initial, ..))]`"],
    );
}

#[test]
fn their_edges_make_states_reachable() {
    #[track_caller]
    fn check_edge(handler: &str) {
        let item = format!("impl Contract {{ {INIT_OF_MACHINE} {handler} }}");
        check("states(A: initial, B: terminal)", &item, &[]);
    }
    const INIT_OF_MACHINE: &str = "#[init] fn new(cx: &mut Cx<Self>) -> (Self, A) { x }";
    check_edge("#[idle(\"5s\", A => B)] fn expire(&self) {}");
    check_edge("#[every(\"5s\", A => B)] fn tick(&self, st: &A) -> Next { x }");
    check_edge("#[continued(A => B)] fn load(&self, st: &A, m: u8) -> Result<Next, Crash> { x }");
}

#[test]
fn hibernate_has_a_shape() {
    #[track_caller]
    fn wrong(method: &str, at: &str) {
        let text = format!("{at}: a `hibernate` method has the shape `fn shrink(&mut self)`");
        check_handler(&format!("#[hibernate] {method}"), &[&text]);
    }
    wrong("async fn shrink(&mut self) {}", "async");
    wrong("fn shrink(&self) {}", "&self");
    wrong("fn shrink(self) {}", "self");
    wrong("fn shrink() {}", "shrink");
    wrong("fn shrink(&mut self, cx: &mut Cx<Self>) {}", "cx: &mut Cx<Self>");
    wrong("fn shrink(&mut self) -> u8 { 0 }", "u8");
    wrong("fn shrink<T>(&mut self) {}", "T");
    check_handler(
        "#[hibernate] unsafe fn shrink(&mut self) {}",
        &["unsafe: `shrink` cannot be `unsafe`: the server calls it"],
    );
    check_handler("#[hibernate] fn shrink(&mut self) -> () {}", &[]);
    check_handler("#[hibernate] fn shrink(self: &mut Self) {}", &[]);
}

#[test]
fn format_state_has_a_shape() {
    #[track_caller]
    fn wrong(method: &str, at: &str) {
        let text =
            format!("{at}: a `format_state` method has the shape `fn show(&self) -> impl Debug`");
        check_handler(&format!("#[format_state] {method}"), &[&text]);
    }
    wrong("async fn show(&self) -> u8 { 0 }", "async");
    wrong("fn show(&mut self) -> u8 { 0 }", "&mut self");
    wrong("fn show() -> u8 { 0 }", "show");
    wrong("fn show(&self) {}", "show");
    wrong("fn show(&self, cx: &mut Cx<Self>) -> u8 { 0 }", "cx: &mut Cx<Self>");
    wrong("fn show(&self, st: &CounterState) -> u8 { 0 }", "st: &CounterState");
    wrong("fn show<T>(&self) -> u8 { 0 }", "T");
    for right in ["impl Debug + '_", "impl Debug", "&str", "Vec<u8>"] {
        check_handler(&format!("#[format_state] fn show(&self) -> {right} {{ x }}"), &[]);
    }
}

#[test]
fn format_state_of_a_machine_takes_the_state() {
    const TEXT: &str = "a `format_state` method has the shape `fn show(&self) -> impl Debug`\n\
                        help: it may take the state too, `st: &ContractState`";
    check_machine("#[format_state] fn show(&self, st: &ContractState) -> u8 { 0 }", &[]);
    check_machine("#[format_state] fn show(&self) -> u8 { 0 }", &[]);
    check_machine(
        "#[format_state] fn show<'a>(&'a self, st: &'a ContractState) -> Shown<'a> { x }",
        &[],
    );
    for (param, second) in
        [("st: &A", ""), ("st: &mut ContractState", ""), ("st: ContractState", "")]
    {
        check_machine(
            &format!("#[format_state] fn show(&self, {param}{second}) -> u8 {{ 0 }}"),
            &[&format!("{param}: {TEXT}")],
        );
    }
    check_machine(
        "#[format_state] fn show(&self, a: &ContractState, b: &ContractState) -> u8 { 0 }",
        &[&format!("b: &ContractState: {TEXT}")],
    );
}
