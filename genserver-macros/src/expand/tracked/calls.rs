//! The calls of the handle.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use crate::expand::attrs;
use crate::expand::client::{self, Sent};
use crate::expand::docs;
use crate::expand::plan::{self, Entry};
use crate::expand::tracked::allowed::{self, Allowed};
use crate::expand::tracked::{Track, Ways};

/// One method a call or cast: in every state, so that it is always found, with a bound on the state
/// that says what is wrong.
pub(super) fn expand_calls(track: &Track<'_>) -> TokenStream {
    let (plan, state) = (track.plan, track.state.to_token_stream());
    let generics = track.generics_with(&state);
    let (params, _, clause) = generics.split_for_impl();
    let handle = track.handle_of(&state);
    let offered = || plan.messages().filter(|entry| entry.handler.kind.is_offered());
    let methods = offered().map(|entry| method(track, entry));
    let allowed = offered().filter_map(|entry| {
        let allowed = Allowed::new(track, entry)?;
        Some(allowed.expand())
    });
    quote! {
        impl #params #handle #clause { #(#methods)* }
        #(#allowed)*
    }
}

fn method(track: &Track<'_>, entry: &Entry<'_>) -> TokenStream {
    let (plan, handler) = (track.plan, entry.handler);
    let (krate, message) = (plan.krate, &handler.message);
    let methods = plan.methods_of(entry);
    let (docs, attrs) = (docs::of_client_method(plan, entry), attrs::of_methods(&methods));
    let vis = plan::widest(methods.iter().map(|entry| &entry.handler.method.vis));
    let args = client::params(&entry.args, &handler.method.args);
    let values = client::values(&entry.args);
    let bound = Allowed::new(track, entry).filter(|_| !plan.stub).map(|allowed| allowed.bound());
    let Some(ways) = track.ways(entry) else {
        let Sent { outcome, make } = client::sent(plan, entry);
        return quote! {
            #docs
            #attrs
            #vis fn #message(&self, #(#args),*) -> #outcome #bound {
                #krate::__private::#make(&self.client.address, #values)
            }
        };
    };
    let next = next(track, entry, &ways);
    let (ty, tuple, number) = (&plan.ty, &entry.args.tuple, &entry.number);
    let outcome = entry.reply.as_ref().map(|reply| &reply.outcome);
    // Rustc points there for what took the handle.
    let this = quote_spanned!(message.span()=> self);
    quote! {
        #docs
        #attrs
        #vis fn #message(
            #this,
            #(#args),*
        ) -> #krate::Step<Self, #next, #outcome, #ty, #tuple, #number> #bound {
            #krate::__private::step(#this, #values)
        }
    }
}

/// What the call gives: a handle, or an enum of handles; behind the reply, if there is one.
fn next(track: &Track<'_>, entry: &Entry<'_>, ways: &Ways) -> TokenStream {
    let next = match ways.uniform() {
        Some(targets) => allowed::landing(track, &entry.handler.message, targets),
        None if track.plan.stub => quote!(Self),
        None => Allowed::new(track, entry).map_or_else(|| quote!(Self), |allowed| allowed.after()),
    };
    match &entry.reply {
        Some(reply) if !reply.is_unit => {
            let value = &reply.value;
            quote!((#value, #next))
        }
        _ => next,
    }
}
