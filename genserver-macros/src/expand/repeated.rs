//! Tokens that many places repeat.

use std::ops::Deref;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// Tokens that are quoted again and again. Of a stream each quote asks the compiler several times, of
/// single tokens never.
#[derive(Clone)]
pub(crate) struct Repeated {
    stream: TokenStream,
    trees: Vec<TokenTree>,
}

impl Repeated {
    pub(crate) fn new(stream: TokenStream) -> Self {
        let trees =
            if stream.is_empty() { Vec::new() } else { stream.clone().into_iter().collect() };
        Self { stream, trees }
    }
}

impl ToTokens for Repeated {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.trees);
    }

    fn into_token_stream(self) -> TokenStream {
        self.stream
    }
}

impl Deref for Repeated {
    type Target = TokenStream;

    fn deref(&self) -> &TokenStream {
        &self.stream
    }
}
