//! What may stand around the parameters of an annotated method.

use syn::spanned::Spanned;
use syn::{GenericParam, ImplItemFn, ReceiverKind, Safety};

use crate::errors::Errors;
use crate::parse::signature::parse_receiver;
use crate::parse::ty;

/// A message is handled when it comes: what would `const fn poke(&mut self)` be good for?
pub(crate) fn check_qualifiers(function: &ImplItemFn, errors: &mut Errors) {
    check_unsafe(function, errors);
    if let Some(word) = &function.sig.constness {
        let ident = &function.sig.ident;
        errors.at(word, format!("`{ident}` cannot be `const`: the server calls it at run time"));
    }
}

/// The server calls its methods from safe Rust code: nobody is there to uphold the contract of
/// `unsafe fn poke(&mut self)`, and `extern "C" fn` is a way for others to call it.
pub(crate) fn check_unsafe(function: &ImplItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    let ident = &signature.ident;
    if let Safety::Unsafe(word) = &signature.safety {
        errors.at(word, format!("`{ident}` cannot be `unsafe`: the server calls it"));
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, format!("`{ident}` cannot be `extern`: the server calls it"));
    }
}

/// `fn put<T: Send>(&mut self, value: T)`: a message is a variant of one enum, which has no room
/// for every `T`. A where-clause is a promise of the method's that the server could not check.
pub(crate) fn check_generics(function: &ImplItemFn, why: &str, errors: &mut Errors) {
    let ident = &function.sig.ident;
    for param in &function.sig.generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                let name = &param.lifetime;
                let text = format!(
                    "`{ident}` has the lifetime parameter `{name}`, but {why}\n\
                     help: leave it out"
                );
                errors.at(name, text);
            }
            GenericParam::Type(param) => {
                let name = &param.ident;
                let text = format!(
                    "`{ident}` has the generic parameter `{name}`, but {why}\n\
                     help: name a type, or make the server generic, `impl<{name}> ..`"
                );
                errors.at(name, text);
            }
            GenericParam::Const(param) => {
                let name = &param.ident;
                let text = format!(
                    "`{ident}` has the generic parameter `{name}`, but {why}\n\
                     help: name a value, or make the server generic, `impl<const {name}: ..> ..`"
                );
                errors.at(name, text);
            }
        }
    }
    if let Some(clause) = &function.sig.generics.where_clause
        && function.sig.generics.params.is_empty()
    {
        let text = format!(
            "`{ident}` has a where-clause of its own\n\
             help: move it to the `impl` block"
        );
        errors.at(clause.where_token, text);
    }
}

/// A handler runs on the server and leaves it for the next message: `fn take(self)` would be the
/// last one, and `fn helper(a: u8)` knows no server.
pub(crate) fn check_receiver(function: &ImplItemFn, errors: &mut Errors) {
    let ident = &function.sig.ident;
    let Some(receiver) = function.sig.receiver() else {
        let text = format!(
            "`{ident}` has no `self`, but a handler runs on the server\n\
             help: take `&self` or `&mut self`"
        );
        errors.at(ident, text);
        return;
    };
    if let ReceiverKind::Reference(_, Some(lifetime), _) = &receiver.kind
        && function.sig.generics.lifetimes().all(|param| param.lifetime != *lifetime)
    {
        errors.at(
            lifetime,
            format!(
                "`{ident}` borrows the server for longer than a message\n\
                 help: take `&self` or `&mut self`"
            ),
        );
        return;
    }
    if parse_receiver(&function.sig).is_some() {
        return;
    }
    if let ReceiverKind::Typed(_, kind) = &receiver.kind {
        let text = format!(
            "`{ident}` takes `self` as `{}`, but the server stays where it is\n\
             help: take `&self` or `&mut self`",
            ty::text(kind)
        );
        errors.at(kind, text);
    } else {
        let text = format!(
            "`{ident}` takes `self` by value, but the server is needed for the next message\n\
             help: take `&self` or `&mut self`"
        );
        errors.span(receiver.self_token.span(), text);
    }
}
