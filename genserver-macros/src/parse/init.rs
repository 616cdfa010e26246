//! `#[init]`: `Self`, `Result<Self, E>`, `Init<Self, E>`; with states `(Self, Pending)` in its
//! place.

use syn::{ImplItemFn, Type};

use crate::model::{Init, InitReturn, InitWrapper, Method};
use crate::parse::signature::{is_cx, parse_args, typed};
use crate::parse::{method::parse_method, ty};

pub(crate) fn parse_init(function: &ImplItemFn, item: usize) -> Init {
    let mut params: Vec<_> = typed(&function.sig).collect();
    let cx = params.first().is_some_and(|first| is_cx(&first.ty));
    if cx {
        params.remove(0);
    }
    let method = parse_method(function, item, parse_args(&params));
    let returns = parse_init_return(&method);
    Init { method, cx, returns }
}

fn parse_init_return(method: &Method) -> InitReturn {
    let Some(output) = &method.output else {
        return InitReturn { wrapper: InitWrapper::Plain, state: None };
    };
    let (wrapper, value) = unwrap(output);
    let state = value.and_then(state_of).cloned();
    InitReturn { wrapper, state }
}

/// The wrapper, and what is in it as far as the text says it.
pub(crate) fn unwrap(output: &Type) -> (InitWrapper, Option<&Type>) {
    let segment = ty::last_segment(output);
    let args = segment.map(ty::type_args).unwrap_or_default();
    let value = args.first().copied();
    match segment {
        Some(segment) if segment.ident == "Result" => (InitWrapper::Result(output.clone()), value),
        Some(segment) if segment.ident == "Init" => {
            (InitWrapper::Init(args.get(1).map(|error| (*error).clone())), value)
        }
        _ => (InitWrapper::Plain, Some(output)),
    }
}

/// `S` of `(Self, S)`.
fn state_of(value: &Type) -> Option<&Type> {
    match ty::peel(value) {
        Type::Tuple(tuple) if tuple.elems.len() == 2 => tuple.elems.last(),
        _ => None,
    }
}
