//! What must be true of the user's types, asserted on the user's own tokens.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use crate::expand::layout::Item;
use crate::expand::paths;
use crate::expand::plan::Plan;

/// The server, its states, arguments and replies go from thread to thread: asserted in a constant,
/// and of types that mention the server's parameters, which a constant cannot name, in a struct.
///
/// `__Sound<T>` is `T`, and where the constant does not compile a type of which rustc says nothing
/// more: by itself it would find the missing `Send` anew in each hidden item. What `Send` of a
/// client rests on, the message and the `Server` impl, must not rest on the constant: a type in it
/// may hold a client of this server. The impls for the client rest on the part of it whose types do
/// not ask, to be written at all, for an impl for a client: that would be a circle.
pub(crate) fn expand_asserts(plan: &Plan<'_>) -> TokenStream {
    let (generics, ty) = (&plan.generics, &plan.ty);
    let clause = &generics.where_clause;
    let all: Vec<_> = types(plan).into_iter().filter(|(_, ty)| !paths::is_plain(ty)).collect();
    let (open, closed): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, ty)| paths::mentions(ty, generics));
    let (simple, other): (Vec<_>, Vec<_>) =
        closed.into_iter().partition(|(_, ty)| paths::is_simple(ty));
    let travel = |(cfgs, ty): &(TokenStream, TokenStream)| {
        let travels = paths::travels_constant(ty);
        quote!(#cfgs let _ = #travels;)
    };
    let (simple, other) = (simple.iter().map(travel), other.iter().map(travel));
    let fields = open.iter().map(|(cfgs, ty)| field(cfgs, ty));
    let fields = (!open.is_empty()).then(|| {
        let all = quote!(::core::marker::PhantomData<fn() -> #ty>);
        quote!(struct __Asserts #generics (#all, #(#fields),*) #clause;)
    });
    quote! {
        const __SIMPLE: usize = { #(#simple)* 0 };
        const __TRAVELS: usize = { #(#other)* __SIMPLE };
        // Asks for the constant before anything else does.
        struct __First([(); __TRAVELS]);
        #[cfg(not(doc))]
        type __Sound<T> = <[(); __TRAVELS] as __g::Carries<T>>::Type;
        #[cfg(doc)]
        type __Sound<T> = T;
        #fields
    }
}

/// Every type that travels, with the `#[cfg]`s of its handler.
fn types(plan: &Plan<'_>) -> Vec<(TokenStream, TokenStream)> {
    let states = plan.layout.iter().flat_map(|layout| {
        layout.states.iter().map(|&at| (TokenStream::new(), layout.ty(Item::State(at))))
    });
    let handlers = plan.messages().flat_map(|entry| {
        let reply = entry.reply.as_ref().map(|reply| &reply.ty);
        entry.args.types.iter().chain(reply).map(|ty| ((*entry.cfgs).clone(), ty.clone()))
    });
    let init = plan.server.init.iter().flat_map(|init| {
        let cfgs: TokenStream = init.method.cfgs().map(ToTokens::to_token_stream).collect();
        plan.args(&init.method).types.into_iter().map(move |ty| (cfgs.clone(), ty))
    });
    let server = (TokenStream::new(), (*plan.ty).clone());
    [server].into_iter().chain(states).chain(init).chain(handlers).collect()
}

fn field(cfgs: &TokenStream, ty: &TokenStream) -> TokenStream {
    let (first, last) = paths::ends(ty);
    let (open, close) = (quote_spanned!(first=> __g::Argument<), quote_spanned!(last=> >));
    quote!(#cfgs #open #ty #close)
}
