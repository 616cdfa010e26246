//! Durations: `"250ms"`, `"5s"`, or a path to a constant.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{LitStr, Path, Token};

use crate::model::Duration;

const UNITS: &[(&str, u64)] = &[
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3_600 * 1_000_000_000),
    ("d", 86_400 * 1_000_000_000),
];

const HELP: &str =
    "help: write a whole number and a unit: `\"250ms\"`, `\"5s\"`, `\"1m\"`, `\"2h\"`, `\"1d\"`";

/// A duration after `=`; the caller has looked for the option's own words.
pub(crate) fn parse_duration(input: ParseStream) -> syn::Result<Duration> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return parse_literal(&literal.value(), literal.span());
    }
    if input.peek(syn::Lit) || input.peek(Token![-]) {
        return Err(input.error(format!("a duration is a string with a unit\n{HELP}")));
    }
    if input.peek(syn::Ident)
        || input.peek(Token![::])
        || input.peek(Token![crate])
        || input.peek(Token![self])
        || input.peek(Token![super])
        || input.peek(Token![Self])
    {
        return Ok(Duration::Constant(input.call(Path::parse_mod_style)?));
    }
    Err(input.error(format!("expected a duration or a path to a constant\n{HELP}")))
}

/// A duration that stands for something that happens after it: `what` it is.
pub(crate) fn parse_positive(input: ParseStream, what: &str) -> syn::Result<Duration> {
    match parse_duration(input)? {
        Duration::Literal(0, span) => Err(syn::Error::new(span, format!("{what} cannot be zero"))),
        duration => Ok(duration),
    }
}

fn parse_literal(text: &str, span: Span) -> syn::Result<Duration> {
    if text.trim().is_empty() {
        return Err(syn::Error::new(span, format!("empty duration\n{HELP}")));
    }
    let malformed = || syn::Error::new(span, format!("malformed duration `{text}`\n{HELP}"));
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(malformed)?;
    let (number, unit) = text.split_at(digits);
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(malformed)?;
    if number.is_empty() {
        return Err(malformed());
    }
    let total = number.parse::<u64>().ok().and_then(|number| number.checked_mul(*nanos));
    let too_long = || syn::Error::new(span, format!("the duration `{text}` is too long"));
    total.map(|total| Duration::Literal(total, span)).ok_or_else(too_long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<u64, &str>) {
        let parsed = match parse_literal(text, Span::call_site()) {
            Ok(Duration::Literal(nanos, _)) => Ok(nanos),
            Ok(_) => panic!("a literal"),
            Err(error) => Err(error.to_string()),
        };
        let parsed = parsed.map_err(|text| text.lines().next().unwrap_or_default().to_owned());
        assert_eq!(parsed, expected.map_err(str::to_owned));
    }

    #[test]
    fn a_number_and_a_unit_is_a_duration() {
        check("250ms", Ok(250_000_000));
        check("5s", Ok(5_000_000_000));
        check("1m", Ok(60_000_000_000));
        check("2h", Ok(7_200_000_000_000));
        check("1d", Ok(86_400_000_000_000));
        check("0s", Ok(0));
    }

    #[test]
    fn anything_else_is_not() {
        check("", Err("empty duration"));
        check("  ", Err("empty duration"));
        for text in ["5", "s", "5 s", "5sec", "-5s", "1.5s", "5S", "1h30m", "5ms ", "٣s"] {
            check(text, Err(&format!("malformed duration `{text}`")));
        }
        check("99999999999d", Err("the duration `99999999999d` is too long"));
        check(
            "99999999999999999999999s",
            Err("the duration `99999999999999999999999s` is too long"),
        );
    }
}
