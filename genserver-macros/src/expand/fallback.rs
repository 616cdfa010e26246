//! After an error: the user's impl, and signatures without bodies, so that nothing that uses the
//! server turns red as well.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ItemImpl;

use crate::errors::Errors;
use crate::expand::expand_plan;
use crate::expand::plan::Plan;
use crate::model::Server;
use crate::parse;

/// The errors, the impl, and stubs of what would have been generated.
pub(crate) fn fallback(server: Option<&Server>, item: &ItemImpl, errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    // A server is `'static`: one with a lifetime was reported, and has no client.
    let server = server.filter(|server| server.generics.lifetimes().next().is_none());
    let rest = if let Some(server) = server {
        expand_plan(&Plan::new(server, item, true), item)
    } else {
        let mut item = item.clone();
        parse::strip(&mut item);
        item.into_token_stream()
    };
    quote!(#errors #rest)
}

/// The error, and the tokens of an item that is no impl block that could be read.
pub(crate) fn unreadable(error: &syn::Error, item: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#error #item)
}
