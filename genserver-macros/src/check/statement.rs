//! Transitions that are decided and dropped.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Item, Pat, Stmt};

use crate::check::{Subject, params};
use crate::errors::Errors;
use crate::model::Param;
use crate::parse::read_body;

/// What makes a `Next` out of a state.
const MAKERS: &[&str] = &["goto", "goto_mut", "stay", "stay_mut"];

/// `st.goto(|_| Rejected { why });` reads like a transition and is none: it is carried out only
/// when the handler returns it.
pub(crate) fn check_unused_next(subject: Subject<'_>, errors: &mut Errors) {
    let state = params::framework(subject).find_map(|(typed, param)| match (param, &*typed.pat) {
        (Param::State { .. }, Pat::Ident(pat)) => Some(&pat.ident),
        _ => None,
    });
    let Some(state) = state else { return };
    // What drops something ends in a semicolon; most handlers are one expression without any.
    let block = &subject.function.block;
    if !block.to_token_stream().to_string().contains(';') {
        return;
    }
    let body = read_body(block);
    for unused in find_unused(&body, state) {
        errors.at(unused, "unused `Next`: a transition does nothing until the handler returns it");
    }
}

/// The transitions of the parameter `state` that are decided and dropped.
pub(crate) fn find_unused<'a>(block: &'a Block, state: &'a Ident) -> Vec<&'a Expr> {
    let mut finder = Finder { state, found: Vec::new() };
    finder.visit_block(block);
    finder.found
}

struct Finder<'ast> {
    /// The name of the state parameter.
    state: &'ast Ident,
    found: Vec<&'ast Expr>,
}

impl<'ast> Visit<'ast> for Finder<'ast> {
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        self.found.extend(dropped_next(statement, self.state));
        visit::visit_stmt(self, statement);
    }

    // An item inside of the body does not see the parameter.
    fn visit_item(&mut self, _: &'ast Item) {}
}

/// The transition that a statement decides and drops.
pub(crate) fn dropped_next<'a>(statement: &'a Stmt, state: &Ident) -> Option<&'a Expr> {
    match statement {
        Stmt::Expr(dropped, Some(_)) if makes_next(dropped, state) => Some(dropped),
        _ => None,
    }
}

/// `st.goto(..)`, `st.stay().reply(1)`.
fn makes_next(expr: &Expr, state: &Ident) -> bool {
    match expr {
        Expr::MethodCall(call) => is_maker(call, state) || makes_next(&call.receiver, state),
        Expr::Paren(paren) => makes_next(&paren.expr, state),
        Expr::Group(group) => makes_next(&group.expr, state),
        _ => false,
    }
}

fn is_maker(call: &ExprMethodCall, state: &Ident) -> bool {
    let of_state = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident(state));
    of_state && MAKERS.iter().any(|maker| call.method == *maker)
}
