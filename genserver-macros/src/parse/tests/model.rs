//! The model of servers without mistakes.

use quote::ToTokens;

use crate::errors::Errors;
use crate::model::{
    Duration, Handler, InitWrapper, Kind, Mailbox, Overflow, Param, Receiver, Server, Shutdown,
};
use crate::parse::parse;

#[track_caller]
pub(crate) fn server(attr: &str, item: &str) -> Server {
    let mut errors = Errors::default();
    let item = syn::parse_str(item).expect("an impl block");
    let server = parse(attr.parse().expect("tokens"), &item, &mut errors);
    assert_eq!(errors.describe(), [""; 0]);
    server.expect("the type has a name")
}

/// A handler in a line: `call get -> get(&self; cx, &Pending; amount: u64)`.
fn line(handler: &Handler) -> String {
    let kind = match handler.kind {
        Kind::Call => "call",
        Kind::Blocking => "blocking",
        Kind::Deferred => "deferred",
        Kind::Cast => "cast",
        Kind::Unbounded => "unbounded",
        Kind::Info => "info",
        Kind::Continued => "continued",
        Kind::Idle => "idle",
        Kind::StateTimeout => "state_timeout",
        Kind::Every => "every",
    };
    let receiver = match handler.receiver {
        Receiver::Shared => "&self",
        Receiver::Exclusive => "&mut self",
    };
    let mut line = format!("{kind} {}({receiver}", handler.message);
    for param in &handler.params {
        match param {
            Param::Cx => line.push_str(", cx"),
            Param::Reply(ty) => line.extend([", reply ", &ty.to_token_stream().to_string()]),
            Param::Sources(ident) => line.extend([", ", &ident.to_string()]),
            Param::State { ident, mutable: true } => line.extend([", &mut ", &ident.to_string()]),
            Param::State { ident, mutable: false } => line.extend([", &", &ident.to_string()]),
        }
    }
    for arg in &handler.method.args {
        let into = if arg.into { "into " } else { "" };
        line.push_str(
            &["; ", into, &arg.ident.to_string(), ": ", &arg.ty.to_token_stream().to_string()]
                .concat(),
        );
    }
    line += ")";
    if let Some(next) = &handler.returns.next {
        let reply =
            next.reply.as_ref().map_or("()".to_owned(), |ty| ty.to_token_stream().to_string());
        line.extend([" next ", &reply]);
    }
    if handler.returns.result.is_some() {
        line += " result";
    }
    if let Some(guard) = &handler.guard {
        line.extend([" [", &guard.tokens.to_string(), "]"]);
    }
    line
}

#[track_caller]
fn check_handler(attr: &str, handler: &str, expected: &str) {
    let server = server(attr, &format!("impl Contract {{ {handler} }}"));
    assert_eq!(line(&server.handlers[0]), expected);
}

/// A machine in which every handler below is in order.
const STATES: &str = "states(Pending: initial + terminal, Active { Disbursed: terminal, Repaying: terminal }, Completed: terminal)";

#[test]
fn a_counter_is_read() {
    let server = server(
        "",
        "impl Counter {
            #[init] pub fn new(value: i64) -> Self { Self { value } }
            /// Adds one.
            #[call] #[cfg(unix)] pub fn increment(&mut self) -> i64 { 0 }
            #[cast] pub fn reset(&mut self) {}
            #[terminate] async fn close(&mut self, reason: &ExitReason) {}
            fn helper(&self) {}
        }",
    );
    assert_eq!(server.ident, "Counter");
    assert_eq!(server.options.client, "CounterClient");
    let lines: Vec<_> = server.handlers.iter().map(line).collect();
    assert_eq!(lines, ["call increment(&mut self)", "cast reset(&mut self)"]);
    assert_eq!(server.handlers[0].method.cfgs().count(), 1);
    assert_eq!(server.handlers[0].method.attrs.len(), 2);
    assert_eq!(server.handlers[1].method.item, 2);
    let init = server.init.expect("an init");
    assert!(!init.cx && matches!(init.returns.wrapper, InitWrapper::Plain));
    assert_eq!(init.method.args[0].ident, "value");
    assert!(server.terminate.expect("a terminate").method.asyncness);
}

#[test]
fn framework_parameters_are_recognised_by_type_in_any_order() {
    check_handler(
        "",
        "#[call] fn get(&self, cx: &mut Cx<Self>, a: u8) {}",
        "call get(&self, cx; a: u8)",
    );
    check_handler(
        "",
        "#[call] fn get(&self, r: genserver_runtime::ReplyTo<Vec<u8>>, cx: &mut g::Cx<Self>) {}",
        "deferred get(&self, reply Vec < u8 >, cx)",
    );
    check_handler(
        STATES,
        "#[call(Active)] fn get(&self, cx: &mut Cx<Self>, st: &Active, n: Option<u8>) -> u8 { 0 }",
        "call get(&self, cx, &Active; n: Option < u8 >) [Active]",
    );
    check_handler(
        STATES,
        "#[cast(Active)] fn poke(self: &mut Self, st: &mut Active) {}",
        "cast poke(&mut self, &mut Active) [Active]",
    );
    check_handler(
        STATES,
        "#[call] fn get(&self, st: &ContractState) -> u8 { 0 }",
        "call get(&self, &ContractState)",
    );
}

#[test]
fn a_guard_has_clauses() {
    check_handler(
        STATES,
        "#[call(pay: Pending | Disbursed => Repaying, Repaying)] fn first(&self) {}",
        "call pay(&self) [Pending | Disbursed => Repaying , Repaying]",
    );
    let server = server(
        "states(A: initial, B: terminal, C: terminal)",
        "impl Contract { #[call(A => B | C, timeout = \"1s\", B, C)] fn pay(&self) -> Next {} }",
    );
    let guard = server.handlers[0].guard.as_ref().expect("a guard");
    let clauses = guard.clauses.iter().map(|clause| clause.tokens.to_string());
    assert_eq!(clauses.collect::<Vec<_>>(), ["A => B | C", "B", "C"]);
    assert_eq!(guard.tokens.to_string(), "A => B | C , B , C");
}

#[test]
fn arguments_have_the_names_that_the_client_shows() {
    check_handler(
        "",
        "#[call] fn r#move(&self, mut a: u8, (x, y): (u8, u8), _: u8, #[into] r#type: String) {}",
        "call r#move(&self; a: u8; arg1: (u8 , u8); arg2: u8; into r#type: String)",
    );
    check_handler(
        "",
        "#[call] fn x(&self, _: u8, arg0: u8) {}",
        "call x(&self; arg0_: u8; arg0: u8)",
    );
}

#[test]
fn returns_are_seen_through() {
    check_handler("", "#[call] fn x(&self) -> io::Result<u8> { 0 }", "call x(&self) result");
    check_handler("", "#[call] fn x(&self) -> Next { 0 }", "call x(&self)");
    check_handler(
        STATES,
        "#[call(Pending => Completed)] async fn x(&self, st: &Pending) -> Result<Next<u8>, E> { 0 }",
        "call x(&self, &Pending) next u8 result [Pending => Completed]",
    );
    check_handler(
        STATES,
        "#[cast(Pending | Active => Completed)] fn x(&self) {}",
        "cast x(&self) [Pending | Active => Completed]",
    );
}

#[test]
fn options_of_handlers_are_read() {
    let server = server(
        "",
        "impl Counter {
            #[call(timeout = \"250ms\", name = begin, inline = false, skip_abandoned)] fn a(&self) {}
            #[call(blocking, timeout = infinity)] fn b(&self) {}
            #[cast(unbounded)] fn c(&self) {}
            #[call(timeout = Self::LONG)] fn d(&self) {}
        }",
    );
    let [a, b, c, d] = server.handlers.as_slice() else { panic!("four handlers") };
    assert!(matches!(a.timeout, Some(Duration::Literal(250_000_000, _))));
    assert!(a.message == "begin" && a.inline == Some(false) && a.skip_abandoned);
    assert!(
        b.kind == Kind::Blocking
            && matches!(b.timeout, Some(Duration::Infinity))
            && b.inline.is_none()
    );
    assert!(c.kind == Kind::Unbounded);
    assert!(matches!(d.timeout, Some(Duration::Constant(_))));
}

#[test]
fn options_of_servers_are_read() {
    let options = server(
        "name = \"counter\", mailbox = 4 * 1024, overflow = drop_oldest, call_timeout = \"1m\", shutdown = kill,
         inline = false, crate = ::gs, vis = pub(crate), start = launch, client = Handle,",
        "impl Counter {}",
    )
    .options;
    assert_eq!(options.name.map(|name| name.value()).as_deref(), Some("counter"));
    assert!(matches!(options.mailbox, Some(Mailbox::Bounded(_))));
    assert!(matches!(options.overflow, Some(Overflow::DropOldest)));
    assert!(matches!(options.call_timeout, Some(Duration::Literal(60_000_000_000, _))));
    assert!(matches!(options.shutdown, Some(Shutdown::Kill)));
    assert!(!options.inline && options.vis.is_some());
    assert_eq!(
        (options.start.to_string(), options.client.to_string()),
        ("launch".into(), "Handle".into())
    );
    assert_eq!(options.krate.to_token_stream().to_string(), ":: gs");

    let options = server(
        "mailbox = unbounded, shutdown = infinity, call_timeout = limits::CALL",
        "impl r#fn::Counter {}",
    )
    .options;
    assert!(matches!(options.mailbox, Some(Mailbox::Unbounded)));
    assert!(matches!(options.shutdown, Some(Shutdown::Infinity)));
    assert!(matches!(options.call_timeout, Some(Duration::Constant(_))));
}

#[test]
fn states_are_flattened_out_of_their_groups() {
    let server = server(
        "states(Pending: initial + terminal, Active { data::Disbursed: terminal, Late { One<T>: terminal, Two: terminal } }), derive(Clone, std::fmt::Debug), state = Phase",
        "impl<T> Contract<T> {}",
    );
    let machine = server.machine.expect("a machine");
    let states: Vec<_> =
        machine.states.iter().map(|state| (state.ident.to_string(), state.group)).collect();
    let name = str::to_owned;
    assert_eq!(
        states,
        [
            (name("Pending"), None),
            (name("Disbursed"), Some(0)),
            (name("One"), Some(1)),
            (name("Two"), Some(1))
        ]
    );
    assert_eq!(machine.groups[1].parent, Some(0));
    assert!(machine.rooted && machine.initial == 0 && machine.states[0].terminal);
    assert_eq!(server.options.derive.len(), 2);
    assert_eq!(server.options.state, "Phase");
}

#[test]
fn init_is_seen_through_its_wrapper() {
    #[track_caller]
    fn check(attr: &str, signature: &str, wrapper: &str, state: Option<&str>) {
        let item = format!("impl Contract {{ #[init] {signature} {{ 0 }} }}");
        let init = server(attr, &item).init.expect("an init");
        let found = match init.returns.wrapper {
            InitWrapper::Plain => "plain".to_owned(),
            InitWrapper::Result(_) => "result".to_owned(),
            InitWrapper::Init(None) => "init".to_owned(),
            InitWrapper::Init(Some(error)) => format!("init {}", error.to_token_stream()),
        };
        let text = init.returns.state.map(|state| state.to_token_stream().to_string());
        assert_eq!((found.as_str(), text.as_deref()), (wrapper, state));
    }
    check("", "fn new() -> Contract", "plain", None);
    check("", "async fn new(cx: &mut Cx<Self>, a: u8) -> io::Result<Self>", "result", None);
    check("", "fn new() -> Init<Self>", "init", None);
    check("", "fn new() -> g::Init<Self, E>", "init E", None);
    check(STATES, "fn new() -> (Self, Pending)", "plain", Some("Pending"));
    check(STATES, "fn new() -> Result<(Self, ContractState), E>", "result", Some("ContractState"));
    check(STATES, "fn new() -> Init<(Contract, Pending), E>", "init E", Some("Pending"));
}
