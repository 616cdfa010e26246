//! What must be true of the user's types, asserted on the user's own tokens.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::expand::layout::Item;
use crate::expand::paths;
use crate::expand::plan::Plan;

/// Arguments, replies and states go from thread to thread: the names that hidden items have for
/// some of them, and an assertion of what has no such name.
///
/// The assertion is asked for by the fields of a struct: those are checked before any function, so
/// that this error is the first that the user reads.
pub(crate) fn expand_asserts(plan: &Plan<'_>) -> TokenStream {
    let (generics, ty) = (&plan.generics, &plan.ty);
    let clause = &generics.where_clause;
    let aliases = plan.handlers.iter().map(|entry| {
        let (cfgs, args, reply) =
            (&entry.cfgs, &entry.hidden_args.definition, &entry.hidden_reply.definition);
        let each = [args, reply].into_iter().filter(|definition| !definition.is_empty());
        quote!(#(#cfgs #each)*)
    });
    let states = plan.layout.iter().flat_map(|layout| {
        layout.states.iter().map(|&at| (TokenStream::new(), layout.ty(Item::State(at))))
    });
    let handlers = plan.handlers.iter().flat_map(|entry| {
        let reply = entry.reply.as_ref().map(|reply| &reply.ty);
        entry.args.types.iter().chain(reply).map(|ty| (entry.cfgs.clone(), ty.clone()))
    });
    let named = |ty: &TokenStream| paths::is_plain(ty) || paths::travelling(ty, generics).is_some();
    let others = states.chain(handlers).filter(|(_, ty)| !named(ty));
    let fields: Vec<_> = others.map(|(cfgs, ty)| field(&cfgs, &ty)).collect();
    let asserts = (!fields.is_empty()).then(|| {
        let all = quote!(::core::marker::PhantomData<fn() -> #ty>);
        quote!(struct __Asserts #generics (#all, #(#fields),*) #clause;)
    });
    quote!(#(#aliases)* #asserts)
}

fn field(cfgs: &TokenStream, ty: &TokenStream) -> TokenStream {
    let (first, last) = paths::ends(ty);
    let (open, close) = (quote_spanned!(first=> __g::Argument<), quote_spanned!(last=> >));
    quote!(#cfgs #open #ty #close)
}
