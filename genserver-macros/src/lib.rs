//! The `#[genserver]` attribute.
//!
//! Use it through the crate `genserver-runtime`, which re-exports it and holds what the generated
//! code calls.
#![forbid(unsafe_code)]

mod check;
mod entry;
mod errors;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a server of the type that the `impl` block is for: a typed client, `start`, and what the
/// runtime needs to run it.
#[proc_macro_attribute]
pub fn genserver(attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::genserver(attr.into(), &item.into()).into()
}

/// Marks a method that answers a request; stands on methods of a `#[genserver]` block.
#[proc_macro_attribute]
pub fn call(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("call", &item.into()).into()
}

/// Marks a method that takes a message without a reply; stands on methods of a `#[genserver]`
/// block.
#[proc_macro_attribute]
pub fn cast(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("cast", &item.into()).into()
}

/// Marks a method that takes one type of message from outside the client; stands on methods of a
/// `#[genserver]` block.
#[proc_macro_attribute]
pub fn info(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("info", &item.into()).into()
}

/// Marks the function that makes the server when it starts; stands on functions of a
/// `#[genserver]` block.
#[proc_macro_attribute]
pub fn init(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("init", &item.into()).into()
}

/// Marks the method that runs when the server ends; stands on methods of a `#[genserver]` block.
#[proc_macro_attribute]
pub fn terminate(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("terminate", &item.into()).into()
}
