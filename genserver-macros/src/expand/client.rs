//! The client: its type, its methods, and its place in the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use crate::expand::attrs;
use crate::expand::docs;
use crate::expand::paths;
use crate::expand::plan::{self, Args, Entry, Plan};
use crate::model::{Arg, Kind};

/// What stands beside the user's impl.
pub(crate) fn expand_client(plan: &Plan<'_>) -> TokenStream {
    let (krate, ty, generics) = (plan.krate, &plan.ty, &plan.generics);
    let (params, _, clause) = generics.split_for_impl();
    let (ident, client) = (&plan.server.options.client, plan.client_ty());
    let (vis, attrs, allow) = (plan.vis(), &plan.attrs, attrs::allow_beside());
    let doc = format!(" A client of a running `{}`.", plan.name());
    let methods = plan.messages().map(|entry| method(plan, entry));
    quote! {
        #[doc = #doc]
        #attrs
        #allow
        #[must_use = "the server ends with its last client, unless it is named, detached or supervised: keep it, or drop it on purpose"]
        #vis struct #ident #generics #clause {
            address: #krate::__private::Address<#ty>,
        }

        #attrs
        #allow
        impl #params #client #clause { #(#methods)* }
    }
}

fn method(plan: &Plan<'_>, entry: &Entry<'_>) -> Option<TokenStream> {
    let krate = plan.krate;
    let (method, message) = (&entry.handler.method, &entry.handler.message);
    if !entry.handler.kind.is_offered() {
        return None;
    }
    let methods = plan.methods_of(entry);
    let (docs, attrs) = (docs::of_client_method(plan, entry), attrs::of_methods(&methods));
    let vis = plan::widest(methods.iter().map(|entry| &entry.handler.method.vis));
    let Sent { outcome, make } = sent(plan, entry);
    let args = params(&entry.args, &method.args);
    let values = values(&entry.args);
    Some(quote! {
        #docs
        #attrs
        #vis fn #message(&self, #(#args),*) -> #outcome {
            #krate::__private::#make(&self.address, #values)
        }
    })
}

/// What a client method returns, and the function that makes it.
pub(crate) struct Sent {
    pub(crate) outcome: TokenStream,
    pub(crate) make: TokenStream,
}

pub(crate) fn sent(plan: &Plan<'_>, entry: &Entry<'_>) -> Sent {
    let (krate, ty, number) = (plan.krate, &plan.ty, &entry.number);
    let (outcome, make) = match (&entry.reply, entry.handler.kind) {
        (Some(reply), _) => {
            let (outcome, tuple) = (&reply.outcome, &entry.args.tuple);
            (quote!(#krate::Call<'_, #outcome, #ty, #tuple, #number>), quote!(call))
        }
        (None, Kind::Unbounded) => (quote!(#krate::Post<'_, #ty>), quote!(post::<#ty, #number, _>)),
        (None, _) => (quote!(#krate::Cast<'_, #ty>), quote!(cast::<#ty, #number, _>)),
    };
    Sent { outcome, make }
}

/// The parameters of a client method or of `start`, under the user's names.
pub(crate) fn params(args: &Args<'_>, all: &[Arg]) -> Vec<TokenStream> {
    let param = |arg: &Arg| {
        let ident = &arg.ident;
        let Some(at) = args.list.iter().position(|listed| std::ptr::eq(*listed, arg)) else {
            // Reported already: the stub takes whatever the caller has.
            return quote!(#ident: impl ::core::marker::Sized);
        };
        let ty = &args.types[at];
        if arg.into {
            let span = paths::at(syn::spanned::Spanned::span(&arg.ty));
            let into = quote_spanned!(span=> ::core::convert::Into);
            return quote!(#ident: impl #into<#ty>);
        }
        quote!(#ident: #ty)
    };
    all.iter().map(param).collect()
}

/// The tuple of the arguments, converted where `#[into]` says so.
pub(crate) fn values(args: &Args<'_>) -> TokenStream {
    let values = args.list.iter().map(|arg| {
        let ident = &arg.ident;
        if arg.into { quote!(::core::convert::Into::into(#ident)) } else { ident.to_token_stream() }
    });
    quote!((#(#values,)*))
}

/// What ties the client to the runtime.
pub(crate) fn expand_binding(plan: &Plan<'_>) -> TokenStream {
    let (krate, ty, client) = (plan.krate, &plan.ty, plan.client_ty());
    let ident = &plan.server.options.client;
    let name = paths::plain(ident);
    let served = quote! {
        fn client(address: __g::Address<Self>) -> #client {
            #ident { address }
        }
    };
    let client_impl = quote! {
        const __SERVED: __g::Served = __g::Served::by::<#ty>();
        fn __address(&self) -> &dyn __g::AnyAddress {
            &self.address
        }
        fn __at(place: __g::Place) -> Self {
            Self { address: __g::Address::<#ty>::at(place) }
        }
    };
    let clone = quote! {
        fn clone(&self) -> Self {
            Self { address: ::core::clone::Clone::clone(&self.address) }
        }
    };
    let debug = quote! {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_tuple(#name).field(&self.address).finish()
        }
    };
    let served = plan.implement_sound(ty, &quote!(__g::ServedBy<#client>), &served);
    let client_impl = plan.implement_sound(&client, &quote!(#krate::Client), &client_impl);
    let clone = plan.implement_for(&client, &quote!(::core::clone::Clone), &clone);
    let debug = plan.implement_for(&client, &quote!(::core::fmt::Debug), &debug);
    quote!(#served #client_impl #clone #debug)
}
