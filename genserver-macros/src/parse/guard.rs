//! The clauses of guards: `Pending => Approved | Rejected`, `A | B => C`, `Active`, `A => !`.

use proc_macro2::Ident;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Path, Token, token};

use crate::model::{Clause, Machine};
use crate::parse::ty;

/// Whether a guard begins here, and not an option.
///
/// A word alone is a guard if a state has this name or if it is written like a type; `blocking` is
/// an option.
pub(crate) fn begins_guard(input: ParseStream, machine: Option<&Machine>) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return input.peek(Token![=>]) || input.peek(Token![|]) || input.peek(Token![_]);
    };
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    let is_type = word.unraw().to_string().starts_with(char::is_uppercase);
    let is_declared = machine.is_some_and(|machine| machine.declares(&word));
    ahead.peek(Token![=>])
        || ahead.peek(Token![|])
        || ahead.peek(Token![::])
        || (ahead.peek(Token![:]) && !ahead.peek(token::Paren))
        || (alone && (is_type || is_declared))
        || (is_type && !ahead.peek(token::Paren))
}

/// The name of the message before its guard, `pay:` in `pay: Disbursed => Repaying`.
///
/// `Pending: Approved` names no message but lacks its arrow.
pub(crate) fn parse_message_name(
    input: ParseStream,
    machine: Option<&Machine>,
) -> syn::Result<Option<Ident>> {
    let ahead = input.fork();
    let Ok(name) = ahead.call(Ident::parse_any) else { return Ok(None) };
    if !ahead.peek(Token![:]) || ahead.peek(Token![::]) {
        return Ok(None);
    }
    if machine.is_some_and(|machine| machine.declares(&name)) {
        let text = format!("unexpected `:` in a guard\nhelp: write `{name} => ..`");
        return Err(ahead.error(text));
    }
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    Ok(Some(name))
}

pub(crate) fn parse_clause(input: ParseStream) -> syn::Result<Clause> {
    let sources = parse_names(input)?;
    if input.is_empty() || input.peek(Token![,]) {
        let tokens = quote!(#sources);
        let sources = sources.into_iter().collect();
        return Ok(Clause { sources, tokens, ..Clause::default() });
    }
    if !input.peek(Token![=>]) {
        return Err(input.error("expected `=>` in a guard"));
    }
    let arrow: Token![=>] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(arrow, "expected a state after `=>`"));
    }
    if let Some(never) = input.parse::<Option<Token![!]>>()? {
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected `,`"));
        }
        let tokens = quote!(#sources #arrow #never);
        let sources = sources.into_iter().collect();
        return Ok(Clause { sources, refuses: true, tokens, ..Clause::default() });
    }
    let targets = parse_names(input)?;
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected `,`"));
    }
    let tokens = quote!(#sources #arrow #targets);
    let (sources, targets) = (sources.into_iter().collect(), targets.into_iter().collect());
    Ok(Clause { sources, targets, refuses: false, tokens })
}

pub(crate) fn parse_names(input: ParseStream) -> syn::Result<Punctuated<Ident, Token![|]>> {
    parse_states(input, "a guard", "Pending => Approved")
}

/// The same of another place: how it is called, and what could stand there.
pub(crate) fn parse_states(
    input: ParseStream,
    place: &str,
    example: &str,
) -> syn::Result<Punctuated<Ident, Token![|]>> {
    let mut names = Punctuated::new();
    loop {
        names.push_value(parse_state(input, place, example)?);
        if !input.peek(Token![|]) {
            return Ok(names);
        }
        let bar: Token![|] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new_spanned(bar, "expected a state after `|`"));
        }
        names.push_punct(bar);
    }
}

fn parse_state(input: ParseStream, place: &str, example: &str) -> syn::Result<Ident> {
    if !input.peek(Ident::peek_any) || input.peek(Token![_]) {
        return Err(input.error(format!("expected a state\nhelp: for instance `{example}`")));
    }
    let ahead = input.fork();
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![::]) {
        let path = ahead.call(Path::parse_mod_style)?;
        let text =
            format!("{place} names a state without its path\nhelp: write its last segment alone");
        return Err(syn::Error::new_spanned(path, text));
    }
    if input.peek(Token![:]) {
        let text = format!("unexpected `:` in {place}\nhelp: write `{example}`");
        return Err(input.error(text));
    }
    Ok(ty::canonical(&name))
}
