//! The call of the user's method, and what becomes of its return value: the reply, the transition.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::expand::layout::{Item, Layout};
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::expand::request::listed;
use crate::expand::sources;
use crate::model::{Handler, Kind, Param, Receiver};
use crate::parse::returns;

/// The statements of `run`, `defer` or `block`; `body`, `reply` and the arguments are in scope.
pub(crate) fn expand_outcome(
    plan: &Plan<'_>,
    entry: &Entry<'_>,
    args: &[Ident],
    span: Span,
) -> TokenStream {
    let handler = entry.handler;
    let call = call(plan, entry, args, span);
    let notifies = entry.reply.is_none();
    let is_result = handler.returns.result.is_some();
    let number = &entry.number;
    let sugar = plan.layout.as_ref().and_then(|layout| entered(layout, handler));
    match (handler.returns.next.is_some(), is_result) {
        (true, true) => {
            let outcome = quote_spanned! {span=>
                match #call {
                    ::core::result::Result::Ok(next) => body.commit(next),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            };
            settled(entry, outcome)
        }
        (true, false) => {
            let value = if notifies {
                quote_spanned!(span=> ::core::result::Result::Ok(reply))
            } else {
                quote_spanned!(span=> reply)
            };
            quote_spanned! {span=>
                let next = #call;
                match body.commit(next) {
                    ::core::result::Result::Ok(reply) => #value,
                    ::core::result::Result::Err(never) => match never {},
                }
            }
        }
        (false, true) => {
            let Some(state) = sugar else { return settled(entry, call) };
            let outcome = settled(entry, quote_spanned!(span=> outcome));
            quote_spanned! {span=>
                let outcome = #call;
                if ::core::result::Result::is_ok(&outcome) {
                    body.enter::<_, #number>(#state);
                }
                #outcome
            }
        }
        (false, false) => {
            let enter = sugar.map(|state| quote_spanned!(span=> body.enter::<_, #number>(#state);));
            match (notifies, enter) {
                (true, enter) => quote_spanned! {span=>
                    let () = #call;
                    #enter
                    ::core::result::Result::Ok(())
                },
                (false, Some(enter)) => quote_spanned! {span=>
                    let outcome = #call;
                    #enter
                    outcome
                },
                (false, None) => call,
            }
        }
    }
}

/// What a cast returns under an alias of `Result` may be anything: the user hears of it in our words.
fn settled(entry: &Entry<'_>, outcome: TokenStream) -> TokenStream {
    let result = entry.handler.returns.result.as_ref().filter(|_| entry.reply.is_none());
    let Some(result) = result.filter(|result| returns::error_of(result).is_none()) else {
        return outcome;
    };
    let (first, last) = paths::ends(&result.to_token_stream());
    let (mut open, mut close) = (quote_spanned!(first=> __g::settled::<), quote_spanned!(last=> >));
    if entry.handler.returns.next.is_some() {
        // What is left of it after the transition.
        open.extend(quote_spanned!(first=> ::core::result::Result<(), <));
        close = quote_spanned!(last=> as __g::IsResult>::Err>>);
    }
    quote!(#open #result #close (#outcome))
}

/// The unit state that a handler without a state parameter goes to on success.
fn entered(layout: &Layout<'_>, handler: &Handler) -> Option<TokenStream> {
    let guard = handler.guard.as_ref()?;
    let takes_state = handler.params.iter().any(|param| match param {
        Param::State { ident, .. } => layout.find(ident).is_some(),
        param => matches!(param, Param::Sources(_)),
    });
    match (guard.single_target(), takes_state) {
        (Some(target), false) => match layout.find(target)? {
            // Not as a value: of a state that holds data rustc then says which field is missing.
            state @ Item::State(_) => {
                let ty = paths::respan(layout.ty(state), target.span());
                Some(quote_spanned!(target.span()=> #ty {}))
            }
            Item::Group(_) => None,
        },
        _ => None,
    }
}

/// The state, as the handler takes it. What is borrowed while the handler waits is lent by a function
/// that says in its error what to take instead.
fn state_argument(
    plan: &Plan<'_>,
    handler: &Handler,
    (ident, mutable): (&Ident, bool),
    span: Span,
) -> TokenStream {
    let Some(layout) = &plan.layout else { return quote_spanned!(span=> state) };
    let item = layout.find(ident);
    // Without one it is the machine's own state enum.
    let ty = item.map_or_else(|| layout.root_ty(), |item| layout.ty(item));
    let state = match item {
        None => quote_spanned!(span=> state),
        Some(_) if mutable => quote_spanned!(span=> __g::peek_mut::<Self, #ty>(state)),
        Some(_) => quote_spanned!(span=> __g::peek::<Self, #ty>(state)),
    };
    if mutable || !handler.method.asyncness {
        return state;
    }
    let is_leaf = matches!(item, Some(Item::State(_)));
    lent(&if is_leaf { quote!(lend) } else { quote!(lend_any) }, ty, &state, ident.span())
}

/// `__g::lend::<Pending>(state)`, at the user's type.
pub(crate) fn lent(
    lend: &TokenStream,
    ty: TokenStream,
    state: &TokenStream,
    span: Span,
) -> TokenStream {
    let ty = paths::respan(ty, span);
    quote_spanned!(paths::at(span)=> __g::#lend::<#ty>(#state))
}

/// `Self::add(&mut body.server, arg0).await`: a path, since a method of a trait in the user's
/// scope could come before theirs in a method call.
fn call(plan: &Plan<'_>, entry: &Entry<'_>, args: &[Ident], span: Span) -> TokenStream {
    let handler = entry.handler;
    let ident = &handler.method.ident;
    let layout = plan.layout.as_ref();
    let is_state = |param: &Param| matches!(param, Param::State { .. } | Param::Sources(_));
    let state = handler.params.iter().any(is_state);
    let cx = handler.params.iter().any(|param| matches!(param, Param::Cx));
    let params = handler.params.iter().map(|param| match param {
        Param::Cx if state => quote_spanned!(span=> cx),
        Param::Cx => quote_spanned!(span=> &mut body.cx),
        Param::Reply(_) => quote_spanned!(span=> reply),
        Param::Sources(ident) => layout
            .map(|layout| sources::expand_argument(layout, entry, ident, span))
            .unwrap_or_default(),
        Param::State { ident, mutable } => state_argument(plan, handler, (ident, *mutable), span),
    });
    let server = match (state, &handler.receiver) {
        (true, _) => quote_spanned!(span=> server),
        (false, Receiver::Shared) => quote_spanned!(span=> &body.server),
        (false, Receiver::Exclusive) => quote_spanned!(span=> &mut body.server),
    };
    let args = listed(args);
    let wait = handler.method.asyncness.then(|| quote_spanned!(span=> .await));
    debug_assert!(wait.is_none() || handler.kind != Kind::Blocking, "invariant: check/ forbids it");
    let call = quote_spanned!(span=> Self::#ident(#server, #(#params,)* #(#args),*) #wait);
    if !state {
        return call;
    }
    let cx = if cx { quote_spanned!(span=> cx) } else { quote!(_) };
    quote_spanned! {span=>
        {
            let (server, state, #cx) = body.parts();
            #call
        }
    }
}
