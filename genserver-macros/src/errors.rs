//! The accumulator: many errors are pushed, all are reported at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one expansion.
///
/// Panics if it is dropped with errors that nobody reported: a mistake that the user never hears of
/// is worse than a crash of the macro.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// An error over `tokens`, the user's own.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// An error at a span.
    pub(crate) fn span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The `compile_error!`s, in the order of pushing; nothing without errors.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        std::mem::take(&mut self.0).into_iter().map(|error| error.to_compile_error()).collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let told = self.0.is_empty() || std::thread::panicking();
        assert!(told, "invariant: the errors of an expansion are reported");
    }
}

#[cfg(test)]
impl Errors {
    /// Each error as "what is underlined: the message".
    pub(crate) fn describe(mut self) -> Vec<String> {
        let describe = |error: syn::Error| {
            let text = error.span().source_text();
            format!("{}: {error}", text.unwrap_or_else(|| "?".to_owned()))
        };
        std::mem::take(&mut self.0).into_iter().map(describe).collect()
    }
}
