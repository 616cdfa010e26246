//! How a server starts: `start` and the call of `#[init]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::expand::attrs;
use crate::expand::client;
use crate::expand::docs;
use crate::expand::layout::Item;
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::{Init, InitWrapper};
use crate::parse::ty;

/// `Server::start(..)`, beside the user's impl.
pub(crate) fn expand_start(plan: &Plan<'_>) -> Option<TokenStream> {
    let name = &plan.server.options.start;
    if plan.stub && plan.is_taken(&name.to_string()) {
        return None;
    }
    let (krate, ty, client) = (plan.krate, &plan.ty, plan.client_ty());
    let (params, _, clause) = plan.generics.split_for_impl();
    let (attrs, allow) = (&plan.attrs, attrs::allow_beside());
    let error = error(plan);
    let Signature { copied, vis, list, tuple, values } = Signature::new(plan);
    let docs = docs::of_start(plan);
    Some(quote! {
        #attrs
        #allow
        impl #params #ty #clause {
            #docs
            #copied
            #vis fn #name(#(#list),*) -> #krate::Start<#ty, #client, #tuple, #error> {
                #krate::__private::start(#values)
            }
        }
    })
}

/// What every way to start has of `#[init]`.
pub(crate) struct Signature {
    /// Its attributes.
    pub(crate) copied: TokenStream,
    pub(crate) vis: TokenStream,
    /// The parameters.
    pub(crate) list: Vec<TokenStream>,
    pub(crate) tuple: TokenStream,
    pub(crate) values: TokenStream,
}

impl Signature {
    pub(crate) fn new(plan: &Plan<'_>) -> Self {
        if let Some(init) = &plan.server.init {
            let args = plan.args(&init.method);
            return Self {
                copied: attrs::of_method(&init.method.attrs),
                vis: init.method.vis.to_token_stream(),
                list: client::params(&args, &init.method.args),
                tuple: (*args.tuple).clone(),
                values: client::values(&args),
            };
        }
        let ty = &plan.ty;
        let (mut list, mut tuple, mut values) =
            (vec![quote!(value: #ty)], quote!(#ty,), quote!(value,));
        if let Some(state) = initial(plan) {
            list.push(quote!(state: #state));
            tuple.extend(quote!(#state,));
            values.extend(quote!(state,));
        }
        Self {
            copied: TokenStream::new(),
            vis: plan.vis().to_token_stream(),
            list,
            tuple: quote!((#tuple)),
            values: quote!((#values)),
        }
    }
}

/// The type of the initial state.
fn initial(plan: &Plan<'_>) -> Option<TokenStream> {
    let layout = plan.layout.as_ref()?;
    layout.machine.states.get(layout.machine.initial)?;
    Some(layout.ty(Item::State(layout.machine.initial)))
}

/// What `#[init]` fails with.
pub(crate) fn error(plan: &Plan<'_>) -> TokenStream {
    let wrapper = plan.server.init.as_ref().map(|init| &init.returns.wrapper);
    let error = match wrapper {
        None | Some(InitWrapper::Plain | InitWrapper::Init(None)) => {
            return quote!(::core::convert::Infallible);
        }
        Some(InitWrapper::Result(ty)) => paths::error_of(ty, plan.krate),
        Some(InitWrapper::Init(Some(ty))) => ty.to_token_stream(),
    };
    paths::without_self(error, &plan.ty)
}

/// The `Begin` impl.
pub(crate) fn expand_begin(plan: &Plan<'_>) -> TokenStream {
    let Some(init) = &plan.server.init else { return begin_with_value(plan) };
    let args = plan.args(&init.method);
    let span = paths::at(init.method.ident.span());
    let names: Vec<Ident> =
        (0..args.list.len()).map(|at| format_ident!("arg{at}", span = span)).collect();
    let ready = ready(plan, init, &names);
    let begin = Begin {
        is_async: init.method.asyncness,
        is_used: init.cx,
        pattern: quote!((#(#names,)*)),
        tuple: (*args.tuple).clone(),
        ready,
        span,
    };
    let cfgs = init.method.cfgs();
    let begin = begin.expand(plan);
    quote!(#(#cfgs)* #begin)
}

fn begin_with_value(plan: &Plan<'_>) -> TokenStream {
    let (krate, ty) = (plan.krate, &plan.ty);
    let span = paths::at(plan.server.ident.span());
    let (pattern, tuple, state) = match initial(plan) {
        None => (quote!((value,)), quote!((#ty,)), quote!(())),
        Some(state) => {
            let variant = quote!(__g::Variant::<Self>::into_state(state));
            (quote!((value, state)), quote!((#ty, #state)), variant)
        }
    };
    let ready = quote!(#krate::Init::Ready((value, #state)));
    Begin { is_async: false, is_used: false, pattern, tuple, ready, span }.expand(plan)
}

struct Begin {
    is_async: bool,
    is_used: bool,
    pattern: TokenStream,
    tuple: TokenStream,
    ready: TokenStream,
    span: proc_macro2::Span,
}

impl Begin {
    fn expand(self, plan: &Plan<'_>) -> TokenStream {
        let Self { is_async, is_used, pattern, tuple, ready, span } = self;
        let (krate, state, error) = (plan.krate, plan.state_ty(), error(plan));
        let (tuple, own) = (plan.sound(&tuple), &plan.own);
        let cx = Ident::new(if is_used { "cx" } else { "_cx" }, span);
        let (pattern, ready) =
            if plan.stub { (quote!(_), quote!(::core::unreachable!())) } else { (pattern, ready) };
        let begin = quote_spanned! {span=>
            fn begin<'a>(
                #cx: &'a mut #krate::Cx<#own>,
                #pattern: #tuple,
            ) -> impl ::core::future::Future<Output = #krate::Init<(Self, #state), #error>>
                + ::core::marker::Send
                + 'a
            {
                async move { #ready }
            }
        };
        let body = quote!(const ASYNC: bool = #is_async; #begin);
        plan.implement_sound(&plan.ty, &quote!(__g::Begin<#tuple, #error>), &body)
    }
}

/// The value of `#[init]`, whatever its shape, as an `Init<(Self, State), E>`.
fn ready(plan: &Plan<'_>, init: &Init, names: &[Ident]) -> TokenStream {
    let (krate, ident) = (plan.krate, &init.method.ident);
    let span = paths::at(ident.span());
    let cx = init.cx.then(|| quote_spanned!(span=> cx,));
    let wait = init.method.asyncness.then(|| quote_spanned!(span=> .await));
    let call = quote_spanned!(span=> Self::#ident(#cx #(#names),*) #wait);
    let (pattern, state) = match &init.returns.state {
        None => (quote_spanned!(span=> server), quote!(())),
        Some(shape) => {
            let whole = ty::is_named(shape, &plan.server.options.state.to_string());
            let state = if whole {
                quote_spanned!(span=> state)
            } else {
                quote_spanned!(span=> __g::Variant::<Self>::into_state(state))
            };
            (quote_spanned!(span=> (server, state)), state)
        }
    };
    let outcome = match &init.returns.wrapper {
        InitWrapper::Plain => {
            return quote_spanned! {span=>
                let #pattern = #call;
                #krate::Init::Ready((server, #state))
            };
        }
        InitWrapper::Result(_) => {
            quote_spanned!(span=> <#krate::Init<_, _> as ::core::convert::From<_>>::from(#call))
        }
        InitWrapper::Init(_) => call,
    };
    quote_spanned!(span=> #krate::Init::map(#outcome, |#pattern| (server, #state)))
}
