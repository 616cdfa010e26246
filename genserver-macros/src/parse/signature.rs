//! Signatures: the receiver, the framework parameters right after it, and the arguments.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, Pat, PatType, ReceiverKind, Signature, Type};

use crate::model::{Arg, Machine, Options, Param, Receiver};
use crate::parse::similar::similar_state;
use crate::parse::sources::Sources;
use crate::parse::ty;

/// What the names in a signature may stand for.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) server: &'a Ident,
    pub(crate) options: &'a Options,
    pub(crate) machine: Option<&'a Machine>,
    /// Names of states may be missing: every reference to something that is written like a state
    /// counts as one.
    pub(crate) lenient: bool,
    /// Of a handler of a machine.
    pub(crate) sources: Option<Sources<'a>>,
}

impl Scope<'_> {
    /// Whether a type of this name is a state, a group or the state enum.
    pub(crate) fn is_state(&self, name: &Ident) -> bool {
        let Some(machine) = self.machine else { return false };
        *name == self.options.state || machine.declares(&ty::canonical(name))
    }

    /// Whether a type of this name holds one of several states: a group, or the state enum.
    pub(crate) fn is_several(&self, name: &Ident) -> bool {
        let is_group = |machine: &Machine| machine.groups.iter().any(|group| group.ident == *name);
        self.is_state(name) && (*name == self.options.state || self.machine.is_some_and(is_group))
    }

    /// The state that a type right after `self` names: by reference as it should be, by value, or
    /// with a slip in its name; the last two are for the rules to tell.
    fn state_of<'t>(&self, ty: &'t Type) -> Option<&'t Ident> {
        let Some(reference) = ty::as_reference(ty) else {
            return ty::name_of(ty).filter(|name| self.is_state(name));
        };
        let name = ty::name_of(&reference.elem)?;
        let is_type = || name.to_string().starts_with(char::is_uppercase);
        let is_guess = || is_type() && (self.lenient || self.similar(name).is_some());
        (self.is_state(name) || is_guess()).then_some(name)
    }

    /// The enum of the handler's sources that a type right after `self` names: by value as it
    /// should be, or by reference.
    fn sources_of<'t>(&self, ty: &'t Type) -> Option<&'t Ident> {
        let sources = self.sources.filter(|_| self.machine.is_some())?;
        let elem = ty::as_reference(ty).map_or(ty, |reference| &reference.elem);
        ty::name_of(elem).filter(|name| sources.is_meant(name))
    }

    /// The state or group that a name may be a slip of.
    pub(crate) fn similar(&self, name: &Ident) -> Option<&Ident> {
        similar_state(self.machine?, name)
    }
}

/// How `self` is taken; `None` without `self` or by value.
pub(crate) fn parse_receiver(signature: &Signature) -> Option<Receiver> {
    let receiver = signature.receiver()?;
    let exclusive = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
        ReceiverKind::Typed(_, ty) => {
            let reference = ty::as_reference(ty)?;
            if !ty::is_named(&reference.elem, "Self") {
                return None;
            }
            reference.mutability.is_some()
        }
        _ => return None,
    };
    Some(if exclusive { Receiver::Exclusive } else { Receiver::Shared })
}

/// The parameters behind `self`.
pub(crate) fn typed(signature: &Signature) -> impl Iterator<Item = &PatType> {
    signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}

/// Splits the parameters: the framework's stand right after `self`, the arguments follow.
pub(crate) fn parse_params(signature: &Signature, scope: Scope<'_>) -> (Vec<Param>, Vec<Arg>) {
    let mut params = Vec::new();
    let mut rest = Vec::new();
    for typed in typed(signature) {
        match parse_param(&typed.ty, scope) {
            Some(param) if rest.is_empty() => params.push(param),
            _ => rest.push(typed),
        }
    }
    (params, parse_args(&rest))
}

/// `&mut Cx<Self>`; without its `&mut` it is the same mistaken.
pub(crate) fn is_cx(ty: &Type) -> bool {
    let elem = ty::as_reference(ty).map_or(ty, |reference| &reference.elem);
    ty::is_named(elem, "Cx")
}

/// Recognises a framework parameter by its type.
pub(crate) fn parse_param(ty: &Type, scope: Scope<'_>) -> Option<Param> {
    if is_cx(ty) {
        return Some(Param::Cx);
    }
    if let Some(name) = scope.state_of(ty) {
        let mutable = ty::as_reference(ty).is_some_and(|reference| reference.mutability.is_some());
        return Some(Param::State { ident: ty::canonical(name), mutable });
    }
    if let Some(name) = scope.sources_of(ty) {
        return Some(Param::Sources(name.clone()));
    }
    reply_of(ty).map(|reply| Param::Reply(reply.clone()))
}

/// `T` of `ReplyTo<T>`.
pub(crate) fn reply_of(ty: &Type) -> Option<&Type> {
    let segment = ty::last_segment(ty).filter(|segment| segment.ident == "ReplyTo")?;
    match ty::type_args(segment).as_slice() {
        [reply] => Some(*reply),
        _ => None,
    }
}

/// The arguments that travel, each with the name that the client uses.
pub(crate) fn parse_args(typed: &[&PatType]) -> Vec<Arg> {
    let taken: Vec<String> = typed
        .iter()
        .filter_map(|typed| name_of(&typed.pat))
        .map(|ident| ident.unraw().to_string())
        .collect();
    let name = |at: usize, typed: &PatType| match name_of(&typed.pat) {
        Some(ident) => ident.clone(),
        None => free_name(at, typed.pat.span(), &taken),
    };
    typed
        .iter()
        .enumerate()
        .map(|(at, typed)| Arg {
            ident: name(at, typed),
            ty: (*typed.ty).clone(),
            into: typed.attrs.iter().any(|attr| attr.path().is_ident("into")),
        })
        .collect()
}

fn name_of(pat: &Pat) -> Option<&Ident> {
    match pat {
        Pat::Ident(pat) => Some(&pat.ident),
        _ => None,
    }
}

/// `arg0`, or `arg0_` if an argument has that name.
fn free_name(at: usize, span: Span, taken: &[String]) -> Ident {
    let mut name = format!("arg{at}");
    while taken.contains(&name) {
        name.push('_');
    }
    format_ident!("{name}", span = span)
}
