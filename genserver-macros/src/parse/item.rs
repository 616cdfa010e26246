//! What the attribute stands on: an `impl` block, or something else that deserves a clear answer.

use proc_macro2::{Span, TokenStream};
use syn::{Item, ItemImpl};

use crate::parse::body::parse_impl;

/// The impl block of a `genserver` attribute.
///
/// Anything else is the error that says what it is; a broken impl block is syn's own error.
pub(crate) fn parse_item(tokens: TokenStream) -> syn::Result<ItemImpl> {
    if let Some(item) = parse_impl(&tokens) {
        return check_inherent(item);
    }
    let item = match syn::parse2::<Item>(tokens.clone()) {
        Ok(Item::Impl(item)) => return check_inherent(item),
        Ok(item) => item,
        // `Item` swallows impl blocks that `ItemImpl` refuses with a better text.
        Err(error) => return Err(error),
    };
    let Some((what, span)) = describe(&item) else {
        return syn::parse2(tokens).and_then(check_inherent);
    };
    let text = format!(
        "the `genserver` attribute goes on an `impl` block, not on {what}\n\
         help: write `#[genserver] impl Counter {{ .. }}`"
    );
    Err(syn::Error::new(span, text))
}

/// A server's handlers are methods of its own; a trait's methods belong to the trait.
fn check_inherent(item: ItemImpl) -> syn::Result<ItemImpl> {
    match &item.trait_ {
        Some((path, _)) => {
            let text = "the `genserver` attribute goes on a type's own `impl` block\n\
                        help: write the handlers in `impl Counter { .. }`";
            Err(syn::Error::new_spanned(path, text))
        }
        None => Ok(item),
    }
}

fn describe(item: &Item) -> Option<(&'static str, Span)> {
    Some(match item {
        Item::Struct(item) => ("a struct", item.ident.span()),
        Item::Enum(item) => ("an enum", item.ident.span()),
        Item::Union(item) => ("a union", item.ident.span()),
        Item::Fn(item) => ("a function", item.sig.ident.span()),
        Item::Mod(item) => ("a module", item.ident.span()),
        Item::Trait(item) => ("a trait", item.ident.span()),
        Item::Type(item) => ("a type alias", item.ident.span()),
        Item::Const(item) => ("a constant", item.ident.span()),
        Item::Static(item) => ("a static", item.ident.span()),
        Item::Use(item) => ("a `use`", item.use_token.span),
        Item::ExternCrate(item) => ("an `extern crate`", item.ident.span()),
        Item::Macro(item) => ("a macro", item.mac.path.segments.last()?.ident.span()),
        _ => return None,
    })
}
