//! A machine's state enum and its groups, and what the runtime asks about a state.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Generics, Path};

use crate::expand::attrs;
use crate::expand::docs;
use crate::expand::graph;
use crate::expand::layout::{Item, Layout};
use crate::expand::names;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::expand::sources;
use crate::expand::tracked;
use crate::model::Guard;

/// What stands beside the user's impl.
pub(crate) fn expand_machine(plan: &Plan<'_>) -> TokenStream {
    let Some(layout) = &plan.layout else { return TokenStream::new() };
    let root = state_enum(plan, layout, None);
    let groups = layout.groups().map(|group| state_enum(plan, layout, Some(group)));
    let names = names::expand_names(plan, layout);
    let graph = graph::expand_graph(plan);
    let sources = sources::expand_sources(plan, layout);
    quote!(#root #(#groups)* #names #graph #sources)
}

/// The state enum, or the enum of a group.
fn state_enum(plan: &Plan<'_>, layout: &Layout<'_>, group: Option<usize>) -> TokenStream {
    let (vis, attrs, allow) = (plan.open_vis(), &plan.attrs, attrs::allow_beside());
    let (ident, docs) = match group {
        None => (&plan.server.options.state, docs::of_states(plan, layout)),
        Some(at) => {
            let text = format!(
                " A state of `{}` in the group `{}`.",
                plan.name(),
                layout.machine.groups[at].ident
            );
            (&layout.machine.groups[at].ident, quote!(#[doc = #text]))
        }
    };
    let generics = layout.generics(group);
    let (_, _, clause) = generics.split_for_impl();
    let derive = &plan.server.options.derive;
    let derive = (!derive.is_empty()).then(|| quote!(#[derive(#(#derive),*)]));
    let bound = serde_bound(plan, &generics);
    let variants = layout.variants(group).into_iter().map(|item| {
        let (ident, ty) = (layout.ident(item), layout.ty(item));
        let kind = if matches!(item, Item::Group(_)) { "group" } else { "state" };
        let doc = format!(" The {kind} `{ident}`.");
        quote!(#[doc = #doc] #ident(#ty))
    });
    quote! {
        #docs
        #attrs
        #allow
        #derive
        #bound
        #vis enum #ident #generics #clause { #(#variants),* }
    }
}

/// The enum has the bounds of the impl, which keeps the state and so has all that serde needs: those
/// that its derive would add, `T: Deserialize<'de>` beside `T: DeserializeOwned`, are one too many
/// for rustc.
fn serde_bound(plan: &Plan<'_>, generics: &Generics) -> Option<TokenStream> {
    let options = &plan.server.options;
    let is_serde = |path: &Path| {
        let last = path.segments.last();
        last.is_some_and(|last| last.ident == "Serialize" || last.ident == "Deserialize")
    };
    let is_derived = options.version.is_some() && options.derive.iter().any(is_serde);
    let is_generic = generics.type_params().next().is_some();
    (is_derived && is_generic).then(|| quote!(#[serde(bound = "")]))
}

/// `STATES`, `MAP` and `state_index` of the `Server` impl.
pub(crate) fn expand_look(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let (krate, root) = (plan.krate, layout.root_ty());
    let leaves = layout.states.iter().map(|&at| {
        let name = paths::plain(layout.ident(Item::State(at)));
        let messages = guarded(plan, layout, at).map(|entry| {
            let (cfgs, name) = (&entry.cfgs, paths::plain(&entry.handler.message));
            quote!(#cfgs #name)
        });
        quote!(__g::LeafText { name: #name, allowed: &[#(#messages),*] })
    });
    let places = layout.states.iter().enumerate().map(|(place, &at)| {
        let (pattern, place) =
            (layout.wrap(Item::State(at), &quote!(_)), Literal::usize_unsuffixed(place));
        quote!(#pattern => #place)
    });
    let tracked = plan.server.options.tracked.as_ref();
    let tracked = tracked.map(|_| {
        quote!(
            const TRACKED: bool = true;
        )
    });
    quote! {
        #tracked
        const STATES: &'static [__g::LeafText] = &[#(#leaves),*];
        const MAP: ::core::option::Option<&'static #krate::Graph<'static>> =
            ::core::option::Option::Some(&<Self as #krate::Machine>::GRAPH);
        fn state_index(state: &#root) -> usize {
            match state { #(#places,)* }
        }
    }
}

/// The calls and casts whose guard accepts a leaf.
pub(crate) fn guarded<'p>(
    plan: &'p Plan<'p>,
    layout: &'p Layout<'p>,
    state: usize,
) -> impl Iterator<Item = &'p Entry<'p>> {
    plan.handlers.iter().filter(move |entry| {
        let guard = entry.handler.guard.as_ref().filter(|_| entry.handler.kind.is_offered());
        guard.is_some_and(|guard| {
            guard.sources().any(|source| layout.machine.leaves(source).contains(&state))
        })
    })
}

/// What ties the machine to the runtime: `Variant` and `State` of each state and group, the
/// declared targets, and the names.
pub(crate) fn expand_binding(plan: &Plan<'_>) -> TokenStream {
    let Some(layout) = &plan.layout else { return TokenStream::new() };
    let root = root(plan, layout);
    let variants = layout.items().map(|item| variant(plan, layout, item));
    let declares = declares(plan, layout);
    let names = names::expand_binding(plan, layout);
    quote!(#root #(#variants)* #declares #names)
}

/// The state enum stands for any state, where one is given.
fn root(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let (root, server) = (layout.root_ty(), &plan.ty);
    let body = quote! {
        fn into_state(self) -> Self {
            self
        }
        fn from_state(state: Self) -> ::core::result::Result<Self, Self> {
            ::core::result::Result::Ok(state)
        }
        fn peek(state: &Self) -> ::core::option::Option<&Self> {
            ::core::option::Option::Some(state)
        }
        fn peek_mut(state: &mut Self) -> ::core::option::Option<&mut Self> {
            ::core::option::Option::Some(state)
        }
    };
    plan.implement_for(&root, &quote!(__g::Variant<#server>), &body)
}

fn variant(plan: &Plan<'_>, layout: &Layout<'_>, item: Item) -> TokenStream {
    let (krate, ty, server) = (plan.krate, layout.ty(item), &plan.ty);
    let root = layout.root_ty();
    let own = layout.wrap(item, &quote!(own));
    let make = layout.wrap(item, &quote!(self));
    let body = quote! {
        fn into_state(self) -> #root {
            #make
        }
        fn from_state(state: #root) -> ::core::result::Result<Self, #root> {
            match state {
                #own => ::core::result::Result::Ok(own),
                other => ::core::result::Result::Err(other),
            }
        }
        fn peek(state: &#root) -> ::core::option::Option<&Self> {
            match state {
                #own => ::core::option::Option::Some(own),
                _ => ::core::option::Option::None,
            }
        }
        fn peek_mut(state: &mut #root) -> ::core::option::Option<&mut Self> {
            match state {
                #own => ::core::option::Option::Some(own),
                _ => ::core::option::Option::None,
            }
        }
    };
    let variant = plan.implement_for(&ty, &quote!(__g::Variant<#server>), &body);
    let state = plan.implement_for(&ty, &quote!(#krate::State<#server>), &TokenStream::new());
    let leaf = matches!(item, Item::State(_))
        .then(|| plan.implement_for(&ty, &quote!(__g::Leaf<#server>), &TokenStream::new()));
    quote!(#variant #state #leaf)
}

/// The transitions that each handler may take. After an error any: the bodies are not to blame.
fn declares(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    if plan.stub {
        return stubs(plan, layout);
    }
    let guarded = plan.handlers.iter().filter_map(|entry| {
        let guard = entry.handler.guard.as_ref().filter(|guard| !guard.targets().is_empty())?;
        Some((entry, guard))
    });
    let words = plan.words_name();
    let names = guarded.clone().map(|(entry, _)| {
        let (cfgs, ident) = (&entry.cfgs, &entry.handler.method.ident);
        quote!(#cfgs pub enum #ident {})
    });
    let names: Vec<_> = match tracked::words(plan) {
        Some(all) => all.into_iter().map(|ident| quote!(pub enum #ident {})).collect(),
        None => names.collect(),
    };
    let targets = guarded.map(|(entry, guard)| {
        if sources::sources_of(entry).is_some() {
            sources::expand_targets(plan, layout, entry)
        } else {
            targets(plan, layout, entry, guard)
        }
    });
    quote! {
        // Rustc's errors about another target or state name the handler by these.
        mod #words { #(#names)* }
        #(#targets)*
    }
}

/// Any transition of any handler.
fn stubs(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let (ty, root) = (&plan.ty, layout.root_ty());
    let mut generics = plan.generics.clone();
    generics.params.push(syn::parse_quote!(__T));
    let (params, _, clause) = generics.split_for_impl();
    let numbers = plan.handlers.iter().map(|entry| &entry.number);
    let any = quote! {
        fn into_state(_: __T) -> #root {
            ::core::unreachable!()
        }
    };
    let mut with_source = generics.clone();
    with_source.params.push(syn::parse_quote!(__F));
    let (source_params, _, _) = with_source.split_for_impl();
    let from = plan.handlers.iter().filter(|entry| sources::sources_of(entry).is_some());
    let from = from.map(|entry| &entry.number);
    quote! {
        #(impl #params __g::Declares<#numbers, __T> for #ty #clause { #any })*
        #(impl #source_params __g::DeclaresFrom<#from, __F, __T> for #ty #clause { #any })*
    }
}

fn targets(plan: &Plan<'_>, layout: &Layout<'_>, entry: &Entry<'_>, guard: &Guard) -> TokenStream {
    let (cfgs, number, server) = (&entry.cfgs, &entry.number, &plan.ty);
    let ident = &entry.handler.method.ident;
    let (first, last) = paths::ends(&guard.tokens);
    let (open, close) = (quote_spanned!(first=> __g::Reaches<), quote_spanned!(last=> >));
    let words = plan.words_name();
    let reaches = quote!(#open #words::#ident, #server #close);
    // All of a header at the guard: rustc points there for what is declared.
    let ty = paths::respan((**server).clone(), last);
    let (implement, word) = (quote_spanned!(first=> impl), quote_spanned!(last=> for));
    let empty = quote_spanned!(last=> {});
    let (params, _, clause) = plan.generics.split_for_impl();
    let impls = layout.targets(guard.targets()).into_iter().map(|item| {
        let target = paths::respan(layout.ty(item), last);
        quote!(#cfgs #implement #params #reaches #word #target #clause #empty)
    });
    let mut generics = plan.generics.clone();
    generics.params.push(syn::parse_quote!(__T: #reaches));
    let (params, _, clause) = generics.split_for_impl();
    let (open, close) = (quote_spanned!(first=> __g::Declares<), quote_spanned!(last=> >));
    let root = layout.root_ty();
    quote! {
        #(#impls)*
        #cfgs
        #implement #params #open #number, __T #close #word #ty #clause {
            fn into_state(state: __T) -> #root {
                __g::Variant::<Self>::into_state(state)
            }
        }
    }
}
