//! `#[enter(Pending)]`, `#[exit(Active)]`, `#[transition]`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, ImplItemFn, Meta, Token, Type};

use crate::errors::Errors;
use crate::model::{Hook, HookKind, HookParam, Param, Receiver};
use crate::parse::guard;
use crate::parse::list::parse_list;
use crate::parse::method::parse_method;
use crate::parse::returns::parse_returns;
use crate::parse::signature::{Scope, parse_param, parse_receiver, typed};
use crate::parse::ty;

pub(crate) fn parse_hook(
    function: &ImplItemFn,
    item: usize,
    (kind, attr): (HookKind, &Attribute),
    scope: Scope<'_>,
    errors: &mut Errors,
) -> Hook {
    let before = errors.len();
    let states = parse_states(attr, kind, errors);
    let params = typed(&function.sig).map(|typed| parse_hook_param(&typed.ty, scope)).collect();
    let method = parse_method(function, item, Vec::new());
    let returns = parse_returns(method.output.as_ref(), false);
    Hook {
        kind,
        states,
        params,
        exclusive: matches!(parse_receiver(&function.sig), Some(Receiver::Exclusive)),
        result: returns.result,
        flawed: errors.len() > before,
        method,
    }
}

/// What a parameter is, by its type.
pub(crate) fn parse_hook_param(ty: &Type, scope: Scope<'_>) -> HookParam {
    if let Some(reference) = ty::as_reference(ty) {
        let mutable = reference.mutability.is_some();
        if mutable && ty::is_named(&reference.elem, "StateCx") {
            return HookParam::Cx;
        }
        if !mutable && ty::is_named(&reference.elem, "Transition") {
            return HookParam::Transition;
        }
    }
    match parse_param(ty, scope) {
        Some(Param::State { ident, mutable }) => HookParam::State { ident, mutable },
        _ => HookParam::Unknown,
    }
}

fn parse_states(attr: &Attribute, kind: HookKind, errors: &mut Errors) -> Vec<Ident> {
    let name = kind.attribute();
    let tokens = match &attr.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let help = match kind {
                HookKind::Transition => String::new(),
                _ => format!("\nhelp: states stand in parentheses, `#[{name}(Pending)]`"),
            };
            errors.at(&pair.value, format!("the `{name}` attribute takes no value{help}"));
            return Vec::new();
        }
    };
    if kind == HookKind::Transition {
        if !tokens.is_empty() {
            let text = "the `transition` attribute takes no options\n\
                        note: its method runs after each transition";
            errors.at(&tokens, text);
        }
        return Vec::new();
    }
    if tokens.is_empty() {
        let text = format!(
            "the `{name}` attribute names a state\nhelp: for instance `#[{name}(Pending)]`"
        );
        errors.at(attr.path(), text);
        return Vec::new();
    }
    let mut states = Vec::new();
    parse_list(tokens, errors, |input, _| {
        if !states.is_empty() {
            return Err(second_item(input, name));
        }
        let place = format!("the `{name}` attribute");
        states.extend(guard::parse_states(input, &place, &format!("#[{name}(Pending)]"))?);
        check_stays(input, kind)
    });
    states
}

/// What stands behind a comma: another state, or what was taken for an option.
fn second_item(input: ParseStream, name: &str) -> syn::Error {
    let word = input.fork().call(Ident::parse_any);
    if word.is_ok_and(|word| word.to_string().starts_with(char::is_uppercase)) {
        let text = format!("expected `|` between states\nhelp: write `#[{name}(A | B)]`");
        return input.error(text);
    }
    input.error(format!("the `{name}` attribute takes no options"))
}

/// Its place is between two transitions: in `#[enter(A => B)]` the machine would go on from a state
/// that nobody has seen it in.
fn check_stays(input: ParseStream, kind: HookKind) -> syn::Result<()> {
    if !input.peek(Token![=>]) {
        return Ok(());
    }
    let noun = kind.noun();
    let help = match kind {
        HookKind::Enter => "\nhelp: move on by a message, `cx.timer(..)` or a `state_timeout`",
        _ => "",
    };
    let arrow: Token![=>] = input.parse()?;
    Err(syn::Error::new_spanned(arrow, format!("{noun} cannot change the state{help}")))
}
