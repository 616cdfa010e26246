//! Lists of options, read so that one broken item does not hide the next.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Token, ext::IdentExt};

use crate::errors::Errors;
use crate::parse::similar::similar;

/// Reads `item, item, ..`. After an item that fails, reading goes on behind the next comma.
pub(crate) fn parse_list(
    tokens: TokenStream,
    errors: &mut Errors,
    mut parse_item: impl FnMut(ParseStream, &mut Errors) -> syn::Result<()>,
) {
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            let first = input.span();
            match parse_item(input, errors) {
                Ok(()) if input.is_empty() || input.peek(Token![,]) => {}
                Ok(()) => errors.push(input.error("expected `,`")),
                Err(error) if input.is_empty() => errors.push(settled(&error, first)),
                Err(error) => errors.push(error),
            }
            skip_item(input)?;
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
}

/// At the end of the list there is no token to point at, so syn points at the whole attribute: the
/// item's first token is nearer.
fn settled(error: &syn::Error, first: Span) -> syn::Error {
    let text = error.to_string();
    match text.strip_prefix("unexpected end of input, ") {
        Some(rest) => syn::Error::new(first, rest),
        None => error.clone(),
    }
}

fn skip_item(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    input.parse::<Option<Token![,]>>().map(drop)
}

/// The name of an option, keywords included: `crate = ..`.
pub(crate) fn parse_key(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(Ident::peek_any) {
        return input.call(Ident::parse_any);
    }
    Err(input.error("expected an option"))
}

/// The `=` before a value, with a value behind it.
pub(crate) fn parse_equals(input: ParseStream, key: &Ident, example: &str) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        let text = format!("`{key}` needs a value\nhelp: for instance `{key} = {example}`");
        return Err(syn::Error::new(key.span(), text));
    }
    Ok(())
}

/// A word out of a fixed set.
pub(crate) fn parse_word<T: Copy>(
    input: ParseStream,
    key: &Ident,
    words: &[(&str, T)],
) -> syn::Result<T> {
    let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let wrong = |span: Span, word: &str| {
        let help = match similar(word, names.iter().copied()) {
            Some(near) => format!("a value with a similar name exists: `{near}`"),
            None => format!("the values are {}", enumerate(&names)),
        };
        let text = format!("unknown value `{word}` of `{key}`\nhelp: {help}");
        syn::Error::new(span, text)
    };
    if !input.peek(Ident::peek_any) {
        let token: TokenTree = input.parse()?;
        return Err(wrong(token.span(), &token.to_string()));
    }
    let word = input.call(Ident::parse_any)?;
    let found = words.iter().find(|(name, _)| word == *name);
    found.map(|(_, value)| *value).ok_or_else(|| wrong(word.span(), &word.to_string()))
}

/// `owner` is what the option was given to: "the `call` attribute", "`states`".
pub(crate) fn unknown_option(key: &Ident, owner: &str, known: &[&str]) -> syn::Error {
    let help = match similar(&key.to_string(), known.iter().copied()) {
        Some(near) => format!("an option with a similar name exists: `{near}`"),
        None if known.is_empty() => "it has no options".to_owned(),
        None => format!("the options are {}", enumerate(known)),
    };
    syn::Error::new(key.span(), format!("unknown option `{key}` of {owner}\nhelp: {help}"))
}

/// "`a`, `b` and `c`".
pub(crate) fn enumerate<T: std::fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The options given so far: each may be given once.
#[derive(Default)]
pub(crate) struct Seen(Vec<String>);

impl Seen {
    pub(crate) fn check(&mut self, key: &Ident, errors: &mut Errors) {
        let name = key.to_string();
        if self.0.contains(&name) {
            errors.at(key, format!("the option `{name}` is given twice"));
        }
        self.0.push(name);
    }
}
