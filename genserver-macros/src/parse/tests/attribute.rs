//! The attributes of handlers.

use super::check;

#[track_caller]
fn check_handler(handler: &str, expected: &[&str]) {
    check("", &format!("impl Counter {{ {handler} }}"), expected);
}

#[track_caller]
fn check_guard(guard: &str, expected: &[&str]) {
    let item = format!("impl Contract {{ #[call({guard})] fn pay(&self) {{}} }}");
    check("states(A: initial + terminal)", &item, expected);
}

#[test]
fn a_method_has_one_kind() {
    check_handler("#[call] #[cast] fn get(&self) {}", &["cast: `get` is both `call` and `cast`"]);
    check_handler(
        "#[call] #[call] fn get(&self) {}",
        &["call: the `call` attribute is given twice"],
    );
    check_handler(
        "#[init] #[call] fn new() -> Self {}",
        &["call: `new` is both `init` and `call`"],
    );
}

#[test]
fn a_server_has_one_init_and_one_terminate() {
    check_handler(
        "#[init] fn new() -> Self {} #[init] fn open() -> Self {}",
        &["init: two `init` methods: `new` and `open`"],
    );
    check_handler(
        "#[terminate] fn a(&mut self, r: &ExitReason) {} #[terminate] fn b(&mut self, r: &ExitReason) {}",
        &["terminate: two `terminate` methods: `a` and `b`"],
    );
}

#[test]
fn unknown_options_name_the_similar_one() {
    check_handler(
        "#[call(tiemout = \"1s\")] fn get(&self) {}",
        &["tiemout: unknown option `tiemout` of the `call` attribute\n\
           help: an option with a similar name exists: `timeout`"],
    );
    check_handler(
        "#[call(hurry = high)] fn get(&self) {}",
        &["hurry: unknown option `hurry` of the `call` attribute\n\
           help: the options are `timeout`, `name`, `priority`, `inline`, `skip_abandoned`, `blocking`, `in_place` and `otherwise`"],
    );
    check_handler(
        "#[call(blocking, blocking)] fn get(&self) {}",
        &["blocking: the option `blocking` is given twice"],
    );
    check_handler("#[call(blocking = true)] fn get(&self) {}", &["=: `blocking` takes no value"]);
    check_handler("#[call(\"60s\")] fn get(&self) {}", &["\"60s\": expected an option"]);
    check_handler(
        "#[call(name = \"x\")] fn get(&self) {}",
        &["\"x\": `name` takes a name\nhelp: for instance `name = begin`"],
    );
}

#[test]
fn an_option_of_another_kind_is_told_apart() {
    check_handler(
        "#[cast(timeout = \"1s\")] fn reset(&self) {}",
        &["timeout: the `cast` attribute takes no `timeout`\n\
           note: only the caller of a `call` waits for a reply"],
    );
    check_handler(
        "#[cast(skip_abandoned)] fn reset(&self) {}",
        &["skip_abandoned: the `cast` attribute takes no `skip_abandoned`\n\
           note: only the caller of a `call` waits for a reply"],
    );
    check_handler(
        "#[cast(blocking)] fn reset(&self) {}",
        &["blocking: the `cast` attribute takes no `blocking`\n\
           note: only a `call` can run on the blocking pool"],
    );
    check_handler(
        "#[info(in_place)] fn tick(&self, m: u8) {}",
        &["in_place: the `info` attribute takes no `in_place`\n\
           note: only a `call` that can fail holds its state back from changes"],
    );
    check_handler(
        "#[call(unbounded)] fn get(&self) {}",
        &["unbounded: the `call` attribute takes no `unbounded`\n\
           note: a call waits for its reply anyway; only a `cast` is sent without waiting"],
    );
    check_handler(
        "#[info(unbounded)] fn tick(&self, m: u8) {}",
        &["unbounded: the `info` attribute takes no `unbounded`\n\
           note: an info is sent by its sender's rules; only a `cast` can be unbounded"],
    );
    check_handler(
        "#[info(name = tock)] fn tick(&self, m: u8) {}",
        &["name: the `info` attribute takes no `name`\n\
           note: an info is sent by type and has no client method"],
    );
}

#[test]
fn init_and_terminate_take_no_options() {
    check_handler("#[init(5)] fn new() -> Self {}", &["5: the `init` attribute takes no options"]);
    check_handler(
        "#[terminate = 5] fn close(&mut self, r: &ExitReason) {}",
        &["5: the `terminate` attribute takes no value"],
    );
    check_handler(
        "#[call = 5] fn get(&self) {}",
        &["5: the `call` attribute takes no value\n\
           help: options stand in parentheses, `#[call(..)]`"],
    );
}

#[test]
fn a_guard_that_cannot_be_read_is_told_once() {
    check_guard("A =>", &["=>: expected a state after `=>`"]);
    check_guard(
        "A => , timeout = \"\"",
        &[
            "=>: expected a state after `=>`",
            "\"\": empty duration\n\
             help: write a whole number and a unit: `\"250ms\"`, `\"5s\"`, `\"1m\"`, `\"2h\"`, `\"1d\"`",
        ],
    );
    check_guard("A = A", &["=: expected `=>` in a guard"]);
    check_guard("A A => A", &["A: expected `=>` in a guard"]);
    check_guard("A => 5", &["5: expected a state\nhelp: for instance `Pending => Approved`"]);
    check_guard("=> A", &["=: expected a state\nhelp: for instance `Pending => Approved`"]);
    check_guard("_ => A", &["_: expected a state\nhelp: for instance `Pending => Approved`"]);
    check_guard("A => A A", &["A: expected `,`"]);
    check_guard(
        "other::A => A",
        &["other::A: a guard names a state without its path\nhelp: write its last segment alone"],
    );
    check_guard("A: A", &[":: unexpected `:` in a guard\nhelp: write `A => ..`"]);
    check_guard("A => B: A", &[":: unexpected `:` in a guard\nhelp: write `Pending => Approved`"]);
    check_guard("A => , A", &["=>: expected a state after `=>`"]);
    check_guard(
        "blokcing",
        &["blokcing: unknown option `blokcing` of the `call` attribute\n\
           help: an option with a similar name exists: `blocking`"],
    );
}

#[test]
fn a_guard_names_its_message_once_and_first() {
    check_guard("pay: A", &[]);
    check_guard("timeout = \"1s\", pay: A", &[]);
    check_guard("pay: A, name = pay", &["name: the option `name` is given twice"]);
    check_guard("name = pay, pay: A", &["pay: the option `name` is given twice"]);
    check_guard("A, pay: A", &["pay: `pay:` stands before the first state of the guard"]);
    check_guard("pay:", &["pay: expected a state\nhelp: for instance `Pending => Approved`"]);
    check_guard("pay: timeout = \"1s\"", &["=: expected `=>` in a guard"]);
    check_handler(
        "#[info(pay: A)] fn on(&self, m: u8) {}",
        &["pay: the `info` attribute takes no `name`\n\
           note: an info is sent by type and has no client method"],
    );
}
