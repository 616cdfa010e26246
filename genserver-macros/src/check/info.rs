//! Infos are sent by type.

use crate::check::{Context, Subject, params};
use crate::errors::Errors;
use crate::model::{Handler, Kind};
use crate::parse::ty;

/// Every info takes one message, of a type that no other info of the server takes:
/// `client.send_info(message)` finds the handler by the type alone.
pub(crate) fn check_infos(context: Context<'_>, errors: &mut Errors) {
    let infos = context.server.handlers.iter().filter(|handler| handler.kind == Kind::Info);
    let infos: Vec<&Handler> = infos.filter(|handler| !handler.flawed).collect();
    for (at, info) in infos.iter().enumerate() {
        if check_single_message(context, info, errors) {
            check_own_type(info, &infos[..at], errors);
        }
    }
}

fn check_single_message(context: Context<'_>, info: &Handler, errors: &mut Errors) -> bool {
    let subject = Subject { context, handler: info, function: context.function(&info.method) };
    let count = params::arguments(subject).count();
    if count == 1 {
        return true;
    }
    let ident = &info.method.ident;
    let found = if count == 0 { "none".to_owned() } else { count.to_string() };
    let text = format!("an info takes one message, but `{ident}` takes {found}");
    match params::arguments(subject).nth(1) {
        Some(second) => errors.at(second, text),
        None if has_misplaced(subject) => {}
        None => errors.at(ident, text),
    }
    false
}

/// `fn tick(&self, message: &str)`: that it borrows is told elsewhere.
fn has_misplaced(subject: Subject<'_>) -> bool {
    let all = crate::parse::signature::typed(&subject.function.sig).count();
    all > subject.handler.params.len()
}

fn check_own_type(info: &Handler, earlier: &[&Handler], errors: &mut Errors) {
    let [message] = info.method.args.as_slice() else { return };
    let same = |other: &&&Handler| {
        other.method.args.first().is_some_and(|arg| ty::same(&arg.ty, &message.ty))
            && !(is_conditional(info) && is_conditional(other))
    };
    if let Some(first) = earlier.iter().find(same) {
        let (first, second) = (&first.method.ident, &info.method.ident);
        let written = ty::text(&message.ty);
        errors.at(&message.ty, format!("two infos take `{written}`: `{first}` and `{second}`"));
    }
}

/// `#[cfg(unix)]` and `#[cfg(windows)]` handlers do not meet.
pub(crate) fn is_conditional(handler: &Handler) -> bool {
    handler.method.cfgs().next().is_some()
}
