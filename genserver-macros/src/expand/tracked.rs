//! The tracked client, on demand: a handle whose type is the machine's state.

mod allowed;
mod calls;
mod start;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericParam, Generics};

use crate::expand::attrs;
use crate::expand::graph;
use crate::expand::layout::{Item, Layout};
use crate::expand::names;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::model::{Guard, Kind};

pub(crate) use self::start::expand_start;

/// One expansion of a machine that is tracked.
pub(crate) struct Track<'p> {
    plan: &'p Plan<'p>,
    layout: &'p Layout<'p>,
    /// All transitions, as places in the declared order.
    edges: Vec<graph::Edge<'p>>,
    /// `ContractTracked`
    handle: Ident,
    /// The parameter of the handle that stands for the state.
    state: Ident,
}

/// The leaves that a call may lead to, from each leaf that accepts it.
struct Ways(Vec<(usize, Vec<usize>)>);

impl<'p> Track<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>) -> Option<Self> {
        plan.server.options.tracked.as_ref()?;
        let layout = plan.layout.as_ref()?;
        let handle = plan.handle_name();
        let edges = graph::edges(plan, layout);
        Some(Self { plan, layout, edges, handle, state: plan.free_name("S") })
    }

    /// `ContractTracked<T, Pending>`
    fn handle_of(&self, state: &TokenStream) -> TokenStream {
        let handle = &self.handle;
        let names = self.plan.generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        });
        quote!(#handle<#(#names,)* #state>)
    }

    fn handle_at(&self, leaf: usize) -> TokenStream {
        self.handle_of(&self.layout.ty(Item::State(leaf)))
    }

    /// The server's generics with one more.
    fn generics_with(&self, param: &TokenStream) -> Generics {
        let mut generics = self.plan.generics.clone();
        generics.params.push(syn::parse_quote!(#param));
        generics
    }

    /// `ContractAfterPay<T>`
    fn after_ty(&self, message: &Ident) -> TokenStream {
        let ident = self.plan.after_name(message);
        let (_, args, _) = self.plan.generics.split_for_impl();
        quote!(#ident #args)
    }

    /// `None` for what stays where it is. Of a message, with all of its methods.
    fn ways(&self, entry: &Entry<'_>) -> Option<Ways> {
        let own = self.edges_of(entry);
        if own.is_empty() || !matches!(entry.handler.kind, Kind::Call | Kind::Blocking) {
            return None;
        }
        let ways = self.accepting(entry).into_iter().map(|from| {
            let edges = own.iter().filter(|edge| edge.from == from);
            let mut targets: Vec<usize> = edges.map(|edge| edge.to).collect();
            targets.sort_unstable();
            targets.dedup();
            // Of several clauses one may have no arrow.
            (from, if targets.is_empty() { vec![from] } else { targets })
        });
        Some(Ways(ways.collect()))
    }

    fn edges_of(&self, entry: &Entry<'_>) -> Vec<&graph::Edge<'p>> {
        let methods = self.plan.methods_of(entry);
        let is_own = |edge: &&graph::Edge<'_>| {
            methods.iter().any(|method| std::ptr::eq(edge.entry, *method))
        };
        self.edges.iter().filter(is_own).collect()
    }

    /// The leaves in which the guards of a message let a method run.
    fn accepting(&self, entry: &Entry<'_>) -> Vec<usize> {
        let machine = self.layout.machine;
        let methods = self.plan.methods_of(entry);
        let guards = methods.iter().filter_map(|method| method.handler.guard.as_ref());
        let sources = guards.flat_map(Guard::sources);
        let named: Vec<usize> = sources.flat_map(|source| machine.leaves(source)).collect();
        self.layout.states.iter().copied().filter(|leaf| named.contains(leaf)).collect()
    }
}

impl Ways {
    /// The leaves that the call has an enum for: all that it may lead to from where it may lead to
    /// several.
    fn several(&self) -> Vec<usize> {
        let several = self.0.iter().filter(|(_, targets)| targets.len() > 1);
        let mut leaves: Vec<usize> = several.flat_map(|(_, targets)| targets).copied().collect();
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }

    /// The leaves that the call may lead to, if they are the same from everywhere.
    fn uniform(&self) -> Option<&[usize]> {
        let (_, first) = self.0.first()?;
        self.0.iter().all(|(_, targets)| targets == first).then_some(first)
    }
}

/// The names of all handlers and messages of a tracked machine, also of what a `#[cfg]` leaves out:
/// the compiler's message is made of them.
pub(crate) fn words<'p>(plan: &'p Plan<'p>) -> Option<Vec<&'p Ident>> {
    plan.server.options.tracked.as_ref()?;
    let mut words: Vec<&Ident> = Vec::new();
    for entry in &plan.handlers {
        for word in [&entry.handler.method.ident, &entry.handler.message] {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    Some(words)
}

/// What stands beside the user's impl: the handle, and the enums of handles.
pub(crate) fn expand_types(plan: &Plan<'_>) -> Option<TokenStream> {
    let track = Track::new(plan)?;
    let handle = handle(&track);
    let afters = plan.messages().filter_map(|entry| {
        let leaves = track.ways(entry)?.several();
        let message = &entry.handler.message;
        let doc = format!(" Where `{}` has led to.", paths::plain(message));
        (!leaves.is_empty()).then(|| after(&track, message, &leaves, &doc, &entry.cfgs))
    });
    let begun = start::leaves(&track).filter(|leaves| leaves.len() > 1).map(|leaves| {
        let doc = format!(" Where a `{}` has begun.", plan.name());
        after(&track, &start::message(plan), &leaves, &doc, &TokenStream::new())
    });
    Some(quote!(#handle #(#afters)* #begun))
}

fn handle(track: &Track<'_>) -> TokenStream {
    let (plan, ident, state) = (track.plan, &track.handle, &track.state);
    let (vis, attrs, allow) = (plan.vis(), &plan.attrs, attrs::allow_beside());
    let (client, clause) = (plan.client_ty(), &plan.generics.where_clause);
    let doc = format!(
        " The only handle of a running `{}`, which is in the state `{state}`.",
        plan.name()
    );
    // All of the head at the option: rustc points there for what the type is.
    let at = ident.span();
    let vis = paths::respan(vis.to_token_stream(), at);
    let params = plan.generics.params.iter().map(|param| paths::respan(quote!(#param), at));
    let item = quote_spanned! {at=>
        struct #ident<#(#params,)* #state> #clause {
            client: #client,
            state: ::core::marker::PhantomData<fn() -> #state>,
        }
    };
    quote! {
        #[doc = #doc]
        #attrs
        #allow
        #[must_use = "the server ends with its handle"]
        #vis #item
    }
}

/// An enum of handles.
fn after(
    track: &Track<'_>,
    message: &Ident,
    leaves: &[usize],
    doc: &str,
    cfgs: &TokenStream,
) -> TokenStream {
    let plan = track.plan;
    let (vis, attrs, allow) = (plan.vis(), &plan.attrs, attrs::allow_beside());
    let (ident, generics) = (plan.after_name(message), &plan.generics);
    let clause = &generics.where_clause;
    let variants = leaves.iter().map(|&leaf| {
        let (ident, handle) = (track.layout.ident(Item::State(leaf)), track.handle_at(leaf));
        let doc = format!(" It is in the state `{ident}`.");
        quote!(#[doc = #doc] #ident(#handle))
    });
    quote! {
        #[doc = #doc]
        #cfgs
        #attrs
        #allow
        #[must_use = "the server ends with its handle"]
        #vis enum #ident #generics #clause { #(#variants),* }
    }
}

/// What ties the handles to the runtime, and their calls.
pub(crate) fn expand_binding(plan: &Plan<'_>) -> Option<TokenStream> {
    let track = Track::new(plan)?;
    let handles = track.layout.states.iter().enumerate();
    let handles = handles.map(|(place, &leaf)| tracked(&track, place, leaf));
    let afters = plan.messages().filter_map(|entry| {
        let leaves = track.ways(entry)?.several();
        (!leaves.is_empty()).then(|| arrive(&track, &entry.handler.message, &leaves, &entry.cfgs))
    });
    let begun = start::leaves(&track)
        .filter(|leaves| leaves.len() > 1)
        .map(|leaves| arrive(&track, &start::message(plan), &leaves, &TokenStream::new()));
    let (debug, calls) = (debug(&track), calls::expand_calls(&track));
    Some(quote!(#(#handles)* #debug #(#afters)* #begun #calls))
}

/// The `Tracked` impl of the handle of one leaf.
fn tracked(track: &Track<'_>, place: usize, leaf: usize) -> TokenStream {
    let plan = track.plan;
    let (krate, ty, client) = (plan.krate, &plan.ty, plan.client_ty());
    let place = Literal::usize_unsuffixed(place);
    let body = quote! {
        type Client = #client;
        type Server = #ty;
        const LEAF: usize = #place;
        fn __address(&self) -> &__g::Address<#ty> {
            &self.client.address
        }
        fn __of(client: #client) -> Self {
            Self { client, state: ::core::marker::PhantomData }
        }
        fn into_client(self) -> #client {
            self.client
        }
    };
    plan.implement_for(&track.handle_at(leaf), &quote!(#krate::Tracked), &body)
}

fn debug(track: &Track<'_>) -> TokenStream {
    let (state, name) = (&track.state, paths::plain(&track.handle));
    let generics = track.generics_with(&state.to_token_stream());
    let handle = track.handle_of(&state.to_token_stream());
    let (params, _, clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #params ::core::fmt::Debug for #handle #clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#name).field(&self.client.address).finish()
            }
        }
    }
}

/// How an enum of handles is made, and `Debug`.
fn arrive(track: &Track<'_>, message: &Ident, leaves: &[usize], cfgs: &TokenStream) -> TokenStream {
    let (plan, after) = (track.plan, track.after_ty(message));
    let (krate, client) = (plan.krate, plan.client_ty());
    let arms = leaves.iter().map(|&leaf| {
        let place = track.layout.states.iter().position(|&at| at == leaf).unwrap_or_default();
        let place = Literal::usize_unsuffixed(place);
        let ident = track.layout.ident(Item::State(leaf));
        quote! {
            #place => ::core::option::Option::Some(Self::#ident(#krate::Tracked::__of(client())))
        }
    });
    let arrive = quote! {
        fn arrive(
            client: impl ::core::ops::FnOnce() -> #client,
            leaf: usize,
            (): (),
        ) -> ::core::option::Option<Self> {
            match leaf { #(#arms,)* _ => ::core::option::Option::None }
        }
    };
    let arrive = plan.implement_for(&after, &quote!(__g::Arrive<#client, ()>), &arrive);
    let shown = leaves.iter().map(|&leaf| {
        let ident = track.layout.ident(Item::State(leaf));
        let text = paths::plain(ident);
        quote!(Self::#ident(handle) => f.debug_tuple(#text).field(handle).finish())
    });
    let debug = quote! {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self { #(#shown,)* }
        }
    };
    let debug = plan.implement_for(&after, &quote!(::core::fmt::Debug), &debug);
    quote!(#cfgs #arrive #cfgs #debug)
}

impl Plan<'_> {
    /// `ContractTracked`
    pub(crate) fn handle_name(&self) -> Ident {
        let tracked = self.server.options.tracked.as_ref().map(Ident::span);
        let span = tracked.unwrap_or_else(|| self.server.ident.span());
        format_ident!("{}Tracked", self.server.ident, span = span)
    }

    /// `ContractAfterPay`
    pub(crate) fn after_name(&self, message: &Ident) -> Ident {
        let message = names::variant(message);
        format_ident!("{}After{message}", self.server.ident, span = self.server.ident.span())
    }

    /// The name, or one like it that stands nowhere in the user's block.
    fn free_name(&self, name: &str) -> Ident {
        let words = paths::words(self.item().to_token_stream());
        let mut name = name.to_owned();
        while words.contains(&name) {
            name.insert_str(0, "__");
        }
        Ident::new(&name, self.handle_name().span())
    }
}
