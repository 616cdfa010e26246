//! What runs when the machine has moved: `FOLLOWS` and `moved`.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::expand::layout::Layout;
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::{Hook, HookKind, HookParam, Kind};

/// Whether something may follow on a transition.
pub(crate) fn follows(plan: &Plan<'_>) -> bool {
    let times_out = plan.handlers.iter().any(|entry| entry.handler.kind == Kind::StateTimeout);
    !plan.stub && plan.layout.is_some() && (times_out || !plan.server.hooks.is_empty())
}

/// Whether what follows may wait: a `fn` that moves cannot run where it is called then.
pub(crate) fn waits(plan: &Plan<'_>) -> bool {
    follows(plan) && plan.server.hooks.iter().any(|hook| hook.method.asyncness)
}

pub(crate) fn expand_hooks(plan: &Plan<'_>, layout: &Layout<'_>) -> TokenStream {
    if !follows(plan) {
        return TokenStream::new();
    }
    let follows = quote!(
        const FOLLOWS: bool = true;
    );
    if plan.server.hooks.is_empty() {
        return follows;
    }
    let of_kind = |kind: HookKind| -> Vec<&Hook> {
        plan.server.hooks.iter().filter(|hook| hook.kind == kind).collect()
    };
    // The inner border is left first and entered last.
    let (mut exits, mut enters) = (of_kind(HookKind::Exit), of_kind(HookKind::Enter));
    exits.sort_by_key(|hook| width(layout, hook));
    enters.sort_by_key(|hook| std::cmp::Reverse(width(layout, hook)));
    let transitions = of_kind(HookKind::Transition);
    let steps = exits.into_iter().chain(enters).chain(transitions);
    let steps = steps.map(|hook| step(plan, layout, hook));
    let (krate, own) = (plan.krate, &plan.own);
    quote! {
        #follows
        fn moved<'a>(
            body: &'a mut __g::Body<#own>,
            transition: &'a #krate::Transition,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), #krate::Crash>,
        > + ::core::marker::Send + 'a {
            async move {
                #(#steps)*
                ::core::result::Result::Ok(())
            }
        }
    }
}

/// The places of the leaves in each state or group that a hook watches.
fn borders(layout: &Layout<'_>, hook: &Hook) -> Vec<Vec<usize>> {
    hook.states.iter().map(|name| layout.places(name)).collect()
}

/// How far out the border is.
fn width(layout: &Layout<'_>, hook: &Hook) -> usize {
    borders(layout, hook).iter().map(Vec::len).max().unwrap_or(0)
}

/// Whether one of the borders was crossed: `transition.enters(&[1]) || transition.enters(&[2])`.
fn crossed(layout: &Layout<'_>, hook: &Hook, way: &str) -> TokenStream {
    let way = format_ident!("{way}");
    let borders = borders(layout, hook);
    let borders = borders.iter().map(|places| {
        let places = places.iter().copied().map(Literal::usize_unsuffixed);
        quote!(transition.#way(&[#(#places),*]))
    });
    quote!(#(#borders)||*)
}

fn step(plan: &Plan<'_>, layout: &Layout<'_>, hook: &Hook) -> TokenStream {
    let krate = plan.krate;
    let cfgs = hook.method.cfgs();
    let call = call(plan, layout, hook);
    let run = match hook.kind {
        HookKind::Exit => {
            let crossed = crossed(layout, hook, "exits");
            quote!(if #crossed { #call })
        }
        HookKind::Enter if hook.method.output.is_some() => {
            let crossed = crossed(layout, hook, "enters");
            quote! {
            while #crossed {
                if #call == #krate::Enter::Done || __g::ends(body) {
                    break;
                }
            }
            }
        }
        HookKind::Enter => {
            let crossed = crossed(layout, hook, "enters");
            quote!(if #crossed { #call })
        }
        HookKind::Transition => {
            let call = match &hook.result {
                Some(result) => settled(plan, result, &call),
                None => quote!(#call),
            };
            quote!(if ::core::option::Option::is_some(&transition.message) { #call })
        }
    };
    quote!(#(#cfgs)* { #run })
}

/// The method's `Err` as the crash that it is.
fn settled(plan: &Plan<'_>, result: &syn::Type, call: &TokenStream) -> TokenStream {
    let krate = plan.krate;
    let error = paths::error_of(result, krate);
    let (first, last) = paths::ends(&error);
    let (open, close) = (quote_spanned!(first=> __g::crash::<), quote_spanned!(last=> >));
    quote! {
        if let ::core::result::Result::Err(error) = #call {
            return ::core::result::Result::Err(#open #error #close (error));
        }
    }
}

/// What a hook runs: `Self::shine(server, st, cx)`, through an impl of its own where it may wait. It
/// is boxed there, so that the handlers that move are not all as large as it.
fn call(plan: &Plan<'_>, layout: &Layout<'_>, hook: &Hook) -> TokenStream {
    if hook.method.asyncness {
        let (number, output) = (number(plan, hook), output(plan, hook));
        let run = quote!(<Self as __g::Hooked<#number, #output>>::run(body, transition));
        let run = quote!(::std::boxed::Box::pin(#run));
        return match hook.kind {
            HookKind::Transition => quote!(#run.await),
            HookKind::Enter | HookKind::Exit => quote!(__g::hook(#run).await),
        };
    }
    let (parts, call) = (parts(), method(plan, layout, hook));
    match hook.kind {
        HookKind::Transition => quote!({ #parts #call }),
        HookKind::Enter | HookKind::Exit => {
            quote!({ #parts __g::hook(async move { #call }).await })
        }
    }
}

/// The wrappers of the hooks that may wait: each promises `Send` at the method's name, where a
/// future that is not `Send` gives its one error.
pub(crate) fn expand_waits(plan: &Plan<'_>) -> TokenStream {
    let Some(layout) = plan.layout.as_ref().filter(|_| follows(plan)) else {
        return TokenStream::new();
    };
    let (krate, own) = (plan.krate, &plan.own);
    let waits = plan.server.hooks.iter().filter(|hook| hook.method.asyncness).map(|hook| {
        let (number, output, cfgs) = (number(plan, hook), output(plan, hook), hook.method.cfgs());
        let (parts, call) = (parts(), method(plan, layout, hook));
        let future = quote_spanned! {paths::at(hook.method.ident.span())=>
            impl ::core::future::Future<Output = #output> + ::core::marker::Send + 'a
        };
        let body = quote! {
            fn run<'a>(
                body: &'a mut __g::Body<#own>,
                transition: &'a #krate::Transition,
            ) -> #future {
                let _ = transition;
                async move { #parts #call.await }
            }
        };
        let implement = plan.implement(&quote!(__g::Hooked<#number, #output>), &body);
        quote!(#(#cfgs)* #implement)
    });
    quote!(#(#waits)*)
}

fn number(plan: &Plan<'_>, hook: &Hook) -> Literal {
    let at = plan.server.hooks.iter().position(|other| std::ptr::eq(other, hook));
    Literal::usize_unsuffixed(at.expect("invariant: a hook is one of its server's"))
}

fn output(plan: &Plan<'_>, hook: &Hook) -> TokenStream {
    let output = hook.method.output.as_ref().map(ToTokens::to_token_stream);
    output.map_or_else(|| quote!(()), |output| paths::without_self(output, &plan.ty))
}

fn parts() -> TokenStream {
    quote! {
        #[allow(unused_variables)]
        let (server, state, cx) = body.parts();
    }
}

fn method(plan: &Plan<'_>, layout: &Layout<'_>, hook: &Hook) -> TokenStream {
    let krate = plan.krate;
    let ident = &hook.method.ident;
    let params = hook.params.iter().map(|param| match param {
        HookParam::Cx => quote!(&mut #krate::StateCx::new(cx)),
        HookParam::Transition => quote!(transition),
        HookParam::State { ident, mutable } => {
            let ty = layout.find(ident).map(|item| layout.ty(item));
            ty.map_or_else(
                || quote!(&*state),
                |ty| {
                    let peek = if *mutable { quote!(peek_mut) } else { quote!(peek) };
                    quote!(__g::#peek::<Self, #ty>(state))
                },
            )
        }
        HookParam::Unknown => TokenStream::new(),
    });
    let server = if hook.exclusive { quote!(server) } else { quote!(&*server) };
    let method = quote_spanned!(paths::at(ident.span())=> Self::#ident);
    quote!(#method(#server, #(#params),*))
}
