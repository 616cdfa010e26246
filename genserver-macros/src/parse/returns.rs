//! Return types, seen through `Result` and `Next`.

use proc_macro2::Span;
use syn::{PathArguments, Type};

use crate::model::{NextType, Returns};
use crate::parse::ty;

/// In a server without states `Next` is whatever type the user calls so.
pub(crate) fn parse_returns(output: Option<&Type>, has_states: bool) -> Returns {
    let Some(output) = output else { return Returns { result: None, next: None } };
    let is_result = ty::is_named(output, "Result");
    let value = if is_result { ok_of(output) } else { Some(output) };
    let next = value.filter(|_| has_states).and_then(parse_next);
    Returns { result: is_result.then(|| output.clone()), next }
}

/// `T` of `Result<T, E>` and `io::Result<T>`.
pub(crate) fn ok_of(result: &Type) -> Option<&Type> {
    ty::type_args(ty::last_segment(result)?).first().copied()
}

/// `E` of `Result<T, E>`.
pub(crate) fn error_of(result: &Type) -> Option<&Type> {
    ty::type_args(ty::last_segment(result)?).get(1).copied()
}

fn parse_next(ty: &Type) -> Option<NextType> {
    let segment = ty::last_segment(ty).filter(|segment| segment.ident == "Next")?;
    let span: Span = segment.ident.span();
    let reply = match &segment.arguments {
        PathArguments::None => None,
        _ => ty::type_args(segment).first().map(|reply| (*reply).clone()),
    };
    Some(NextType { reply, span })
}
