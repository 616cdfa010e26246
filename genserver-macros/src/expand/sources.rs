//! The enum of the sources of a handler that has several: `ContractPayFrom`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericParam, Generics, Lifetime, LifetimeParam};

use crate::expand::attrs;
use crate::expand::layout::{Item, Layout};
use crate::expand::outcome::lent;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::model::{Clause, Param};

/// The enums that stand beside the user's impl.
pub(crate) fn expand_sources(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let mut taken: Vec<&Ident> = Vec::new();
    let enums = plan.handlers.iter().filter_map(|entry| {
        let ident = sources_of(entry)?;
        // After an error the name may be that of another handler's.
        if plan.stub && taken.contains(&ident) {
            return None;
        }
        taken.push(ident);
        Some(sources_enum(plan, layout, entry, ident))
    });
    enums.collect()
}

/// The name of the enum that a handler takes.
pub(crate) fn sources_of<'a>(entry: &Entry<'a>) -> Option<&'a Ident> {
    entry.handler.params.iter().find_map(|param| match param {
        Param::Sources(ident) => Some(ident),
        _ => None,
    })
}

/// The clauses of a handler, each with its sources.
fn sources<'p>(
    layout: &'p Layout<'_>,
    entry: &Entry<'p>,
) -> impl Iterator<Item = (&'p Clause, Item)> {
    let clauses = entry.handler.guard.iter().flat_map(|guard| &guard.clauses);
    clauses.flat_map(move |clause| {
        let found = clause.sources.iter().filter_map(move |source| layout.find(source));
        found.map(move |item| (clause, item))
    })
}

fn sources_enum(
    plan: &Plan<'_>,
    layout: &Layout<'_>,
    entry: &Entry<'_>,
    ident: &Ident,
) -> TokenStream {
    let (krate, ty, number) = (plan.krate, &plan.ty, &entry.number);
    let (vis, attrs, allow) = (plan.open_vis(), &plan.attrs, attrs::allow_beside());
    let (cfgs, generics) = (&entry.cfgs, generics(plan));
    let (_, _, clause) = generics.split_for_impl();
    let name = paths::plain(&entry.handler.message);
    let doc = format!(
        " The state in which `{name}` finds a `{}`, with the transitions that are declared from \
         there.",
        plan.name()
    );
    let variants = sources(layout, entry).map(|(clause, item)| {
        let (ident, state) = (layout.ident(item), layout.ty(item));
        let doc = match clause.targets.as_slice() {
            [] => format!(" `{ident}`, which stays."),
            targets => {
                let targets = targets.iter().map(|target| format!("`{}`", paths::plain(target)));
                format!(" `{ident}`, which goes to {}.", targets.collect::<Vec<_>>().join(" or "))
            }
        };
        quote!(#[doc = #doc] #ident(#krate::At<'state, #state, #ty, #number>))
    });
    let variants: Vec<_> = variants.collect();
    // After an error there may be no source to hold the parameters.
    let unused = variants.is_empty().then(|| {
        quote!(__Unused(::core::convert::Infallible, ::core::marker::PhantomData<&'state fn() -> #ty>))
    });
    quote! {
        #[doc = #doc]
        #cfgs
        #attrs
        #allow
        #vis enum #ident #generics #clause { #(#variants,)* #unused }
    }
}

/// The server's generics with the lifetime of the state in front.
fn generics(plan: &Plan<'_>) -> Generics {
    let mut generics = plan.generics.clone();
    let lifetime = Lifetime::new("'state", Span::call_site());
    generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime)));
    generics
}

/// The argument for the handler, made of `state`.
pub(crate) fn expand_argument(
    layout: &Layout<'_>,
    entry: &Entry<'_>,
    ident: &Ident,
    span: Span,
) -> TokenStream {
    let own = format_ident!("own", span = span);
    let arms = sources(layout, entry).map(|(_, item)| {
        let (variant, pattern) = (layout.ident(item), layout.wrap(item, &quote!(#own)));
        let own = own.to_token_stream();
        let own = if entry.handler.method.asyncness {
            lent(&quote!(lend_any), layout.ty(item), &own, ident.span())
        } else {
            own
        };
        quote_spanned!(span=> #pattern => #ident::#variant(__g::state_at(#own)),)
    });
    quote_spanned! {span=>
        match state {
            #(#arms)*
            _ => __g::beyond(),
        }
    }
}

/// The transitions that a handler may take from each of its sources.
pub(crate) fn expand_targets(
    plan: &Plan<'_>,
    layout: &Layout<'_>,
    entry: &Entry<'_>,
) -> TokenStream {
    sources(layout, entry)
        .map(|(clause, source)| targets(plan, layout, entry, clause, source))
        .collect()
}

fn targets(
    plan: &Plan<'_>,
    layout: &Layout<'_>,
    entry: &Entry<'_>,
    clause: &Clause,
    source: Item,
) -> TokenStream {
    let (cfgs, number, server) = (&entry.cfgs, &entry.number, &plan.ty);
    let ident = &entry.handler.method.ident;
    // All of a header at the clause: rustc points there for what is declared.
    let (first, last) = paths::ends(&clause.tokens);
    let (open, close) = (quote_spanned!(first=> __g::ReachesFrom<), quote_spanned!(last=> >));
    let source = paths::respan(layout.ty(source), last);
    let words = plan.words_name();
    let reaches = quote!(#open #words::#ident, #source, #server #close);
    let ty = paths::respan((**server).clone(), last);
    let (implement, word) = (quote_spanned!(first=> impl), quote_spanned!(last=> for));
    let empty = quote_spanned!(last=> {});
    let (params, _, where_clause) = plan.generics.split_for_impl();
    let impls = layout.targets(&clause.targets).into_iter().map(|item| {
        let target = paths::respan(layout.ty(item), last);
        quote!(#cfgs #implement #params #reaches #word #target #where_clause #empty)
    });
    let mut generics = plan.generics.clone();
    generics.params.push(syn::parse_quote!(__T: #reaches));
    let (params, _, where_clause) = generics.split_for_impl();
    let (open, close) = (quote_spanned!(first=> __g::DeclaresFrom<), quote_spanned!(last=> >));
    let root = layout.root_ty();
    quote! {
        #(#impls)*
        #cfgs
        #implement #params #open #number, #source, __T #close #word #ty #where_clause {
            fn into_state(state: __T) -> #root {
                __g::Variant::<Self>::into_state(state)
            }
        }
    }
}
