//! How long a machine may stay in a state: `after = "30d" => Rejected`, `until = Self::deadline`.

use proc_macro2::Ident;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Lit, Path, Token};

use crate::model::{Clause, Guard, Stay};
use crate::parse::duration::parse_positive;
use crate::parse::guard::parse_names;
use crate::parse::list::parse_equals;

const EXAMPLE: &str = "help: for instance `#[state_timeout(Pending, after = \"30d\" => Expired)]`";

/// Reads the value of `after` or `until`, and the targets behind it, which belong to the guard.
pub(crate) fn parse_stay(
    input: ParseStream,
    key: &Ident,
    stay: &mut Option<Stay>,
    guard: Option<&mut Guard>,
) -> syn::Result<()> {
    let is_after = key == "after";
    if stay.as_ref().is_some_and(|stay| matches!(stay, Stay::After(_)) != is_after) {
        return Err(syn::Error::new(key.span(), "both `after` and `until` are given"));
    }
    let value = if is_after {
        parse_equals(input, key, "\"30d\"")?;
        Stay::After(parse_positive(input, "the time")?)
    } else {
        parse_equals(input, key, "Self::deadline")?;
        Stay::Until(parse_path(input)?)
    };
    let is_first = stay.replace(value).is_none();
    if !input.peek(Token![=>]) {
        return Ok(());
    }
    // That the option is given twice is told; its targets are then no mistake of their own.
    let mut other = Guard { clauses: vec![Clause::default()], ..Guard::default() };
    parse_targets(input, if is_first { guard } else { Some(&mut other) })
}

fn parse_path(input: ParseStream) -> syn::Result<Path> {
    const TEXT: &str = "`until` takes the path of a function that gives the time";
    if input.peek(Lit) {
        return Err(input.error(format!("{TEXT}\nhelp: for a duration write `after = ..`")));
    }
    if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
        return Err(input.error(format!("{TEXT}\nhelp: for instance `until = Self::deadline`")));
    }
    let path = input.call(Path::parse_mod_style)?;
    if input.is_empty() || input.peek(Token![,]) || input.peek(Token![=>]) {
        return Ok(path);
    }
    Err(input.error(format!("{TEXT}\nhelp: the server calls it with itself and the state")))
}

fn parse_targets(input: ParseStream, guard: Option<&mut Guard>) -> syn::Result<()> {
    let mut none = Guard::default();
    let guard = guard.unwrap_or(&mut none);
    let arrow: Token![=>] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(arrow, "expected a state after `=>`"));
    }
    let targets = parse_names(input)?;
    let wrong = |text: &str| Err(syn::Error::new_spanned(arrow, text));
    let clause = match &mut guard.clauses[..] {
        [clause] if clause.targets.is_empty() => clause,
        // What could not be read has been told.
        clauses if clauses.iter().any(|clause| clause.tokens.is_empty()) => return Ok(()),
        [_] => return wrong("the targets are given twice"),
        [] => return wrong(&format!("the state stands first\n{EXAMPLE}")),
        _ => {
            return wrong(
                "the target stands at its state where there are several\n\
                 help: for instance `Pending => Expired, Approved => Rejected, after = ..`",
            );
        }
    };
    let tokens = &clause.tokens;
    clause.tokens = quote!(#tokens #arrow #targets);
    clause.targets = targets.into_iter().collect();
    guard.tokens = clause.tokens.clone();
    Ok(())
}
