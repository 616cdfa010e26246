//! What the attributes do, over `proc_macro2` tokens, so that tests can call it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

use crate::check::check;
use crate::errors::Errors;
use crate::expand::{expand, fallback, unreadable};
use crate::parse;

/// `#[genserver(attr)] item`
pub(crate) fn genserver(attr: TokenStream, item: &TokenStream) -> TokenStream {
    guarded(item, || stages(attr, item))
}

/// Parse, check, expand.
fn stages(attr: TokenStream, tokens: &TokenStream) -> TokenStream {
    let item = match parse::parse_item(tokens.clone()) {
        Ok(item) => item,
        Err(error) => return unreadable(&error, &parse::strip_tokens(tokens.clone())),
    };
    let mut errors = Errors::default();
    let server = parse::parse(attr, &item, &mut errors);
    if let Some(server) = &server {
        check(server, &item, &mut errors);
    }
    match &server {
        Some(server) if errors.is_empty() => expand(server, &item),
        server => fallback(server.as_ref(), &item, errors),
    }
}

/// An attribute of the language that no `#[genserver]` took away.
pub(crate) fn stray(name: &str, item: &TokenStream) -> TokenStream {
    let text = format!(
        "the `{name}` attribute stands only on methods of an `impl` block annotated with \
         `#[genserver]`"
    );
    // The attribute's own tokens are not given to it; its span is the call site.
    unreadable(&syn::Error::new(Span::call_site(), text), item)
}

/// A panic in here is our mistake: it is said in one error, and the user's code stays.
pub(crate) fn guarded(item: &TokenStream, stages: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(stages)).unwrap_or_else(|panic| {
        let text = format!(
            "a bug of genserver: {}\nhelp: please report it with the code that caused it",
            said(panic.as_ref())
        );
        let error = syn::Error::new(Span::call_site(), text).to_compile_error();
        let stripped = catch_unwind(AssertUnwindSafe(|| {
            let mut stripped = parse::parse_item(item.clone()).ok()?;
            parse::strip(&mut stripped);
            Some(stripped.into_token_stream())
        }));
        let kept = stripped.ok().flatten().unwrap_or_else(|| item.clone());
        quote!(#error #kept)
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it panicked")
}
