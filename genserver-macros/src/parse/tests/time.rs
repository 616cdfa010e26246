//! `#[idle]`, `#[every]`, `#[continued]` and the options that came with them.

use super::{check, model::server};
use crate::model::{Duration, Missed, Priority};

#[track_caller]
fn check_handler(handler: &str, expected: &[&str]) {
    check("", &format!("impl Counter {{ {handler} }}"), expected);
}

#[track_caller]
fn check_machine(handler: &str, expected: &[&str]) {
    let item = format!("impl Contract {{ {handler} }}");
    check("states(A: initial, B: terminal)", &item, expected);
}

/// The time, what is done about missed ticks, and the guard.
#[track_caller]
fn check_time(options: &str, expected: (Option<&str>, &str)) {
    let item = format!("impl Contract {{ #[idle{options}] fn rest(&self) {{}} }}");
    let server = server("states(A: initial + terminal)", &item);
    let handler = &server.handlers[0];
    let time = handler.time.as_ref().map(|time| match time {
        Duration::Literal(nanos, _) => nanos.to_string(),
        Duration::Constant(path) => crate::parse::ty::text(path),
        Duration::Infinity => "infinity".to_owned(),
    });
    let guard = handler.guard.as_ref().map(|guard| guard.tokens.to_string()).unwrap_or_default();
    assert_eq!((time.as_deref(), guard.as_str()), expected);
}

const HELP: &str =
    "help: write a whole number and a unit: `\"250ms\"`, `\"5s\"`, `\"1m\"`, `\"2h\"`, `\"1d\"`";

#[test]
fn the_time_stands_first() {
    check_time("", (None, ""));
    check_time("()", (None, ""));
    check_time("(\"5s\")", (Some("5000000000"), ""));
    check_time("(\"5s\",)", (Some("5000000000"), ""));
    check_time("(Self::IDLE)", (Some("Self::IDLE"), ""));
    check_time("(IDLE)", (Some("IDLE"), ""));
    check_time("(::times::IDLE, A)", (Some("::times::IDLE"), "A"));
    check_time("(\"5s\", A)", (Some("5000000000"), "A"));
    check_time("(\"5s\", A => A)", (Some("5000000000"), "A => A"));
    check_time("(A => A)", (None, "A => A"));
}

#[test]
fn a_period_has_its_rule_for_what_is_missed() {
    let server = server(
        "",
        "impl Counter {
            #[every(\"5s\")] fn a(&self) {}
            #[every(BEAT, missed = catch_up)] fn b(&self) {}
            #[every(\"5s\", missed = delay)] fn c(&self) {}
            #[call(priority = high)] fn d(&self) {}
            #[info(priority = normal)] fn e(&self, m: u8) {}
        }",
    );
    let missed: Vec<_> = server.handlers.iter().map(|handler| handler.missed).collect();
    assert!(matches!(missed[..], [None, Some(Missed::CatchUp), Some(Missed::Delay), None, None]));
    let high = |at: usize| server.handlers[at].priority == Priority::High;
    assert!(high(3) && !high(4));
}

#[test]
fn a_period_is_needed() {
    const TEXT: &str = "every: the `every` attribute needs a period\n\
                        help: for instance `#[every(\"5s\")]`";
    check_handler("#[every] fn tick(&self) {}", &[TEXT]);
    check_handler("#[every()] fn tick(&self) {}", &[TEXT]);
    check_handler("#[every(missed = skip)] fn tick(&self) {}", &[TEXT]);
    check_machine("#[every(A => B)] fn tick(&self) {}", &[TEXT]);
    check_handler(
        "#[every(missed = never)] fn tick(&self) {}",
        &[
            "never: unknown value `never` of `missed`\n\
             help: the values are `skip`, `catch_up` and `delay`",
            TEXT,
        ],
    );
    // What cannot be read may be the period.
    check_handler("#[every(=)] fn tick(&self) {}", &["=: expected an option"]);
    check_handler(
        "#[every = \"5s\"] fn tick(&self) {}",
        &["\"5s\": the `every` attribute takes no value\n\
           help: options stand in parentheses, `#[every(..)]`"],
    );
}

#[test]
fn a_time_that_is_none() {
    check_handler("#[every(\"0s\")] fn tick(&self) {}", &["\"0s\": the period cannot be zero"]);
    check_handler("#[idle(\"0ms\")] fn tick(&self) {}", &["\"0ms\": the idle time cannot be zero"]);
    check("passivate = \"0s\"", "impl Counter {}", &["\"0s\": `passivate` cannot be zero"]);
    check(
        "hibernate_after = \"0h\"",
        "impl Counter {}",
        &["\"0h\": `hibernate_after` cannot be zero"],
    );
    check_handler(
        "#[every(\"5\")] fn tick(&self) {}",
        &[&format!("\"5\": malformed duration `5`\n{HELP}")],
    );
    check_handler(
        "#[idle(60)] fn tick(&self) {}",
        &[&format!("60: a duration is a string with a unit\n{HELP}")],
    );
    check_handler(
        "#[idle(-60)] fn tick(&self) {}",
        &[&format!("-: a duration is a string with a unit\n{HELP}")],
    );
    check(
        "passivate",
        "impl Counter {}",
        &["passivate: `passivate` needs a value\nhelp: for instance `passivate = \"60s\"`"],
    );
}

#[test]
fn a_time_in_the_wrong_place() {
    check_machine(
        "#[idle(A => B, \"5s\")] fn rest(&self) {}",
        &["\"5s\": the idle time stands first"],
    );
    check_handler(
        "#[every(\"5s\", \"6s\")] fn tick(&self) {}",
        &["\"6s\": the period is given twice"],
    );
    check_machine(
        "#[idle(A)] fn rest(&self, st: &A) {}",
        &["A: `A` is a state, but the idle time stands first\nhelp: write `#[idle(\"5s\", A)]`"],
    );
    check_machine(
        "#[every(A, missed = skip)] fn rest(&self) {}",
        &["A: `A` is a state, but the period stands first\nhelp: write `#[every(\"5s\", A)]`"],
    );
    check_handler("#[call(\"5s\")] fn get(&self) {}", &["\"5s\": expected an option"]);
}

#[test]
fn options_of_another_kind() {
    check_handler(
        "#[idle(\"5s\", missed = skip)] fn rest(&self) {}",
        &["missed: the `idle` attribute takes no `missed`\n\
           note: only `every` has ticks that can come too late"],
    );
    check_handler(
        "#[every(\"5s\", priority = high)] fn tick(&self) {}",
        &["priority: the `every` attribute takes no `priority`\n\
           note: only what others send, a `call`, `cast` or `info`, has a priority"],
    );
    check_handler(
        "#[init] fn new(cx: &mut Cx<Self>) -> Self {}
         #[continued(priority = high)] fn load(&mut self, m: u8) {}",
        &["priority: the `continued` attribute takes no `priority`\n\
           note: it comes before all that is queued anyway"],
    );
    check_handler(
        "#[every(\"5s\", name = tock, inline = false, timeout = \"1s\")] fn tick(&self) {}",
        &[
            "name: the `every` attribute takes no `name`\n\
             note: the client has no method for it",
            "inline: the `every` attribute takes no `inline`\n\
             note: only a `call` can run where it is called",
            "timeout: the `every` attribute takes no `timeout`\n\
             note: only the caller of a `call` waits for a reply",
        ],
    );
    check_handler(
        "#[idle(\"5s\", unbounded)] fn tick(&self) {}",
        &["unbounded: the `idle` attribute takes no `unbounded`\n\
           note: the mailbox counts only what others send"],
    );
    check_handler(
        "#[call(missed = skip)] fn get(&self) {}",
        &["missed: the `call` attribute takes no `missed`\n\
           note: only `every` has ticks that can come too late"],
    );
    check_handler(
        "#[every(\"5s\", mised = skip)] fn tick(&self) {}",
        &["mised: unknown option `mised` of the `every` attribute\n\
           help: an option with a similar name exists: `missed`"],
    );
    check_handler(
        "#[every(\"5s\", missed = skip, missed = skip)] fn tick(&self) {}",
        &["missed: the option `missed` is given twice"],
    );
    check_handler(
        "#[every(\"5s\", missed)] fn tick(&self) {}",
        &["missed: `missed` needs a value\nhelp: for instance `missed = skip`"],
    );
}

#[test]
fn a_priority_is_high_or_normal() {
    check_handler(
        "#[call(priority = urgent)] fn get(&self) {}",
        &["urgent: unknown value `urgent` of `priority`\n\
           help: the values are `high` and `normal`"],
    );
    check_handler(
        "#[cast(priority)] fn put(&self) {}",
        &["priority: `priority` needs a value\nhelp: for instance `priority = high`"],
    );
}

#[test]
fn a_method_is_of_one_kind() {
    check_handler(
        "#[every(\"5s\")] #[idle(\"5s\")] fn tick(&self) {}",
        &["idle: `tick` is both `every` and `idle`"],
    );
    check_handler(
        "#[hibernate] #[terminate] fn close(&mut self) {}",
        &["terminate: `close` is both `hibernate` and `terminate`"],
    );
    check_handler(
        "#[hibernate] fn a(&mut self) {} #[hibernate] fn b(&mut self) {}",
        &["hibernate: two `hibernate` methods: `a` and `b`"],
    );
    check_handler(
        "#[format_state] fn a(&self) -> u8 { 1 } #[format_state] fn b(&self) -> u8 { 1 }",
        &["format_state: two `format_state` methods: `a` and `b`"],
    );
    check_handler(
        "#[hibernate(\"5s\")] fn a(&mut self) {}",
        &["\"5s\": the `hibernate` attribute takes no options"],
    );
    check_handler(
        "#[format_state = 1] fn a(&self) -> u8 { 1 }",
        &["1: the `format_state` attribute takes no value"],
    );
    check_handler("#[idle] const X: u8 = 1;", &["idle: the `idle` attribute goes on a method"]);
}
