//! Several methods for one message, each in states of its own.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Meta, Type};

use crate::check::Context;
use crate::errors::Errors;
use crate::model::{Arg, Guard, Handler, Kind, Machine, Param};
use crate::parse::returns::reply_of;
use crate::parse::{self, ty};

/// What is said once for all methods of a message.
const OF_MESSAGE: &[&str] = &["timeout", "priority", "skip_abandoned", "inline", "otherwise"];

/// A method and an earlier one for the same message.
#[derive(Clone, Copy)]
struct Pair<'a> {
    context: Context<'a>,
    first: &'a Handler,
    second: &'a Handler,
}

/// Compares each method with those before it that share its message.
pub(crate) fn check_methods(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    for at in 0..server.handlers.len() {
        let second = &server.handlers[at];
        let before = &server.handlers[..at];
        let others = before.iter().filter(|other| server.is_parted(other, second));
        let others: Vec<_> = others.filter(|other| !other.flawed && !second.flawed).collect();
        let Some(first) = others.first() else { continue };
        let pair = Pair { context, first, second };
        pair.check_cfg(others.len() == 1, errors);
        pair.check_same(errors);
        if let Some(machine) = &server.machine {
            pair.check_states(machine, &others, errors);
        }
    }
}

impl Pair<'_> {
    /// What the message is called: its name, or its type.
    fn message(&self) -> String {
        match self.first.method.args.first() {
            Some(arg) if self.first.kind.is_by_type() => ty::text(&arg.ty),
            _ => self.first.message.unraw().to_string(),
        }
    }

    /// Which method runs is chosen among all: with `#[cfg(unix)]` on one of them the message would
    /// have to change with it.
    fn check_cfg(&self, with_first: bool, errors: &mut Errors) {
        let first = with_first.then_some(self.first);
        for handler in first.into_iter().chain([self.second]) {
            let Some(cfg) = handler.method.cfgs().next() else { continue };
            let (message, ident) = (self.message(), &handler.method.ident);
            let text = format!(
                "`{ident}` is one of several methods for `{message}`, so it cannot have a `cfg`\n\
                 help: put it inside of the method"
            );
            errors.at(cfg.path(), text);
        }
    }

    /// The sender does not know the state, so the message is the same in each: with `amount: u64`
    /// here and `amount: u32` there, what should the client take?
    fn check_same(&self, errors: &mut Errors) {
        if self.first.kind != self.second.kind {
            let (here, there) = (noun(self.second.kind), noun(self.first.kind));
            match self.attribute(self.second) {
                Some(attr) => self.disagree(attr.path(), here, there, errors),
                None => self.disagree(&self.second.method.ident, here, there, errors),
            }
            return;
        }
        self.check_args(errors);
        self.check_reply(errors);
        self.check_options(errors);
    }

    fn check_args(&self, errors: &mut Errors) {
        let (ours, theirs) = (&self.second.method.args, &self.first.method.args);
        for (own, other) in ours.iter().zip(theirs) {
            if own.into != other.into || !ty::same(&own.ty, &other.ty) {
                self.disagree(&own.ty, &quoted(own), &quoted(other), errors);
            }
        }
        if let Some(own) = ours.get(theirs.len()) {
            self.disagree(&own.ty, &quoted(own), "no such argument", errors);
        } else if let Some(other) = theirs.get(ours.len()) {
            let ident = &self.second.method.ident;
            self.disagree(ident, "no argument", &quoted(other), errors);
        }
    }

    fn check_reply(&self, errors: &mut Errors) {
        if !self.second.kind.is_call() {
            return;
        }
        let (own, other) = (reply(self.second), reply(self.first));
        if ty::same(&own, &other) {
            return;
        }
        let deferred = deferred(self.second).map(ToTokens::to_token_stream);
        let output = self.second.method.output.as_ref().map(ToTokens::to_token_stream);
        let at = deferred.or(output);
        let at = at.unwrap_or_else(|| self.second.method.ident.to_token_stream());
        let text = |ty: &Type| format!("the reply `{}`", ty::text(ty));
        self.disagree(at, &text(&own), &text(&other), errors);
    }

    /// An option of the message holds for all of its methods wherever it stands first: a second
    /// `timeout` of another length would be believed and is not looked at.
    fn check_options(&self, errors: &mut Errors) {
        for name in OF_MESSAGE {
            let Some((key, own)) = self.option(self.second, name) else { continue };
            let other = self.option(self.first, name).map(|(_, text)| text);
            if other.as_ref() == Some(&own) {
                continue;
            }
            let first = &self.first.method.ident;
            let there = other.map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
            let text = format!(
                "{}\nhelp: write it at `{first}`, where it holds for all of them",
                self.text(&format!("`{own}`"), &there)
            );
            errors.at(key, text);
        }
    }

    /// Which of two methods should run in a state that both accept?
    fn check_states(&self, machine: &Machine, others: &[&Handler], errors: &mut Errors) {
        let (message, second) = (self.message(), &self.second.method.ident);
        let accepts = |handler: &Handler, leaf: usize| {
            let guard = handler.guard.as_ref();
            guard.is_none_or(|guard| leaves(machine, guard).contains(&leaf))
        };
        let told = |leaf: usize| {
            let other = others.iter().find(|other| accepts(other, leaf))?;
            let (state, first) = (&machine.states[leaf].ident, &other.method.ident);
            Some(format!(
                "two handlers for `{message}` accept state `{state}`: `{first}` and `{second}`"
            ))
        };
        match &self.second.guard {
            None => {
                if let Some(text) = (0..machine.states.len()).find_map(told) {
                    errors.at(second, format!("{text}\nhelp: give `{second}` a guard of its own"));
                }
            }
            Some(guard) => {
                for source in guard.sources() {
                    if let Some(text) = machine.leaves(source).into_iter().find_map(told) {
                        errors.at(source, text);
                    }
                }
            }
        }
    }

    fn disagree(&self, at: impl ToTokens, here: &str, there: &str, errors: &mut Errors) {
        errors.at(at, self.text(here, there));
    }

    fn text(&self, here: &str, there: &str) -> String {
        let (message, first) = (self.message(), &self.first.method.ident);
        format!("handlers of `{message}` disagree: {here} here, {there} in `{first}`")
    }

    fn attribute(&self, handler: &Handler) -> Option<&Attribute> {
        let function = self.context.function(&handler.method);
        parse::roles(&function.attrs).next().map(|(_, attr)| attr)
    }

    /// An option as it is written: its name, and all of it.
    fn option(&self, handler: &Handler, name: &str) -> Option<(Ident, String)> {
        let Meta::List(list) = &self.attribute(handler)?.meta else { return None };
        items(list.tokens.clone()).into_iter().find_map(|item| {
            let key = match item.clone().into_iter().next()? {
                TokenTree::Ident(key) if key == name => key,
                _ => return None,
            };
            Some((key, ty::text(item)))
        })
    }
}

fn leaves(machine: &Machine, guard: &Guard) -> Vec<usize> {
    guard.sources().flat_map(|source| machine.leaves(source)).collect()
}

/// The items of a list.
fn items(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = vec![TokenStream::new()];
    for token in tokens {
        match (&token, items.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                items.push(TokenStream::new());
            }
            (_, Some(item)) => item.extend([token]),
            _ => {}
        }
    }
    items
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Blocking => "a `blocking` call",
        Kind::Deferred => "a call with a `ReplyTo`",
        Kind::Unbounded => "an `unbounded` cast",
        kind => kind.noun(),
    }
}

fn quoted(arg: &Arg) -> String {
    let into = if arg.into { "#[into] " } else { "" };
    format!("`{into}{}: {}`", arg.ident, ty::text(&arg.ty))
}

fn deferred(handler: &Handler) -> Option<&Type> {
    handler.params.iter().find_map(|param| match param {
        Param::Reply(ty) => Some(ty),
        _ => None,
    })
}

/// What the caller gets.
fn reply(handler: &Handler) -> Type {
    deferred(handler).cloned().unwrap_or_else(|| reply_of(handler))
}
