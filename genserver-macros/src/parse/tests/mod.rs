//! Data in, data out: the text of an attribute and of an impl block, and what is said about them.

mod attribute;
mod event;
mod item;
mod model;
mod options;
mod states;
mod time;

use proc_macro2::TokenStream;

use crate::check::check as check_server;
use crate::errors::Errors;

/// Each error as "what is underlined: the message".
pub(crate) fn describe(attr: TokenStream, item: TokenStream) -> Vec<String> {
    let mut errors = Errors::default();
    match super::parse_item(item) {
        Ok(item) => {
            if let Some(server) = super::parse(attr, &item, &mut errors) {
                check_server(&server, &item, &mut errors);
            }
        }
        Err(error) => errors.push(error),
    }
    errors.describe()
}

/// What is said about the texts of an attribute and of an item.
pub(crate) fn read(attr: &str, item: &str) -> Vec<String> {
    let attr = attr.parse().expect("the attribute is made of tokens");
    describe(attr, item.parse().expect("the item is made of tokens"))
}

/// Compares all that is said about a server with what should be said.
#[track_caller]
pub(crate) fn check(attr: &str, item: &str, expected: &[&str]) {
    let (found, expected) = (read(attr, item).join("\n---\n"), expected.join("\n---\n"));
    assert!(found == expected, "\nfound:\n{found}\n\nexpected:\n{expected}\n");
}
