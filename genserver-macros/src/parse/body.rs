//! The bodies of methods. They are most of what the user writes, and hardly a rule looks into them: they
//! stay tokens, which are read where one does.

use std::borrow::Cow;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, Block, Expr, FnModifiers, ImplItem, ImplItemFn, Item, ItemImpl, Signature, Stmt,
    Token, Visibility, braced, token,
};

/// The impl block, its bodies as tokens; `None` for what is none, or cannot be read: of that syn tells
/// by itself.
pub(crate) fn parse_impl(tokens: &TokenStream) -> Option<ItemImpl> {
    let mut tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let Some(TokenTree::Group(items)) = tokens.pop() else { return None };
    if items.delimiter() != Delimiter::Brace {
        return None;
    }
    let mut empty = Group::new(Delimiter::Brace, TokenStream::new());
    empty.set_span(items.span());
    tokens.push(TokenTree::Group(empty));
    let Ok(Item::Impl(mut item)) = syn::parse2(tokens.into_iter().collect()) else { return None };
    let parser = |input: ParseStream| {
        item.attrs.extend(input.call(Attribute::parse_inner)?);
        while !input.is_empty() {
            item.items.push(parse_impl_item(input)?);
        }
        Ok(())
    };
    parser.parse2(items.stream()).ok()?;
    Some(item)
}

fn parse_impl_item(input: ParseStream) -> syn::Result<ImplItem> {
    let ahead = input.fork();
    let mut attrs = ahead.call(Attribute::parse_outer)?;
    let vis: Visibility = ahead.parse()?;
    if !ahead.peek(Token![fn]) && !ahead.peek(Token![async]) {
        return input.parse();
    }
    let sig: Signature = ahead.parse()?;
    if !ahead.peek(token::Brace) {
        return input.parse();
    }
    let content;
    let brace_token = braced!(content in ahead);
    attrs.extend(content.call(Attribute::parse_inner)?);
    let stmts = if has_invisible(content.cursor()) {
        content.call(Block::parse_within)?
    } else {
        kept(content.parse()?)
    };
    input.advance_to(&ahead);
    let block = Block { brace_token, stmts };
    Ok(ImplItem::Fn(ImplItemFn { attrs, vis, modifiers: FnModifiers::default(), sig, block }))
}

/// What a body is made of when nobody reads it.
fn kept(tokens: TokenStream) -> Vec<Stmt> {
    if tokens.is_empty() { Vec::new() } else { vec![Stmt::Expr(Expr::Verbatim(tokens), None)] }
}

/// The body with its statements; as it is where syn does not know what rustc may.
pub(crate) fn read_body(block: &Block) -> Cow<'_, Block> {
    let [Stmt::Expr(Expr::Verbatim(tokens), None)] = block.stmts.as_slice() else {
        return Cow::Borrowed(block);
    };
    let read = Block::parse_within.parse2(tokens.clone());
    read.map_or(Cow::Borrowed(block), |stmts| Cow::Owned(Block { stmts, ..block.clone() }))
}

/// Whether some tokens stand in an invisible group, which is not to stay.
fn has_invisible(mut cursor: Cursor<'_>) -> bool {
    loop {
        if let Some((inside, delimiter, _, rest)) = cursor.any_group() {
            if delimiter == Delimiter::None || has_invisible(inside) {
                return true;
            }
            cursor = rest;
        } else if let Some((_, rest)) = cursor.token_tree() {
            cursor = rest;
        } else {
            return false;
        }
    }
}
