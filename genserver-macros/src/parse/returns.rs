//! Return types, seen through `Result` and `Next`.

use proc_macro2::Span;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::model::{Handler, NextType, Returns};
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

pub(crate) fn last_segment_mut(mut ty: &mut Type) -> Option<&mut PathSegment> {
    loop {
        ty = match ty {
            Type::Group(group) => &mut group.elem,
            Type::Paren(paren) => &mut paren.elem,
            Type::Path(path) => return path.path.segments.last_mut(),
            _ => return None,
        }
    }
}

fn type_args_mut(segment: &mut PathSegment) -> Vec<&mut Type> {
    let PathArguments::AngleBracketed(args) = &mut segment.arguments else { return Vec::new() };
    let types = args.args.iter_mut().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The type that is `Next` in a return type: itself, or the first argument of a `Result`.
fn next_type_mut(output: &mut Type) -> Option<&mut Type> {
    let place = if ty::is_named(output, "Result") {
        type_args_mut(last_segment_mut(output)?).into_iter().next()?
    } else {
        output
    };
    ty::is_named(place, "Next").then_some(place)
}

/// The word `Next` in a return type, with its arguments.
pub(crate) fn next_mut(output: &mut Type) -> Option<&mut PathSegment> {
    last_segment_mut(next_type_mut(output)?)
}

/// What the caller gets: the return type with `R` for `Next<R>`.
pub(crate) fn reply_of(handler: &Handler) -> Type {
    let unit: Type = syn::parse_quote!(());
    let Some(mut output) = handler.method.output.clone() else { return unit };
    if let Some(next) = &handler.returns.next
        && let Some(place) = next_type_mut(&mut output)
    {
        *place = next.reply.clone().unwrap_or(unit);
    }
    output
}
