//! The docs of generated items: the user's own where there are some.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::expand::attrs;
use crate::expand::graph;
use crate::expand::layout::Layout;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::model::{Guard, InitWrapper};

/// The docs of the first of a message's handlers that has some; a line of ours where there are
/// none. Of several, which of them runs in which state.
pub(crate) fn of_client_method(plan: &Plan<'_>, entry: &Entry<'_>) -> TokenStream {
    let methods = plan.methods_of(entry);
    let mut docs = methods.iter().map(|entry| attrs::docs(&entry.handler.method.attrs));
    let docs = docs.find(|docs| !docs.is_empty()).unwrap_or_else(|| {
        let verb = if entry.reply.is_some() { "Calls" } else { "Casts" };
        let line = format!(" {verb} `{}`.", paths::plain(&entry.handler.message));
        quote!(#[doc = #line])
    });
    let Some(layout) = plan.layout.as_ref().filter(|_| methods.len() > 1) else { return docs };
    let lines = methods.iter().filter_map(|entry| {
        let sources: Vec<_> = entry.handler.guard.iter().flat_map(Guard::sources).collect();
        let sources = graph::listed(sources, layout)?;
        Some(format!(" * {sources}: `{}`", paths::plain(&entry.handler.method.ident)))
    });
    quote! {
        #docs
        #[doc = ""]
        #[doc = " What runs, by the state of the server:"]
        #[doc = ""]
        #(#[doc = #lines])*
    }
}

/// The docs of `#[init]`, and what `start` gives.
pub(crate) fn of_start(plan: &Plan<'_>) -> TokenStream {
    of_any_start(plan, &paths::plain(&plan.server.options.client))
}

/// The same, of `start_tracked`, which gives a handle or the enum of several.
pub(crate) fn of_start_tracked(plan: &Plan<'_>, given: &Ident) -> TokenStream {
    of_any_start(plan, &paths::plain(given))
}

fn of_any_start(plan: &Plan<'_>, given: &str) -> TokenStream {
    let name = plan.name();
    let init = plan.server.init.as_ref();
    let own = init.map(|init| attrs::docs(&init.method.attrs)).unwrap_or_default();
    let own = if own.is_empty() {
        let line = format!(" Starts a `{name}`.");
        quote!(#[doc = #line])
    } else {
        own
    };
    let fails = match init.map(|init| &init.returns.wrapper) {
        Some(InitWrapper::Result(_) | InitWrapper::Init(_)) => ", or the error that it failed with",
        _ => "",
    };
    let what = if init.is_some() { "once init has returned" } else { "once it runs" };
    let line = format!(
        " Returns a builder; nothing runs before it is awaited, which gives the `{given}` \
         {what}{fails}."
    );
    quote!(#own #[doc = ""] #[doc = #line])
}

/// What `restore` takes.
pub(crate) fn of_restore(plan: &Plan<'_>) -> TokenStream {
    let (name, client) = (plan.name(), paths::plain(&plan.server.options.client));
    let first =
        format!(" Starts a `{name}` from a state that was exported, of its own version or older.");
    let line = format!(
        " Returns a builder; nothing runs before it is awaited, which gives the `{client}`, or why \
         it cannot be made of these bytes. No init runs."
    );
    quote!(#[doc = #first] #[doc = ""] #[doc = #line])
}

/// The diagram, and which handler runs in which state.
pub(crate) fn of_states(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let first = format!(" The state of a `{}`.", plan.name());
    // After an error the graph may be none.
    if plan.stub {
        return quote!(#[doc = #first]);
    }
    let diagram = graph::drawing(plan, layout);
    let table = table(plan, layout);
    // A blank line ends the diagram where that is HTML.
    quote!(#[doc = #first] #[doc = #diagram] #[doc = ""] #[doc = #table])
}

fn table(plan: &Plan<'_>, layout: &Layout<'_>) -> String {
    let mut rows = vec!["| handler | runs in | goes to |".to_owned(), "|---|---|---|".to_owned()];
    for entry in &plan.handlers {
        let kind = entry.handler.kind.attribute();
        let name = paths::plain(&entry.handler.message);
        let mut row = |sources: &[Ident], targets: &[Ident]| {
            let sources = graph::listed(sources, layout);
            let sources = sources.unwrap_or_else(|| "every state".to_owned());
            let targets = graph::listed(targets, layout).unwrap_or_else(|| "stays".to_owned());
            rows.push(format!("| {kind} `{name}` | {sources} | {targets} |"));
        };
        match &entry.handler.guard {
            None => row(&[], &[]),
            Some(guard) => {
                guard.clauses.iter().for_each(|clause| row(&clause.sources, &clause.targets));
                let refused = graph::listed(guard.refused(), layout);
                rows.extend(
                    refused.map(|states| format!("| {kind} `{name}` | {states} | refused |")),
                );
            }
        }
    }
    rows.join("\n")
}
