//! What the server sends itself when time has passed: `IDLE_AFTER`, `TICKS` and `signal`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::options;
use crate::expand::plan::{Entry, Plan};
use crate::model::{Kind, Missed};

pub(crate) fn expand_time(plan: &Plan<'_>) -> TokenStream {
    let idle = idle(plan);
    let ticks = ticks(plan);
    let signal = signal(plan);
    quote!(#(#idle)* #ticks #signal)
}

/// That `set_idle` has a handler.
pub(crate) fn expand_idles(plan: &Plan<'_>) -> TokenStream {
    let idles = plan.implement(&quote!(__g::Idles), &TokenStream::new());
    idle_entries(plan)
        .map(|entry| {
            let cfgs = &entry.cfgs;
            quote!(#cfgs #idles)
        })
        .collect()
}

/// One handler; of several the `#[cfg]`s leave one.
fn idle_entries<'p>(plan: &'p Plan<'p>) -> impl Iterator<Item = &'p Entry<'p>> {
    let entries = of_kind(plan, Kind::Idle).enumerate();
    // After an error there may be more, which was reported.
    let kept = entries.filter(|(at, entry)| !plan.stub || *at == 0 || !entry.cfgs.is_empty());
    kept.map(|(_, entry)| entry)
}

fn idle<'p>(plan: &'p Plan<'p>) -> impl Iterator<Item = TokenStream> + 'p {
    idle_entries(plan).map(|entry| {
        let (cfgs, number) = (&entry.cfgs, &entry.number);
        let after = entry.handler.time.as_ref();
        let after = after.map_or_else(|| quote!(::core::time::Duration::MAX), options::positive);
        quote! {
            #cfgs
            const IDLE_AFTER: ::core::option::Option<__g::Idle> =
                ::core::option::Option::Some(__g::Idle { handler: #number, after: #after });
        }
    })
}

fn ticks(plan: &Plan<'_>) -> Option<TokenStream> {
    let ticks = of_kind(plan, Kind::Every).filter_map(|entry| {
        let (cfgs, number) = (&entry.cfgs, &entry.number);
        // Without a period, which was reported, there is no tick.
        let period = options::positive(entry.handler.time.as_ref()?);
        let missed = match entry.handler.missed.unwrap_or_default() {
            Missed::Skip => quote!(Skip),
            Missed::CatchUp => quote!(CatchUp),
            Missed::Delay => quote!(Delay),
        };
        let missed = quote!(__g::Missed::#missed);
        let tick = quote!(__g::Tick { handler: #number, period: #period, missed: #missed });
        Some(quote!(#cfgs #tick))
    });
    let ticks: Vec<_> = ticks.collect();
    (!ticks.is_empty()).then(|| quote!(const TICKS: &'static [__g::Tick] = &[#(#ticks),*];))
}

/// The message of a handler that takes none.
fn signal(plan: &Plan<'_>) -> Option<TokenStream> {
    let arms = plan.handlers.iter().filter(|entry| entry.handler.kind.is_timed()).map(|entry| {
        let (cfgs, number, ident) = (&entry.cfgs, &entry.number, &entry.handler.method.ident);
        quote!(#cfgs #number => ::core::option::Option::Some(__Message::#ident(())))
    });
    let arms: Vec<_> = arms.collect();
    if arms.is_empty() || plan.stub {
        return None;
    }
    let message = plan.message_ty();
    Some(quote! {
        fn signal(handler: usize) -> ::core::option::Option<#message> {
            match handler {
                #(#arms,)*
                _ => ::core::option::Option::None,
            }
        }
    })
}

fn of_kind<'p>(plan: &'p Plan<'p>, kind: Kind) -> impl Iterator<Item = &'p Entry<'p>> {
    plan.handlers.iter().filter(move |entry| entry.handler.kind == kind)
}
