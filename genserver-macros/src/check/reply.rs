//! What a call may return.

use crate::check::Subject;
use crate::check::args::{find_borrow, find_impl};
use crate::errors::Errors;
use crate::model::{Kind, Param};
use crate::parse::ty;

pub(crate) fn check_reply(subject: Subject<'_>, errors: &mut Errors) {
    check_travels(subject, errors);
    check_deferred(subject, errors);
    check_blocking(subject, errors);
    check_next_args(subject, errors);
}

/// The reply outlives the handler: `fn name(&self) -> &str` would lend the caller a part of the
/// server, and `-> impl Iterator` has no name that the message could hold. A handler without a reply
/// is told of that instead.
fn check_travels(subject: Subject<'_>, errors: &mut Errors) {
    if !subject.handler.kind.is_call() {
        return;
    }
    let ident = &subject.handler.method.ident;
    let deferred = subject.handler.params.iter().find_map(|param| match param {
        Param::Reply(reply) => Some(("replies with", "reply with", reply)),
        _ => None,
    });
    let returned =
        subject.handler.method.output.as_ref().map(|output| ("returns", "return", output));
    for (verb, imperative, ty) in returned.into_iter().chain(deferred) {
        if let Some(found) = find_impl(ty) {
            let text = format!(
                "`{ident}` {verb} `impl Trait`, but replies travel in a message\n\
                 help: name the type, or box it"
            );
            errors.at(found, text);
        } else if let Some(borrow) = find_borrow(ty) {
            let owned = borrow.owned.map(|owned| format!(", `{owned}`")).unwrap_or_default();
            let text = format!(
                "`{ident}` {verb} a borrow, but replies travel in a message\n\
                 help: {imperative} an owned value{owned}"
            );
            errors.at(borrow.at, text);
        }
    }
}

/// A deferred call has two ways to answer if it returns something too: which one should the caller
/// of `fn get(&self, reply: ReplyTo<u8>) -> u8` get?
fn check_deferred(subject: Subject<'_>, errors: &mut Errors) {
    let handler = subject.handler;
    let Some(output) = &handler.method.output else { return };
    if handler.kind != Kind::Deferred {
        return;
    }
    let next = handler.returns.next.as_ref();
    if handler.returns.result.is_none() && next.is_some_and(|next| next.reply.is_none()) {
        return;
    }
    let ident = &handler.method.ident;
    let what = if subject.machine().is_some() { "nothing or `Next`" } else { "nothing" };
    let text = format!("`{ident}` answers through its `ReplyTo`, so it returns {what}");
    errors.at(output, text);
}

/// A blocking handler runs on a thread without a runtime, where an `async fn` would not be polled.
fn check_blocking(subject: Subject<'_>, errors: &mut Errors) {
    if let (Kind::Blocking, Some(word)) = (subject.handler.kind, &subject.function.sig.asyncness) {
        let ident = &subject.handler.method.ident;
        let text = format!(
            "`{ident}` is `blocking`, so it cannot be `async`\n\
             help: leave out one of the two"
        );
        errors.at(word, text);
    }
}

/// The second parameter of `Next` ties it to its guard and is the macro's: `Next<u8, MyVia>` would
/// lead somewhere else.
fn check_next_args(subject: Subject<'_>, errors: &mut Errors) {
    let returns = &subject.handler.returns;
    let output = subject.handler.method.output.as_ref();
    if returns.next.is_none() {
        return;
    }
    let value = match &returns.result {
        Some(result) => crate::parse::returns::ok_of(result),
        None => output,
    };
    let Some(segment) = value.and_then(ty::last_segment) else { return };
    if ty::type_args(segment).len() > 1 {
        errors.at(segment, "`Next` takes one type, the reply\nhelp: write `Next` or `Next<Reply>`");
    }
}
