//! Types of the user's signatures, made ready for a place outside the impl.

use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{GenericArgument, Generics, PathArguments, PathSegment, Type};

use crate::expand::plan::Plan;
use crate::model::Handler;
use crate::parse::ty;

/// An identifier's text without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// A span for generated names at the place of the user's tokens: a name bound there is no name of
/// the user's.
pub(crate) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The same tokens with the server's type for `Self`, which means nothing outside the impl.
pub(crate) fn without_self(tokens: TokenStream, ty: &TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let ty = respan(ty.clone(), ident.span());
                let is_head = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(p)) if p.as_char() == ':' && p.spacing() == Spacing::Joint
                );
                out.extend(if is_head { quote!(<#ty>) } else { ty });
            }
            TokenTree::Group(group) => {
                let inner = without_self(group.stream(), ty);
                let mut copy = proc_macro2::Group::new(group.delimiter(), inner);
                copy.set_span(group.span());
                out.extend([TokenTree::Group(copy)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// Keeps each token's hygiene and moves it to another place.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.into_iter().map(moved).collect()
}

/// Generics whose bounds mention no `Self`.
pub(crate) fn generics_without_self(generics: &Generics, ty: &TokenStream) -> Generics {
    struct Replace<'a>(&'a TokenStream);
    impl syn::visit_mut::VisitMut for Replace<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            *ty = Type::Verbatim(without_self(ty.to_token_stream(), self.0));
        }
    }
    let mut generics = generics.clone();
    syn::visit_mut::VisitMut::visit_generics_mut(&mut Replace(ty), &mut generics);
    generics
}

fn last_segment_mut(mut ty: &mut Type) -> Option<&mut PathSegment> {
    loop {
        ty = match ty {
            Type::Group(group) => &mut group.elem,
            Type::Paren(paren) => &mut paren.elem,
            Type::Path(path) => return path.path.segments.last_mut(),
            _ => return None,
        }
    }
}

fn type_args_mut(segment: &mut PathSegment) -> Vec<&mut Type> {
    let PathArguments::AngleBracketed(args) = &mut segment.arguments else { return Vec::new() };
    let types = args.args.iter_mut().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The type that is `Next` in a return type: itself, or the first argument of a `Result`.
fn next_type_mut(output: &mut Type) -> Option<&mut Type> {
    let place = if ty::is_named(output, "Result") {
        type_args_mut(last_segment_mut(output)?).into_iter().next()?
    } else {
        output
    };
    ty::is_named(place, "Next").then_some(place)
}

/// The word `Next` in a return type, with its arguments.
pub(crate) fn next_mut(output: &mut Type) -> Option<&mut PathSegment> {
    last_segment_mut(next_type_mut(output)?)
}

/// What the caller gets: the return type with `R` for `Next<R>`.
pub(crate) fn reply_of(handler: &Handler) -> Type {
    let unit: Type = syn::parse_quote!(());
    let Some(mut output) = handler.method.output.clone() else { return unit };
    if let Some(next) = &handler.returns.next
        && let Some(place) = next_type_mut(&mut output)
    {
        *place = next.reply.clone().unwrap_or(unit);
    }
    output
}

/// The error type of a `Result` as written: its second argument, or what the alias says.
pub(crate) fn error_of(result: &Type, krate: &syn::Path) -> TokenStream {
    match ty::last_segment(result).map(ty::type_args).as_deref() {
        Some([_, error]) => error.to_token_stream(),
        _ => quote!(<#result as #krate::__private::IsResult>::Err),
    }
}

/// A call's reply.
pub(crate) struct Reply {
    /// `R`
    pub(crate) ty: TokenStream,
    /// What awaiting the client's call gives.
    pub(crate) outcome: TokenStream,
}

impl Reply {
    pub(crate) fn new(reply: &Type, plan: &Plan<'_>) -> Self {
        let krate = plan.krate;
        let own = |tokens: TokenStream| without_self(tokens, &plan.ty);
        let ty = own(reply.to_token_stream());
        if !ty::is_named(reply, "Result") {
            let outcome = quote!(::core::result::Result<#ty, #krate::ServerError>);
            return Self { ty, outcome };
        }
        let value = match ty::last_segment(reply).map(ty::type_args).as_deref() {
            Some([value, _]) => own(value.to_token_stream()),
            _ => quote!(<#ty as #krate::__private::IsResult>::Ok),
        };
        let error = own(error_of(reply, krate));
        Self { outcome: quote!(::core::result::Result<#value, #krate::CallError<#error>>), ty }
    }
}

/// Whether the type could stand in a message: neither borrowed, nor `impl Trait`, nor one of the
/// method's own generic parameters.
pub(crate) fn travels(ty: &Type, generics: &[String]) -> bool {
    struct Stays(bool);
    impl Visit<'_> for Stays {
        fn visit_type_reference(&mut self, ty: &syn::TypeReference) {
            self.0 |= ty.lifetime.is_none();
            visit::visit_type_reference(self, ty);
        }
        fn visit_lifetime(&mut self, lifetime: &syn::Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
        fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut stays = Stays(false);
    stays.visit_type(ty);
    !stays.0 && !words(ty.to_token_stream()).iter().any(|word| generics.contains(word))
}

/// All identifiers among the tokens.
pub(crate) fn words(tokens: TokenStream) -> Vec<String> {
    let mut out = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => out.push(ident.to_string()),
            TokenTree::Group(group) => out.extend(words(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    out
}
