//! How a machine's states lie in its nested enums: types and patterns.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Ident};

use crate::expand::paths::{name_of, words};
use crate::model::{Machine, Server};

/// The state enum and the groups.
pub(crate) struct Layout<'a> {
    pub(crate) machine: &'a Machine,
    root: &'a Ident,
    generics: &'a Generics,
    /// The places of the leaves, each name once.
    pub(crate) states: Vec<usize>,
}

/// What a variant of a state enum holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    State(usize),
    Group(usize),
}

impl<'a> Layout<'a> {
    pub(crate) fn new(machine: &'a Machine, server: &'a Server) -> Self {
        // A name declared twice was reported; the stubs take the first.
        let is_first = |at: &usize| {
            let ident = &machine.states[*at].ident;
            let before = &machine.states[..*at];
            !before.iter().any(|state| state.ident == *ident)
                && !machine.groups.iter().any(|group| group.ident == *ident)
        };
        Self {
            machine,
            root: &server.options.state,
            generics: &server.generics,
            states: (0..machine.states.len()).filter(is_first).collect(),
        }
    }

    /// The groups that hold a state, in source order.
    pub(crate) fn groups(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.machine.groups.len()).filter(|&group| {
            let ident = &self.machine.groups[group].ident;
            let before = &self.machine.groups[..group];
            !before.iter().any(|other| other.ident == *ident)
                && !self.leaves(Some(group)).is_empty()
        })
    }

    /// All leaves and all groups.
    pub(crate) fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.states.iter().map(|&at| Item::State(at)).chain(self.groups().map(Item::Group))
    }

    /// The variants of the enum of a group, or of the state enum for `None`, in source order.
    pub(crate) fn variants(&self, parent: Option<usize>) -> Vec<Item> {
        let mut variants = Vec::new();
        for at in self.leaves(parent) {
            let mut item = Item::State(at);
            let mut group = self.machine.states[at].group;
            while group != parent {
                let Some(inner) = group else { break };
                item = Item::Group(inner);
                group = self.machine.groups[inner].parent;
            }
            if !variants.contains(&item) {
                variants.push(item);
            }
        }
        variants
    }

    /// The places, in the table of states, of the leaves that a state's or a group's name stands for.
    pub(crate) fn places(&self, name: &Ident) -> Vec<usize> {
        let leaves = self.machine.leaves(name);
        let states = self.states.iter().enumerate();
        states.filter(|(_, at)| leaves.contains(at)).map(|(place, _)| place).collect()
    }

    fn leaves(&self, group: Option<usize>) -> Vec<usize> {
        let Some(group) = group else { return self.states.clone() };
        let inside = |at: &usize| self.parents(Item::State(*at)).contains(&group);
        self.states.iter().copied().filter(inside).collect()
    }

    /// The groups around an item, the innermost first.
    fn parents(&self, item: Item) -> Vec<usize> {
        let mut parents = Vec::new();
        let mut group = match item {
            Item::State(at) => self.machine.states[at].group,
            Item::Group(at) => self.machine.groups[at].parent,
        };
        while let Some(at) = group {
            if parents.contains(&at) {
                break;
            }
            parents.push(at);
            group = self.machine.groups[at].parent;
        }
        parents
    }

    /// Whether `inner` is `outer`, or lies in it.
    pub(crate) fn is_inside(&self, inner: Item, outer: Item) -> bool {
        match outer {
            Item::Group(group) => inner == outer || self.parents(inner).contains(&group),
            Item::State(_) => inner == outer,
        }
    }

    /// What the targets of a guard let a handler go to. A group as the target means each of its
    /// leaves, and the group's own enum.
    pub(crate) fn targets<'n>(&self, names: impl IntoIterator<Item = &'n Ident>) -> Vec<Item> {
        let declared: Vec<_> = names.into_iter().filter_map(|name| self.find(name)).collect();
        let is_target = |item: &Item| declared.iter().any(|to| self.is_inside(*item, *to));
        self.items().filter(is_target).collect()
    }

    /// What a name in a guard means.
    pub(crate) fn find(&self, name: &Ident) -> Option<Item> {
        let has_name = |item: &Item| self.ident(*item) == name;
        self.items().find(has_name)
    }

    pub(crate) fn ident(&self, item: Item) -> &'a Ident {
        match item {
            Item::State(at) => &self.machine.states[at].ident,
            Item::Group(at) => &self.machine.groups[at].ident,
        }
    }

    /// `LoanState::Active(Active::Disbursed(inner))`: a pattern, and an expression as well.
    pub(crate) fn wrap(&self, item: Item, inner: &TokenStream) -> TokenStream {
        let mut ident = self.ident(item);
        let mut wrapped = inner.clone();
        for group in self.parents(item) {
            let outer = &self.machine.groups[group].ident;
            wrapped = quote!(#outer::#ident(#wrapped));
            ident = outer;
        }
        let root = self.root;
        quote!(#root::#ident(#wrapped))
    }

    /// The type that a state or a group is.
    pub(crate) fn ty(&self, item: Item) -> TokenStream {
        match item {
            Item::State(at) => self.machine.states[at].path.to_token_stream(),
            Item::Group(at) => {
                let ident = &self.machine.groups[at].ident;
                let generics = self.generics(Some(at));
                let (_, args, _) = generics.split_for_impl();
                quote!(#ident #args)
            }
        }
    }

    /// `ContractState<T>`
    pub(crate) fn root_ty(&self) -> TokenStream {
        let root = self.root;
        let generics = self.generics(None);
        let (_, args, _) = generics.split_for_impl();
        quote!(#root #args)
    }

    /// The server's generics that the states of an enum mention, with the bounds over them alone:
    /// an enum may not have a parameter that no variant uses.
    pub(crate) fn generics(&self, group: Option<usize>) -> Generics {
        let paths = self.leaves(group).into_iter().map(|at| &self.machine.states[at].path);
        let used: Vec<String> = paths.flat_map(|path| words(path.to_token_stream())).collect();
        let is_used = |param: &GenericParam| used.contains(&name_of(param));
        let unused: Vec<String> =
            self.generics.params.iter().filter(|param| !is_used(param)).map(name_of).collect();
        let is_free = |tokens: TokenStream| !words(tokens).iter().any(|word| unused.contains(word));
        let mut generics = self.generics.clone();
        generics.params =
            self.generics.params.iter().filter(|param| is_used(param)).cloned().collect();
        for param in generics.type_params_mut() {
            let bounds = std::mem::take(&mut param.bounds).into_iter();
            param.bounds = bounds.filter(|bound| is_free(bound.to_token_stream())).collect();
        }
        if let Some(clause) = &mut generics.where_clause {
            let predicates = std::mem::take(&mut clause.predicates).into_iter();
            let kept = |predicate: &syn::WherePredicate| {
                let words = words(predicate.to_token_stream());
                is_free(predicate.to_token_stream())
                    && words.iter().any(|word| used.contains(word))
                    && !words.iter().any(|word| word == "Self")
            };
            clause.predicates = predicates.filter(kept).collect();
        }
        generics
    }
}
