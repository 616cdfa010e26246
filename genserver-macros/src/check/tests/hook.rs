//! `#[enter]`, `#[exit]` and `#[transition]`: whose border, what they take, what they return.

use super::{check, check_handler};

#[track_caller]
fn check_machine(hooks: &str, expected: &[&str]) {
    let edges = "#[call(A => B)] fn go(&self) {} #[call(G => C | A)] fn back(&self) -> Next { x }";
    check("states(A: initial, G { B, C })", &format!("impl Bell {{ {edges} {hooks} }}"), expected);
}

#[test]
fn a_hook_needs_states() {
    const HELP: &str = "help: declare them, `#[genserver(states(Pending: initial, ..))]`";
    for (attribute, noun) in [
        ("enter(A)", "an `enter` handler"),
        ("exit(A)", "an `exit` handler"),
        ("transition", "a `transition` handler"),
    ] {
        check_handler(
            &format!("#[{attribute}] fn hook(&self, st: &A) -> u8 {{ 0 }}"),
            &[&format!("hook: `hook` is {noun}, but `Counter` has no states\n{HELP}")],
        );
    }
    // Of states that could not be read nothing is known.
    check(
        "states(A: initial, 5)",
        "impl Bell { #[enter(Elsewhere)] fn hook(&self, st: &Elsewhere) {} }",
        &["5: expected a state"],
    );
}

#[test]
fn a_hook_names_states_once() {
    check_machine(
        "#[enter(B | Bb)] fn hook(&self) {}",
        &["Bb: unknown state `Bb` of the `enter` attribute\n\
           help: the states are `A`, `B`, `C` and `G`"],
    );
    check_machine(
        "#[exit(A | B | A)] fn hook(&self) {}",
        &["A: `A` stands twice in the `exit` attribute"],
    );
    check_machine(
        "#[enter(G | C)] fn hook(&self) {}",
        &["C: `C` stands twice in the `enter` attribute: in `G` and in `C`"],
    );
}

#[test]
fn a_border_has_one_hook_a_kind() {
    check_machine(
        "#[enter(A | B)] fn x(&self) {} #[enter(B | C)] fn y(&self) {} #[enter(B)] fn z(&self) {}",
        &[
            "B: two `enter` handlers for `B`: `x` and `y`",
            "B: two `enter` handlers for `B`: `x` and `z`",
        ],
    );
    // A group's border is another one than its states'.
    check_machine(
        "#[enter(G)] fn x(&self) {} #[enter(B)] fn y(&self) {} #[exit(B)] fn z(&self) {}",
        &[],
    );
    check_machine(
        "#[cfg(unix)] #[exit(A)] fn x(&self) {} #[cfg(windows)] #[exit(A)] fn y(&self) {}
         #[cfg(unix)] #[transition] fn s(&self) {} #[cfg(windows)] #[transition] fn t(&self) {}",
        &[],
    );
    check_machine(
        "#[transition] fn x(&self) {} #[cfg(unix)] #[transition] fn y(&self) {}
         #[transition] fn z(&self) {}",
        &["y: two `transition` handlers: `x` and `y`", "z: two `transition` handlers: `x` and `z`"],
    );
}

#[test]
fn what_a_hook_returns() {
    const NEXT: &str = "Next: an `enter` handler cannot change the state";
    check_machine("#[enter(A)] fn hook(&self) -> Next { x }", &[NEXT]);
    check_machine("#[enter(A)] fn hook(&self) -> Result<Next, Crash> { x }", &[NEXT]);
    check_machine(
        "#[enter(A)] fn hook(&self) -> bool { true }",
        &["bool: an `enter` handler returns nothing or `Enter`"],
    );
    check_machine(
        "#[exit(A)] fn hook(&self) -> Enter { x }",
        &["Enter: an `exit` handler returns nothing"],
    );
    let result = "a `transition` handler returns nothing or a `Result<(), E>`";
    check_machine("#[transition] fn x(&self) -> u8 { 0 }", &[&format!("u8: {result}")]);
    check_machine(
        "#[transition] fn x(&self) -> io::Result<u8> { x }",
        &[&format!("io::Result<u8>: {result}")],
    );
    for right in ["()", "Result<(), io::Error>", "io::Result<()>", "my::Result"] {
        check_machine(&format!("#[transition] fn x(&self) -> {right} {{ x }}"), &[]);
    }
    check_machine("#[enter(A)] fn hook(&self) -> genserver_runtime::Enter { x }", &[]);
}

#[test]
fn what_a_hook_takes() {
    check_machine(
        "#[enter(B)] fn x(&self, st: &mut B, cx: &mut StateCx<Self>, t: &Transition) {}
         #[enter(G)] fn y(&self, st: &G) {}
         #[enter(A | C)] fn z(&self, st: &BellState) {}
         #[transition] fn t(&self, st: &BellState, cx: &mut StateCx<Self>) {}",
        &[],
    );
    check_machine(
        "#[enter(B)] fn x(&self, by: u8) {}",
        &["u8: an `enter` handler takes no arguments, but `x` takes `u8`\n\
           help: it may take `&Transition`, `&mut StateCx<Self>` and `&B`"],
    );
    check_machine(
        "#[exit(B)] fn x(&self, by: u8) {}",
        &["u8: an `exit` handler takes no arguments, but `x` takes `u8`\n\
           help: it may take `&Transition` and `&mut StateCx<Self>`"],
    );
    check_machine(
        "#[transition] fn x(&self, reply: ReplyTo<u8>) {}",
        &["ReplyTo<u8>: a `transition` handler takes no arguments, but `x` takes `ReplyTo<u8>`\n\
           help: it may take `&Transition`, `&mut StateCx<Self>` and `&BellState`"],
    );
    check_machine(
        "#[enter(B)] fn x(&self, cx: &mut Cx<Self>) {}",
        &[
            "&mut Cx<Self>: `x` takes `&mut Cx<Self>`, but an `enter` handler cannot insert messages\n\
           help: take `cx: &mut StateCx<Self>`, which can do the rest",
        ],
    );
    check_machine(
        "#[enter(B)] fn x(&self, cx: &StateCx<Self>, t: &mut Transition) {}",
        &[
            "&StateCx<Self>: `cx` must be `&mut StateCx<Self>`",
            "&mut Transition: `t` must be `&Transition`",
        ],
    );
    check_machine(
        "#[exit(A)] fn x(&self, a: &Transition, #[into] b: &Transition) {}",
        &[
            "into: `b` is not an argument, so it takes no `#[into]`",
            "#[into] b: &Transition: `x` takes the transition twice",
        ],
    );
}

#[test]
fn the_state_that_a_hook_takes() {
    const LEFT: &str = "but the state was left\n\
         note: its data has moved on with the transition\n\
         help: take `t: &Transition`, or do it where the transition is decided";
    for state in ["&A", "&mut A", "A", "&BellState"] {
        check_machine(
            &format!("#[exit(A)] fn x(&self, st: {state}) {{}}"),
            &[&format!("{state}: `x` takes `{state}`, {LEFT}")],
        );
    }
    check_machine(
        "#[enter(B)] fn x(&self, st: B) {}",
        &["st: B: `st: B` takes the state by value\nhelp: take `st: &B`"],
    );
    check_machine(
        "#[enter(B)] fn x(&self, st: &mut A) {}",
        &["&mut A: `x` runs when `B` is entered but takes `&mut A`\nhelp: `st: &mut B`"],
    );
    check_machine(
        "#[enter(A | B)] fn x(&self, st: &A) {}",
        &["&A: `x` runs when `A` and `B` is entered but takes `&A`\nhelp: `st: &BellState`"],
    );
    check_machine(
        "#[enter(G)] fn x(&self, st: &mut G) {}",
        &["&mut G: `x` takes `&mut G`, which could be swapped for another state\n\
           help: take `&G`, or enter a single state"],
    );
    check_machine(
        "#[transition] fn x(&self, st: &mut BellState) {}",
        &[
            "&mut BellState: `x` takes `&mut BellState`, but it runs after transitions to any state\n\
           help: `st: &BellState`",
        ],
    );
    check(
        "states(Calm: initial, Ringing)",
        "impl Bell { #[call(Calm => Ringing)] fn a(&self) {} #[call(Ringing => Calm)] fn b(&self) {}
            #[enter(Ringing)] fn x(&self, st: &Ringin) {} }",
        &["Ringin: unknown state `Ringin` in the parameters of `x`\n\
           help: a state with a similar name exists: `Ringing`"],
    );
}

#[test]
fn a_hook_runs_on_the_server_and_moves_nothing() {
    check_machine(
        "#[enter(A)] const fn x<T>() {}",
        &[
            "const: `x` cannot be `const`: the server calls it at run time",
            "T: `x` has the generic parameter `T`, but the server calls it\n\
             help: name a type, or make the server generic, `impl<T> ..`",
            "x: `x` has no `self`, but a handler runs on the server\n\
             help: take `&self` or `&mut self`",
        ],
    );
    check_machine(
        "#[enter(A)] fn x(&self, now: &A) { if y { now.goto(|_| B); } other.goto(|_| B); }",
        &["now.goto(|_| B): an `enter` handler cannot change the state"],
    );
}
