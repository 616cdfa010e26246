//! Types of the user's signatures, made ready for a place outside the impl.

use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{GenericParam, Generics, Type};

use crate::expand::plan::Plan;
use crate::parse::{returns, ty};

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

/// The spans of the first and the last token: generated tokens at both ends make rustc underline
/// the user's from end to end, which no single span does.
pub(crate) fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
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
pub(crate) fn respan(tokens: TokenStream, span: Span) -> TokenStream {
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

/// The error type of a `Result` as written: its second argument, or what the alias says.
pub(crate) fn error_of(result: &Type, krate: &syn::Path) -> TokenStream {
    let by_alias = || quote!(<#result as #krate::__private::IsResult>::Err);
    returns::error_of(result).map_or_else(by_alias, ToTokens::to_token_stream)
}

/// A type that by the look of it cannot travel, as the message names it: the constant does not
/// compile, with one error in our words, and rustc says nothing more of the message. `None` for
/// types that may hold a client of their own server: its `Send` is found in the message, which would
/// rest on the constant that asks for it.
pub(crate) fn stuck(ty: &TokenStream, generics: &Generics) -> Option<TokenStream> {
    if !is_suspect(ty) || mentions(ty, generics) {
        return None;
    }
    let constant = travels_constant(ty);
    Some(quote!(<[(); #constant] as __g::Carries<#ty>>::Type))
}

/// Whether the type is made of what everybody knows, and of something among it that is not `Send`.
fn is_suspect(ty: &TokenStream) -> bool {
    const STAY: &[&str] = &["Rc", "Weak", "NonNull", "RefCell"];
    const KNOWN: &[&str] = &[
        "std", "core", "alloc", "rc", "sync", "cell", "ptr", "Arc", "Box", "Option", "Result",
        "Vec", "String", "str", "const", "mut",
    ];
    let words = words(ty.clone());
    let is_known = |word: &str| STAY.contains(&word) || KNOWN.contains(&word) || is_primitive(word);
    let stays = |word: &String| STAY.contains(&word.as_str());
    (words.iter().any(stays) || ty.to_string().contains('*'))
        && words.iter().all(|word| is_known(word))
}

/// `travels::<T>()`, at the type from end to end.
pub(crate) fn travels_constant(ty: &TokenStream) -> TokenStream {
    let (first, last) = ends(ty);
    let (open, close) = (quote_spanned!(first=> __g::travels::<), quote_spanned!(last=> >));
    quote!(#open #ty #close ())
}

/// Whether by the look of it the type takes no other types, but those of std's that ask for nothing of
/// theirs: another one may be a `struct Held<C: Client>`.
pub(crate) fn is_simple(ty: &TokenStream) -> bool {
    const OPEN: &[&str] = &[
        "Rc",
        "Arc",
        "Weak",
        "Box",
        "Cell",
        "RefCell",
        "Mutex",
        "RwLock",
        "Option",
        "Result",
        "Vec",
        "VecDeque",
        "HashMap",
        "HashSet",
        "BTreeMap",
        "BTreeSet",
        "NonNull",
        "PhantomData",
    ];
    let mut head: Option<String> = None;
    for token in ty.clone() {
        match &token {
            TokenTree::Group(group) if !is_simple(&group.stream()) => return false,
            TokenTree::Punct(punct) if punct.as_char() == '!' => return false,
            TokenTree::Punct(punct) if punct.as_char() == '<' => match head.as_deref() {
                Some(word) if OPEN.contains(&word) => {}
                _ => return false,
            },
            _ => {}
        }
        head = match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        };
    }
    true
}

/// Whether the type is `()` or goes by the name of one of the language's own.
pub(crate) fn is_plain(ty: &TokenStream) -> bool {
    let text = ty.to_string();
    is_primitive(&text) || text == "String" || text == "()"
}

fn is_primitive(word: &str) -> bool {
    const PRIMITIVES: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    PRIMITIVES.contains(&word)
}

pub(crate) fn mentions(tokens: &TokenStream, generics: &Generics) -> bool {
    let words = words(tokens.clone());
    generics.params.iter().any(|param| words.contains(&name_of(param)))
}

pub(crate) fn name_of(param: &GenericParam) -> String {
    match param {
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
        GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
    }
}

/// A call's reply.
pub(crate) struct Reply {
    /// `R`
    pub(crate) ty: TokenStream,
    /// `R`, or the `Ok` of a `Result`.
    pub(crate) value: TokenStream,
    /// Whether that is `()`.
    pub(crate) is_unit: bool,
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
            let is_unit = ty::is_unit(reply);
            return Self { value: ty.clone(), ty, is_unit, outcome };
        }
        let is_unit = returns::ok_of(reply).is_some_and(ty::is_unit);
        let value = returns::ok_of(reply).filter(|_| returns::error_of(reply).is_some());
        let by_alias = || quote!(<#ty as #krate::__private::IsResult>::Ok);
        let value = value.map_or_else(by_alias, |value| own(value.to_token_stream()));
        let error = own(error_of(reply, krate));
        let outcome = quote!(::core::result::Result<#value, #krate::CallError<#error>>);
        Self { ty, value, is_unit, outcome }
    }
}

/// Whether the type could stand in a message as it is written: neither borrowed, nor `impl Trait`,
/// nor one of the method's own generic parameters.
pub(crate) fn is_owned(ty: &Type, generics: &[String]) -> bool {
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
