//! Numbers of versions: `version = 3`, `from = 1`.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Lit, LitInt};

use crate::model::Number;
use crate::parse::list::parse_equals;

/// A literal: which steps there must be is known only of a number.
pub(crate) fn parse_version(input: ParseStream, key: &Ident) -> syn::Result<Number> {
    parse_equals(input, key, "1")?;
    if !input.peek(Lit) {
        let text = format!("`{key}` is the number of a version\nhelp: for instance `{key} = 1`");
        return Err(input.error(text));
    }
    let literal: Lit = input.parse()?;
    let span = literal.span();
    let wrong = |text: &str| Err(syn::Error::new(span, text));
    let Lit::Int(number) = &literal else {
        return wrong("the number of a version is whole");
    };
    match value(number) {
        Some(0) => wrong("versions begin with 1"),
        Some(value) => Ok(Number { value, span }),
        None => wrong("the number of a version is a `u32`"),
    }
}

fn value(number: &LitInt) -> Option<u32> {
    let is_u32 = matches!(number.suffix(), "" | "u32");
    number.base10_parse().ok().filter(|_| is_u32)
}
