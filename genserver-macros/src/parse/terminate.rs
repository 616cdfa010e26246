//! `#[terminate]`: `(&mut self, reason: &ExitReason)`, with states `st: Option<&ContractState>`
//! too.

use syn::{ImplItemFn, Type};

use crate::model::{Terminate, TerminateParam};
use crate::parse::signature::typed;
use crate::parse::{method::parse_method, ty};

pub(crate) fn parse_terminate(function: &ImplItemFn, item: usize) -> Terminate {
    let params = typed(&function.sig).filter_map(|typed| parse_param(&typed.ty)).collect();
    Terminate { method: parse_method(function, item, Vec::new()), params }
}

/// The parameter that a type stands for.
pub(crate) fn parse_param(ty: &Type) -> Option<TerminateParam> {
    if let Some(reference) = ty::as_reference(ty) {
        let reason = ty::is_named(&reference.elem, "ExitReason") && reference.mutability.is_none();
        return reason.then_some(TerminateParam::Reason);
    }
    let segment = ty::last_segment(ty).filter(|segment| segment.ident == "Option")?;
    let args = ty::type_args(segment);
    let state = ty::as_reference(args.first()?)?;
    state.mutability.is_none().then_some(TerminateParam::State)
}
