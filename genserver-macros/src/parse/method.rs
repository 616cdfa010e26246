//! What any annotated method has.

use syn::{Attribute, ImplItemFn};

use crate::model::{Arg, Method};
use crate::parse::ty;

/// The attributes that the client method repeats.
const COPIED: &[&str] = &["doc", "cfg", "deprecated", "must_use", "allow", "expect"];

pub(crate) fn parse_method(function: &ImplItemFn, item: usize, args: Vec<Arg>) -> Method {
    Method {
        ident: function.sig.ident.clone(),
        vis: function.vis.clone(),
        asyncness: function.sig.asyncness.is_some(),
        attrs: copied(&function.attrs, COPIED),
        args,
        output: ty::output(&function.sig.output).cloned(),
        item,
    }
}

/// The attributes of these names.
pub(crate) fn copied(attrs: &[Attribute], names: &[&str]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| is_any(attr, names)).cloned().collect()
}

/// Whether the attribute has one of these names.
pub(crate) fn is_any(attr: &Attribute, names: &[&str]) -> bool {
    attr.path().get_ident().is_some_and(|ident| names.contains(&ident.to_string().as_str()))
}
