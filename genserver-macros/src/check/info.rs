//! Infos and what a server continues with are found by their type.

use crate::check::{Context, Subject, params};
use crate::errors::Errors;
use crate::model::{Handler, Kind};
use crate::parse::signature::{is_cx, typed};
use crate::parse::ty;

/// Every info takes one message, of a type that no other info takes in the same state:
/// `client.send_info(message)` finds the handler by the type alone. So does
/// `cx.continue_with(message)`.
pub(crate) fn check_infos(context: Context<'_>, errors: &mut Errors) {
    check_kind(context, Kind::Info, errors);
    check_kind(context, Kind::Continued, errors);
    check_continued(context, errors);
}

fn check_kind(context: Context<'_>, kind: Kind, errors: &mut Errors) {
    let infos = context.server.handlers.iter().filter(|handler| handler.kind == kind);
    let infos: Vec<&Handler> = infos.filter(|handler| !handler.flawed).collect();
    for (at, info) in infos.iter().enumerate() {
        if check_single_message(context, info, errors) {
            check_own_type(context, info, &infos[..at], errors);
        }
    }
}

/// Only `cx.continue_with(..)` makes it run: without a `cx` anywhere `#[continued] fn rebuild` is
/// dead code. Told once, since one `cx` is enough for all of them.
fn check_continued(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    let handlers = &server.handlers;
    let init = server.init.as_ref().map(|init| &init.method);
    let methods = handlers.iter().map(|handler| &handler.method).chain(init);
    let takes_cx = |method| typed(&context.function(method).sig).any(|typed| is_cx(&typed.ty));
    let first = handlers.iter().find(|handler| handler.kind == Kind::Continued);
    let Some(first) = first.filter(|_| !methods.into_iter().any(takes_cx)) else { return };
    let ident = &first.method.ident;
    let text = format!(
        "`{ident}` can never run: no method of this block takes `cx: &mut Cx<Self>`\n\
         help: take it in one, and call `cx.continue_with(..)`"
    );
    errors.at(ident, text);
}

fn check_single_message(context: Context<'_>, info: &Handler, errors: &mut Errors) -> bool {
    let subject = Subject { context, handler: info, function: context.function(&info.method) };
    let count = params::arguments(subject).count();
    if count == 1 {
        return true;
    }
    let ident = &info.method.ident;
    let found = if count == 0 { "none".to_owned() } else { count.to_string() };
    let noun = info.kind.noun();
    let text = format!("{noun} takes one message, but `{ident}` takes {found}");
    match params::arguments(subject).nth(1) {
        Some(second) => errors.at(second, text),
        None if has_misplaced(subject) => {}
        None => errors.at(ident, text),
    }
    false
}

/// `fn tick(&self, message: &str)`: that it borrows is told elsewhere.
fn has_misplaced(subject: Subject<'_>) -> bool {
    let all = typed(&subject.function.sig).count();
    all > subject.handler.params.len()
}

fn check_own_type(context: Context<'_>, info: &Handler, earlier: &[&Handler], errors: &mut Errors) {
    let [message] = info.method.args.as_slice() else { return };
    let same = |other: &&&Handler| {
        other.method.args.first().is_some_and(|arg| ty::same(&arg.ty, &message.ty))
            && !(info.is_conditional() && other.is_conditional())
            && !context.server.is_parted(info, other)
    };
    if let Some(first) = earlier.iter().find(same) {
        let (first, second) = (&first.method.ident, &info.method.ident);
        let written = ty::text(&message.ty);
        let what = if info.kind == Kind::Info { "infos" } else { "`continued` methods" };
        errors.at(&message.ty, format!("two {what} take `{written}`: `{first}` and `{second}`"));
    }
}
