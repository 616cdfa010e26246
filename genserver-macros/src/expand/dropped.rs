//! Transitions that are decided and dropped, in a handler that has its error already.

use proc_macro2::{Ident, TokenStream};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ImplItemFn, Item, Pat, Path, Stmt};

use crate::check::dropped_next;
use crate::parse::read_body;

/// Gives each `st.goto(..);` its type. Nothing else in the body says which handler it belongs to,
/// so that rustc would ask for annotations.
pub(crate) fn annotate(function: &mut ImplItemFn, via: &TokenStream, krate: &Path) {
    let names = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pat) => Some(pat.ident.clone()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let names = names.collect();
    let mut body = read_body(&function.block).into_owned();
    Annotate { names, via, krate }.visit_block_mut(&mut body);
    function.block = body;
}

struct Annotate<'a> {
    /// The parameters, the state among them.
    names: Vec<Ident>,
    via: &'a TokenStream,
    krate: &'a Path,
}

impl VisitMut for Annotate<'_> {
    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        if let Some(dropped) = self.names.iter().find_map(|name| dropped_next(statement, name)) {
            let (via, krate) = (self.via, self.krate);
            *statement = syn::parse_quote!(let _: #krate::Next<_, #via> = #dropped;);
        }
        visit_mut::visit_stmt_mut(self, statement);
    }

    // An item inside of the body does not see the parameters.
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
