//! The user's impl: as written, but for our attributes and the handler that each `Next` belongs to.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    FnArg, GenericArgument, ImplItem, ImplItemFn, ItemImpl, PathArguments, ReturnType, Type,
};

use crate::expand::attrs;
use crate::expand::dropped;
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::{Handler, NextType, Server, Stay};
use crate::parse::{self, returns};

pub(crate) fn expand_impl(plan: &Plan<'_>, mut item: ItemImpl) -> TokenStream {
    let server = plan.server;
    for (number, handler) in server.handlers.iter().enumerate() {
        let Some(ImplItem::Fn(function)) = item.items.get_mut(handler.method.item) else {
            continue;
        };
        if let Some(next) = &handler.returns.next
            && let ReturnType::Type(_, output) = &mut function.sig.output
            && let Some(word) = returns::next_mut(output)
        {
            word.arguments = route(plan, number, handler, next);
        }
        if plan.stub {
            let via = via(plan, number, handler, function.sig.ident.span());
            dropped::annotate(function, &via, plan.krate);
        }
    }
    for hook in &server.hooks {
        if let Some(ImplItem::Fn(function)) = item.items.get_mut(hook.method.item) {
            elide(function);
            if plan.stub {
                dropped::annotate(function, &via_of_none(plan), plan.krate);
            }
        }
    }
    let methods = server.handlers.iter().map(|handler| &handler.method);
    let init = server.init.as_ref().map(|init| &init.method);
    let terminate = server.terminate.as_ref().map(|terminate| &terminate.method);
    let hibernate = server.hibernate.as_ref();
    let format = server.format_state.as_ref().map(|format| &format.method);
    let hooks = server.hooks.iter().map(|hook| &hook.method);
    let steps = server.code_changes.iter().map(|step| &step.method);
    let allow = attrs::allow_shape();
    for method in methods
        .chain(steps)
        .chain(hooks)
        .chain(init)
        .chain(terminate)
        .chain(hibernate)
        .chain(format)
    {
        if let Some(ImplItem::Fn(function)) = item.items.get_mut(method.item) {
            function.attrs.insert(0, allow.clone());
        }
    }
    allow_deadlines(server, &mut item);
    parse::strip(&mut item);
    item.into_token_stream()
}

/// What `until = Self::deadline` names has the shape that is asked for.
fn allow_deadlines(server: &Server, item: &mut ItemImpl) {
    let named: Vec<&Ident> = server
        .handlers
        .iter()
        .filter_map(|handler| match &handler.stay {
            Some(Stay::Until(path)) if path.segments.len() == 2 => path.segments.last(),
            _ => None,
        })
        .map(|last| &last.ident)
        .collect();
    for function in &mut item.items {
        if let ImplItem::Fn(function) = function
            && named.contains(&&function.sig.ident)
        {
            function.attrs.insert(0, attrs::allow_shape());
        }
    }
}

/// Writes `StateCx<Self>` as `StateCx<'_, Self>`: in an `async fn` rustc asks for it.
fn elide(function: &mut ImplItemFn) {
    for input in &mut function.sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let Type::Reference(reference) = &mut *typed.ty else { continue };
        let Some(word) = returns::last_segment_mut(&mut reference.elem) else { continue };
        if word.ident == "StateCx"
            && let PathArguments::AngleBracketed(args) = &mut word.arguments
            && !matches!(args.args.first(), Some(GenericArgument::Lifetime(_)))
        {
            args.args.insert(0, syn::parse_quote!('_));
        }
    }
}

/// Writes `Next<R>` as `Next<R, Via<Self, E, H>>`: from there the compiler knows the handler, and
/// with it the guard, wherever the body makes a transition.
fn route(plan: &Plan<'_>, number: usize, handler: &Handler, next: &NextType) -> PathArguments {
    let via = via(plan, number, handler, next.span);
    let args = match &next.reply {
        Some(reply) => syn::parse_quote_spanned!(paths::at(next.span)=> <#reply, #via>),
        None => syn::parse_quote_spanned!(paths::at(next.span)=> <(), #via>),
    };
    PathArguments::AngleBracketed(args)
}

fn via(plan: &Plan<'_>, number: usize, handler: &Handler, span: Span) -> TokenStream {
    let krate = plan.krate;
    let number = Literal::usize_unsuffixed(number);
    let result = handler.returns.result.as_ref();
    let error = result.map_or_else(
        || quote!(::core::convert::Infallible),
        |result| paths::error_of(result, krate),
    );
    quote_spanned!(paths::at(span)=> #krate::__private::Via<Self, #error, #number>)
}

/// For a transition that no handler declares: the number is nobody's.
fn via_of_none(plan: &Plan<'_>) -> TokenStream {
    let krate = plan.krate;
    quote!(#krate::__private::Via<Self, ::core::convert::Infallible, { ::core::primitive::usize::MAX }>)
}
