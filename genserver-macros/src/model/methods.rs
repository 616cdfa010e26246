//! Several methods for one message, each in states of its own.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::model::{Handler, Server};
use crate::parse::sources::sources_name;
use crate::parse::ty;

impl Server {
    /// The place of the first handler for the message of another one: of itself, unless it shares
    /// the message.
    pub(crate) fn first_of(&self, at: usize) -> usize {
        let own = &self.handlers[at];
        (0..at).find(|&other| self.is_shared(&self.handlers[other], own)).unwrap_or(at)
    }

    /// Whether other methods handle its message in other states.
    pub(crate) fn shares(&self, handler: &Handler) -> bool {
        self.handlers
            .iter()
            .any(|other| !std::ptr::eq(handler, other) && self.is_shared(handler, other))
    }

    /// Whether two handlers are methods for one message. Without states nothing could tell which of
    /// them is to run.
    pub(crate) fn is_shared(&self, a: &Handler, b: &Handler) -> bool {
        let has_states = self.machine.is_some() || self.states_flawed;
        if !has_states || (a.is_conditional() && b.is_conditional()) {
            return false;
        }
        if a.kind.is_offered() && b.kind.is_offered() {
            let is_other = a.method.ident.unraw() != b.method.ident.unraw();
            return is_other && a.message.unraw() == b.message.unraw();
        }
        let types = (a.method.args.as_slice(), b.method.args.as_slice());
        let is_one = matches!(types, ([a], [b]) if ty::same(&a.ty, &b.ty));
        is_one && a.kind == b.kind && a.kind.is_by_type()
    }

    /// Whether two handlers handle one message, each in states of its own: a guard says so.
    pub(crate) fn is_parted(&self, a: &Handler, b: &Handler) -> bool {
        self.is_shared(a, b) && (a.guard.is_some() || b.guard.is_some())
    }

    /// The enum of the sources of a handler with several: `ContractPayFrom`; named after the method
    /// where the message is not its own.
    pub(crate) fn sources_name(&self, handler: &Handler) -> Ident {
        let of = if self.shares(handler) { &handler.method.ident } else { &handler.message };
        sources_name(&self.ident, of)
    }
}
