//! What a handler may return that answers nobody.

use syn::Type;

use crate::check::Subject;
use crate::errors::Errors;
use crate::parse::returns::{error_of, ok_of};
use crate::parse::ty;

/// Nobody waits for what a cast returns: the `i64` of `#[cast] fn reset(&mut self) -> i64` would be
/// lost without a word, and so would be the error of a `Result<(), io::Error>`.
pub(crate) fn check_cast(subject: Subject<'_>, errors: &mut Errors) {
    let handler = subject.handler;
    if handler.kind.is_call() {
        return;
    }
    let what = handler.kind.noun();
    let Some(output) = &handler.method.output else { return };
    let ident = &handler.method.ident;
    let call = if handler.kind.is_offered() {
        "\nhelp: or make it a `#[call]`, which answers its caller"
    } else {
        ""
    };
    if let Some(value) = value_of(subject, output) {
        let text = format!(
            "{what} carries no reply, but `{ident}` returns `{}`\n\
             help: return nothing, or `Result<(), Crash>` to crash the server on an error{call}",
            ty::text(value)
        );
        errors.at(output, text);
    } else if let Some(error) = error_of(output).filter(|_| handler.returns.result.is_some())
        && !ty::is_named(error, "Crash")
    {
        let text = format!(
            "nobody waits for {what}, so the error `{}` of `{ident}` would be lost\n\
             help: return `Result<(), Crash>`: `?` then crashes the server{call}",
            ty::text(error)
        );
        errors.at(error, text);
    }
}

/// The value that nobody would get.
fn value_of<'a>(subject: Subject<'a>, output: &'a Type) -> Option<&'a Type> {
    let returns = &subject.handler.returns;
    match (&returns.next, &returns.result) {
        (Some(next), _) => next.reply.as_ref().filter(|reply| !ty::is_unit(reply)),
        (None, Some(result)) => ok_of(result).filter(|value| !ty::is_unit(value)),
        (None, None) => Some(output),
    }
}
