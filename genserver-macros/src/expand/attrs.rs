//! The user's attributes on generated items.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

use crate::expand::plan::Entry;
use crate::parse::is_any;

/// What hidden code may set off in a crate that denies it.
pub(crate) fn allow() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            deprecated,
            non_camel_case_types,
            private_bounds,
            private_interfaces,
            unreachable_code,
            unreachable_patterns,
            unused_qualifications,
            clippy::all,
            clippy::pedantic
        )]
    }
}

/// The same for what stands beside the user's impl.
pub(crate) fn allow_beside() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            private_bounds,
            private_interfaces,
            unused_qualifications,
            unused_variables,
            clippy::all,
            clippy::pedantic
        )]
    }
}

/// On the user's methods: lints against what the language asks for, owned arguments, a reference to
/// the state however small it is, and `self`; and against what is the client's to mark, a reply that
/// must be used.
pub(crate) fn allow_shape() -> Attribute {
    syn::parse_quote! {
        #[allow(
            clippy::must_use_candidate,
            clippy::needless_pass_by_value,
            clippy::trivially_copy_pass_by_ref,
            clippy::unused_async,
            clippy::unused_self
        )]
    }
}

/// The impl's attributes on every item beside it.
pub(crate) fn of_item(attrs: &[Attribute]) -> TokenStream {
    attrs.iter().filter(|attr| is_any(attr, &["cfg", "allow", "expect"])).map(repeat).collect()
}

/// What the client method repeats.
const KEPT: &[&str] = &["cfg", "deprecated", "must_use", "allow", "expect"];

/// A method's attributes on what is called in its place, but for the docs.
pub(crate) fn of_method(attrs: &[Attribute]) -> TokenStream {
    attrs.iter().filter(|attr| is_any(attr, KEPT)).map(repeat).collect()
}

/// The attributes of a message's methods on their client method: each kind of the first that has
/// some.
pub(crate) fn of_methods(methods: &[&Entry<'_>]) -> TokenStream {
    if let [only] = methods {
        return of_method(&only.handler.method.attrs);
    }
    let first = |name: &&str| {
        let of = |entry: &&Entry<'_>| -> Vec<TokenStream> {
            let attrs = entry.handler.method.attrs.iter();
            attrs.filter(|attr| attr.path().is_ident(name)).map(repeat).collect()
        };
        methods.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    };
    KEPT.iter().flat_map(first).collect()
}

/// Docs only.
pub(crate) fn docs(attrs: &[Attribute]) -> TokenStream {
    attrs.iter().filter(|attr| attr.path().is_ident("doc")).map(ToTokens::to_token_stream).collect()
}

/// An expectation holds for the user's own tokens; a second one would go unfulfilled.
fn repeat(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) if attr.path().is_ident("expect") => {
            let lints = &list.tokens;
            quote!(#[allow(#lints)])
        }
        _ => attr.to_token_stream(),
    }
}
