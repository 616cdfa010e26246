//! Several methods for one message: the one that runs is chosen by the present state.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::outcome;
use crate::expand::paths;
use crate::expand::plan::{Entry, Plan};
use crate::expand::request::{names, patterns, wrapper};
use crate::model::Kind;

/// `Method` of each method for the message of `lead`; nothing where there is one alone.
pub(crate) fn expand_methods(plan: &Plan<'_>, lead: &Entry<'_>) -> TokenStream {
    let methods = plan.methods_of(lead);
    if methods.len() == 1 || plan.stub || lead.handler.kind == Kind::Blocking {
        return TokenStream::new();
    }
    methods.iter().map(|entry| method(plan, lead, entry)).collect()
}

/// One wrapper a method, at the method's name: a future that is not `Send` gives its one error
/// there.
fn method(plan: &Plan<'_>, lead: &Entry<'_>, entry: &Entry<'_>) -> TokenStream {
    let span = paths::at(entry.handler.method.ident.span());
    let names = names(entry, span);
    let (inputs, output) = (inputs(lead), output(plan, lead));
    let input = if lead.handler.kind == Kind::Deferred {
        let reply = Ident::new("reply", span);
        quote_spanned!(span=> ((#(#names,)*), #reply): #inputs)
    } else {
        quote_spanned!(span=> (#(#names,)*): #inputs)
    };
    let run = outcome::expand_outcome(plan, entry, &names, span);
    let run = wrapper(plan, entry, "run", &input, (&output, &run));
    let of = of(plan, lead, entry);
    plan.implement(&of, &run)
}

/// `__g::Method<H, (Args,), R>`
fn of(plan: &Plan<'_>, lead: &Entry<'_>, entry: &Entry<'_>) -> TokenStream {
    let (number, inputs, output) = (&entry.number, inputs(lead), output(plan, lead));
    quote!(__g::Method<#number, #inputs, #output>)
}

/// What a method takes: the arguments, and a reply that is to come later.
fn inputs(lead: &Entry<'_>) -> TokenStream {
    let (args, ty) = (&lead.hidden_args, &lead.hidden_reply);
    match lead.handler.kind {
        Kind::Deferred => quote!((#args, __g::ReplyTo<#ty>)),
        _ => (**args).clone(),
    }
}

fn output(plan: &Plan<'_>, lead: &Entry<'_>) -> TokenStream {
    let krate = plan.krate;
    match lead.handler.kind {
        Kind::Call | Kind::Blocking => (*lead.hidden_reply).clone(),
        Kind::Deferred => quote!(()),
        _ => quote!(::core::result::Result<(), #krate::Crash>),
    }
}

/// The statements that run the method of the present state; `None` where there is one alone.
pub(crate) fn expand_choice(
    plan: &Plan<'_>,
    lead: &Entry<'_>,
    args: &[Ident],
    span: Span,
) -> Option<TokenStream> {
    let methods = plan.methods_of(lead);
    let layout = plan.layout.as_ref().filter(|_| methods.len() > 1)?;
    let arms = methods.iter().map(|entry| {
        let patterns = patterns(layout, entry);
        let run = run(plan, lead, entry, args, span);
        quote_spanned! {span=>
            ::core::option::Option::Some(#(#patterns)|*) => { #run }
        }
    });
    Some(quote_spanned! {span=>
        match ::core::option::Option::as_ref(&body.state) {
            #(#arms)*
            _ => __g::beyond(),
        }
    })
}

fn run(
    plan: &Plan<'_>,
    lead: &Entry<'_>,
    entry: &Entry<'_>,
    args: &[Ident],
    span: Span,
) -> TokenStream {
    if lead.handler.kind == Kind::Blocking {
        return outcome::expand_outcome(plan, entry, args, span);
    }
    let of = of(plan, lead, entry);
    let args = if lead.handler.kind == Kind::Deferred {
        quote_spanned!(span=> ((#(#args,)*), reply))
    } else {
        quote_spanned!(span=> (#(#args,)*))
    };
    quote_spanned!(span=> <Self as #of>::run(body, #args).await)
}
