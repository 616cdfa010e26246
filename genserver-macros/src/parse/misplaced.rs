//! Options on a method of another kind: what is said of them, and why.

use proc_macro2::Ident;

use crate::parse::list::unknown_option;
use crate::parse::role::{OPTIONS, Role};

/// An option that exists, but not for this kind of handler, or one that does not exist.
pub(crate) fn misplaced_option(key: &Ident, role: Role) -> syn::Error {
    let owner = format!("the `{}` attribute", role.name());
    let name = key.to_string();
    if !OPTIONS.contains(&name.as_str()) {
        return unknown_option(key, &owner, role.options());
    }
    let mut text = format!("{owner} takes no `{name}`");
    let why = why_misplaced(&name, role);
    if !why.is_empty() {
        text = format!("{text}\nnote: {why}");
    }
    syn::Error::new(key.span(), text)
}

fn why_misplaced(name: &str, role: Role) -> &'static str {
    match (name, role) {
        ("timeout" | "skip_abandoned", _) => "only the caller of a `call` waits for a reply",
        ("blocking", _) => "only a `call` can run on the blocking pool",
        ("in_place", _) => "only a `call` that can fail holds its state back from changes",
        ("missed", _) => "only `every` has ticks that can come too late",
        ("otherwise", Role::Idle | Role::Every | Role::StateTimeout) => {
            "what time brings in another state was sent by nobody"
        }
        ("after" | "until", _) => "only a `state_timeout` has a state that it waits in",
        ("priority", Role::Continued) => "it comes before all that is queued anyway",
        ("priority", _) => "only what others send, a `call`, `cast` or `info`, has a priority",
        ("unbounded", Role::Call) => {
            "a call waits for its reply anyway; only a `cast` is sent without waiting"
        }
        ("unbounded", Role::Info) => {
            "an info is sent by its sender's rules; only a `cast` can be unbounded"
        }
        ("unbounded", _) => "the mailbox counts only what others send",
        ("inline", Role::Cast | Role::Info) => "casts and infos always go through the queue",
        ("inline", _) => "only a `call` can run where it is called",
        ("name", Role::Info) => "an info is sent by type and has no client method",
        ("name", _) => "the client has no method for it",
        _ => "",
    }
}
