//! Which messages wait for another state: `POSTPONES` and `postpones`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::layout::{Item, Layout};
use crate::expand::plan::Plan;

pub(crate) fn expand_postpones(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    if plan.stub {
        return TokenStream::new();
    }
    let arms = plan.messages().filter_map(|entry| {
        let leaves = plan.server.postponed_in(layout.machine, entry.handler);
        let (cfgs, number) = (&entry.cfgs, &entry.number);
        let patterns = leaves.iter().map(|&at| layout.wrap(Item::State(at), &quote!(_)));
        (!leaves.is_empty())
            .then(|| quote!(#cfgs #number => ::core::matches!(state, #(#patterns)|*)))
    });
    let arms: Vec<_> = arms.collect();
    if arms.is_empty() {
        return TokenStream::new();
    }
    let root = layout.root_ty();
    quote! {
        const POSTPONES: bool = true;
        fn postpones(handler: usize, state: &#root) -> bool {
            match handler {
                #(#arms,)*
                _ => false,
            }
        }
    }
}
