//! Expansions as a whole.

mod expansion;
mod fallback;
mod survival;

use proc_macro2::TokenStream;

/// The expansion as a person would format it. What is no sequence of items fails the test.
#[track_caller]
fn pretty(tokens: &TokenStream) -> String {
    let file = syn::parse2(tokens.clone());
    let file = file.unwrap_or_else(|error| panic!("{error} in: {tokens}"));
    prettyplease::unparse(&file)
}
