//! Expansions as a whole.

#[cfg(feature = "diagrams")]
mod diagrams;
mod expansion;
mod fallback;
mod shapes;
mod survival;
mod tracked;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The expansion as a person would format it. What is no sequence of items fails the test.
#[track_caller]
fn pretty(tokens: &TokenStream) -> String {
    let file = syn::parse2(tokens.clone());
    let mut file: syn::File = file.unwrap_or_else(|error| panic!("{error} in: {tokens}"));
    let unwrap = |item| match item {
        // The runtime's macro passes items through.
        syn::Item::Macro(item) if item.mac.path.segments.last().is_some_and(is_upgrade) => {
            syn::parse2::<syn::File>(item.mac.tokens).expect("these are items").items
        }
        item => vec![item],
    };
    file.items = std::mem::take(&mut file.items).into_iter().flat_map(unwrap).collect();
    prettyplease::unparse(&file)
}

fn is_upgrade(segment: &syn::PathSegment) -> bool {
    segment.ident == "upgrade"
}

/// The first impl block among items.
fn user_impl(items: TokenStream) -> TokenStream {
    let is_impl = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "impl");
    let is_end = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let mut ended = false;
    let inside = |token: &TokenTree| !std::mem::replace(&mut ended, is_end(token));
    items.into_iter().skip_while(|token| !is_impl(token)).take_while(inside).collect()
}
