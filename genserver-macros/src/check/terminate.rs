//! `#[terminate]` is called by the server when it ends.

use quote::ToTokens;
use syn::{ImplItemFn, Type};

use crate::check::{Context, signature};
use crate::errors::Errors;
use crate::model::{Receiver, Server, Terminate, TerminateParam};
use crate::parse::signature::{parse_receiver, typed};
use crate::parse::terminate::parse_param;
use crate::parse::ty;

/// Nobody but the engine calls it, with what it has: the reason and the state. One error, at what
/// departs from the shape first.
pub(crate) fn check_terminate(context: Context<'_>, terminate: &Terminate, errors: &mut Errors) {
    let function = context.function(&terminate.method);
    signature::check_unsafe(function, errors);
    let text = || shape(context.server, function);
    if let Some(wrong) = find_wrong(context.server, function) {
        errors.at(wrong, text());
    } else if !matches!(parse_receiver(&function.sig), Some(Receiver::Exclusive)) {
        match function.sig.receiver() {
            Some(receiver) => errors.at(receiver, text()),
            None => errors.at(&function.sig.ident, text()),
        }
    } else if let Some(output) = &terminate.method.output {
        errors.at(output, text());
    } else if !has_reason(function) {
        errors.at(&function.sig.ident, text());
    }
}

fn shape(server: &Server, function: &ImplItemFn) -> String {
    let ident = &function.sig.ident;
    let text =
        format!("a `terminate` method has the shape `fn {ident}(&mut self, reason: &ExitReason)`");
    match &server.machine {
        Some(_) => format!(
            "{text}\n\
             help: it may take the state too, `st: Option<&{}>`",
            server.options.state
        ),
        None => text,
    }
}

/// The first part that should not be there.
fn find_wrong<'a>(server: &Server, function: &'a ImplItemFn) -> Option<&'a dyn ToTokens> {
    let signature = &function.sig;
    if let Some(param) = signature.generics.params.first() {
        return Some(param);
    }
    let (mut reason, mut state) = (false, false);
    for typed in typed(signature) {
        let seen = match parse_param(&typed.ty) {
            Some(TerminateParam::Reason) => &mut reason,
            Some(TerminateParam::State) if is_state(server, &typed.ty) => &mut state,
            _ => return Some(typed),
        };
        if std::mem::replace(seen, true) {
            return Some(typed);
        }
    }
    None
}

/// `Option<&ContractState>`, of a server that has states.
fn is_state(server: &Server, ty: &Type) -> bool {
    if server.machine.is_none() {
        return server.states_flawed;
    }
    let args = ty::last_segment(ty).map(ty::type_args).unwrap_or_default();
    let name =
        args.first().and_then(|arg| ty::as_reference(arg)).and_then(|arg| ty::name_of(&arg.elem));
    name.is_some_and(|name| *name == server.options.state)
}

fn has_reason(function: &ImplItemFn) -> bool {
    typed(&function.sig).any(|typed| matches!(parse_param(&typed.ty), Some(TerminateParam::Reason)))
}
