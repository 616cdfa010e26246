//! Guards and `states(..)`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

/// In which states a handler runs, and where it may go from each.
#[derive(Default)]
pub(crate) struct Guard {
    /// In source order, with at least one.
    pub(crate) clauses: Vec<Clause>,
    /// The whole guard as written, for messages and spans.
    pub(crate) tokens: TokenStream,
}

/// `Pending => Approved | Rejected`, `A | B => C`, `Active`.
#[derive(Default)]
pub(crate) struct Clause {
    /// Source states or groups as written; empty when it could not be read.
    pub(crate) sources: Vec<Ident>,
    /// Target states or groups as written; empty without an arrow.
    pub(crate) targets: Vec<Ident>,
    /// The clause as written.
    pub(crate) tokens: TokenStream,
}

impl Guard {
    /// All sources, which stand in one clause each.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Ident> + Clone {
        self.clauses.iter().flat_map(|clause| &clause.sources)
    }

    /// The targets of all clauses, each name once.
    pub(crate) fn targets(&self) -> Vec<&Ident> {
        let mut targets: Vec<&Ident> = Vec::new();
        for target in self.clauses.iter().flat_map(|clause| &clause.targets) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }

    /// The source, if there is one alone.
    pub(crate) fn single_source(&self) -> Option<&Ident> {
        let mut sources = self.sources();
        sources.next().filter(|_| sources.next().is_none())
    }

    pub(crate) fn has_several_sources(&self) -> bool {
        self.sources().nth(1).is_some()
    }

    /// The target, if all clauses have the same alone.
    pub(crate) fn single_target(&self) -> Option<&Ident> {
        let all_move = self.clauses.iter().all(|clause| !clause.targets.is_empty());
        match self.targets()[..] {
            [target] if all_move => Some(target),
            _ => None,
        }
    }

    pub(crate) fn push(&mut self, clause: Clause) {
        let tokens = &clause.tokens;
        let comma = (!self.tokens.is_empty() && !tokens.is_empty()).then(|| quote!(,));
        self.tokens.extend(quote!(#comma #tokens));
        self.clauses.push(clause);
    }
}

/// `states(..)`.
pub(crate) struct Machine {
    /// The leaves in source order, flattened out of their groups.
    pub(crate) states: Vec<State>,
    pub(crate) groups: Vec<Group>,
    /// The initial state's place in `states`.
    pub(crate) initial: usize,
    /// Whether `initial` was said; else it is 0.
    pub(crate) rooted: bool,
}

pub(crate) struct State {
    /// The last segment of the path: its name.
    pub(crate) ident: Ident,
    /// The type as written: `Pending`, `other::Pending`.
    pub(crate) path: Path,
    /// The innermost group's place in `groups`.
    pub(crate) group: Option<usize>,
    pub(crate) terminal: bool,
    /// Its properties could not be read.
    pub(crate) flawed: bool,
}

pub(crate) struct Group {
    pub(crate) ident: Ident,
    /// The enclosing group's place in `groups`.
    pub(crate) parent: Option<usize>,
}

impl Machine {
    /// Whether a state or a group has this name.
    pub(crate) fn declares(&self, name: &Ident) -> bool {
        self.names().any(|declared| declared == name)
    }

    /// The names of the states and of the groups.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Ident> {
        let states = self.states.iter().map(|state| &state.ident);
        states.chain(self.groups.iter().map(|group| &group.ident))
    }

    /// The leaves that a state's or a group's name stands for; empty for an unknown name.
    pub(crate) fn leaves(&self, name: &Ident) -> Vec<usize> {
        let inside = |mut group: Option<usize>| {
            while let Some(at) = group {
                if self.groups[at].ident == *name {
                    return true;
                }
                group = self.groups[at].parent;
            }
            false
        };
        (0..self.states.len())
            .filter(|&at| self.states[at].ident == *name || inside(self.states[at].group))
            .collect()
    }
}
