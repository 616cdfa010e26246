//! In which states a message is accepted, and what becomes of it in the others.

use quote::ToTokens;
use syn::ext::IdentExt;

use crate::model::{Guard, Handler, Machine, Otherwise, OtherwiseWhat, Server};
use crate::reach::can_still_accept;

impl Server {
    /// The handlers of the same message, this one among them.
    pub(crate) fn same_message<'a>(
        &'a self,
        handler: &'a Handler,
    ) -> impl Iterator<Item = &'a Handler> {
        let text = |handler: &Handler| {
            let types = handler.method.args.iter().map(|arg| arg.ty.to_token_stream().to_string());
            types.collect::<Vec<_>>()
        };
        self.handlers.iter().filter(move |other| {
            let offered = handler.kind.is_offered()
                && other.kind.is_offered()
                && other.message.unraw() == handler.message.unraw();
            let by_type = handler.kind.is_by_type()
                && other.kind == handler.kind
                && text(other) == text(handler);
            std::ptr::eq(*other, handler) || offered || by_type
        })
    }

    /// The leaves in which some handler of the message runs.
    pub(crate) fn accepting(&self, machine: &Machine, handler: &Handler) -> Vec<usize> {
        let mut leaves = Vec::new();
        for other in self.same_message(handler) {
            match &other.guard {
                Some(guard) => leaves.extend(guard.sources().flat_map(|name| machine.leaves(name))),
                None => return (0..machine.states.len()).collect(),
            }
        }
        leaves
    }

    /// The leaves in which the message is refused by name.
    pub(crate) fn refused(&self, machine: &Machine, handler: &Handler) -> Vec<usize> {
        let guards = self.same_message(handler).filter_map(|other| other.guard.as_ref());
        guards.flat_map(Guard::refused).flat_map(|name| machine.leaves(name)).collect()
    }

    /// What was said of messages of this handler that the state does not accept.
    pub(crate) fn otherwise<'a>(&'a self, handler: &'a Handler) -> Option<&'a Otherwise> {
        if handler.guard.is_none() || handler.kind.is_timed() {
            return None;
        }
        // Its own first: another one of the message may be taken away by a `#[cfg]`.
        let others = || self.same_message(handler).find_map(|other| other.otherwise.as_ref());
        let own = handler.otherwise.as_ref().or_else(others);
        own.or(self.options.otherwise.as_ref())
    }

    /// Whether nobody is told when the state does not accept it.
    pub(crate) fn ignores(&self, handler: &Handler) -> bool {
        let what = self.otherwise(handler).map(|otherwise| &otherwise.what);
        matches!(what, Some(OtherwiseWhat::Ignore)) && !handler.kind.is_call()
    }

    /// The leaves in which a message of this handler is kept for another state. What is said of the
    /// whole server holds where another state may accept it.
    pub(crate) fn postponed_in(&self, machine: &Machine, handler: &Handler) -> Vec<usize> {
        let Some(otherwise) = self.otherwise(handler) else { return Vec::new() };
        let accepting = self.accepting(machine, handler);
        let refused = self.refused(machine, handler);
        let is_other = |at: &usize| !accepting.contains(at) && !refused.contains(at);
        let others = (0..machine.states.len()).filter(is_other);
        let is_own = self.says_otherwise(handler);
        match &otherwise.what {
            OtherwiseWhat::Postpone(Some(names)) if is_own => {
                let meant: Vec<usize> =
                    names.iter().flat_map(|name| machine.leaves(name)).collect();
                others.filter(|at| meant.contains(at)).collect()
            }
            OtherwiseWhat::Postpone(_) if is_own => others.collect(),
            OtherwiseWhat::Postpone(_) => {
                let hopeful = can_still_accept(self, machine, &accepting);
                others.filter(|&at| hopeful[at]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether what was said of it was said of the message, and not of all.
    pub(crate) fn says_otherwise(&self, handler: &Handler) -> bool {
        self.same_message(handler).any(|other| other.otherwise.is_some())
    }
}
