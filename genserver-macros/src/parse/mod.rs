//! Tokens to model: what the user wrote, and the errors of its grammar.

mod attribute;
pub(crate) mod body;
mod code_change;
mod duration;
mod format_state;
mod guard;
mod handler;
mod hook;
pub(crate) mod init;
mod item;
pub(crate) mod list;
mod method;
mod misplaced;
mod options;
mod otherwise;
pub(crate) mod returns;
mod role;
pub(crate) mod signature;
pub(crate) mod similar;
pub(crate) mod sources;
mod states;
mod stay;
pub(crate) mod terminate;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod ty;
mod version;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, FnArg, ImplItem, ImplItemFn, ItemImpl, Meta};

pub(crate) use self::body::read_body;
pub(crate) use self::item::parse_item;
pub(crate) use self::method::is_any;
pub(crate) use self::role::Role;

use crate::errors::Errors;
use crate::model::Server;
use crate::parse::code_change::parse_code_change;
use crate::parse::format_state::parse_format_state;
use crate::parse::handler::parse_handler;
use crate::parse::hook::parse_hook;
use crate::parse::init::parse_init;
use crate::parse::options::parse_options;
use crate::parse::signature::Scope;
use crate::parse::terminate::parse_terminate;

/// Reads the attribute and the impl block as far as they can be read; `None` only when the type has
/// no name.
pub(crate) fn parse(attr: TokenStream, item: &ItemImpl, errors: &mut Errors) -> Option<Server> {
    let ident = type_name(item, errors)?;
    let attribute = parse_options(attr, &ident, errors);
    let mut server = Server {
        ident,
        self_ty: (*item.self_ty).clone(),
        generics: item.generics.clone(),
        options: attribute.options,
        init: None,
        terminate: None,
        hibernate: None,
        format_state: None,
        code_changes: Vec::new(),
        hooks: Vec::new(),
        handlers: Vec::new(),
        machine: attribute.machine,
        attrs: method::copied(&item.attrs, &["cfg", "allow", "expect"]),
        states_flawed: attribute.states_flawed,
    };
    for (at, item) in item.items.iter().enumerate() {
        match item {
            ImplItem::Fn(function) => parse_function(function, at, &mut server, errors),
            item => check_misplaced(attrs_of(item), errors),
        }
    }
    Some(server)
}

/// Takes the attributes of the language away, and nothing else but invisible groups.
pub(crate) fn strip(item: &mut ItemImpl) {
    Visible.visit_item_impl_mut(item);
    for item in &mut item.items {
        let attrs = match item {
            ImplItem::Fn(function) => {
                if roles(&function.attrs).next().is_some() {
                    strip_into(function);
                }
                &mut function.attrs
            }
            ImplItem::Const(item) => &mut item.attrs,
            ImplItem::Type(item) => &mut item.attrs,
            ImplItem::Macro(item) => &mut item.attrs,
            _ => continue,
        };
        attrs.retain(|attr| Role::of(attr).is_none());
    }
}

/// The same of tokens that are no impl block that could be read: an attribute left in them would be
/// told to stand outside of `#[genserver]`.
pub(crate) fn strip_tokens(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(hash) if hash.as_char() == '#' && is_role(tokens.peek()) => {
                tokens.next();
            }
            TokenTree::Group(group) => {
                let mut stripped = Group::new(group.delimiter(), strip_tokens(group.stream()));
                stripped.set_span(group.span());
                out.extend([TokenTree::Group(stripped)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

fn is_role(brackets: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(brackets)) = brackets else { return false };
    let attrs = Attribute::parse_outer.parse2(quote!(# #brackets));
    attrs.is_ok_and(|attrs| roles(&attrs).next().is_some())
}

/// Takes expressions out of invisible groups. A `macro_rules!` fragment `$e`, `1 << 3`, is such a
/// group, and rustc drops it from what a procedural macro gives back: `$e + 2` would become
/// `1 << (3 + 2)`. Without the group, parentheses are written where they are needed.
struct Visible;

impl VisitMut for Visible {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        while let Expr::Group(group) = expr {
            *expr = (*group.expr).clone();
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn strip_into(function: &mut ImplItemFn) {
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(typed) = input {
            typed.attrs.retain(|attr| !attr.path().is_ident("into"));
        }
    }
}

/// The last segment of the type. A slice or a reference has none, and no client to be named after.
fn type_name(item: &ItemImpl, errors: &mut Errors) -> Option<Ident> {
    let name = ty::name_of(&item.self_ty).filter(|name| *name != "Self").cloned();
    if name.is_none() {
        errors.at(&item.self_ty, "a server is a type of your own with a name");
    }
    name
}

/// The roles that the attributes give, in source order.
pub(crate) fn roles(attrs: &[Attribute]) -> impl Iterator<Item = (Role, &Attribute)> {
    attrs.iter().filter_map(|attr| Role::of(attr).map(|role| (role, attr)))
}

/// Without this, `#[call] const X` would be told to stand outside of `#[genserver]`.
fn check_misplaced(attrs: &[Attribute], errors: &mut Errors) {
    for (role, attr) in roles(attrs) {
        errors.at(attr.path(), format!("the `{}` attribute goes on a method", role.name()));
    }
}

fn attrs_of(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

fn parse_function(function: &ImplItemFn, at: usize, server: &mut Server, errors: &mut Errors) {
    let mut roles = roles(&function.attrs);
    let Some((role, attr)) = roles.next() else { return };
    let before = errors.len();
    for (other, attr) in roles {
        errors.at(attr.path(), one_role_only(&function.sig.ident, role, other));
    }
    let flawed = errors.len() > before;
    let scope = Scope {
        server: &server.ident,
        options: &server.options,
        machine: server.machine.as_ref(),
        lenient: server.states_flawed,
        sources: None,
    };
    if role.is_handler() {
        let mut handler = parse_handler(function, at, (role, attr), scope, errors);
        handler.flawed |= flawed;
        server.handlers.push(handler);
        return;
    }
    if let Some(kind) = role.hook() {
        let mut hook = parse_hook(function, at, (kind, attr), scope, errors);
        hook.flawed |= flawed;
        server.hooks.push(hook);
        return;
    }
    if role == Role::CodeChange {
        server.code_changes.push(parse_code_change(function, at, attr, errors));
        return;
    }
    check_bare(attr, role, errors);
    if check_single(function, attr, role, server, errors) {
        parse_single(function, at, role, server);
    }
}

/// What a server has at most one of.
fn parse_single(function: &ImplItemFn, at: usize, role: Role, server: &mut Server) {
    match role {
        Role::Init => server.init = Some(parse_init(function, at)),
        Role::Terminate => server.terminate = Some(parse_terminate(function, at)),
        Role::Hibernate => {
            server.hibernate = Some(method::parse_method(function, at, Vec::new()));
        }
        _ => server.format_state = Some(parse_format_state(function, at)),
    }
}

/// A method answers to one kind of message: what would the client method of `#[call] #[cast] fn
/// get` return?
fn one_role_only(method: &Ident, role: Role, other: Role) -> String {
    let (role, other) = (role.name(), other.name());
    if role == other {
        format!("the `{role}` attribute is given twice")
    } else {
        format!("`{method}` is both `{role}` and `{other}`")
    }
}

/// A server starts in one way and ends in one way; the second `#[init]` would never run. Tells
/// whether it is the first.
fn check_single(
    function: &ImplItemFn,
    attr: &Attribute,
    role: Role,
    server: &Server,
    errors: &mut Errors,
) -> bool {
    let first = match role {
        Role::Init => server.init.as_ref().map(|init| &init.method),
        Role::Terminate => server.terminate.as_ref().map(|terminate| &terminate.method),
        Role::Hibernate => server.hibernate.as_ref(),
        _ => server.format_state.as_ref().map(|format| &format.method),
    };
    if let Some(first) = first {
        let (name, first, second) = (role.name(), &first.ident, &function.sig.ident);
        errors.at(attr.path(), format!("two `{name}` methods: `{first}` and `{second}`"));
    }
    first.is_none()
}

/// What is no handler has no options.
fn check_bare(attr: &Attribute, role: Role, errors: &mut Errors) {
    let name = role.name();
    match &attr.meta {
        Meta::List(list) if !list.tokens.is_empty() => {
            errors.at(&list.tokens, format!("the `{name}` attribute takes no options"));
        }
        Meta::NameValue(pair) => {
            errors.at(&pair.value, format!("the `{name}` attribute takes no value"));
        }
        _ => {}
    }
}
