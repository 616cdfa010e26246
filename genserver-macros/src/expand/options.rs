//! The constants of a server: its options and the list of its handlers.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::expand::paths;
use crate::expand::plan::Plan;
use crate::model::{Duration, Handler, Kind, Mailbox, Overflow, Priority, Restart, Shutdown};

pub(crate) fn expand_options(plan: &Plan<'_>) -> TokenStream {
    let options = &plan.server.options;
    let mut fields = Vec::new();
    if let Some(name) = &options.name {
        fields.push(quote!(name: ::core::option::Option::Some(#name)));
    }
    match &options.mailbox {
        Some(Mailbox::Bounded(size)) => {
            fields.push(quote!(mailbox: ::core::option::Option::Some(__g::room(#size))));
        }
        Some(Mailbox::Unbounded) => fields.push(quote!(mailbox: ::core::option::Option::None)),
        None => {}
    }
    if let Some(overflow) = &options.overflow {
        let policy = match overflow {
            Overflow::Wait => quote!(Wait),
            Overflow::Reject => quote!(Reject),
            Overflow::DropOldest => quote!(DropOldest),
            Overflow::DropNewest => quote!(DropNewest),
        };
        fields.push(quote!(overflow: __g::Overflow::#policy));
    }
    if let Some(timeout) = &options.call_timeout {
        let timeout = match timeout {
            Duration::Infinity => quote!(::core::option::Option::None),
            finite => some(&duration(finite)),
        };
        fields.push(quote!(call_timeout: #timeout));
    }
    if let Some(shutdown) = &options.shutdown {
        let shutdown = match shutdown {
            Shutdown::After(Duration::Infinity) | Shutdown::Infinity => quote!(Infinity),
            Shutdown::After(limit) => {
                let limit = duration(limit);
                quote!(After(#limit))
            }
            Shutdown::Kill => quote!(Kill),
        };
        fields.push(quote!(shutdown: __g::Shutdown::#shutdown));
    }
    let rests = [("hibernate_after", &options.hibernate_after), ("passivate", &options.passivate)];
    for (name, rest) in rests {
        if let Some(rest) = rest {
            let (name, rest) = (format_ident!("{name}"), some(&positive(rest)));
            fields.push(quote!(#name: #rest));
        }
    }
    if let Some(number) = options.version.as_ref().and_then(|version| version.number) {
        let number = Literal::u32_unsuffixed(number.value);
        fields.push(quote!(version: ::core::option::Option::Some(#number)));
    }
    if let Some(restart) = &options.restart {
        let restart = match restart {
            Restart::Permanent => quote!(Permanent),
            Restart::Transient => quote!(Transient),
            Restart::Temporary => quote!(Temporary),
        };
        fields.push(quote!(restart: __g::Restart::#restart));
    }
    if fields.is_empty() {
        return quote!(__g::Options::DEFAULT);
    }
    quote!(__g::Options { #(#fields,)* ..__g::Options::DEFAULT })
}

/// `TRAPS`. A server that takes no `Exit` is told so at the option.
pub(crate) fn expand_traps(plan: &Plan<'_>) -> Option<TokenStream> {
    let option = plan.server.options.trap_exit.as_ref().filter(|_| !plan.stub)?;
    let krate = plan.krate;
    let info = quote_spanned!(option.span()=> <Self as __g::Takes<#krate::Exit>>::info);
    Some(quote! {
        const TRAPS: ::core::option::Option<fn(#krate::Exit) -> Self::Message> =
            ::core::option::Option::Some(#info);
    })
}

/// All handlers, also those that a `#[cfg]` takes away: their numbers must not move.
pub(crate) fn expand_handlers(plan: &Plan<'_>) -> TokenStream {
    let handlers = plan.server.handlers.iter().map(|own| handler(plan, own));
    quote!(&[#(#handlers),*])
}

fn handler(plan: &Plan<'_>, handler: &Handler) -> TokenStream {
    let message = paths::plain(&handler.message);
    // Of several methods the message tells more than one of their names.
    let is_shared = handler.kind.is_offered() && plan.server.shares(handler);
    let name = if is_shared { message.clone() } else { paths::plain(&handler.method.ident) };
    let kind = match handler.kind {
        Kind::Call | Kind::Blocking | Kind::Deferred => "Call",
        Kind::Cast | Kind::Unbounded => "Cast",
        Kind::Info => "Info",
        Kind::Continued => "Continued",
        Kind::Idle => "Idle",
        Kind::Every => "Every",
        Kind::StateTimeout => "StateTimeout",
    };
    let kind = Ident::new(kind, Span::call_site());
    let new = quote!(__g::Handler::new(#name, #message, __g::Kind::#kind));
    let mut fields = Vec::new();
    if let Some(timeout) = &handler.timeout {
        let timeout = some(&duration(timeout));
        fields.push(quote!(timeout: #timeout));
    }
    if handler.skip_abandoned {
        fields.push(quote!(skip_abandoned: true));
    }
    let is_counted = matches!(handler.kind, Kind::Cast | Kind::Info) || handler.kind.is_call();
    if !is_counted {
        fields.push(quote!(counted: false));
    }
    if handler.priority == Priority::High {
        fields.push(quote!(high: true));
    }
    if plan.server.ignores(handler) {
        fields.push(quote!(ignored: true));
    }
    if fields.is_empty() { new } else { quote!(__g::Handler { #(#fields,)* ..#new }) }
}

/// A duration as a person would write it.
pub(crate) fn written(duration: &Duration) -> String {
    match duration {
        Duration::Literal(nanos, _) => {
            const UNITS: &[(u64, &str)] = &[(86_400_000, "d"), (3_600_000, "h"), (60_000, "m")];
            let millis = nanos / 1_000_000;
            let whole = UNITS.iter().find(|(unit, _)| millis.is_multiple_of(*unit));
            match whole {
                Some((unit, name)) => format!("{}{name}", millis / unit),
                None if millis.is_multiple_of(1000) => format!("{}s", millis / 1000),
                None => format!("{millis}ms"),
            }
        }
        Duration::Constant(path) => {
            path.segments.last().map(|last| paths::plain(&last.ident)).unwrap_or_default()
        }
        Duration::Infinity => "infinity".to_owned(),
    }
}

fn duration(duration: &Duration) -> TokenStream {
    match duration {
        Duration::Literal(nanos, span) => {
            let mut nanos = Literal::u64_unsuffixed(*nanos);
            nanos.set_span(*span);
            quote!(::core::time::Duration::from_nanos(#nanos))
        }
        Duration::Constant(path) => quote!(#path),
        Duration::Infinity => quote!(::core::time::Duration::MAX),
    }
}

/// A duration that is not zero: of a literal that was checked.
pub(crate) fn positive(given: &Duration) -> TokenStream {
    let tokens = duration(given);
    match given {
        Duration::Constant(path) => {
            let span = paths::at(path.span());
            quote_spanned!(span=> __g::period(#tokens))
        }
        _ => tokens,
    }
}

fn some(value: &TokenStream) -> TokenStream {
    quote!(::core::option::Option::Some(#value))
}
