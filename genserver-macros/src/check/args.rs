//! Arguments travel in a message: they are owned.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Lifetime, Pat, PatType, Type, TypeFnPtr, TypeImplTrait, TypeReference};

use crate::check::{Subject, params};
use crate::errors::Errors;
use crate::model::Kind;
use crate::parse::ty;

/// Why an argument is owned and has one type.
pub(crate) const TRAVELS: &str = "arguments travel in a message";

/// Every argument of a handler.
pub(crate) fn check_args(subject: Subject<'_>, errors: &mut Errors) {
    let kind = subject.handler.kind;
    if kind.is_timed() {
        return check_none(subject, errors);
    }
    for typed in params::arguments(subject) {
        if check_no_state(subject, typed, errors) {
            check_travels(typed, TRAVELS, errors);
        }
        if kind.is_by_type() {
            check_no_into(subject, typed, errors);
        }
    }
}

/// Nobody sends what time brings: in `#[every("1s")] fn tick(&mut self, count: u8)` nobody would
/// know the count.
fn check_none(subject: Subject<'_>, errors: &mut Errors) {
    let Some(first) = params::arguments(subject).next() else { return };
    let (noun, ident) = (subject.handler.kind.noun(), &subject.handler.method.ident);
    let name = ty::pattern(&first.pat);
    let text = format!(
        "{noun} has no sender who could give arguments, but `{ident}` takes `{name}`\n\
         help: keep the value in the server"
    );
    errors.at(first, text);
}

/// `st: &Pending` borrows a state that a server without states does not have: that is what is
/// wrong, and not the borrow.
fn check_no_state(subject: Subject<'_>, typed: &PatType, errors: &mut Errors) -> bool {
    let server = subject.context.server;
    let is_called_state = matches!(&*typed.pat, Pat::Ident(pat) if pat.ident == "st");
    let Some(reference) = ty::as_reference(&typed.ty) else { return true };
    let Some(name) = ty::name_of(&reference.elem) else { return true };
    let is_state = *name == server.options.state || (is_called_state && name != "str");
    if server.machine.is_some() || !is_state {
        return true;
    }
    let (method, written) = (&subject.handler.method.ident, ty::text(&*typed.ty));
    let text = format!(
        "`{method}` takes the state `{written}`, but `{}` has no states\n\
         help: declare them, `#[genserver(states(Pending: initial, ..))]`",
        server.ident
    );
    errors.at(&typed.ty, text);
    false
}

/// The caller may be gone when the message is read, so `name: &str` would dangle; `impl Trait` is
/// another type at each call, and a message has one.
pub(crate) fn check_travels(typed: &PatType, why: &str, errors: &mut Errors) {
    let name = ty::pattern(&typed.pat);
    if let Some(borrow) = find_borrow(&typed.ty) {
        let into = typed.attrs.iter().find(|attr| attr.path().is_ident("into"));
        let owned =
            borrow.owned.map(|owned| format!("\nhelp: take an owned type, `{name}: {owned}`"));
        let owned = owned.unwrap_or_else(|| "\nhelp: take an owned type".to_owned());
        let text = match into {
            Some(_) => format!(
                "`#[into]` converts to an owned value, so `{name}` cannot be a reference{owned}"
            ),
            None => format!("`{name}` borrows, but {why}{owned}"),
        };
        errors.at(borrow.at, text);
    } else if let Some(found) = find_impl(&typed.ty) {
        let help = match into_target(&typed.ty) {
            Some(target) => format!("write `#[into] {name}: {target}`"),
            None => "name a type, or box it".to_owned(),
        };
        errors.at(found, format!("`{name}` is `impl Trait`, but {why}\nhelp: {help}"));
    }
    check_attrs(typed, errors);
}

/// `#[cfg]` on a parameter would have to change the message, the client and the call alike.
fn check_attrs(typed: &PatType, errors: &mut Errors) {
    for attr in &typed.attrs {
        if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
            let name = ty::pattern(&typed.pat);
            errors.at(
                attr.path(),
                format!(
                    "`{name}` cannot have a `cfg` of its own\n\
                     help: put it on the method"
                ),
            );
        }
        if attr.path().is_ident("into") && attr.meta.require_path_only().is_err() {
            errors.at(&attr.meta, "the `into` attribute takes no options");
        }
    }
}

/// An info is sent by its type: `send_info("text")` would not find `#[into] text: String`.
fn check_no_into(subject: Subject<'_>, typed: &PatType, errors: &mut Errors) {
    let why = match subject.handler.kind {
        Kind::Info => "an info is sent by its type",
        _ => "a `continued` method is found by the type of its message",
    };
    for attr in typed.attrs.iter().filter(|attr| attr.path().is_ident("into")) {
        errors.at(attr.path(), format!("{why}, so it takes no `#[into]`"));
    }
}

/// A borrow inside a type.
pub(crate) struct Borrow {
    /// The reference, or the lifetime.
    pub(super) at: TokenStream,
    /// The type to take instead, where it is plain.
    pub(super) owned: Option<String>,
}

/// The first reference or lifetime in a type that is not `'static`. What stands in `fn(&T)`,
/// `Fn(&T)` or under `for<'a>` is borrowed later, by whoever calls it.
pub(crate) fn find_borrow(ty: &Type) -> Option<Borrow> {
    // Of an expression, `[u8; N]` and the like, nothing is borrowed.
    struct Finder(Option<TokenStream>);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            let is_static =
                reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static");
            if !is_static {
                self.0.get_or_insert_with(|| reference.to_token_stream());
            }
            visit::visit_type_reference(self, reference);
        }
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if lifetime.ident != "static" {
                self.0.get_or_insert_with(|| lifetime.to_token_stream());
            }
        }
        fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }
        fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
            if bound.lifetimes.is_none() {
                visit::visit_trait_bound(self, bound);
            }
        }
        fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    }
    let mut finder = Finder(None);
    finder.visit_type(ty);
    finder.0.map(|at| Borrow { at, owned: owned(ty) })
}

/// `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`.
fn owned(ty: &Type) -> Option<String> {
    let elem = ty::peel(&ty::as_reference(ty)?.elem);
    match elem {
        Type::Slice(slice) => Some(format!("Vec<{}>", ty::text(&slice.elem))),
        Type::Path(_) if ty::is_named(elem, "str") => Some("String".to_owned()),
        Type::Path(_) if ty::is_named(elem, "Path") => Some("PathBuf".to_owned()),
        Type::TraitObject(_) | Type::ImplTrait(_) => None,
        _ if find_borrow(elem).is_none() => Some(ty::text(elem)),
        _ => None,
    }
}

/// The first `impl Trait` in a type.
pub(crate) fn find_impl(ty: &Type) -> Option<&TypeImplTrait> {
    struct Finder<'ast>(Option<&'ast TypeImplTrait>);
    impl<'ast> Visit<'ast> for Finder<'ast> {
        fn visit_type_impl_trait(&mut self, found: &'ast TypeImplTrait) {
            self.0.get_or_insert(found);
        }
    }
    let mut finder = Finder(None);
    finder.visit_type(ty);
    finder.0
}

/// `T` of `impl Into<T>`.
fn into_target(ty: &Type) -> Option<String> {
    let Type::ImplTrait(found) = ty::peel(ty) else { return None };
    let [syn::TypeParamBound::Trait(bound)] = found.bounds.iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let segment = bound.path.segments.last().filter(|segment| segment.ident == "Into")?;
    ty::type_args(segment).first().map(ty::text)
}
