//! The user's impl: as written, but for our attributes and the handler that each `Next` belongs to.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ImplItem, ItemImpl, PathArguments, ReturnType};

use crate::expand::attrs;
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::Handler;
use crate::parse;

pub(crate) fn expand_impl(plan: &Plan<'_>, mut item: ItemImpl) -> TokenStream {
    let server = plan.server;
    for (number, handler) in server.handlers.iter().enumerate() {
        if let Some(ImplItem::Fn(function)) = item.items.get_mut(handler.method.item) {
            route(plan, number, handler, &mut function.sig.output);
        }
    }
    let methods = server.handlers.iter().map(|handler| &handler.method);
    for method in methods.chain(server.init.as_ref().map(|init| &init.method)) {
        if let Some(ImplItem::Fn(function)) = item.items.get_mut(method.item) {
            function.attrs.insert(0, attrs::allow_shape());
        }
    }
    parse::strip(&mut item);
    item.into_token_stream()
}

/// Writes `Next<R>` as `Next<R, Via<Self, E, H>>`: from there the compiler knows the handler, and
/// with it the guard, wherever the body makes a transition.
fn route(plan: &Plan<'_>, number: usize, handler: &Handler, output: &mut ReturnType) {
    let (Some(next), ReturnType::Type(_, output)) = (&handler.returns.next, output) else { return };
    let krate = plan.krate;
    let number = Literal::usize_unsuffixed(number);
    let error = match &handler.returns.result {
        Some(result) => paths::error_of(result, krate),
        None => quote!(::core::convert::Infallible),
    };
    let reply = match &next.reply {
        Some(reply) => reply.to_token_stream(),
        None => quote!(()),
    };
    let span = paths::at(next.span);
    let args = quote_spanned! {span=>
        <#reply, #krate::__private::Via<Self, #error, #number>>
    };
    if let Some(word) = paths::next_mut(output)
        && let Ok(args) = syn::parse2(args)
    {
        word.arguments = PathArguments::AngleBracketed(args);
    }
}
