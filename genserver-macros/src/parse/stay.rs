//! How long a machine may stay in a state: `after = "30d" => Rejected`, `until = Self::deadline`.

use proc_macro2::Ident;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Lit, Path, Token};

use crate::model::{Guard, Stay};
use crate::parse::duration::parse_positive;
use crate::parse::guard::parse_names;
use crate::parse::list::parse_equals;

/// Reads the value of `after` or `until`, and the targets behind it, which belong to the guard.
pub(crate) fn parse_stay(
    input: ParseStream,
    key: &Ident,
    guard: Option<&mut Guard>,
) -> syn::Result<Stay> {
    let stay = if key == "after" {
        parse_equals(input, key, "\"30d\"")?;
        Stay::After(parse_positive(input, "the time")?)
    } else {
        parse_equals(input, key, "Self::deadline")?;
        if input.peek(Lit) {
            let text = "`until` takes the path of a function that gives the time\n\
                        help: for a duration write `after = ..`";
            return Err(input.error(text));
        }
        Stay::Until(input.call(Path::parse_mod_style)?)
    };
    if input.peek(Token![=>]) {
        parse_targets(input, guard)?;
    }
    Ok(stay)
}

fn parse_targets(input: ParseStream, guard: Option<&mut Guard>) -> syn::Result<()> {
    let mut none = Guard::default();
    let guard = guard.unwrap_or(&mut none);
    let arrow: Token![=>] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(arrow, "expected a state after `=>`"));
    }
    let targets = parse_names(input)?;
    let [clause] = &mut guard.clauses[..] else {
        let text = "the state stands first\n\
                    help: for instance `#[state_timeout(Pending, after = \"30d\" => Expired)]`";
        return Err(syn::Error::new_spanned(arrow, text));
    };
    if !clause.targets.is_empty() {
        return Err(syn::Error::new_spanned(arrow, "the targets are given twice"));
    }
    let tokens = &clause.tokens;
    clause.tokens = quote!(#tokens #arrow #targets);
    clause.targets = targets.into_iter().collect();
    guard.tokens = clause.tokens.clone();
    Ok(())
}
