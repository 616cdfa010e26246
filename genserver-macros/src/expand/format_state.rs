//! What debugging shows: what `#[format_state]` returns, or what has `Debug`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Meta;

use crate::expand::layout::{Item, Layout};
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::FormatState;

pub(crate) fn expand_format_state(plan: &Plan<'_>) -> TokenStream {
    if plan.stub {
        return TokenStream::new();
    }
    let Some(format) = &plan.server.format_state else { return by_debug(plan) };
    let cfgs: Vec<_> = format.method.cfgs().collect();
    let own = own(plan, format);
    let own = quote!(#(#cfgs)* #own);
    // Where the method is not, it is as if it had never been written.
    let conditions = cfgs.iter().filter_map(|cfg| match &cfg.meta {
        Meta::List(list) => Some(&list.tokens),
        _ => None,
    });
    let rest = (!cfgs.is_empty()).then(|| by_debug(plan));
    let rest = rest.filter(|rest| !rest.is_empty());
    let conditions: Vec<_> = conditions.collect();
    let all = match conditions.as_slice() {
        [one] => quote!(#one),
        all => quote!(all(#(#all),*)),
    };
    let rest = rest.map(|rest| quote!(#[cfg(not(#all))] #rest));
    quote!(#own #rest)
}

fn function(plan: &Plan<'_>, body: &TokenStream) -> TokenStream {
    let own = &plan.own;
    quote! {
        fn format_state(
            body: &__g::Body<#own>,
            f: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::option::Option<::core::fmt::Result> {
            #body
        }
    }
}

/// The method's own; nothing when the state that it takes was lost in a commit that panicked.
fn own(plan: &Plan<'_>, format: &FormatState) -> TokenStream {
    let ident = &format.method.ident;
    let value = if format.state {
        quote!(Self::#ident(&body.server, ::core::option::Option::as_ref(&body.state)?))
    } else {
        quote!(Self::#ident(&body.server))
    };
    let output = format.method.output.as_ref().map(ToTokens::to_token_stream).unwrap_or_default();
    let (first, last) = paths::ends(&output);
    // At the return type, from end to end: there rustc says that it has no `Debug`.
    let show = quote_spanned!(paths::at(ident.span())=> ::core::fmt::Debug::fmt);
    let borrow = quote_spanned!(paths::at(first)=> &);
    let value = quote_spanned!(paths::at(last)=> (#value));
    function(plan, &quote!(::core::option::Option::Some(#show(#borrow #value, f))))
}

/// Whether a type has `Debug` is known only of one without parameters: of a generic server nothing
/// is shown.
fn by_debug(plan: &Plan<'_>) -> TokenStream {
    if !plan.generics.params.is_empty() {
        return TokenStream::new();
    }
    let data = quote!(__g::Shown::<Self>::__of(&body.server));
    let show = match &plan.layout {
        None => quote!(__g::show(#data, f)),
        Some(layout) => {
            let (name, state) = (plan.name(), state(layout));
            quote!(__g::show_machine((#name, #data), #state, f))
        }
    };
    let krate = plan.krate;
    let show = quote! {
        #[allow(unused_imports)]
        use #krate::__private::Unshown as _;
        #show
    };
    function(plan, &show)
}

/// The leaf's name, and itself if it has `Debug`. `ref`, so that rustc says nothing of it either
/// when a type does not travel.
fn state(layout: &Layout<'_>) -> TokenStream {
    let arms = layout.states.iter().map(|&at| {
        let item = Item::State(at);
        let (pattern, ty) = (layout.wrap(item, &quote!(ref own)), layout.ty(item));
        let name = paths::plain(layout.ident(item));
        quote!(::core::option::Option::Some(#pattern) => (#name, __g::Shown::<#ty>::__of(own)))
    });
    quote! {
        match body.state {
            #(#arms,)*
            ::core::option::Option::None => ("_", ::core::option::Option::None),
        }
    }
}
