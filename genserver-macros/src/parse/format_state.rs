//! `#[format_state]`: `(&self) -> impl Debug`, with states `st: &ContractState` too.

use syn::ImplItemFn;

use crate::model::FormatState;
use crate::parse::method::parse_method;
use crate::parse::signature::typed;

pub(crate) fn parse_format_state(function: &ImplItemFn, item: usize) -> FormatState {
    let state = typed(&function.sig).next().is_some();
    FormatState { method: parse_method(function, item, Vec::new()), state }
}
