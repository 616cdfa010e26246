//! `otherwise = error | ignore | postpone`, `postpone(Pending | Approved)`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, token};

use crate::model::{Otherwise, OtherwiseWhat};
use crate::parse::guard;
use crate::parse::list::{parse_equals, parse_word};

#[derive(Clone, Copy)]
enum Word {
    Error,
    Ignore,
    Postpone,
}

const WORDS: &[(&str, Word)] =
    &[("error", Word::Error), ("postpone", Word::Postpone), ("ignore", Word::Ignore)];

pub(crate) fn parse_otherwise(input: ParseStream, key: &Ident) -> syn::Result<Otherwise> {
    parse_equals(input, key, "postpone")?;
    let word = input.fork().call(Ident::parse_any).unwrap_or_else(|_| key.clone());
    let what = match parse_word(input, key, WORDS)? {
        Word::Error => OtherwiseWhat::Error,
        Word::Ignore => OtherwiseWhat::Ignore,
        Word::Postpone => OtherwiseWhat::Postpone(parse_states(input, &word)?),
    };
    Ok(Otherwise { key: key.clone(), word, what })
}

/// The states in parentheses, where there are some.
fn parse_states(input: ParseStream, word: &Ident) -> syn::Result<Option<Vec<Ident>>> {
    if !input.peek(token::Paren) {
        return Ok(None);
    }
    let content;
    syn::parenthesized!(content in input);
    // Read apart, so that what is left over is told once.
    let content: TokenStream = content.parse()?;
    if content.is_empty() {
        let text = "`postpone` names no state\nhelp: for instance `postpone(Pending | Approved)`";
        return Err(syn::Error::new(word.span(), text));
    }
    let states = |input: ParseStream| {
        let names = guard::parse_states(input, "`postpone(..)`", "postpone(Pending | Approved)")?;
        if input.peek(Token![=>]) {
            let text = "`postpone(..)` names states to wait in\n\
                        note: where a handler leads is said by its guard";
            return Err(syn::Error::new_spanned(input.parse::<Token![=>]>()?, text));
        }
        if !input.is_empty() {
            return Err(input.error("expected `|` between states"));
        }
        Ok(names)
    };
    Ok(Some(states.parse2(content)?.into_iter().collect()))
}
