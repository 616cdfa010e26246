//! A source file without `#[genserver]`: with what the macro writes in its place.

use std::mem;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, File, Item, Meta};

use crate::macros::entry;

/// The file as it is when each `#[genserver]` of its items is expanded, as a person would format it.
///
/// # Errors
///
/// What is no Rust, before the expansion or behind it.
pub fn expand_file(source: &str) -> syn::Result<String> {
    let mut file = syn::parse_file(source)?;
    let items = mem::take(&mut file.items);
    for item in items {
        match item {
            Item::Impl(mut item) if item.attrs.iter().any(is_genserver) => {
                let at = item.attrs.iter().position(is_genserver);
                let attr = arguments(item.attrs.remove(at.expect("there is one")).meta);
                let expanded = entry::genserver(attr, &item.into_token_stream());
                file.items.extend(syn::parse2::<File>(expanded)?.items);
            }
            item => file.items.push(item),
        }
    }
    Ok(prettyplease::unparse(&file))
}

fn is_genserver(attribute: &Attribute) -> bool {
    attribute.path().is_ident("genserver")
}

/// What stands in the attribute's parentheses.
fn arguments(meta: Meta) -> TokenStream {
    match meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}
