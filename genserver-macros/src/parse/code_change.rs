//! `#[code_change(from = 1)]`: `(old: CounterV1) -> CounterV2`, or a `Result` of it.

use syn::parse::ParseStream;
use syn::{Attribute, ImplItemFn};

use crate::errors::Errors;
use crate::model::{CodeChange, Number};
use crate::parse::attribute::arguments;
use crate::parse::list::{Seen, parse_key, parse_list, unknown_option};
use crate::parse::method::parse_method;
use crate::parse::role::Role;
use crate::parse::signature::typed;
use crate::parse::version::parse_version;

pub(crate) fn parse_code_change(
    function: &ImplItemFn,
    item: usize,
    attr: &Attribute,
    errors: &mut Errors,
) -> CodeChange {
    let mut params = typed(&function.sig);
    CodeChange {
        from: parse_from(attr, errors),
        takes: params.next().map(|typed| (*typed.ty).clone()),
        method: parse_method(function, item, Vec::new()),
    }
}

fn parse_from(attr: &Attribute, errors: &mut Errors) -> Option<Number> {
    let before = errors.len();
    let mut from = None;
    let mut seen = Seen::default();
    if let Some(tokens) = arguments(attr, Role::CodeChange, errors) {
        parse_list(tokens, errors, |input: ParseStream, errors| {
            let key = parse_key(input)?;
            if key != "from" {
                return Err(unknown_option(&key, "the `code_change` attribute", &["from"]));
            }
            seen.check(&key, errors);
            from = Some(parse_version(input, &key)?);
            Ok(())
        });
    }
    if from.is_none() && errors.len() == before {
        let text = "the `code_change` attribute needs the version that it migrates from\n\
                    help: for instance `#[code_change(from = 1)]`";
        errors.at(attr.path(), text);
    }
    from
}
