//! `Server::GRAPH`, and the same graph for the docs.

use genserver_graph as g;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::expand::attrs;
use crate::expand::layout::{Item, Layout};
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::expand::stay;
use crate::model::{Handler, Kind};

/// One transition of one handler.
pub(crate) struct Edge<'p> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) entry: &'p Entry<'p>,
}

/// All transitions, handler by handler, as places in the declared order.
pub(crate) fn edges<'p>(plan: &'p Plan<'p>, layout: &Layout<'_>) -> Vec<Edge<'p>> {
    let mut edges = Vec::new();
    for entry in &plan.handlers {
        let Some(guard) = &entry.handler.guard else { continue };
        let leaves = |names: &[proc_macro2::Ident]| -> Vec<usize> {
            let found = names.iter().flat_map(|name| layout.machine.leaves(name));
            let mut found: Vec<usize> = found.collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        for clause in &guard.clauses {
            let targets = leaves(&clause.targets);
            for from in leaves(&clause.sources) {
                edges.extend(targets.iter().map(|&to| Edge { from, to, entry }));
            }
        }
    }
    edges
}

/// `Server::GRAPH`, unless the user's impl has that name, which was reported.
pub(crate) fn expand_graph(plan: &Plan<'_>) -> Option<TokenStream> {
    if plan.stub && plan.is_taken("GRAPH") {
        return None;
    }
    let (krate, ty) = (plan.krate, &plan.ty);
    let (params, _, clause) = plan.generics.split_for_impl();
    let (vis, attrs, allow) = (plan.open_vis(), &plan.attrs, attrs::allow_beside());
    Some(quote! {
        #attrs
        #allow
        impl #params #ty #clause {
            /// The declared states and transitions.
            #vis const GRAPH: #krate::Graph<'static> = <#ty as #krate::Machine>::GRAPH;
        }
    })
}

/// The graph as a constant.
pub(crate) fn expand_literal(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let (krate, name) = (plan.krate, plan.name());
    let place = |at: Option<usize>| {
        let at = at.map(Literal::usize_unsuffixed);
        at.map_or_else(
            || quote!(::core::option::Option::None),
            |at| quote!(::core::option::Option::Some(#at)),
        )
    };
    let states = layout.machine.states.iter().map(|state| {
        let (name, group) = (paths::plain(&state.ident), place(state.group));
        let terminal = state.terminal;
        quote!(__g::graph::State { name: #name, group: #group, terminal: #terminal })
    });
    let groups = layout.machine.groups.iter().map(|group| {
        let (name, parent) = (paths::plain(&group.ident), place(group.parent));
        quote!(__g::graph::Group { name: #name, parent: #parent })
    });
    let edges = edges(plan, layout);
    let edges = edges.iter().map(|Edge { from, to, entry }| {
        let (cfgs, label) = (&entry.cfgs, label(entry.handler));
        let trigger = format_ident!("{}", format!("{:?}", trigger(entry.handler.kind)));
        let (from, to) = (Literal::usize_unsuffixed(*from), Literal::usize_unsuffixed(*to));
        quote!(#cfgs __g::graph::Edge {
            from: #from,
            to: #to,
            label: #label,
            trigger: __g::graph::Trigger::#trigger,
        })
    });
    let initial = Literal::usize_unsuffixed(layout.machine.initial);
    quote! {
        #krate::Graph {
            name: #name,
            initial: #initial,
            states: &[#(#states),*],
            groups: &[#(#groups),*],
            edges: &[#(#edges),*],
        }
    }
}

/// How the transitions of a handler are called.
fn label(handler: &Handler) -> String {
    handler.stay.as_ref().map_or_else(|| paths::plain(&handler.message), stay::label)
}

/// What sets the transitions of a kind of handler off.
fn trigger(kind: Kind) -> g::Trigger {
    match kind {
        Kind::Call | Kind::Blocking | Kind::Deferred => g::Trigger::Call,
        Kind::Cast | Kind::Unbounded => g::Trigger::Cast,
        Kind::Info | Kind::Continued | Kind::Idle | Kind::Every => g::Trigger::Event,
        Kind::StateTimeout => g::Trigger::TimeOut,
    }
}

/// The drawing for the docs.
pub(crate) fn drawing(plan: &Plan<'_>, layout: &Layout<'_>) -> String {
    with_graph(plan, layout, markdown)
}

/// As a picture. It is a block of HTML for markdown from its first tag to the next blank line, of
/// which a picture has none.
#[cfg(feature = "diagrams")]
fn markdown(graph: &g::Graph<'_>) -> String {
    format!("\n<div>\n{}</div>\n", graph.to_svg())
}

#[cfg(not(feature = "diagrams"))]
fn markdown(graph: &g::Graph<'_>) -> String {
    format!("\n```mermaid\n{}```\n", graph.to_mermaid())
}

/// Lends the graph to `f`, without what `#[cfg]`s leave out of it.
pub(crate) fn with_graph<R>(
    plan: &Plan<'_>,
    layout: &Layout<'_>,
    f: impl FnOnce(&g::Graph<'_>) -> R,
) -> R {
    let machine = layout.machine;
    let text = |ident: &proc_macro2::Ident| paths::plain(ident);
    let states: Vec<_> = machine.states.iter().map(|state| text(&state.ident)).collect();
    let groups: Vec<_> = machine.groups.iter().map(|group| text(&group.ident)).collect();
    let edges = edges(plan, layout);
    let labels: Vec<_> = edges.iter().map(|edge| label(edge.entry.handler)).collect();
    let name = plan.name();
    let states = machine.states.iter().zip(&states);
    let states: Vec<_> = states
        .map(|(state, name)| g::State { name, group: state.group, terminal: state.terminal })
        .collect();
    let groups = machine.groups.iter().zip(&groups);
    let groups: Vec<_> =
        groups.map(|(group, name)| g::Group { name, parent: group.parent }).collect();
    let edges = edges.iter().zip(&labels).map(|(edge, label)| g::Edge {
        from: edge.from,
        to: edge.to,
        label,
        trigger: trigger(edge.entry.handler.kind),
    });
    let edges: Vec<_> = edges.collect();
    let graph = g::Graph {
        name: &name,
        initial: machine.initial,
        states: &states,
        groups: &groups,
        edges: &edges,
    };
    f(&graph)
}

/// The leaves' names, for the table in the docs.
pub(crate) fn listed<'n>(
    names: impl IntoIterator<Item = &'n proc_macro2::Ident>,
    layout: &Layout<'_>,
) -> Option<String> {
    let known = names.into_iter().filter_map(|name| layout.find(name));
    let text = |item: Item| format!("`{}`", paths::plain(layout.ident(item)));
    let names: Vec<_> = known.map(text).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
