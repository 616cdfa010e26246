//! The parameters of a generic server.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Generics, Path, Token, TypeParam, TypeParamBound, WherePredicate};

use crate::check::Context;
use crate::errors::Errors;
use crate::model::{Handler, Param, Server};
use crate::parse::ty;

/// `impl<T> Cache<T>`: a `T` may borrow from anything, and a server lives as long as its clients;
/// rustc would say so at each generated item. Only what cannot compile is told: another trait among
/// the bounds may be one of the user's, with `Send + 'static` above it.
pub(crate) fn check_params(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    for param in unbound(server) {
        let ident = &param.ident;
        let (missing, why) = match Bounds::of(param, &server.generics) {
            Bounds { send: true, .. } => ("'static", "a server lives as long as its clients"),
            Bounds { forever: true, .. } => {
                ("Send", "a server and its messages travel between threads")
            }
            _ => ("Send + 'static", "a server and its messages travel between threads"),
        };
        let written = param.bounds.iter().map(|bound| ty::text(bound) + " + ").collect::<String>();
        let text = format!(
            "`{ident}` must be `{missing}`: {why}\n\
             help: write `impl<{ident}: {written}{missing}> ..`"
        );
        errors.at(ident, text);
    }
}

/// The parameters that are certainly not bound enough.
pub(crate) fn unbound(server: &Server) -> impl Iterator<Item = &TypeParam> {
    server.generics.type_params().filter(|param| {
        let bounds = Bounds::of(param, &server.generics);
        // A server of type `Cell<fn() -> T>` is `Send` whatever `T` is, its messages are not.
        let lacking = !bounds.forever || (!bounds.send && is_sent(server, &param.ident));
        lacking && !bounds.doubtful
    })
}

/// Whether a `T` itself is an argument or a reply.
fn is_sent(server: &Server, param: &Ident) -> bool {
    let is_param = |ty: &syn::Type| *param == ty.to_token_stream().to_string();
    let sends = |handler: &Handler| {
        let deferred = handler.params.iter().any(|given| match given {
            Param::Reply(ty) => is_param(ty),
            _ => false,
        });
        deferred
            || handler.method.args.iter().any(|arg| is_param(&arg.ty))
            || handler.method.output.as_ref().is_some_and(is_param)
    };
    server.handlers.iter().any(sends)
}

/// What the bounds of a parameter say.
#[derive(Default)]
struct Bounds {
    send: bool,
    forever: bool,
    /// There is a bound that may say more than it shows.
    doubtful: bool,
}

impl Bounds {
    fn of(param: &TypeParam, generics: &Generics) -> Self {
        let mut bounds = Self::default();
        bounds.add(&param.bounds);
        for other in generics.type_params() {
            bounds.doubtful |= other.bounds.iter().any(|bound| mentions(bound, &param.ident));
        }
        let clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        for predicate in clause {
            match predicate {
                WherePredicate::Type(of) if ty::name_of(&of.bounded_ty) == Some(&param.ident) => {
                    bounds.add(&of.bounds);
                }
                predicate => bounds.doubtful |= mentions_in(predicate, &param.ident),
            }
        }
        bounds
    }

    fn add(&mut self, bounds: &Punctuated<TypeParamBound, Token![+]>) {
        for bound in bounds {
            match bound {
                TypeParamBound::Lifetime(lifetime) => self.forever |= lifetime.ident == "static",
                TypeParamBound::Trait(bound) => match known(&bound.path) {
                    Some("Send") => self.send = true,
                    Some(_) => {}
                    None => self.doubtful = true,
                },
                _ => self.doubtful = true,
            }
        }
    }
}

/// A trait of the standard library's of which everybody knows what it says of threads and
/// lifetimes: nothing, but for `Send`.
fn known(path: &Path) -> Option<&'static str> {
    const KNOWN: &[&str] = &[
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "Eq",
        "Hash",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Send",
        "Sized",
        "Sync",
        "Unpin",
    ];
    let first = &path.segments.first()?.ident;
    let is_std = path.segments.len() == 1 || first == "std" || first == "core";
    let last = &path.segments.last()?.ident;
    KNOWN.iter().copied().find(|known| is_std && last == known)
}

fn mentions(bound: &TypeParamBound, param: &Ident) -> bool {
    let mut mention = Mention { param, found: false };
    mention.visit_type_param_bound(bound);
    mention.found
}

fn mentions_in(predicate: &WherePredicate, param: &Ident) -> bool {
    let mut mention = Mention { param, found: false };
    mention.visit_where_predicate(predicate);
    mention.found
}

struct Mention<'a> {
    param: &'a Ident,
    found: bool,
}

impl<'ast> Visit<'ast> for Mention<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        self.found |= path.segments.first().is_some_and(|first| first.ident == *self.param);
        visit::visit_path(self, path);
    }
}
