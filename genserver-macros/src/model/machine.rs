//! Guards and `states(..)`.

use std::cell::OnceCell;
use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

/// In which states a handler runs, and where it may go from each.
#[derive(Default)]
pub(crate) struct Guard {
    /// In source order.
    pub(crate) clauses: Vec<Clause>,
    /// Those that refuse: `Approved => !`.
    pub(crate) refusals: Vec<Clause>,
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
    /// `!` stands in their place.
    pub(crate) refuses: bool,
    /// The clause as written.
    pub(crate) tokens: TokenStream,
}

impl Guard {
    /// All sources, which stand in one clause each.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Ident> + Clone {
        self.clauses.iter().flat_map(|clause| &clause.sources)
    }

    /// The states and groups that are refused by name.
    pub(crate) fn refused(&self) -> impl Iterator<Item = &Ident> + Clone {
        self.refusals.iter().flat_map(|clause| &clause.sources)
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
        let list = if clause.refuses { &mut self.refusals } else { &mut self.clauses };
        list.push(clause);
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
    /// Every message is handled or refused by name in every state.
    pub(crate) exhaustive: bool,
    /// What the names stand for, once that was asked.
    leaves: OnceCell<HashMap<String, Vec<usize>>>,
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
    pub(crate) fn new(
        states: Vec<State>,
        groups: Vec<Group>,
        initial: usize,
        rooted: bool,
    ) -> Self {
        Self { states, groups, initial, rooted, exhaustive: false, leaves: OnceCell::new() }
    }

    /// Whether a state or a group has this name.
    pub(crate) fn declares(&self, name: &Ident) -> bool {
        self.named(name).is_some()
    }

    /// The names of the states and of the groups.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Ident> {
        let states = self.states.iter().map(|state| &state.ident);
        states.chain(self.groups.iter().map(|group| &group.ident))
    }

    /// The leaves that a state's or a group's name stands for; empty for an unknown name.
    pub(crate) fn leaves(&self, name: &Ident) -> Vec<usize> {
        self.named(name).unwrap_or_default().to_vec()
    }

    /// The same; `None` for an unknown name.
    pub(crate) fn named(&self, name: &Ident) -> Option<&[usize]> {
        self.by_name().get(&name.to_string()).map(Vec::as_slice)
    }

    /// The leaves by the name of the state or of a group around it. To compare two identifiers is to
    /// ask the compiler for both of their texts: with 200 states and 2,000 transitions that took
    /// longer than all the rest.
    fn by_name(&self) -> &HashMap<String, Vec<usize>> {
        self.leaves.get_or_init(|| {
            let names = self.names().map(|name| (name.to_string(), Vec::new()));
            let mut leaves: HashMap<String, Vec<usize>> = names.collect();
            for (at, state) in self.states.iter().enumerate() {
                let mut names = vec![&state.ident];
                let mut group = state.group;
                while let Some(around) = group {
                    names.push(&self.groups[around].ident);
                    group = self.groups[around].parent;
                }
                for name in names {
                    let own = leaves.entry(name.to_string()).or_default();
                    if own.last() != Some(&at) {
                        own.push(at);
                    }
                }
            }
            leaves
        })
    }
}
