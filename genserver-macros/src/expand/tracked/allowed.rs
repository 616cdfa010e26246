//! In which states a call of the handle is allowed, and what the compiler says in the others.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::expand::graph;
use crate::expand::layout::Item;
use crate::expand::paths;
use crate::expand::plan::Entry;
use crate::expand::tracked::{Track, Ways};

/// How many calls before one are told: see `Way4` of the runtime.
const STEPS_MAX: usize = 4;

/// The states in which one guarded call may be made.
pub(super) struct Allowed<'t, 'p> {
    track: &'t Track<'p>,
    entry: &'t Entry<'t>,
    accepting: Vec<usize>,
    ways: Option<Ways>,
}

/// `ContractTracked<Approved>` for one leaf, `ContractAfterPay` for several.
pub(super) fn landing(track: &Track<'_>, message: &Ident, targets: &[usize]) -> TokenStream {
    match targets {
        [leaf] => track.handle_at(*leaf),
        _ => track.after_ty(message),
    }
}

impl<'t, 'p> Allowed<'t, 'p> {
    /// `None` for a call that every state allows.
    pub(super) fn new(track: &'t Track<'p>, entry: &'t Entry<'t>) -> Option<Self> {
        entry.handler.guard.as_ref()?;
        let (accepting, ways) = (track.accepting(entry), track.ways(entry));
        Some(Self { track, entry, accepting, ways })
    }

    /// The bound on the state that the handle's method has.
    pub(super) fn bound(&self) -> TokenStream {
        let (first, last) = self.ends();
        let state = paths::respan(self.track.state.to_token_stream(), first);
        let allows = self.allows(&quote_spanned!(last=> Self));
        let (word, colon) = (quote_spanned!(first=> where), quote_spanned!(last=> :));
        quote!(#word #state #colon #allows)
    }

    /// What follows from the handle's state.
    pub(super) fn after(&self) -> TokenStream {
        let (allows, state) = (self.allows(&quote!(Self)), &self.track.state);
        quote!(<#state as #allows>::After)
    }

    fn allows(&self, handle: &TokenStream) -> TokenStream {
        let ((_, last), message) = (self.ends(), &self.entry.handler.message);
        let (plan, words) = (self.track.plan, self.track.plan.words_name());
        let ty = paths::respan((*plan.ty).clone(), last);
        quote_spanned!(last=> __g::Allows<#words::#message, #ty, #handle>)
    }

    /// The `Allows` impls of all states.
    pub(super) fn expand(&self) -> TokenStream {
        let leaves = self.track.layout.states.iter().map(|&leaf| {
            if self.accepting.contains(&leaf) { self.allowed(leaf) } else { self.refused(leaf) }
        });
        leaves.collect()
    }

    fn allowed(&self, leaf: usize) -> TokenStream {
        let ways = self.ways.iter().flat_map(|ways| &ways.0);
        let targets = ways.filter(|(from, _)| *from == leaf).map(|(_, targets)| targets);
        let message = &self.entry.handler.message;
        let after = targets.map(|targets| landing(self.track, message, targets)).next();
        let after = after.unwrap_or_else(|| self.track.handle_at(leaf));
        self.implement(leaf, &quote_spanned!(self.ends().0=> __H), &after)
    }

    /// On a condition that never holds.
    fn refused(&self, leaf: usize) -> TokenStream {
        let (first, way) = (self.ends().0, self.way(leaf));
        let own = self.track.handle_at(leaf);
        self.implement(leaf, &quote_spanned!(first=> __H: #way), &own)
    }

    /// Rustc points at the impl for why: all of it is at the guard.
    fn implement(&self, leaf: usize, handle: &TokenStream, after: &TokenStream) -> TokenStream {
        let (first, last) = self.ends();
        let state = paths::respan(self.track.layout.ty(Item::State(leaf)), last);
        let allows = self.allows(&quote_spanned!(last=> __H));
        let (cfgs, generics) = (&self.entry.cfgs, &self.track.plan.generics);
        let own = generics.params.iter().map(|param| paths::respan(quote!(#param), first));
        let (word, clause) =
            (quote_spanned!(first=> impl<#(#own,)* #handle>), &generics.where_clause);
        let rest = quote_spanned!(last=> for #state #clause { type After = #after; });
        quote!(#cfgs #word #allows #rest)
    }

    /// The ends of the guard: rustc points there for why.
    fn ends(&self) -> (Span, Span) {
        let guard = self.entry.handler.guard.as_ref();
        paths::ends(&guard.map(|guard| guard.tokens.clone()).unwrap_or_default())
    }

    /// The trait whose error says what has to happen before the call.
    fn way(&self, leaf: usize) -> TokenStream {
        let ((_, last), path) = (self.ends(), self.path(leaf));
        let name = match &path {
            None => format_ident!("NoWay", span = last),
            Some(path) if path.len() > STEPS_MAX => format_ident!("WayOn", span = last),
            Some(path) => format_ident!("Way{}", path.len(), span = last),
        };
        let state = paths::respan(self.track.layout.ty(Item::State(leaf)), last);
        let machine = paths::respan((*self.track.plan.ty).clone(), last);
        let steps = path.unwrap_or_default().into_iter().take(STEPS_MAX);
        let calls = steps.chain([&self.entry.handler.message]);
        let words = self.track.plan.words_name();
        quote_spanned!(last=> __g::#name<#machine, #state, #(#words::#calls),*>)
    }

    /// The calls that lead from a leaf to the nearest one that allows this call.
    fn path(&self, leaf: usize) -> Option<Vec<&'t Ident>> {
        let (plan, layout) = (self.track.plan, self.track.layout);
        let accepts = |state| self.accepting.contains(&state);
        let path =
            graph::with_graph(plan, layout, |graph| graph.shortest_path_to_any(leaf, accepts))?;
        Some(path.into_iter().map(|at| &self.track.edges[at].entry.handler.message).collect())
    }
}
