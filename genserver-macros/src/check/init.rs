//! `#[init]` makes the server.

use syn::{ImplItemFn, Type};

use crate::check::args::TRAVELS;
use crate::check::args::check_travels;
use crate::check::params::{check_cx, check_no_into};
use crate::check::{Context, signature};
use crate::errors::Errors;
use crate::model::{Init, InitWrapper, Machine, Server};
use crate::parse::init::unwrap;
use crate::parse::signature::{is_cx, typed};
use crate::parse::ty;

pub(crate) fn check_init(context: Context<'_>, init: &Init, errors: &mut Errors) {
    let function = context.function(&init.method);
    signature::check_unsafe(function, errors);
    signature::check_generics(function, TRAVELS, errors);
    check_no_receiver(function, errors);
    check_params(function, errors);
    check_return(context.server, init, function, errors);
}

/// There is no server yet that `fn new(&self) -> Self` could be called on.
fn check_no_receiver(function: &ImplItemFn, errors: &mut Errors) {
    if let Some(receiver) = function.sig.receiver() {
        let ident = &function.sig.ident;
        errors.at(receiver, format!("`{ident}` makes the server, so it has no `self`"));
    }
}

/// As a handler: the context first, and then what the caller of `start` gives, which may be moved
/// to another thread.
fn check_params(function: &ImplItemFn, errors: &mut Errors) {
    for (at, typed) in typed(&function.sig).enumerate() {
        if !is_cx(&typed.ty) {
            check_travels(typed, "the arguments of `start` travel to the server", errors);
        } else if at == 0 {
            check_cx(typed, errors);
            check_no_into(typed, errors);
        } else {
            let (name, written) = (ty::pattern(&typed.pat), ty::text(typed.ty.as_ref()));
            errors.at(typed, format!("`{name}: {written}` must stand first"));
        }
    }
}

/// The engine takes the server, and the state that it starts in, out of what is returned: of
/// `fn open() -> Option<Self>` it would not know what `None` means.
fn check_return(server: &Server, init: &Init, function: &ImplItemFn, errors: &mut Errors) {
    let Some(output) = &init.method.output else {
        errors.at(&function.sig.ident, wrong_return(server, init));
        return;
    };
    let (wrapper, value) = unwrap(output);
    let fits = match (&server.machine, value) {
        (None, _) if server.states_flawed => return,
        // An alias may hide the value: `type Result = std::result::Result<Counter, Error>`.
        (None, None) => matches!(wrapper, InitWrapper::Result(_)),
        (None, Some(value)) => is_server(server, value),
        (Some(_), None) => false,
        (Some(machine), Some(value)) => match pair(value) {
            Some((first, state)) if is_server(server, first) => {
                check_state(server, machine, init, state, errors);
                return;
            }
            _ => false,
        },
    };
    if !fits {
        errors.at(output, wrong_return(server, init));
    }
}

/// The machine starts in its initial state, or is resumed, which any state may be: `(Self,
/// Approved)` would skip the states before `Approved` behind the graph's back.
fn check_state(server: &Server, machine: &Machine, init: &Init, state: &Type, errors: &mut Errors) {
    let initial = &machine.states[machine.initial].ident;
    let resume = &server.options.state;
    let Some(name) = ty::name_of(state) else {
        errors.at(state, wrong_return(server, init));
        return;
    };
    if !machine.rooted || name == initial || name == resume {
        return;
    }
    let ident = &init.method.ident;
    let text = format!(
        "`{ident}` starts in `{name}`, but the initial state is `{initial}`\n\
         help: return `(Self, {initial})`, or `(Self, {resume})` to resume in any state"
    );
    errors.at(state, text);
}

fn wrong_return(server: &Server, init: &Init) -> String {
    let ident = &init.method.ident;
    match &server.machine {
        Some(machine) if machine.rooted => {
            let initial = &machine.states[machine.initial].ident;
            let resume = &server.options.state;
            format!(
                "`{ident}` must return `(Self, {initial})`\n\
                 help: or a `Result` or `Init` of it; `(Self, {resume})` resumes in any state"
            )
        }
        Some(_) => format!("`{ident}` must return `Self` with the initial state"),
        None => format!(
            "`{ident}` must return `Self`\n\
             help: or `Result<Self, E>`, or `Init<Self, E>`"
        ),
    }
}

/// `Self`, or the server's type by its name.
fn is_server(server: &Server, ty: &Type) -> bool {
    ty::name_of(ty).is_some_and(|name| name == "Self" || *name == server.ident)
}

fn pair(ty: &Type) -> Option<(&Type, &Type)> {
    match ty::peel(ty) {
        Type::Tuple(tuple) if tuple.elems.len() == 2 => Some((&tuple.elems[0], &tuple.elems[1])),
        _ => None,
    }
}
