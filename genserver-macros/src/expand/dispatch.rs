//! The `Server` impl: which handler runs for a queued message, and what it is called.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::expand::format_state;
use crate::expand::hooks;
use crate::expand::layout::Layout;
use crate::expand::machine;
use crate::expand::message;
use crate::expand::options;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::expand::postpone;
use crate::expand::request;
use crate::expand::stay;
use crate::expand::time;
use crate::model::{Kind, Method, Terminate, TerminateParam};

pub(crate) fn expand_server(plan: &Plan<'_>) -> TokenStream {
    let (message, name) = (plan.message_ty(), plan.name());
    let layout = plan.layout.as_ref();
    let state = layout.map_or_else(|| plan.state_ty(), Layout::root_ty);
    let options = options::expand_options(plan);
    let handlers = options::expand_handlers(plan);
    let dispatch = dispatch(plan);
    let terminate = plan.server.terminate.as_ref().map(|method| terminate(plan, method));
    let terminates = plan.server.terminate.as_ref().map(|terminate| {
        let cfgs = terminate.method.cfgs();
        quote!(#(#cfgs)* const TERMINATES: bool = true;)
    });
    let traps = options::expand_traps(plan);
    let time = time::expand_time(plan);
    let hibernate = plan.server.hibernate.as_ref().map(|method| hibernate(plan, method));
    let format_state = format_state::expand_format_state(plan);
    let states = plan.layout.as_ref().map(|layout| {
        let look = machine::expand_look(plan, layout);
        let hooks = hooks::expand_hooks(plan, layout);
        let stays = stay::expand_stays(plan, layout);
        let postpones = postpone::expand_postpones(plan, layout);
        quote!(#look #hooks #stays #postpones)
    });
    let body = quote! {
        type Message = #message;
        type State = #state;
        const NAME: &'static str = #name;
        const OPTIONS: __g::Options = #options;
        const HANDLERS: &'static [__g::Handler] = #handlers;
        #terminates
        #traps
        #time
        #dispatch
        #terminate
        #hibernate
        #format_state
        #states
    };
    let server = plan.implement(&quote!(__g::Server), &body);
    let idles = time::expand_idles(plan);
    let waits = hooks::expand_waits(plan);
    quote!(#server #idles #waits)
}

/// `run_now` for the handlers that cannot wait, `dispatch` for the others.
fn dispatch(plan: &Plan<'_>) -> TokenStream {
    if plan.stub {
        return dispatch_with(
            plan,
            &quote!({
                let _ = (body, message);
                ::core::unreachable!()
            }),
        );
    }
    let (now, later): (Vec<_>, Vec<_>) =
        plan.messages().partition(|entry| is_answered_now(plan, entry));
    let run_now = run_now(plan, &now);
    let arms: Vec<_> = later.into_iter().map(arm).collect();
    let dispatch = (!arms.is_empty()).then(|| {
        let (_, never) = message::unused(plan);
        let never =
            (!never.is_empty()).then(|| quote!(__Message::__Unused(never, _) => match never {},));
        let other = run_now.is_some().then(|| quote!(_ => ::core::unreachable!(),));
        dispatch_with(plan, &quote!({ match message { #(#arms,)* #never #other } }))
    });
    quote!(#run_now #dispatch)
}

fn dispatch_with(plan: &Plan<'_>, body: &TokenStream) -> TokenStream {
    let (message, own) = (plan.message_ty(), &plan.own);
    // A handler that is compiled conditionally may leave nothing to match.
    let conditional = plan.handlers.iter().any(|entry| !entry.cfgs.is_empty());
    let unused = (plan.stub || conditional)
        .then(|| quote!(#[allow(unused_variables, unreachable_patterns)]));
    quote! {
        #unused
        async fn dispatch(
            body: ::std::boxed::Box<__g::Body<#own>>,
            message: #message,
        ) -> ::std::boxed::Box<__g::Body<#own>> #body
    }
}

/// `run_now`, where a handler cannot wait.
fn run_now(plan: &Plan<'_>, entries: &[&Entry<'_>]) -> Option<TokenStream> {
    if entries.is_empty() {
        return None;
    }
    let arms = entries.iter().map(|entry| arm_now(entry));
    let (message, own) = (plan.message_ty(), &plan.own);
    Some(quote! {
        #[allow(unreachable_patterns, unreachable_code)]
        fn run_now(
            core: &__g::Core<#own>,
            body: &mut __g::Body<#own>,
            message: #message,
        ) -> ::core::option::Option<#message> {
            match message {
                #(#arms,)*
                other => return ::core::option::Option::Some(other),
            }
            ::core::option::Option::None
        }
    })
}

fn is_answered_now(plan: &Plan<'_>, entry: &Entry<'_>) -> bool {
    !matches!(entry.handler.kind, Kind::Deferred | Kind::Blocking) && !request::waits(plan, entry)
}

fn arm_now(entry: &Entry<'_>) -> TokenStream {
    let (cfgs, ident, number) = (&entry.cfgs, &entry.handler.method.ident, &entry.number);
    match entry.handler.kind {
        Kind::Call => quote! {
            #cfgs __Message::#ident(args, reply) => {
                __g::answer_now::<Self, #number, _, _>(core, body, args, reply);
            }
        },
        _ => quote! {
            #cfgs __Message::#ident(args) => {
                __g::notify_now::<Self, #number, _>(core, body, args);
            }
        },
    }
}

fn arm(entry: &Entry<'_>) -> TokenStream {
    let (cfgs, ident, number) = (&entry.cfgs, &entry.handler.method.ident, &entry.number);
    let run = match entry.handler.kind {
        Kind::Call => quote!(answer),
        Kind::Deferred => quote!(defer),
        Kind::Blocking => quote!(block),
        _ => {
            return quote! {
                #cfgs __Message::#ident(args) => __g::notify::<Self, #number, _>(body, args).await
            };
        }
    };
    quote! {
        #cfgs __Message::#ident(args, reply) => {
            __g::#run::<Self, #number, _, _>(body, args, reply).await
        }
    }
}

fn terminate(plan: &Plan<'_>, terminate: &Terminate) -> TokenStream {
    let (krate, method) = (plan.krate, &terminate.method);
    let (ident, cfgs) = (&method.ident, method.cfgs().collect::<Vec<_>>());
    let params = terminate.params.iter().map(|param| match param {
        TerminateParam::Reason => quote!(reason),
        TerminateParam::State => quote!(::core::option::Option::as_ref(&body.state)),
    });
    let wait = method.asyncness.then(|| quote!(.await));
    let call = if plan.stub {
        quote!(let _ = (body, reason);)
    } else {
        quote!(Self::#ident(&mut body.server, #(#params),*) #wait)
    };
    let own = &plan.own;
    let output = quote_spanned! {paths::at(ident.span())=>
        impl ::core::future::Future<Output = ()> + ::core::marker::Send + 'a
    };
    quote! {
        #(#cfgs)*
        fn terminate<'a>(
            body: &'a mut __g::Body<#own>,
            reason: &'a #krate::ExitReason,
        ) -> #output {
            async move { #call }
        }
    }
}

/// `HIBERNATES` and `hibernate`.
fn hibernate(plan: &Plan<'_>, method: &Method) -> TokenStream {
    let (ident, cfgs) = (&method.ident, method.cfgs().collect::<Vec<_>>());
    let call =
        if plan.stub { quote!(let _ = body;) } else { quote!(Self::#ident(&mut body.server)) };
    let own = &plan.own;
    quote! {
        #(#cfgs)*
        const HIBERNATES: bool = true;
        #(#cfgs)*
        fn hibernate(body: &mut __g::Body<#own>) {
            #call
        }
    }
}
