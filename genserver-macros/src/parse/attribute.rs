//! The attributes of handlers: `#[call(Pending => Approved, timeout = "1s")]`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::ParseStream;
use syn::{Attribute, Meta, Token};

use crate::errors::Errors;
use crate::model::{Duration, Guard, Machine};
use crate::parse::guard::{begins_guard, parse_guard, unreadable};
use crate::parse::list::{Seen, parse_key, parse_list, unknown_option};
use crate::parse::options::{parse_ident, parse_inline, parse_timeout};
use crate::parse::similar::similar;

/// What an annotated method is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Init,
    Call,
    Cast,
    Info,
    Terminate,
}

const ROLES: &[(&str, Role)] = &[
    ("init", Role::Init),
    ("call", Role::Call),
    ("cast", Role::Cast),
    ("info", Role::Info),
    ("terminate", Role::Terminate),
];

/// The options of all handlers; each takes some of them.
const OPTIONS: &[&str] =
    &["timeout", "name", "inline", "skip_abandoned", "blocking", "in_place", "unbounded"];

impl Role {
    /// The role that an attribute gives: `#[call]`, `#[genserver_runtime::call]`. Under whatever
    /// path: a renamed or re-exported runtime's `#[gs::call]` is ours too, and what would say so,
    /// `crate = ..`, need not be readable.
    pub(crate) fn of(attr: &Attribute) -> Option<Self> {
        let last = attr.path().segments.last()?;
        ROLES.iter().find(|(name, _)| last.ident == *name).map(|(_, role)| *role)
    }

    pub(crate) fn name(self) -> &'static str {
        ROLES.iter().find(|(_, role)| *role == self).map_or("", |(name, _)| name)
    }

    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Call => &["timeout", "name", "inline", "skip_abandoned", "blocking", "in_place"],
            Self::Cast => &["name", "unbounded"],
            Self::Info | Self::Init | Self::Terminate => &[],
        }
    }
}

/// What the attribute of a handler says.
#[derive(Default)]
pub(crate) struct HandlerOptions {
    pub(crate) guard: Option<Guard>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) name: Option<Ident>,
    pub(crate) inline: Option<(Ident, bool)>,
    pub(crate) skip_abandoned: bool,
    pub(crate) in_place: Option<Ident>,
    pub(crate) blocking: bool,
    pub(crate) unbounded: bool,
}

/// Reads what stands in the attribute's parentheses; `method` is what it stands on.
pub(crate) fn parse_handler_options(
    attr: &Attribute,
    role: Role,
    method: &Ident,
    machine: Option<&Machine>,
    errors: &mut Errors,
) -> HandlerOptions {
    let mut options = HandlerOptions::default();
    let Some(tokens) = arguments(attr, role, errors) else { return options };
    let mut seen = Seen::default();
    let mut guarded = false;
    parse_list(tokens, errors, |input, errors| {
        if begins_guard(input, machine) {
            if std::mem::replace(&mut guarded, true) {
                let text = format!(
                    "`{method}` has two guards\n\
                     help: sources with the same targets are one guard, `A | B => C`"
                );
                return Err(input.error(text));
            }
            options.guard = Some(unreadable());
            options.guard = Some(parse_guard(input)?);
            return Ok(());
        }
        let guard = options.guard.take();
        // What cannot be read may have been meant as the guard.
        options.guard = Some(unreadable());
        let key = parse_key(input)?;
        if guard.is_some() || is_option(&key, input) {
            options.guard = guard;
        }
        seen.check(&key, errors);
        parse_option(input, &key, role, &mut options)
    });
    options
}

/// Whether a word was meant as an option, be it a wrong one: it has a value, or nearly a known
/// name.
fn is_option(key: &Ident, input: ParseStream) -> bool {
    let is_bare = input.is_empty() || input.peek(Token![,]);
    !is_bare || similar(&key.to_string(), OPTIONS.iter().copied()).is_some()
}

/// The tokens in the parentheses.
fn arguments(attr: &Attribute, role: Role, errors: &mut Errors) -> Option<TokenStream> {
    match &attr.meta {
        Meta::Path(_) => None,
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::NameValue(pair) => {
            let name = role.name();
            let text = format!(
                "the `{name}` attribute takes no value\n\
                 help: options stand in parentheses, `#[{name}(..)]`"
            );
            errors.at(&pair.value, text);
            None
        }
    }
}

fn parse_option(
    input: ParseStream,
    key: &Ident,
    role: Role,
    options: &mut HandlerOptions,
) -> syn::Result<()> {
    let name = key.to_string();
    if !role.options().contains(&name.as_str()) {
        return Err(misplaced_option(key, role));
    }
    match name.as_str() {
        "timeout" => options.timeout = Some(parse_timeout(input, key)?),
        "name" => options.name = Some(parse_ident(input, key, "begin")?),
        "inline" => options.inline = Some((key.clone(), parse_inline(input, key)?)),
        "skip_abandoned" => options.skip_abandoned = true,
        "in_place" => options.in_place = Some(key.clone()),
        "blocking" => options.blocking = true,
        _ => options.unbounded = true,
    }
    if input.peek(Token![=])
        && matches!(name.as_str(), "skip_abandoned" | "in_place" | "blocking" | "unbounded")
    {
        return Err(input.error(format!("`{name}` takes no value")));
    }
    Ok(())
}

/// An option that exists, but not for this kind of handler, or one that does not exist.
fn misplaced_option(key: &Ident, role: Role) -> syn::Error {
    let owner = format!("the `{}` attribute", role.name());
    let name = key.to_string();
    if !OPTIONS.contains(&name.as_str()) {
        return unknown_option(key, &owner, role.options());
    }
    let mut text = format!("{owner} takes no `{name}`");
    let why = match (name.as_str(), role) {
        ("timeout" | "skip_abandoned", _) => "only the caller of a `call` waits for a reply",
        ("blocking", _) => "only a `call` can run on the blocking pool",
        ("in_place", _) => "only a `call` that can fail holds its state back from changes",
        ("unbounded", Role::Call) => {
            "a call waits for its reply anyway; only a `cast` is sent without waiting"
        }
        ("unbounded", _) => "an info is sent by its sender's rules; only a `cast` can be unbounded",
        ("inline", _) => "casts and infos always go through the queue",
        ("name", _) => "an info is sent by type and has no client method",
        _ => "",
    };
    if !why.is_empty() {
        text = format!("{text}\nnote: {why}");
    }
    syn::Error::new(key.span(), text)
}
