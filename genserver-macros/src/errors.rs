//! The accumulator: many errors are pushed, all are reported at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one expansion.
///
/// Panics if it is dropped with errors that nobody reported: a mistake that the user never hears of
/// is worse than a crash of the macro.
#[derive(Default)]
pub(crate) struct Errors {
    told: Vec<syn::Error>,
    left_to_rustc: bool,
}

impl Errors {
    /// An error over `tokens`, the user's own.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.told.push(syn::Error::new_spanned(tokens, message));
    }

    /// An error at a span.
    pub(crate) fn span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.told.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.told.push(error);
    }

    /// There is a mistake that rustc reports by itself, and better.
    pub(crate) fn leave_to_rustc(&mut self) {
        self.left_to_rustc = true;
    }

    /// Whether there is no mistake.
    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty() && !self.left_to_rustc
    }

    pub(crate) fn len(&self) -> usize {
        self.told.len()
    }

    /// The `compile_error!`s, in the order of the source; nothing without errors.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        let mut told = std::mem::take(&mut self.told);
        told.sort_by_key(|error| position(error.span()));
        told.into_iter().map(|error| error.to_compile_error()).collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let told = self.told.is_empty() || std::thread::panicking();
        assert!(told, "invariant: the errors of an expansion are reported");
    }
}

/// The line and the column; outside of the compiler, in tests, all places are alike.
fn position(span: Span) -> (usize, usize) {
    if !proc_macro::is_available() {
        return (0, 0);
    }
    let span = span.unwrap();
    (span.line(), span.column())
}

#[cfg(test)]
impl Errors {
    /// Each error as "what is underlined: the message".
    pub(crate) fn describe(mut self) -> Vec<String> {
        let describe = |error: syn::Error| {
            let text = error.span().source_text();
            format!("{}: {error}", text.unwrap_or_else(|| "?".to_owned()))
        };
        std::mem::take(&mut self.told).into_iter().map(describe).collect()
    }
}
