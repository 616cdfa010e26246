//! The hidden enum of a server's messages.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::expand::plan::{Entry, Plan};
use crate::expand::repeated::Repeated;

/// The enum and its `Message` impl.
pub(crate) fn expand_message(plan: &Plan<'_>) -> TokenStream {
    let (params, _, clause) = plan.generics.split_for_impl();
    let generics = &plan.generics;
    let ty = plan.message_ty();
    let entries: Vec<_> = plan.messages().collect();
    let numbers = entries.iter().map(|entry| &entry.number);
    let (cfgs, idents) = heads(&entries);
    let args = entries.iter().map(|entry| &entry.sent_args);
    let replies = entries.iter().map(|entry| {
        let ty = &entry.sent_reply;
        entry.reply.as_ref().map(|_| quote!(, __g::ReplyTo<#ty>))
    });
    let answered: Vec<_> = entries.iter().copied().filter(|entry| entry.reply.is_some()).collect();
    let (answered_cfgs, answered) = heads(&answered);
    let (unused, never) = unused(plan);
    quote! {
        pub enum __Message #generics #clause { #(#cfgs #idents(#args #replies),)* #unused }

        #[automatically_derived]
        impl #params __g::Message for #ty #clause {
            fn handler(&self) -> usize {
                match *self { #(#cfgs Self::#idents(..) => #numbers,)* #never }
            }
            fn reply(&self) -> ::core::option::Option<&dyn __g::Answerable> {
                match *self {
                    #(#answered_cfgs Self::#answered(_, ref reply) => ::core::option::Option::Some(reply),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}

/// The `#[cfg]`s and the names of variants.
fn heads<'p>(entries: &[&'p Entry<'_>]) -> (Vec<&'p Repeated>, Vec<&'p Ident>) {
    entries.iter().map(|entry| (&entry.cfgs, &entry.handler.method.ident)).unzip()
}

/// A variant that is never made, for the generics that no argument uses, and its match arm.
pub(crate) fn unused(plan: &Plan<'_>) -> (TokenStream, TokenStream) {
    if plan.generics.params.is_empty() {
        return (TokenStream::new(), TokenStream::new());
    }
    let ty = &plan.ty;
    let variant = quote! {
        __Unused(::core::convert::Infallible, ::core::marker::PhantomData<fn() -> #ty>),
    };
    (variant, quote!(Self::__Unused(never, _) => match never {},))
}
