//! What a `#[genserver]` impl block says: plain data, spans kept.

mod hook;
mod machine;
mod message;
mod methods;

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, Generics, Path, Type, Visibility};

pub(crate) use self::hook::{Hook, HookKind, HookParam, Otherwise, OtherwiseWhat, Stay};
pub(crate) use self::machine::{Clause, Group, Guard, Machine, State};

/// One annotated impl block.
pub(crate) struct Server {
    /// The type's last segment: `Counter`.
    pub(crate) ident: Ident,
    /// The type as written after `impl`: `Counter<K, V>`.
    pub(crate) self_ty: Type,
    /// The impl's generics with its where-clause.
    pub(crate) generics: Generics,
    pub(crate) options: Options,
    /// `#[init]`; without one the server starts from a value.
    pub(crate) init: Option<Init>,
    pub(crate) terminate: Option<Terminate>,
    /// `#[hibernate]`.
    pub(crate) hibernate: Option<Method>,
    pub(crate) format_state: Option<FormatState>,
    /// `#[code_change]`, in source order.
    pub(crate) code_changes: Vec<CodeChange>,
    /// `#[enter]`, `#[exit]` and `#[transition]`, in source order.
    pub(crate) hooks: Vec<Hook>,
    /// All that is handled, in source order: a handler's place is its number `H`.
    pub(crate) handlers: Vec<Handler>,
    /// `states(..)`; `None` for a server without states.
    pub(crate) machine: Option<Machine>,
    /// The impl's `#[cfg]`, `#[allow]`, `#[expect]` attributes, which generated items repeat.
    pub(crate) attrs: Vec<Attribute>,
    /// Part of `states(..)` could not be read: states may be missing, or all of them.
    pub(crate) states_flawed: bool,
}

/// The options of the attribute.
pub(crate) struct Options {
    /// `::genserver_runtime`, or what `crate = path` says.
    pub(crate) krate: Path,
    pub(crate) name: Option<syn::LitStr>,
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) overflow: Option<Overflow>,
    pub(crate) call_timeout: Option<Duration>,
    pub(crate) shutdown: Option<Shutdown>,
    pub(crate) hibernate_after: Option<Duration>,
    pub(crate) passivate: Option<Duration>,
    /// The word `trap_exit`.
    pub(crate) trap_exit: Option<Ident>,
    pub(crate) restart: Option<Restart>,
    pub(crate) version: Option<Version>,
    pub(crate) otherwise: Option<Otherwise>,
    /// `inline = false`: no handler runs where it is called.
    pub(crate) inline: bool,
    pub(crate) vis: Option<Visibility>,
    /// `start = launch`.
    pub(crate) start: Ident,
    /// `client = Name`; `CounterClient` unless given.
    pub(crate) client: Ident,
    /// `state = Name`; `CounterState` unless given.
    pub(crate) state: Ident,
    /// The word `tracked`.
    pub(crate) tracked: Option<Ident>,
    /// `derive(..)` for the state enum and the groups.
    pub(crate) derive: Vec<Path>,
}

#[allow(clippy::large_enum_variant, reason = "there are few, and they are read in place")]
pub(crate) enum Mailbox {
    Bounded(Expr),
    Unbounded,
}

#[derive(Clone, Copy)]
pub(crate) enum Overflow {
    Wait,
    Reject,
    DropOldest,
    DropNewest,
}

/// When a supervisor starts it again.
#[derive(Clone, Copy)]
pub(crate) enum Restart {
    Permanent,
    Transient,
    Temporary,
}

/// A duration: a literal checked here, or a path to a constant.
pub(crate) enum Duration {
    /// As nanoseconds, with the literal's span.
    Literal(u64, Span),
    Constant(Path),
    /// `infinity`, where the option allows it.
    Infinity,
}

pub(crate) enum Shutdown {
    After(Duration),
    Kill,
    Infinity,
}

/// `version = 3`.
pub(crate) struct Version {
    /// The word `version`.
    pub(crate) key: Ident,
    /// `None` when it could not be read.
    pub(crate) number: Option<Number>,
}

/// The number of a version, from 1 on, with the literal's span.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    pub(crate) value: u32,
    pub(crate) span: Span,
}

/// `#[code_change(from = 1)]`.
pub(crate) struct CodeChange {
    pub(crate) method: Method,
    /// `None` when it could not be read.
    pub(crate) from: Option<Number>,
    /// The type that it takes; `None` unless there is one.
    pub(crate) takes: Option<Type>,
}

/// `#[init]`.
pub(crate) struct Init {
    pub(crate) method: Method,
    pub(crate) cx: bool,
    pub(crate) returns: InitReturn,
}

/// What `#[init]` returns, in layers: `Result<(Self, Pending), E>` is `Result` around a state.
pub(crate) struct InitReturn {
    pub(crate) wrapper: InitWrapper,
    /// The state's type in `(Self, S)`; `None` without states.
    pub(crate) state: Option<Type>,
}

pub(crate) enum InitWrapper {
    Plain,
    /// The whole type, `Result<Self, E>` or an alias that ends in `Result`.
    Result(Type),
    /// `Init<Self, E>`: its error type, `Infallible` when it has none.
    Init(Option<Type>),
}

/// `#[terminate]`.
pub(crate) struct Terminate {
    pub(crate) method: Method,
    /// The framework parameters in source order.
    pub(crate) params: Vec<TerminateParam>,
}

pub(crate) enum TerminateParam {
    Reason,
    /// `Option<&ContractState>`.
    State,
}

/// `#[format_state]`.
pub(crate) struct FormatState {
    pub(crate) method: Method,
    /// Takes `st: &ContractState`.
    pub(crate) state: bool,
}

/// What any annotated method has.
pub(crate) struct Method {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) asyncness: bool,
    /// Docs, `#[cfg]`, `#[deprecated]`, `#[must_use]`, `#[allow]`, `#[expect]`: what the client
    /// method carries too.
    pub(crate) attrs: Vec<Attribute>,
    /// The arguments that travel, in source order.
    pub(crate) args: Vec<Arg>,
    /// The return type as written; `None` for `()`.
    pub(crate) output: Option<Type>,
    /// The method's place in the impl's items.
    pub(crate) item: usize,
}

impl Handler {
    /// Whether a `#[cfg]` may take it away: `#[cfg(unix)]` and `#[cfg(windows)]` handlers do not
    /// meet.
    pub(crate) fn is_conditional(&self) -> bool {
        self.method.cfgs().next().is_some()
    }
}

impl Method {
    /// The `#[cfg]`s among the attributes.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
    }
}

/// One argument: `#[into] name: String`.
pub(crate) struct Arg {
    /// The name that the client method uses: the pattern's, or `arg0`.. for other patterns.
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) into: bool,
}

/// What runs for a message: a call, a cast, an info, or what the server sends itself.
pub(crate) struct Handler {
    pub(crate) method: Method,
    pub(crate) kind: Kind,
    /// The client method: the method's name, or `name = ..`.
    pub(crate) message: Ident,
    /// How `self` is taken.
    pub(crate) receiver: Receiver,
    /// The framework parameters right after `self`, in source order.
    pub(crate) params: Vec<Param>,
    pub(crate) guard: Option<Guard>,
    /// What the method returns.
    pub(crate) returns: Returns,
    pub(crate) timeout: Option<Duration>,
    pub(crate) skip_abandoned: bool,
    /// `inline = ..`, in place of the server's.
    pub(crate) inline: Option<bool>,
    pub(crate) in_place: bool,
    /// The duration of `#[idle]`, or the period of `#[every]`.
    pub(crate) time: Option<Duration>,
    pub(crate) missed: Option<Missed>,
    pub(crate) otherwise: Option<Otherwise>,
    /// Of `#[state_timeout]`.
    pub(crate) stay: Option<Stay>,
    pub(crate) priority: Priority,
    /// The attribute or the signature has an error that was told already: types may be unusable
    /// outside the impl, a guard may be missing or empty.
    pub(crate) flawed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    /// `#[call(blocking)]`.
    Blocking,
    /// A call that takes a `ReplyTo<T>`.
    Deferred,
    Cast,
    /// `#[cast(unbounded)]`.
    Unbounded,
    Info,
    /// `#[continued]`.
    Continued,
    /// `#[idle]`.
    Idle,
    /// `#[every]`.
    Every,
    /// `#[state_timeout]`.
    StateTimeout,
}

impl Kind {
    /// The name of its attribute.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Call | Self::Blocking | Self::Deferred => "call",
            Self::Cast | Self::Unbounded => "cast",
            Self::Info => "info",
            Self::Continued => "continued",
            Self::Idle => "idle",
            Self::Every => "every",
            Self::StateTimeout => "state_timeout",
        }
    }

    /// What it is called in a message.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Call | Self::Blocking | Self::Deferred => "a call",
            Self::Cast | Self::Unbounded => "a cast",
            Self::Info => "an info",
            Self::Continued => "a `continued` method",
            Self::Idle => "an `idle` method",
            Self::Every => "an `every` method",
            Self::StateTimeout => "a `state_timeout` method",
        }
    }

    /// Whether somebody waits for a reply.
    pub(crate) fn is_call(self) -> bool {
        self.attribute() == "call"
    }

    /// Whether the client has a method for it.
    pub(crate) fn is_offered(self) -> bool {
        self.is_call() || self.attribute() == "cast"
    }

    /// Whether the type of its message finds it.
    pub(crate) fn is_by_type(self) -> bool {
        matches!(self, Self::Info | Self::Continued)
    }

    /// Whether it comes of time alone, without a message.
    pub(crate) fn is_timed(self) -> bool {
        matches!(self, Self::Idle | Self::Every | Self::StateTimeout)
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Priority {
    #[default]
    Normal,
    High,
}

/// What becomes of the ticks of `#[every]` that come too late.
#[derive(Clone, Copy, Default)]
pub(crate) enum Missed {
    #[default]
    Skip,
    CatchUp,
    Delay,
}

pub(crate) enum Receiver {
    Shared,
    Exclusive,
}

#[allow(clippy::large_enum_variant, reason = "there are few, and they are read in place")]
pub(crate) enum Param {
    /// `&mut Cx<Self>`.
    Cx,
    /// `ReplyTo<T>` with `T`.
    Reply(Type),
    /// `&Pending`, `&mut Pending`, `&Active`, `&ContractState`.
    State { ident: Ident, mutable: bool },
    /// `ContractPayFrom<'_>`, by the name that is written.
    Sources(Ident),
}

/// What a handler returns, seen through `Result` and `Next`.
pub(crate) struct Returns {
    /// The whole type when its last segment is `Result`.
    pub(crate) result: Option<Type>,
    /// `Next` or `Next<R>` found as the value or as the `Ok` of the result.
    pub(crate) next: Option<NextType>,
}

pub(crate) struct NextType {
    /// `R`; `None` for `()`.
    pub(crate) reply: Option<Type>,
    /// The span of the word `Next`.
    pub(crate) span: Span,
}
