//! `#[format_state]` says what debugging shows.

use quote::ToTokens;
use syn::{GenericParam, ImplItemFn, Type};

use crate::check::{Context, signature};
use crate::errors::Errors;
use crate::model::{FormatState, Receiver, Server};
use crate::parse::signature::{parse_receiver, typed};
use crate::parse::ty;

/// Whoever looks must not change what is looked at, nor wait: `fn show(&mut self)` could. One
/// error, at what departs from the shape first.
pub(crate) fn check_format_state(context: Context<'_>, format: &FormatState, errors: &mut Errors) {
    let (server, function) = (context.server, context.function(&format.method));
    signature::check_unsafe(function, errors);
    if let Some(wrong) = find_wrong(server, function) {
        errors.at(wrong, shape(server, function));
    }
}

fn shape(server: &Server, function: &ImplItemFn) -> String {
    let ident = &function.sig.ident;
    let text = format!("a `format_state` method has the shape `fn {ident}(&self) -> impl Debug`");
    match &server.machine {
        Some(_) => {
            format!("{text}\nhelp: it may take the state too, `st: &{}`", server.options.state)
        }
        None => text,
    }
}

fn find_wrong<'a>(server: &Server, function: &'a ImplItemFn) -> Option<&'a dyn ToTokens> {
    let signature = &function.sig;
    if let Some(word) = &signature.asyncness {
        return Some(word);
    }
    // With a lifetime it may return what borrows from the server and from the state.
    let is_type = |param: &&GenericParam| !matches!(param, GenericParam::Lifetime(_));
    if let Some(param) = signature.generics.params.iter().find(is_type) {
        return Some(param);
    }
    let wrong = |(at, ty): (usize, &Type)| at > 0 || !is_state(server, ty);
    let mut params = typed(signature).enumerate();
    if let Some((_, typed)) = params.find(|(at, typed)| wrong((*at, &typed.ty))) {
        return Some(typed);
    }
    if !matches!(parse_receiver(signature), Some(Receiver::Shared)) {
        return match signature.receiver() {
            Some(receiver) => Some(receiver),
            None => Some(&signature.ident),
        };
    }
    ty::output(&signature.output).is_none().then_some(&signature.ident)
}

/// `&ContractState`, of a server that has states.
fn is_state(server: &Server, ty: &Type) -> bool {
    if server.machine.is_none() {
        return server.states_flawed;
    }
    let reference = ty::as_reference(ty).filter(|reference| reference.mutability.is_none());
    let name = reference.and_then(|reference| ty::name_of(&reference.elem));
    name.is_some_and(|name| *name == server.options.state)
}
