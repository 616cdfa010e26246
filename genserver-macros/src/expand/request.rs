//! The impls of one handler: how its message is made, whether it may run, how it runs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Token;

use crate::expand::hooks;
use crate::expand::layout::Layout;
use crate::expand::methods;
use crate::expand::outcome;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::model::{Guard, Handler, Kind};

pub(crate) fn expand_handler(plan: &Plan<'_>, entry: &Entry<'_>) -> TokenStream {
    let mut tokens = expand_message(plan, entry);
    let methods = methods::expand_methods(plan, entry);
    if !methods.is_empty() {
        tokens.extend(methods);
    }
    tokens
}

fn expand_message(plan: &Plan<'_>, entry: &Entry<'_>) -> TokenStream {
    let ty = &entry.hidden_reply;
    match entry.handler.kind {
        Kind::Call => {
            let run = future(plan, entry, "run", ty, None);
            request(plan, entry, &run)
        }
        Kind::Deferred => {
            let reply_to = quote!(__g::ReplyTo<#ty>);
            let defer = future(plan, entry, "defer", &quote!(()), Some(&reply_to));
            let request = request(plan, entry, &TokenStream::new());
            let defer = own(plan, entry, "Defer", &defer);
            quote!(#request #defer)
        }
        Kind::Blocking => {
            let request = request(plan, entry, &TokenStream::new());
            let block = own(plan, entry, "Block", &block(plan, entry));
            quote!(#request #block)
        }
        _ => notify(plan, entry),
    }
}

fn request(plan: &Plan<'_>, entry: &Entry<'_>, run: &TokenStream) -> TokenStream {
    let (ty, args, ident) = (&entry.hidden_reply, &entry.hidden_args, &entry.handler.method.ident);
    let message = plan.message_ty();
    let mode = mode(plan, entry);
    let accepts = accepts(plan, entry);
    let body = quote! {
        const MODE: __g::Mode = __g::Mode::#mode;
        fn message(args: #args, reply: __g::ReplyTo<#ty>) -> #message {
            __Message::#ident(args, reply)
        }
        #accepts
        #run
    };
    own(plan, entry, "Request", &body)
}

/// `impl __g::Of<H, (Args,), R> for Server { body }`
fn own(plan: &Plan<'_>, entry: &Entry<'_>, of: &str, body: &TokenStream) -> TokenStream {
    let of = Ident::new(of, Span::call_site());
    let (ty, args, number, cfgs) =
        (&entry.hidden_reply, &entry.hidden_args, &entry.number, &entry.cfgs);
    let (server, (params, _, clause)) = (&plan.ty, plan.generics.split_for_impl());
    quote! {
        #cfgs
        #[automatically_derived]
        impl #params __g::#of<#number, #args, #ty> for #server #clause { #body }
    }
}

/// What may not run where it is called is queued.
fn mode(plan: &Plan<'_>, entry: &Entry<'_>) -> Ident {
    let handler = entry.handler;
    let inline = handler.inline.unwrap_or(plan.server.options.inline);
    let mode = match handler.kind {
        Kind::Deferred => "Deferred",
        Kind::Call if inline && waits(plan, entry) => "Async",
        Kind::Call if inline => "Sync",
        _ => "Queued",
    };
    Ident::new(mode, Span::call_site())
}

/// Whether a handler may wait: itself, or what follows on its transition.
pub(crate) fn waits(plan: &Plan<'_>, entry: &Entry<'_>) -> bool {
    let methods = plan.methods_of(entry);
    let follows = || hooks::waits(plan) && methods.iter().any(|entry| moves(entry.handler));
    methods.iter().any(|entry| entry.handler.method.asyncness) || follows()
}

fn moves(handler: &Handler) -> bool {
    handler.guard.as_ref().is_some_and(|guard| !guard.targets().is_empty())
}

fn notify(plan: &Plan<'_>, entry: &Entry<'_>) -> TokenStream {
    let (krate, args, ident) = (plan.krate, &entry.hidden_args, &entry.handler.method.ident);
    let (number, cfgs, message) = (&entry.number, &entry.cfgs, plan.message_ty());
    let accepts = accepts(plan, entry);
    let output = quote!(::core::result::Result<(), #krate::Crash>);
    let run = future(plan, entry, "run", &output, None);
    let takes = entry.handler.kind.is_by_type().then(|| takes(plan, entry));
    let (server, (params, _, clause)) = (&plan.ty, plan.generics.split_for_impl());
    quote! {
        #cfgs
        #[automatically_derived]
        impl #params __g::Notify<#number, #args> for #server #clause {
            fn message(args: #args) -> #message {
                __Message::#ident(args)
            }
            #accepts
            #run
        }
        #takes
    }
}

/// The way to a handler by the type of its message: to an `#[info]` from inside and through the
/// client, to a `#[continued]` from inside.
fn takes(plan: &Plan<'_>, entry: &Entry<'_>) -> TokenStream {
    // Another number of messages, or a type that another one takes, was reported.
    let kind = entry.handler.kind;
    let of = |other: &&Entry<'_>| other.handler.kind == kind && other.args.types.len() == 1;
    let text = |entry: &Entry<'_>| entry.args.tuple.to_string();
    let first = plan.handlers.iter().filter(of).find(|other| text(other) == text(entry));
    let is_first = first.is_some_and(|first| std::ptr::eq(first, entry));
    let ([ty], true) = (entry.args.types.as_slice(), is_first || !entry.cfgs.is_empty()) else {
        return TokenStream::new();
    };
    let (ident, cfgs, message) = (&entry.handler.method.ident, &entry.cfgs, plan.message_ty());
    if kind == Kind::Continued {
        let body = quote! {
            fn continued(message: #ty) -> #message {
                __Message::#ident((message,))
            }
        };
        let continues = plan.implement(&quote!(__g::Continues<#ty>), &body);
        return quote!(#cfgs #continues);
    }
    let info = quote! {
        fn info(message: #ty) -> #message {
            __Message::#ident((message,))
        }
    };
    let takes = plan.implement(&quote!(__g::Takes<#ty>), &info);
    let share = quote! {
        fn __target(&self) -> &dyn __g::Target<#ty> {
            &self.address
        }
        fn __share(&self) -> ::std::sync::Arc<dyn __g::Target<#ty>> {
            ::std::sync::Arc::new(::core::clone::Clone::clone(&self.address))
        }
    };
    let receives = plan.implement_sound(plan.client_ty(), &quote!(__g::Receives<#ty>), &share);
    quote!(#cfgs #takes #cfgs #receives)
}

fn accepts(plan: &Plan<'_>, entry: &Entry<'_>) -> Option<TokenStream> {
    let layout = plan.layout.as_ref().filter(|_| !plan.stub)?;
    entry.handler.guard.as_ref()?;
    let state = plan.state_ty();
    let methods = plan.methods_of(entry);
    let patterns = methods.iter().flat_map(|entry| patterns(layout, entry));
    Some(quote! {
        fn accepts(state: &#state) -> bool {
            ::core::matches!(state, #(#patterns)|*)
        }
    })
}

/// The states in which a handler runs.
pub(crate) fn patterns(layout: &Layout<'_>, entry: &Entry<'_>) -> Vec<TokenStream> {
    let sources = entry.handler.guard.iter().flat_map(Guard::sources);
    let items = sources.filter_map(|source| layout.find(source));
    items.map(|item| layout.wrap(item, &quote!(_))).collect()
}

/// `fn run`: one wrapper a handler, at the handler's name, so that a future that is not `Send`
/// gives its one error there.
fn future(
    plan: &Plan<'_>,
    entry: &Entry<'_>,
    name: &str,
    output: &impl ToTokens,
    reply: Option<&TokenStream>,
) -> TokenStream {
    let span = paths::at(entry.handler.method.ident.span());
    let reply_arg = Ident::new("reply", span);
    let (names, args) = (names(entry, span), &entry.hidden_args);
    let input = quote_spanned!(span=> (#(#names,)*): #args);
    let reply_input = reply.map(|ty| quote_spanned!(span=> , #reply_arg: #ty));
    let run = if plan.stub {
        let body = Ident::new("body", span);
        let reply = reply.map(|_| quote!(, #reply_arg));
        quote_spanned!(span=> let _ = (#body #reply #(, #names)*); ::core::unreachable!())
    } else {
        methods::expand_choice(plan, entry, &names, span)
            .unwrap_or_else(|| outcome::expand_outcome(plan, entry, &names, span))
    };
    let inputs = reply_input.map_or_else(|| input.clone(), |reply| quote!(#input #reply));
    wrapper(plan, entry, name, &inputs, (output, &run))
}

/// The future of a handler: what it gives, and the statements that it runs.
pub(crate) fn wrapper(
    plan: &Plan<'_>,
    entry: &Entry<'_>,
    name: &str,
    inputs: &impl ToTokens,
    (output, run): (&impl ToTokens, &TokenStream),
) -> TokenStream {
    let own = &plan.own;
    let place = entry.handler.method.ident.span();
    let span = paths::at(place);
    let (name, body) = (Ident::new(name, Span::call_site()), Ident::new("body", span));
    let followed = if hooks::follows(plan) && moves(entry.handler) {
        Some(quote_spanned! {span=>
            let outcome = { #run };
            __g::follow(#body).await;
            outcome
        })
    } else {
        None
    };
    let run = followed.as_ref().unwrap_or(run);
    let future = quote_spanned! {place=>
        impl ::core::future::Future<Output = #output> + ::core::marker::Send + 'a
    };
    let (asyncness, capture) = (Token![async](place), Token![move](place));
    quote_spanned! {span=>
        fn #name<'a>(#body: &'a mut __g::Body<#own>, #inputs) -> #future {
            #asyncness #capture { #run }
        }
    }
}

fn block(plan: &Plan<'_>, entry: &Entry<'_>) -> TokenStream {
    let (ty, args, own) = (&entry.hidden_reply, &entry.hidden_args, &plan.own);
    let span = paths::at(entry.handler.method.ident.span());
    let names = names(entry, span);
    let body = Ident::new("body", span);
    let run = if plan.stub {
        quote_spanned!(span=> let _ = (#body #(, #names)*); ::core::unreachable!())
    } else {
        methods::expand_choice(plan, entry, &names, span)
            .unwrap_or_else(|| outcome::expand_outcome(plan, entry, &names, span))
    };
    quote_spanned! {span=>
        fn block(#body: &mut __g::Body<#own>, (#(#names,)*): #args) -> #ty {
            #run
        }
    }
}

/// Names for the arguments that are none of the user's.
pub(crate) fn names(entry: &Entry<'_>, span: Span) -> Vec<Ident> {
    (0..entry.args.list.len()).map(|at| format_ident!("arg{at}", span = span)).collect()
}

/// The arguments in a call of the user's method.
pub(crate) fn listed(names: &[Ident]) -> Vec<TokenStream> {
    names.iter().map(ToTokens::to_token_stream).collect()
}
