//! How generated tests make a machine's calls and casts, with arguments that are made up.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::plan::{Entry, Plan};
use crate::model::Kind;

/// The impl is generic over who makes the arguments up, so that rustc does not ask of a machine that
/// nobody drives that they can be.
pub(crate) fn expand_drives(plan: &Plan<'_>) -> TokenStream {
    if plan.layout.is_none() {
        return TokenStream::new();
    }
    let driven: Vec<_> = plan.messages().filter(|entry| is_driven(plan, entry)).collect();
    let mut known = HashSet::new();
    let types = driven.iter().flat_map(|entry| &entry.args.types);
    let types: Vec<_> = types.filter(|ty| known.insert(ty.to_string())).collect();
    let mut generics = plan.generics.clone();
    generics.params.push(syn::parse_quote!(__By));
    let clause = generics.make_where_clause();
    for ty in types {
        clause.predicates.push(syn::parse_quote!(#ty: __g::Sample<__By>));
    }
    let (params, _, clause) = generics.split_for_impl();
    let target = &plan.ty;
    let arms = driven.iter().map(|entry| arm(entry));
    quote! {
        #[automatically_derived]
        impl #params __g::Drives<__By> for #target #clause {
            fn request(
                handler: usize,
                address: &__g::Address<Self>,
                source: &mut __g::Source,
            ) -> ::core::option::Option<__g::Requested> {
                let _ = (address, &source);
                ::core::option::Option::Some(match handler {
                    #(#arms,)*
                    _ => return ::core::option::Option::None,
                })
            }
        }
    }
}

/// Where a `cfg` takes a handler out, its types may not be there, and a bound cannot have a `cfg`.
fn is_driven(plan: &Plan<'_>, entry: &Entry<'_>) -> bool {
    !plan.stub && entry.cfgs.is_empty() && entry.handler.kind.is_offered()
}

fn arm(entry: &Entry<'_>) -> TokenStream {
    let number = &entry.number;
    let args = entry.args.types.iter().map(|ty| quote!(<#ty as __g::Sample<__By>>::sample(source)));
    let args = quote!((#(#args,)*));
    if !matches!(entry.handler.kind, Kind::Cast | Kind::Unbounded) {
        let is_error = match &entry.handler.returns.result {
            Some(_) => quote!(::core::result::Result::is_err),
            None => quote!(|_| false),
        };
        return quote!(#number => __g::Requests::<Self, #number>::call(address, #args, #is_error));
    }
    quote!(#number => __g::Requests::<Self, #number>::cast(address, #args))
}
