//! In which states a call of the handle is allowed, and what the compiler says in the others.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::expand::graph;
use crate::expand::layout::Item;
use crate::expand::names;
use crate::expand::paths;
use crate::expand::plan::Entry;
use crate::expand::tracked::{Track, Ways};

/// The trait of the states in which one guarded call may be made.
///
/// Every state has it, but one where the call is not allowed on a condition that never holds: that
/// the handle has a second trait, of that state alone, which says in its error where the machine is
/// and what has to happen first. Of the handle, because rustc would tell the first trait's error if
/// both were of the same type.
pub(super) struct Allowed<'t, 'p> {
    track: &'t Track<'p>,
    entry: &'t Entry<'t>,
    accepting: Vec<usize>,
    ways: Option<Ways>,
    /// `__AllowsPay`
    ident: Ident,
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
        let last = entry.handler.guard.as_ref().map(|guard| paths::ends(&guard.tokens).1);
        let span = last.unwrap_or_else(Span::call_site);
        let message = names::variant(&entry.handler.message);
        let ident = format_ident!("__Allows{message}", span = span);
        let (accepting, ways) = (track.accepting(entry), track.ways(entry));
        Some(Self { track, entry, accepting, ways, ident })
    }

    /// The bound on the state that the handle's method has.
    pub(super) fn bound(&self) -> TokenStream {
        let (first, last) = self.ends();
        let state = paths::respan(self.track.state.to_token_stream(), first);
        let allows = paths::respan(self.allows(), last);
        let (word, colon) = (quote_spanned!(first=> where), quote_spanned!(last=> :));
        quote!(#word #state #colon #allows)
    }

    /// What follows from the handle's state.
    pub(super) fn after(&self) -> TokenStream {
        let (allows, state) = (self.allows(), &self.track.state);
        quote!(<#state as #allows>::After)
    }

    fn allows(&self) -> TokenStream {
        let ((_, last), ident, ty) = (self.ends(), &self.ident, &self.track.plan.ty);
        quote_spanned!(last=> #ident<#ty, Self>)
    }

    /// Whether what follows is not the same from everywhere.
    fn varies(&self) -> Option<&Ways> {
        self.ways.as_ref().filter(|ways| ways.uniform().is_none())
    }

    pub(super) fn expand(&self) -> TokenStream {
        let (cfgs, ident) = (&self.entry.cfgs, &self.ident);
        let after = self.varies().map(|_| {
            quote!(
                type After;
            )
        });
        let leaves = &self.track.layout.states;
        let impls = leaves.iter().map(|&leaf| {
            if self.accepting.contains(&leaf) { self.allowed(leaf) } else { self.refused(leaf) }
        });
        let (first, last) = self.ends();
        let word = quote_spanned!(first=> pub trait);
        let own = quote_spanned!(last=> #ident<Machine, Handle> { #after });
        quote!(#cfgs #word #own #(#impls)*)
    }

    fn allowed(&self, leaf: usize) -> TokenStream {
        let after = self.varies().map(|ways| {
            let targets = ways.0.iter().find(|(from, _)| *from == leaf);
            let targets = targets.map(|(_, targets)| targets.as_slice()).unwrap_or_default();
            landing(self.track, &self.entry.handler.message, targets)
        });
        self.implement(leaf, &quote_spanned!(self.ends().0=> __H), after.as_ref())
    }

    fn refused(&self, leaf: usize) -> TokenStream {
        let state = self.track.layout.ident(Item::State(leaf));
        let message = names::variant(&self.entry.handler.message);
        let state = paths::plain(state);
        let never = format_ident!("__{message}While{state}", span = self.ends().1);
        let own = self.track.handle_at(leaf);
        let after = self.varies().map(|_| own);
        let implement =
            self.implement(leaf, &quote_spanned!(self.ends().0=> __H: #never), after.as_ref());
        let (cfgs, texts) = (&self.entry.cfgs, self.texts(leaf));
        let (first, last) = self.ends();
        let (word, own) = (quote_spanned!(first=> pub trait), quote_spanned!(last=> #never {}));
        let others = self.accepting.iter().map(|&leaf| {
            let handle = paths::respan(self.track.handle_at(leaf), last);
            self.item(None, &quote_spanned!(last=> #never), &handle, None)
        });
        quote! {
            #cfgs
            #[diagnostic::on_unimplemented(#texts)]
            #word #own
            // Rustc names those that have it, which are the handles that allow the call.
            #(#others)*
            #implement
        }
    }

    fn implement(
        &self,
        leaf: usize,
        handle: &TokenStream,
        after: Option<&TokenStream>,
    ) -> TokenStream {
        let ((_, last), ident) = (self.ends(), &self.ident);
        let ty = paths::respan(self.track.plan.ty.clone(), last);
        let state = paths::respan(self.track.layout.ty(Item::State(leaf)), last);
        let after = after.map(|after| quote!(type After = #after;));
        let of = quote_spanned!(last=> #ident<#ty, __H>);
        self.item(Some(handle), &of, &state, after.as_ref())
    }

    /// `impl<T, param> of for target where .. { body }`, from end to end at the guard.
    fn item(
        &self,
        param: Option<&TokenStream>,
        of: &TokenStream,
        target: &TokenStream,
        body: Option<&TokenStream>,
    ) -> TokenStream {
        let (first, last) = self.ends();
        let (cfgs, generics) = (&self.entry.cfgs, &self.track.plan.generics);
        let own = generics.params.iter().map(|param| paths::respan(quote!(#param), first));
        let params = own.chain(param.cloned());
        let (word, clause) = (quote_spanned!(first=> impl<#(#params),*>), &generics.where_clause);
        let rest = quote_spanned!(last=> for #target #clause { #body });
        quote!(#cfgs #word #of #rest)
    }

    /// The ends of the guard: rustc points there for why.
    fn ends(&self) -> (Span, Span) {
        let guard = self.entry.handler.guard.as_ref();
        paths::ends(&guard.map(|guard| guard.tokens.clone()).unwrap_or_default())
    }

    /// "`disburse` cannot be called while the contract is `Pending`"
    fn texts(&self, leaf: usize) -> TokenStream {
        let layout = self.track.layout;
        let name = |leaf: usize| paths::plain(layout.ident(Item::State(leaf)));
        let (call, state) = (paths::plain(&self.entry.handler.message), name(leaf));
        let machine = spoken(&self.track.plan.name());
        let message = format!("`{call}` cannot be called while the {machine} is `{state}`");
        let allowed: Vec<String> =
            self.accepting.iter().map(|&leaf| format!("`{}`", name(leaf))).collect();
        let label = format!("allowed while it is {}", allowed.join(" or "));
        let note = match self.path(leaf) {
            Some(path) => format!("from `{state}`: {path}"),
            None => format!("no way leads there from `{state}`"),
        };
        quote!(message = #message, label = #label, note = #note)
    }

    /// "`approve`, then `disburse`"
    fn path(&self, leaf: usize) -> Option<String> {
        let call = paths::plain(&self.entry.handler.message);
        let (plan, layout) = (self.track.plan, self.track.layout);
        graph::with_graph(plan, layout, |graph| {
            let path = graph.shortest_path_to_any(leaf, |state| self.accepting.contains(&state))?;
            let labels = path.iter().map(|&edge| graph.edges[edge].label);
            let steps: Vec<String> =
                labels.chain([call.as_str()]).map(|step| format!("`{step}`")).collect();
            Some(steps.join(", then "))
        })
    }
}

/// `LoanContract` as "loan contract".
fn spoken(name: &str) -> String {
    let mut spoken = String::new();
    let mut after_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_small {
            spoken.push(' ');
        }
        after_small = !letter.is_uppercase();
        spoken.extend(letter.to_lowercase());
    }
    spoken
}
