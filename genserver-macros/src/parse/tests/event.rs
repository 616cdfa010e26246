//! `otherwise`, the time of `#[state_timeout]`, and the attributes of hooks.

use super::{check, model::server};
use crate::model::{Duration, HookParam, OtherwiseWhat, Stay};
use crate::parse::ty;

/// The edges go round, so that whatever is tried only adds to them.
const STATES: &str = "states(A: initial, G { B, C })";

#[track_caller]
fn check_machine(methods: &str, expected: &[&str]) {
    let edges = "#[call(A => B)] fn go(&self) {} #[call(G => C | A)] fn back(&self) -> Next { x }";
    check(STATES, &format!("impl Bell {{ {edges} {methods} }}"), expected);
}

/// What becomes of a message in other states.
#[track_caller]
fn check_otherwise(value: &str, expected: &str) {
    let item = format!("impl Bell {{ #[cast(A, otherwise = {value})] fn touch(&self) {{}} }}");
    let server = server("states(A: initial, B)", &item);
    let found = match &server.handlers[0].otherwise.as_ref().expect("it was given").what {
        OtherwiseWhat::Error => "error".to_owned(),
        OtherwiseWhat::Ignore => "ignore".to_owned(),
        OtherwiseWhat::Postpone(None) => "postpone everywhere".to_owned(),
        OtherwiseWhat::Postpone(Some(names)) => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            format!("postpone in {}", names.join(", "))
        }
    };
    assert_eq!(found, expected);
}

/// The time and the guard.
#[track_caller]
fn check_stay(options: &str, expected: (&str, &str)) {
    let item = format!("impl Bell {{ #[state_timeout({options})] fn late(&self) {{}} }}");
    let server = server(STATES, &item);
    let handler = &server.handlers[0];
    let stay = match handler.stay.as_ref().expect("it was given") {
        Stay::After(Duration::Literal(nanos, _)) => format!("after {nanos}"),
        Stay::After(Duration::Constant(path)) => format!("after {}", ty::text(path)),
        Stay::After(Duration::Infinity) => "never".to_owned(),
        Stay::Until(path) => format!("until {}", ty::text(path)),
    };
    let guard = handler.guard.as_ref().map(|guard| guard.tokens.to_string()).unwrap_or_default();
    assert_eq!((stay.as_str(), guard.as_str()), expected);
}

/// A hook in a line: `states: parameters`.
#[track_caller]
fn check_hook(method: &str, expected: &str) {
    let server = server(STATES, &format!("impl Bell {{ {method} }}"));
    let hook = &server.hooks[0];
    let states: Vec<String> = hook.states.iter().map(ToString::to_string).collect();
    let param = |param: &HookParam| match param {
        HookParam::Cx => "cx".to_owned(),
        HookParam::Transition => "transition".to_owned(),
        HookParam::State { ident, mutable: true } => format!("mut {ident}"),
        HookParam::State { ident, mutable: false } => ident.to_string(),
        HookParam::Unknown => "?".to_owned(),
    };
    let params: Vec<String> = hook.params.iter().map(param).collect();
    let found = format!("{} {}: {}", hook.kind.attribute(), states.join(" | "), params.join(", "));
    assert_eq!(found, expected);
}

#[test]
fn a_message_waits_everywhere_or_in_named_states() {
    check_otherwise("error", "error");
    check_otherwise("ignore", "ignore");
    check_otherwise("postpone", "postpone everywhere");
    check_otherwise("postpone(B)", "postpone in B");
    check_otherwise("postpone(r#B | C)", "postpone in B, C");
}

#[test]
fn what_otherwise_cannot_be() {
    #[track_caller]
    fn wrong(value: &str, expected: &str) {
        check_machine(&format!("#[cast(A, otherwise{value})] fn touch(&self) {{}}"), &[expected]);
    }
    const NEEDS: &str =
        "otherwise: `otherwise` needs a value\nhelp: for instance `otherwise = postpone`";
    wrong("", NEEDS);
    wrong(" =", NEEDS);
    wrong("(ignore)", NEEDS);
    wrong(
        " = ignor",
        "ignor: unknown value `ignor` of `otherwise`\n\
         help: a value with a similar name exists: `ignore`",
    );
    wrong(
        " = queue",
        "queue: unknown value `queue` of `otherwise`\n\
         help: the values are `error`, `postpone` and `ignore`",
    );
    wrong(
        " = postpone()",
        "postpone: `postpone` names no state\nhelp: for instance `postpone(Pending | Approved)`",
    );
    wrong(" = postpone(B, C)", ",: expected `|` between states");
    wrong(" = postpone(B C)", "C: expected `|` between states");
    wrong(" = postpone(B |)", "|: expected a state after `|`");
    wrong(
        " = postpone(5)",
        "5: expected a state\nhelp: for instance `postpone(Pending | Approved)`",
    );
    wrong(
        " = postpone(B => C)",
        "=>: `postpone(..)` names states to wait in\n\
         note: where a handler leads is said by its guard",
    );
    wrong(
        " = postpone(m::B)",
        "m::B: `postpone(..)` names a state without its path\n\
         help: write its last segment alone",
    );
    wrong(" = error B", "B: expected `,`");
    wrong(" = error, otherwise = ignore", "otherwise: the option `otherwise` is given twice");
}

#[test]
fn a_state_has_its_time_in_any_order_of_options() {
    check_stay("A, after = \"5s\"", ("after 5000000000", "A"));
    check_stay("A, after = \"5s\" => B", ("after 5000000000", "A => B"));
    check_stay("A => B, after = Self::PATIENCE", ("after Self::PATIENCE", "A => B"));
    check_stay("after = LONG, A => B", ("after LONG", "A => B"));
    check_stay(
        "A | G, until = Self::deadline => B | C",
        ("until Self::deadline", "A | G => B | C"),
    );
    check_stay("A, until = ::times::next", ("until ::times::next", "A"));
    check_stay("A => B, B => C, after = \"5s\"", ("after 5000000000", "A => B , B => C"));
}

#[test]
fn what_the_time_of_a_state_cannot_be() {
    #[track_caller]
    fn wrong(options: &str, expected: &str) {
        check_machine(&format!("#[state_timeout({options})] fn late(&self) {{}}"), &[expected]);
    }
    const EXAMPLE: &str =
        "help: for instance `#[state_timeout(Pending, after = \"30d\" => Expired)]`";
    let names = format!("state_timeout: the `state_timeout` attribute names a state\n{EXAMPLE}");
    wrong("", &names);
    wrong("after = \"5s\"", &names);
    let needs = format!("state_timeout: the `state_timeout` attribute needs a time\n{EXAMPLE}");
    wrong("A", &needs);
    wrong("A => B", &needs);
    wrong("A, after = \"0s\" => B", "\"0s\": the time cannot be zero");
    wrong("A, after", "after: `after` needs a value\nhelp: for instance `after = \"30d\"`");
    wrong(
        "A, until =",
        "until: `until` needs a value\nhelp: for instance `until = Self::deadline`",
    );
    wrong("A, after = \"5s\" =>", "=>: expected a state after `=>`");
    wrong("A, after = \"5s\", until = Self::x", "until: both `after` and `until` are given");
    wrong("A, after = \"5s\", after = \"6s\"", "after: the option `after` is given twice");
    wrong(
        "A, after = \"5s\" => B, after = \"6s\" => B",
        "after: the option `after` is given twice",
    );
    wrong("A => B, after = \"5s\" => B", "=>: the targets are given twice");
    let first = format!("=>: the state stands first\n{EXAMPLE}");
    wrong("after = \"5s\" => B", &first);
    wrong("after = \"5s\" => B, A", &first);
    wrong(
        "A, B, after = \"5s\" => C",
        "=>: the target stands at its state where there are several\n\
         help: for instance `Pending => Expired, Approved => Rejected, after = ..`",
    );
    let path = "`until` takes the path of a function that gives the time";
    wrong("A, until = 5 => B", &format!("5: {path}\nhelp: for a duration write `after = ..`"));
    wrong("A, until = || x", &format!("|: {path}\nhelp: for instance `until = Self::deadline`"));
    wrong(
        "A, until = Self::x(5)",
        &format!("(: {path}\nhelp: the server calls it with itself and the state"),
    );
    wrong(
        "A, until = 5, after = \"5s\" => B",
        &format!("5: {path}\nhelp: for a duration write `after = ..`"),
    );
}

#[test]
fn a_target_behind_an_unreadable_time_makes_nothing_unreachable() {
    check(
        "states(A: initial, Gone: terminal)",
        "impl Bell { #[state_timeout(A, after = \"soon\" => Gone)] fn late(&self) {} }",
        &["\"soon\": malformed duration `soon`\n\
           help: write a whole number and a unit: `\"250ms\"`, `\"5s\"`, `\"1m\"`, `\"2h\"`, `\"1d\"`"],
    );
}

#[test]
fn a_hook_takes_what_the_server_knows_in_any_order() {
    check_hook("#[enter(A)] fn x(&self) {}", "enter A: ");
    check_hook(
        "#[enter(r#A | G)] fn x(&mut self, t: &Transition, st: &BellState) {}",
        "enter A | G: transition, BellState",
    );
    check_hook(
        "#[enter(A)] fn x(&self, cx: &mut gs::StateCx<'_, Self>, st: &mut m::A) {}",
        "enter A: cx, mut A",
    );
    check_hook("#[exit(G,)] async fn x(&self, t: &gs::Transition) {}", "exit G: transition");
    check_hook("#[transition()] fn x(&self, now: &BellState) {}", "transition : BellState");
    check_hook("#[gs::enter(A)] fn x(&self, a: &StateCx<Self>, b: u8) {}", "enter A: ?, ?");
}

#[test]
fn what_the_attribute_of_a_hook_cannot_be() {
    #[track_caller]
    fn wrong(attribute: &str, expected: &str) {
        check_machine(&format!("#[{attribute}] fn hook(&self) {{}}"), &[expected]);
    }
    for (name, bare) in [("enter", "enter"), ("exit", "exit()")] {
        let text = format!(
            "{name}: the `{name}` attribute names a state\nhelp: for instance `#[{name}(Pending)]`"
        );
        wrong(bare, &text);
    }
    wrong(
        "enter = A",
        "A: the `enter` attribute takes no value\n\
         help: states stand in parentheses, `#[enter(Pending)]`",
    );
    wrong("enter(\"A\")", "\"A\": expected a state\nhelp: for instance `#[enter(Pending)]`");
    wrong("exit(A, B)", "B: expected `|` between states\nhelp: write `#[exit(A | B)]`");
    wrong("exit(A, inline)", "inline: the `exit` attribute takes no options");
    wrong("exit(A, 5)", "5: the `exit` attribute takes no options");
    wrong("enter(A |)", "|: expected a state after `|`");
    wrong(
        "enter(A => B)",
        "=>: an `enter` handler cannot change the state\n\
         help: move on by a message, `cx.timer(..)` or a `state_timeout`",
    );
    wrong("exit(A => B)", "=>: an `exit` handler cannot change the state");
    wrong(
        "transition(A)",
        "A: the `transition` attribute takes no options\n\
         note: its method runs after each transition",
    );
    wrong("transition = A", "A: the `transition` attribute takes no value");
    wrong("enter(A)] #[exit(A)", "exit: `hook` is both `enter` and `exit`");
    wrong("transition] #[call", "call: `hook` is both `transition` and `call`");
}
