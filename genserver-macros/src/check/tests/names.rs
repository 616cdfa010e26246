//! Names that meet, and names that are taken.

use super::{check, check_handler};

const STATES: &str = "states(A: initial, G { B: terminal, C: terminal })";

#[track_caller]
fn check_machine(handlers: &str, expected: &[&str]) {
    let edge = "#[call(A => G)] fn go(&self, st: &A) -> Next { x }";
    check(STATES, &format!("impl Contract {{ {edge} {handlers} }}"), expected);
}

#[test]
fn guards_name_states() {
    check(
        "states(Pending: initial, Approved: terminal)",
        "impl Contract { #[call(Pending => Aproved)] fn disburse(&self) {} #[call(Pendign => Else)] fn x(&self) {} }",
        &[
            "Aproved: unknown state `Aproved` in the guard of `disburse`\n\
             help: a state with a similar name exists: `Approved`",
            "Pendign: unknown state `Pendign` in the guard of `x`\n\
             help: a state with a similar name exists: `Pending`",
            "Else: unknown state `Else` in the guard of `x`\n\
             help: the states are `Pending` and `Approved`",
        ],
    );
    check_handler(
        "#[call(A => B)] fn go(&self) {}",
        &["A => B: `go` has a guard, but `Counter` has no states\n\
           help: declare them, `#[genserver(states(Pending: initial, ..))]`"],
    );
}

#[test]
fn guards_name_a_state_once() {
    check_machine("#[call(A | A)] fn x(&self) {}", &["A: `A` stands twice in the guard of `x`"]);
    check_machine(
        "#[call(A => B | B)] fn x(&self, st: &A) -> Next {}",
        &["B: `B` stands twice in the guard of `x`"],
    );
    check_machine(
        "#[call(A => G | C)] fn x(&self, st: &A) -> Next {}",
        &["C: `C` stands twice in the guard of `x`: in `G` and in `C`"],
    );
    check_machine(
        "#[call(G | B)] fn x(&self) {}",
        &["B: `B` stands twice in the guard of `x`: in `G` and in `B`"],
    );
    check_machine(
        "#[call(A => B, A)] fn x(&self, st: &A) -> Next {}",
        &["A: `A` stands twice in the guard of `x`"],
    );
    check_machine(
        "#[call(A => G, G => B | B, C => C)] fn x(&self) -> Next {}",
        &[
            "C: `C` stands twice in the guard of `x`: in `G` and in `C`",
            "B: `B` stands twice in the guard of `x`",
        ],
    );
}

#[test]
fn parameters_name_states() {
    check(
        "states(Pending: initial, Approved: terminal)",
        "impl Contract { #[call(Pending => Approved)] fn go(&self, st: &Pendign) -> Next {} }",
        &["Pendign: unknown state `Pendign` in the parameters of `go`\n\
           help: a state with a similar name exists: `Pending`"],
    );
}

#[test]
fn messages_have_names_of_their_own() {
    check_handler(
        "#[call] fn get(&self) {} #[cast(name = get)] fn fetch(&self) {}",
        &["get: two messages are named `get`: `get` and `fetch`"],
    );
    check_handler("#[call] fn get(&self) {} #[info] fn on(&self, m: u8) {}", &[]);
    check_handler("#[cfg(a)] #[call] fn get(&self) {} #[cfg(b)] #[call] fn get(&self) {}", &[]);
}

#[test]
fn start_and_graph_are_taken() {
    check_handler(
        "#[call] fn start(&self) {}",
        &["start: the name `start` is taken: `Counter::start` starts the server\n\
           help: `#[call(name = start)] fn begin(..)`, or `#[genserver(start = launch)]`"],
    );
    check_handler(
        "#[cast] fn start(&self) {}",
        &["start: the name `start` is taken: `Counter::start` starts the server\n\
           help: `#[cast(name = start)] fn begin(..)`, or `#[genserver(start = launch)]`"],
    );
    check_handler(
        "#[init] fn start() -> Self {}",
        &["start: the name `start` is taken: `Counter::start` starts the server\n\
           help: `#[genserver(start = launch)]`"],
    );
    check_handler(
        "#[info] fn start(&self, m: u8) {}",
        &["start: the name `start` is taken: `Counter::start` starts the server\n\
           help: `#[genserver(start = launch)]`"],
    );
    check(
        "start = launch",
        "impl Counter { #[call] fn start(&self) {} fn child_spec() {} const GRAPH: u8 = 0; }",
        &[],
    );
    check(
        "start = launch",
        "impl Counter { fn launch() {} }",
        &["launch: the name `launch` is taken: `Counter::launch` starts the server\n\
           help: `#[genserver(start = ..)]`"],
    );
    check_handler("#[call(name = start)] fn begin(&self) {}", &[]);
    check_machine(
        "const GRAPH: u8 = 0;",
        &["GRAPH: the name `GRAPH` is taken: `Contract::GRAPH` is the graph of its states\n\
           help: give it another name"],
    );
    check_machine(
        "#[call] fn GRAPH(&self) {}",
        &["GRAPH: the name `GRAPH` is taken: `Contract::GRAPH` is the graph of its states\n\
           help: `#[call(name = GRAPH)] fn begin(..)`"],
    );
}

#[test]
fn generated_types_have_names_of_their_own() {
    #[track_caller]
    fn taken(name: &str, what: &str, help: &str) {
        let text = format!(
            "{name}: the name `{name}` is taken: {what} of `Contract` has it\n\
             help: {help}"
        );
        check(&format!("states({name}: initial + terminal)"), "impl Contract {}", &[&text]);
    }
    taken(
        "ContractState",
        "the state enum",
        "give it another name, or write `state = ..` in the `genserver` attribute",
    );
    taken(
        "ContractClient",
        "the client",
        "give it another name, or write `client = ..` in the `genserver` attribute",
    );
    taken("ContractStateName", "the enum of the states' names", "give it another name");
    taken("ContractMessage", "the enum of the messages", "give it another name");
    check(
        "states(Contract { A: initial + terminal })",
        "impl Contract {}",
        &["Contract: group `Contract` has the name of its server"],
    );
    check(
        "client = Counter",
        "impl Counter {}",
        &["Counter: the client cannot have the name of its server, `Counter`"],
    );
    check(
        "states(A: initial + terminal), state = Contract",
        "impl Contract {}",
        &["Contract: the state enum cannot have the name of its server, `Contract`"],
    );
    check(
        "states(A: initial + terminal), state = X, client = X",
        "impl Contract {}",
        &["X: the state enum cannot have the name of the client, `X`"],
    );
}

#[test]
fn servers_have_no_lifetimes() {
    const TEXT: &str = "a server cannot borrow: it lives as long as its clients\n\
                        help: own the data, or share it in an `Arc`";
    check("", "impl<'a, const N: usize> Cache<'a, N> {}", &[&format!("'a: {TEXT}")]);
    check("", "impl Cache<'_> {}", &[&format!("'_: {TEXT}")]);
    check(
        "",
        "impl<T: Send + 'static, const N: usize> Cache<'static, T, N> where T: Clone {}",
        &[],
    );
}
