//! State time-outs: `STATE_TIMEOUTS` and `state_timeout`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::expand::layout::Layout;
use crate::expand::options;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::model::{Guard, Kind, Stay};

/// Each source is timed by itself: a group from when it is entered until it is left.
pub(crate) fn expand_stays(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    let entries = plan.handlers.iter().filter(|entry| entry.handler.kind == Kind::StateTimeout);
    let entries: Vec<&Entry<'_>> = entries.collect();
    if entries.is_empty() || plan.stub {
        return TokenStream::new();
    }
    let timed = entries.iter().flat_map(|entry| {
        let sources = entry.handler.guard.iter().flat_map(Guard::sources).enumerate();
        sources.map(move |(at, source)| (*entry, Literal::usize_unsuffixed(at), source))
    });
    let table = timed.clone().map(|(entry, at, source)| {
        let (cfgs, number) = (&entry.cfgs, &entry.number);
        let places = layout.places(source).into_iter().map(Literal::usize_unsuffixed);
        quote!(#cfgs __g::StateTimeout { handler: #number, source: #at, states: &[#(#places),*] })
    });
    let arms = timed.map(|(entry, at, source)| {
        let (cfgs, number) = (&entry.cfgs, &entry.number);
        let due = due(layout, entry, source);
        quote!(#cfgs (#number, #at) => #due)
    });
    let own = &plan.own;
    quote! {
        const STATE_TIMEOUTS: &'static [__g::StateTimeout] = &[#(#table),*];
        fn state_timeout(
            timeout: __g::StateTimeout,
            body: &__g::Body<#own>,
        ) -> ::core::option::Option<__g::Instant> {
            let _ = body;
            match (timeout.handler, timeout.source) {
                #(#arms,)*
                _ => ::core::option::Option::None,
            }
        }
    }
}

fn due(layout: &Layout<'_>, entry: &Entry<'_>, source: &Ident) -> TokenStream {
    match &entry.handler.stay {
        Some(Stay::After(duration)) => {
            let duration = options::positive(duration);
            quote!(::core::option::Option::Some(__g::after(#duration)))
        }
        Some(Stay::Until(path)) => {
            let (first, last) = paths::ends(&path.to_token_stream());
            let ty = layout.find(source).map(|item| layout.ty(item));
            // At the path from end to end: a time that is none is told there.
            let args = quote!(&body.server, __g::peek::<Self, #ty>(state));
            let args = paths::respan(args, last);
            let args = quote_spanned!(last=> (#args));
            let call = quote_spanned!(first=> __g::at);
            let at = quote!(#call(#path #args));
            quote!({
                let state = ::core::option::Option::as_ref(&body.state)?;
                #at
            })
        }
        None => quote!(::core::option::Option::None),
    }
}

/// How the picture calls a time-out.
pub(crate) fn label(stay: &Stay) -> String {
    match stay {
        Stay::After(duration) => format!("after {}", options::written(duration)),
        Stay::Until(path) => {
            let last = path.segments.last().map(|last| paths::plain(&last.ident));
            format!("until {}", last.unwrap_or_default())
        }
    }
}
