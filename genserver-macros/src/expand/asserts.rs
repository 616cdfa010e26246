//! What must be true of the user's types, asserted on the user's own tokens.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::expand::layout::Item;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};

/// Arguments, replies and states travel between threads; a cast's error is a `Crash`.
///
/// The bound is asked for by the fields of a struct: those are checked before any function, so
/// that this error is the first that the user reads.
pub(crate) fn expand_asserts(plan: &Plan<'_>) -> TokenStream {
    let (generics, ty) = (&plan.generics, &plan.ty);
    let clause = &generics.where_clause;
    let states = plan.layout.iter().flat_map(|layout| {
        layout.states.iter().map(|&at| travels(&layout.ty(Item::State(at))))
    });
    let handlers = plan.handlers.iter().flat_map(|entry| handler(plan, entry));
    let asserts: Vec<_> = states.chain(handlers).collect();
    quote! {
        struct __Asserts #generics (::core::marker::PhantomData<fn() -> #ty>, #(#asserts),*) #clause;
    }
}

fn handler(plan: &Plan<'_>, entry: &Entry<'_>) -> Vec<TokenStream> {
    let cfgs = &entry.cfgs;
    let args = entry.args.types.iter();
    let reply = entry.reply.as_ref().map(|reply| &reply.ty);
    let travelling = args.chain(reply).map(|ty| {
        let field = travels(ty);
        quote!(#cfgs #field)
    });
    let crash = entry.handler.returns.result.as_ref().filter(|_| entry.reply.is_none());
    let crash = crash.map(|result| {
        let error = paths::without_self(paths::error_of(result, plan.krate), &plan.ty);
        let span = paths::at(error.span());
        let bound = quote_spanned!(span=> __g::CastError);
        quote!(#cfgs #bound<#error>)
    });
    travelling.chain(crash).collect()
}

fn travels(ty: &TokenStream) -> TokenStream {
    let span = paths::at(ty.span());
    let bound = quote_spanned!(span=> __g::Argument);
    let close = quote_spanned!(span=> >).into_token_stream();
    quote!(#bound<#ty #close)
}
