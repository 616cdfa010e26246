//! After an error: the user's impl, and signatures without bodies, so that nothing that uses the
//! server turns red as well.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::visit::Visit;
use syn::{Generics, ItemImpl, Lifetime, parse_quote};

use crate::check::{tracked_types, unbound};
use crate::errors::Errors;
use crate::expand::expand_plan;
use crate::expand::plan::Plan;
use crate::model::Server;
use crate::parse;

/// The errors, the impl, and stubs of what would have been generated.
pub(crate) fn fallback(server: Option<&Server>, item: &ItemImpl, errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    let server = server.filter(|server| !borrows(server) && !collides(server));
    let rest = if let Some(server) = server {
        stubs(server, item)
    } else {
        let mut item = item.clone();
        parse::strip(&mut item);
        item.into_token_stream()
    };
    quote!(#errors #rest)
}

/// A parameter that lacks a bound was reported: here it has it, so that nothing else misses it.
fn stubs(server: &Server, item: &ItemImpl) -> TokenStream {
    let unbound: Vec<_> = unbound(server).map(|param| &param.ident).collect();
    let bind = |generics: &mut Generics| {
        for param in generics.type_params_mut().filter(|param| unbound.contains(&&param.ident)) {
            param.bounds.push(parse_quote!(::core::marker::Send));
            param.bounds.push(parse_quote!('static));
        }
    };
    let mut item = item.clone();
    bind(&mut item.generics);
    let mut plan = Plan::new(server, &item, true);
    bind(&mut plan.generics);
    expand_plan(&plan, &item)
}

/// A server is `'static`: one with a lifetime was reported, and has no client.
fn borrows(server: &Server) -> bool {
    let mut lifetimes = Lifetimes(false);
    lifetimes.visit_type(&server.self_ty);
    lifetimes.0 || server.generics.lifetimes().next().is_some()
}

struct Lifetimes(bool);

impl Visit<'_> for Lifetimes {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        self.0 |= lifetime.ident != "static";
    }
}

/// Whether a name that would be generated is taken by the server, a state or another generated type:
/// that was reported, and rustc would say it again of each item.
fn collides(server: &Server) -> bool {
    let owner = &server.ident;
    let mut names = vec![owner.clone(), server.options.client.clone()];
    if let Some(machine) = &server.machine {
        let plain = machine.states.iter().filter(|state| state.path.get_ident().is_some());
        names.extend(plain.map(|state| state.ident.clone()));
        names.extend(machine.groups.iter().map(|group| group.ident.clone()));
        names.push(server.options.state.clone());
        names.extend(["StateName", "Message"].map(|suffix| format_ident!("{owner}{suffix}")));
        names.extend(tracked_types(server).into_iter().map(|(name, _)| name));
    }
    (1..names.len()).any(|at| names[..at].contains(&names[at]))
}

/// The error, and the tokens of an item that is no impl block that could be read.
pub(crate) fn unreadable(error: &syn::Error, item: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#error #item)
}
