//! The hidden enum of a server's messages.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::plan::Plan;

/// The enum and its `Message` impl.
pub(crate) fn expand_message(plan: &Plan<'_>) -> TokenStream {
    let (params, _, clause) = plan.generics.split_for_impl();
    let generics = &plan.generics;
    let ty = plan.message_ty();
    let variants = plan.messages().map(|entry| {
        let (cfgs, ident, args) = (&entry.cfgs, &entry.handler.method.ident, &entry.sent_args);
        let reply = entry.reply.as_ref().map(|_| {
            let ty = &entry.sent_reply;
            quote!(, __g::ReplyTo<#ty>)
        });
        quote!(#cfgs #ident(#args #reply))
    });
    let (unused, never) = unused(plan);
    let numbers = plan.messages().map(|entry| {
        let (cfgs, ident, number) = (&entry.cfgs, &entry.handler.method.ident, &entry.number);
        quote!(#cfgs Self::#ident(..) => #number)
    });
    let replies = plan.messages().filter(|entry| entry.reply.is_some()).map(|entry| {
        let (cfgs, ident) = (&entry.cfgs, &entry.handler.method.ident);
        quote!(#cfgs Self::#ident(_, ref reply) => ::core::option::Option::Some(reply))
    });
    quote! {
        pub enum __Message #generics #clause { #(#variants,)* #unused }

        #[automatically_derived]
        impl #params __g::Message for #ty #clause {
            fn handler(&self) -> usize {
                match *self { #(#numbers,)* #never }
            }
            fn reply(&self) -> ::core::option::Option<&dyn __g::Answerable> {
                match *self { #(#replies,)* _ => ::core::option::Option::None }
            }
        }
    }
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
