//! The enum of a handler's sources: `ContractPayFrom`.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

/// What the enum of a handler may be called.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) server: &'a Ident,
    pub(crate) message: &'a Ident,
    pub(crate) method: &'a Ident,
    /// The guard has several sources: a name of this kind can mean nothing else.
    pub(crate) several: bool,
}

impl Sources<'_> {
    /// Whether a type of this name is the enum, perhaps with a slip in its name.
    pub(crate) fn is_meant(self, name: &Ident) -> bool {
        let Self { server, message, method, several } = self;
        if *name == sources_name(server, message) || *name == sources_name(server, method) {
            return true;
        }
        let name = name.to_string();
        several && name.starts_with(&server.unraw().to_string()) && name.ends_with("From")
    }
}

/// `ContractPayFrom` of the message `pay`.
pub(crate) fn sources_name(server: &Ident, message: &Ident) -> Ident {
    format_ident!("{}{}From", server.unraw(), camel(message), span = message.span())
}

/// `record_payment` as `RecordPayment`. An underscore that no letter follows is kept, so that
/// different names stay different and `self_` does not become `Self`.
pub(crate) fn camel(message: &Ident) -> String {
    let mut camel = String::new();
    for (at, word) in message.unraw().to_string().split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if first.is_alphabetic() => camel.extend(first.to_uppercase()),
            Some(first) => {
                camel.extend((at > 0).then_some('_'));
                camel.push(first);
            }
            None => camel.push('_'),
        }
        camel.push_str(letters.as_str());
    }
    camel
}
