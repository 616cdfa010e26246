//! `#[hibernate]` is called by the server before it goes to sleep.

use quote::ToTokens;
use syn::ImplItemFn;

use crate::check::signature;
use crate::errors::Errors;
use crate::model::Receiver;
use crate::parse::signature::{parse_receiver, typed};
use crate::parse::ty;

/// Nobody else is there: an `async fn` would keep the server awake, and what it returned would be
/// lost. One error, at what departs from the shape first.
pub(crate) fn check_hibernate(function: &ImplItemFn, errors: &mut Errors) {
    signature::check_unsafe(function, errors);
    if let Some(wrong) = find_wrong(function) {
        let ident = &function.sig.ident;
        let text = format!("a `hibernate` method has the shape `fn {ident}(&mut self)`");
        errors.at(wrong, text);
    }
}

fn find_wrong(function: &ImplItemFn) -> Option<&dyn ToTokens> {
    let signature = &function.sig;
    if let Some(word) = &signature.asyncness {
        return Some(word);
    }
    if let Some(param) = signature.generics.params.first() {
        return Some(param);
    }
    if let Some(typed) = typed(signature).next() {
        return Some(typed);
    }
    if !matches!(parse_receiver(signature), Some(Receiver::Exclusive)) {
        return match signature.receiver() {
            Some(receiver) => Some(receiver),
            None => Some(&signature.ident),
        };
    }
    ty::output(&signature.output).map(|output| output as &dyn ToTokens)
}
