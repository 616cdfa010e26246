//! A state with a version: `restore`, and what reads and writes the state.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use crate::expand::attrs;
use crate::expand::docs;
use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::{CodeChange, Version};
use crate::parse::{returns, ty};

/// All of it in one macro of the runtime, which says so where its feature is off: at the option.
pub(crate) fn expand_upgrade(plan: &Plan<'_>) -> Option<TokenStream> {
    let version = plan.server.options.version.as_ref()?;
    let (restore, hidden) = (restore(plan), hidden(plan, version));
    let (first, last) = span(version);
    let krate = paths::respan(plan.krate.to_token_stream(), first);
    let mut code = Group::new(Delimiter::Brace, quote!(#restore #hidden));
    code.set_span(paths::at(last));
    Some(quote_spanned!(paths::at(first)=> #krate::__private::upgrade! #code))
}

/// The ends of `version = 3`.
fn span(version: &Version) -> (Span, Span) {
    let first = version.key.span();
    (first, version.number.map_or(first, |number| number.span))
}

/// `Server::restore(bytes)`, beside the user's impl.
fn restore(plan: &Plan<'_>) -> Option<TokenStream> {
    let is_taken = plan.is_taken("restore") || plan.server.options.start == "restore";
    if plan.stub && is_taken {
        return None;
    }
    let (krate, ty, client) = (plan.krate, &plan.ty, plan.client_ty());
    let (params, _, clause) = plan.generics.split_for_impl();
    let (attrs, allow, docs) = (&plan.attrs, attrs::allow_beside(), docs::of_restore(plan));
    let init = plan.server.init.as_ref().map(|init| init.method.vis.clone());
    let vis = init.unwrap_or_else(|| plan.vis());
    Some(quote! {
        #attrs
        #allow
        impl #params #ty #clause {
            #docs
            #vis fn restore(
                bytes: impl ::core::convert::Into<::std::vec::Vec<u8>>,
            ) -> #krate::Start<#ty, #client, #krate::__private::Exported, #krate::RestoreError> {
                #krate::__private::restore(bytes)
            }
        }
    })
}

fn hidden(plan: &Plan<'_>, version: &Version) -> TokenStream {
    let (krate, attrs, allow, ty) = (plan.krate, &plan.attrs, attrs::allow(), &plan.ty);
    let versioned = versioned(plan, version);
    let client = quote! {
        fn __upgrade(asked: __g::Upgrade) {
            __g::Upgrade::run::<#ty>(asked)
        }
    };
    let client = plan.implement_for(plan.client_ty(), &quote!(__g::VersionedClient), &client);
    quote! {
        #attrs
        #allow
        const _: () = {
            use #krate::__private as __g;
            #versioned
            #client
        };
    }
}

fn versioned(plan: &Plan<'_>, version: &Version) -> TokenStream {
    let krate = plan.krate;
    let number = version.number.map_or(1, |number| number.value);
    let steps = sorted(plan);
    let older = steps.iter().map(|(from, step)| {
        let (cfgs, from) = (step.method.cfgs(), Literal::u32_unsuffixed(*from));
        quote!(#(#cfgs)* #from,)
    });
    let number = Literal::u32_unsuffixed(number);
    let (form, migrate) = if plan.stub {
        let unreachable = || quote!(::core::unreachable!());
        (unreachable(), unreachable())
    } else {
        (form(plan, version), migrate(plan, version, &steps))
    };
    let made = quote!((Self, <Self as __g::Server>::State));
    let body = quote! {
        const VERSION: u32 = #number;
        const VERSIONS: &'static [u32] = &[#(#older)* #number];
        fn form() -> __g::Form<Self> {
            #form
        }
        fn migrate(
            stored: &__g::Stored<'_>,
        ) -> ::core::result::Result<#made, #krate::RestoreError> {
            #migrate
        }
    };
    plan.implement(&quote!(__g::Versioned), &body)
}

/// The steps, the oldest version first.
fn sorted<'p>(plan: &'p Plan<'p>) -> Vec<(u32, &'p CodeChange)> {
    let steps = plan.server.code_changes.iter();
    let mut steps: Vec<_> =
        steps.filter_map(|step| step.from.map(|from| (from.value, step))).collect();
    steps.sort_by_key(|(from, _)| *from);
    steps
}

/// At the user's tokens that say that the state is kept. Once, so that what a type lacks is told once.
fn form(plan: &Plan<'_>, version: &Version) -> TokenStream {
    let ty = &plan.ty;
    match &plan.layout {
        None => quote!(__g::form::<#ty>()),
        Some(layout) => {
            let state = paths::respan(layout.root_ty(), version.key.span());
            quote!(__g::form_machine::<#ty, #state>())
        }
    }
}

/// Reads the state of the version that is there, and takes all steps from it.
fn migrate(plan: &Plan<'_>, version: &Version, steps: &[(u32, &CodeChange)]) -> TokenStream {
    let taken = steps.iter().map(|(from, step)| {
        let next = steps.iter().find(|(other, _)| *other == from.saturating_add(1));
        let next = next.and_then(|(_, step)| step.takes.as_ref());
        let next = next.map_or_else(|| newest(plan), ToTokens::to_token_stream);
        take(*from, step, &next)
    });
    let number = Literal::u32_unsuffixed(version.number.map_or(1, |number| number.value));
    // A server without states is a pair too from here on.
    let pair = (plan.layout.is_none() && !steps.is_empty())
        .then(|| quote!(let old = ::core::option::Option::map(old, |old| (old, ()));));
    quote! {
        let old = ::core::option::Option::None;
        #(#taken)*
        #pair
        let read = <Self as __g::Versioned>::form().read;
        let old = __g::Stored::read(stored, #number, old, read)?;
        __g::Stored::done::<Self, _>(stored, old)
    }
}

/// What the last step leads to.
fn newest(plan: &Plan<'_>) -> TokenStream {
    match &plan.layout {
        None => quote!(Self),
        Some(layout) => {
            let state = layout.root_ty();
            quote!((Self, #state))
        }
    }
}

/// Reads the version that a step takes, and takes it. What is generated of the user's types is a
/// pointer to a function at those types: used in place, rustc would tell what they lack twice.
fn take(from: u32, step: &CodeChange, next: &TokenStream) -> TokenStream {
    let (ident, cfgs) = (&step.method.ident, step.method.cfgs().collect::<Vec<_>>());
    let (name, from) = (paths::plain(ident), Literal::u32_unsuffixed(from));
    let takes = step.takes.to_token_stream();
    let read = between("stored", &takes, &takes);
    let call = quote!(Self::#ident(old));
    let output = step.method.output.to_token_stream();
    let result = step.method.output.as_ref().filter(|output| ty::is_named(output, "Result"));
    let (fails, made, value) = match result {
        None => (None, quote!(::core::result::Result::Ok(next(#call))), output),
        Some(result) => {
            let (value, error) = parts(result);
            let fails = between("fails", &error, &error);
            let made = quote!(::core::result::Result::map(#call, next));
            let fails = quote!(#(#cfgs)* let fails: fn(_) -> _ = #fails;);
            (Some(fails), quote!(::core::result::Result::map_err(#made, fails)), value)
        }
    };
    // Moved, so that rustc looks for what is wrong at the step and not at the next one.
    let next = paths::respan(next.clone(), paths::ends(&value).1);
    let next = between("yields", &value, &quote!(#value, #next));
    quote! {
        #(#cfgs)*
        let old = __g::Stored::read(stored, #from, old, #read)?;
        #(#cfgs)*
        let next: fn(_) -> _ = #next;
        #fails
        #(#cfgs)*
        let old = __g::Stored::step((#from, #name), old, |old| #made)?;
    }
}

/// The types of success and of failure, as written or by what the alias says.
fn parts(result: &Type) -> (TokenStream, TokenStream) {
    if let (Some(value), Some(error)) = (returns::ok_of(result), returns::error_of(result)) {
        return (value.to_token_stream(), error.to_token_stream());
    }
    let (first, last) = paths::ends(&result.to_token_stream());
    let part = |name: &str| {
        let name = Ident::new(name, last);
        let (open, close) = (quote_spanned!(first=> <), quote_spanned!(last=> >::#name));
        quote!(#open #result as __g::IsResult #close)
    };
    (part("Ok"), part("Err"))
}

/// `function::<types>`, at the user's tokens from end to end.
fn between(function: &str, at: &TokenStream, types: &TokenStream) -> TokenStream {
    let (first, last) = paths::ends(at);
    let function = Ident::new(function, first);
    let (open, close) = (quote_spanned!(first=> __g::#function::<), quote_spanned!(last=> >));
    quote!(#open #types #close)
}
