//! The picture in the docs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprLit, Item, Lit, Meta};

use crate::entry::genserver;

/// Markdown takes a block of HTML up to the first blank line; the table needs one before it.
#[test]
fn the_docs_of_the_states_have_a_picture_and_a_table() {
    let expansion = genserver(
        quote!(states(Open: initial, Shut)),
        &quote! {
            impl Door {
                #[call(Open => Shut)]
                pub fn shut(&self) {}

                #[call(Shut => Open)]
                pub fn r#loop(&self) {}
            }
        },
    );
    let docs = docs(expansion, "DoorState");
    let (before, docs) = docs.split_once("<div>").expect("a block of HTML begins");
    let (block, table) = docs.split_once("</div>").expect("it ends");
    assert_eq!(before, " The state of a `Door`.\n\n");
    assert!(block.contains("<svg ") && !block.contains("\n\n"), "{block}");
    assert!(block.contains(">Shut</text>") && block.contains(">loop</text>"), "{block}");
    assert!(table.starts_with("\n\n| handler |"), "{table}");
    assert!(table.contains("| call `shut` | `Open` | `Shut` |"), "{table}");
}

/// The docs of an enum, as rustdoc puts the attributes together: the end of each is the end of a
/// line, and what it had of empty ones there is gone.
fn docs(expansion: TokenStream, name: &str) -> String {
    let file: syn::File = syn::parse2(expansion).expect("these are items");
    let found = file.items.into_iter().find_map(|item| match item {
        Item::Enum(found) if found.ident == name => Some(found),
        _ => None,
    });
    let attrs = found.expect("the enum is there").attrs;
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.trim_end_matches('\n').to_owned()).collect();
    lines.join("\n")
}
