//! Data in, data out: the text of an attribute and of an impl block, and what is said about them.

mod attribute;
mod item;
mod model;
mod options;
mod states;

use proc_macro2::TokenStream;

use crate::check::check as check_server;
use crate::errors::Errors;
use crate::model::Server;

/// The model of a server, and each error as "what is underlined: the message".
pub(crate) fn read(attr: &str, item: &str) -> (Option<Server>, Vec<String>) {
    let attr: TokenStream = attr.parse().expect("the attribute is made of tokens");
    let item: TokenStream = item.parse().expect("the item is made of tokens");
    let mut errors = Errors::default();
    let server = match super::parse_item(item) {
        Ok(item) => {
            let server = super::parse(attr, &item, &mut errors);
            if let Some(server) = &server {
                check_server(server, &item, &mut errors);
            }
            server
        }
        Err(error) => {
            errors.push(error);
            None
        }
    };
    (server, errors.describe())
}

/// Compares all that is said about a server with what should be said.
#[track_caller]
pub(crate) fn check(attr: &str, item: &str, expected: &[&str]) {
    let (_, found) = read(attr, item);
    let (found, expected) = (found.join("\n---\n"), expected.join("\n---\n"));
    assert!(found == expected, "\nfound:\n{found}\n\nexpected:\n{expected}\n");
}
