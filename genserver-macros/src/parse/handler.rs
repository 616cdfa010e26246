//! Handlers: calls, casts, infos, and what the server sends itself.

use syn::{Attribute, ImplItemFn};

use crate::errors::Errors;
use crate::model::{Guard, Handler, Kind, Param, Receiver};
use crate::parse::attribute::{HandlerOptions, parse_handler_options};
use crate::parse::method::parse_method;
use crate::parse::returns::parse_returns;
use crate::parse::role::Role;
use crate::parse::signature::{Scope, parse_params, parse_receiver};
use crate::parse::sources::Sources;

/// Reads a handler; where its attribute is wrong, the rest of it is read nevertheless.
pub(crate) fn parse_handler(
    function: &ImplItemFn,
    item: usize,
    (role, attr): (Role, &Attribute),
    scope: Scope<'_>,
    errors: &mut Errors,
) -> Handler {
    let before = errors.len();
    let ident = &function.sig.ident;
    let options = parse_handler_options(attr, role, scope.machine, errors);
    // A guard without states is told; what it would guard is meant as a state too.
    let lenient = scope.lenient || (scope.machine.is_none() && options.guard.is_some());
    let message = options.name.clone().unwrap_or_else(|| ident.clone());
    let several = options.guard.as_ref().is_some_and(Guard::has_several_sources);
    let sources = Sources { server: scope.server, message: &message, method: ident, several };
    let scope = Scope { lenient, sources: Some(sources), ..scope };
    let (params, args) = parse_params(&function.sig, scope);
    let method = parse_method(function, item, args);
    let has_states = scope.machine.is_some() || scope.lenient;
    let returns = parse_returns(method.output.as_ref(), has_states);
    let kind = kind(role, &options, &params);
    check_effect(&options, kind, returns.result.is_some(), errors);
    Handler {
        kind,
        message,
        receiver: parse_receiver(&function.sig).unwrap_or(Receiver::Shared),
        params,
        guard: options.guard,
        returns,
        timeout: options.timeout,
        skip_abandoned: options.skip_abandoned,
        inline: options.inline.map(|(_, inline)| inline),
        in_place: options.in_place.is_some(),
        time: options.time,
        missed: options.missed,
        otherwise: options.otherwise,
        stay: options.stay,
        priority: options.priority,
        flawed: errors.len() > before,
        method,
    }
}

/// An option that changes nothing would be believed: `#[call(in_place)] fn get(&self) -> u8` has no
/// failure that `in_place` could speak of.
fn check_effect(options: &HandlerOptions, kind: Kind, fails: bool, errors: &mut Errors) {
    if let Some(key) = options.in_place.as_ref().filter(|_| !fails) {
        let text = "`in_place` has no effect on a handler that cannot fail\n\
                    note: it may change its state in place anyway\n\
                    help: remove it";
        errors.at(key, text);
    }
    if let Some((key, _)) = &options.inline
        && matches!(kind, Kind::Blocking | Kind::Deferred)
    {
        let what = if kind == Kind::Blocking { "is `blocking`" } else { "takes a `ReplyTo`" };
        let text = format!(
            "`inline` has no effect on a call that {what}\n\
             note: it always goes through the queue\n\
             help: remove it"
        );
        errors.at(key, text);
    }
}

fn kind(role: Role, options: &HandlerOptions, params: &[Param]) -> Kind {
    match role {
        Role::Cast if options.unbounded => Kind::Unbounded,
        Role::Cast => Kind::Cast,
        Role::Info => Kind::Info,
        Role::Continued => Kind::Continued,
        Role::Idle => Kind::Idle,
        Role::Every => Kind::Every,
        Role::StateTimeout => Kind::StateTimeout,
        _ if options.blocking => Kind::Blocking,
        _ if params.iter().any(|param| matches!(param, Param::Reply(_))) => Kind::Deferred,
        _ => Kind::Call,
    }
}
