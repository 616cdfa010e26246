//! The names of a machine's states and messages, as field-less enums.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::expand::graph;
use crate::expand::layout::{Item, Layout};
use crate::expand::machine;
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::expand::repeated::Repeated;
use crate::parse::sources::camel;

/// One variant of an enum of names.
struct Name {
    cfgs: Repeated,
    variant: Ident,
    text: String,
    doc: String,
}

/// An enum of names: `ContractStateName` or `ContractMessage`.
struct Names {
    ident: Ident,
    doc: String,
    list: Vec<Name>,
}

fn states(plan: &Plan<'_>, layout: &Layout<'_>) -> Names {
    let names = layout.states.iter().map(|&at| {
        let variant = layout.ident(Item::State(at)).clone();
        let text = paths::plain(&variant);
        Name {
            cfgs: Repeated::new(TokenStream::new()),
            doc: format!(" The state `{text}`."),
            text,
            variant,
        }
    });
    let doc = format!(" The name of a state of `{}`.", plan.name());
    Names { ident: plan.state_name(), doc, list: names.collect() }
}

fn messages(plan: &Plan<'_>) -> Names {
    let sent = plan.messages().filter(|entry| entry.handler.kind.is_offered());
    let names = sent.map(|entry| {
        let text = paths::plain(&entry.handler.message);
        let kind = if entry.reply.is_some() { "call" } else { "cast" };
        Name {
            cfgs: entry.cfgs.clone(),
            variant: variant(&entry.handler.message),
            doc: format!(" The {kind} `{text}`."),
            text,
        }
    });
    let doc = format!(" The name of a call or cast of `{}`.", plan.name());
    Names { ident: plan.message_name(), doc, list: names.collect() }
}

/// `ContractStateName` and `ContractMessage`.
pub(crate) fn expand_names(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let states = states(plan, layout).expand(plan);
    let messages = messages(plan).expand(plan);
    quote!(#states #messages)
}

impl Names {
    fn expand(&self, plan: &Plan<'_>) -> TokenStream {
        let (vis, attrs) = (plan.open_vis(), &plan.attrs);
        let Self { ident, doc, list } = self;
        let variants =
            list.iter().map(|Name { cfgs, variant, doc, .. }| quote!(#[doc = #doc] #cfgs #variant));
        quote! {
            #[doc = #doc]
            #attrs
            #[allow(dead_code, non_camel_case_types)]
            #[derive(
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::fmt::Debug,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq,
                ::core::hash::Hash
            )]
            #vis enum #ident { #(#variants),* }
        }
    }

    /// `Display` and `FromStr`, with the names as the source has them.
    fn expand_text(&self, plan: &Plan<'_>) -> TokenStream {
        let (krate, ident) = (plan.krate, &self.ident);
        let shown = self
            .list
            .iter()
            .map(|Name { cfgs, variant, text, .. }| quote!(#cfgs Self::#variant => #text));
        let parsed = self.list.iter().map(|Name { cfgs, variant, text, .. }| {
            quote!(#cfgs #text => ::core::result::Result::Ok(Self::#variant))
        });
        quote! {
            #[automatically_derived]
            impl ::core::fmt::Display for #ident {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(match *self { #(#shown,)* })
                }
            }

            #[automatically_derived]
            impl ::core::str::FromStr for #ident {
                type Err = #krate::UnknownName;
                fn from_str(name: &str) -> ::core::result::Result<Self, Self::Err> {
                    match name {
                        #(#parsed,)*
                        _ => ::core::result::Result::Err(#krate::UnknownName::new(name)),
                    }
                }
            }
        }
    }
}

/// `ContractStateName::allowed`.
fn allowed(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let vis = plan.open_vis();
    let (state, message) = (plan.state_name(), plan.message_name());
    let arms = layout.states.iter().map(|&at| {
        let ident = layout.ident(Item::State(at));
        let allowed = machine::guarded(plan, layout, at).map(|entry| {
            let (cfgs, variant) = (&entry.cfgs, variant(&entry.handler.message));
            quote!(#cfgs #message::#variant)
        });
        quote!(Self::#ident => &[#(#allowed),*])
    });
    quote! {
        impl #state {
            /// The calls and casts whose guard accepts this state.
            #[must_use]
            #vis const fn allowed(self) -> &'static [#message] {
                match self { #(#arms,)* }
            }
        }
    }
}

/// What the names can do, `Machine` and `MachineClient`.
pub(crate) fn expand_binding(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let texts = [states(plan, layout).expand_text(plan), messages(plan).expand_text(plan)];
    let allowed = allowed(plan, layout);
    let (krate, graph) = (plan.krate, graph::expand_literal(plan, layout));
    let (state, message) = (plan.state_name(), plan.message_name());
    let types = quote! {
        type StateName = #state;
        type MessageName = #message;
    };
    let machine = quote! {
        #types
        const GRAPH: #krate::Graph<'static> = #graph;
    };
    let client = quote! {
        #types
        fn __allowed(state: #state) -> &'static [#message] {
            state.allowed()
        }
    };
    let machine = plan.implement(&quote!(#krate::Machine), &machine);
    let client = plan.implement_sound(plan.client_ty(), &quote!(#krate::MachineClient), &client);
    quote!(#(#texts)* __g::serde_names! { #state #message } #allowed #machine #client)
}

pub(crate) fn variant(message: &Ident) -> Ident {
    format_ident!("{}", camel(message), span = message.span())
}
