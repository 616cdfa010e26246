//! One method is for the time in which nothing comes.

use crate::check::Context;
use crate::errors::Errors;
use crate::model::Kind;

/// With two `#[idle]` methods it would be left open which one `cx.set_idle(..)` speaks of.
pub(crate) fn check_idle(context: Context<'_>, errors: &mut Errors) {
    let handlers = context.server.handlers.iter();
    let mut idle = handlers.filter(|handler| handler.kind == Kind::Idle);
    let Some(first) = idle.next() else { return };
    for second in idle.filter(|second| !(first.is_conditional() && second.is_conditional())) {
        let (first, second) = (&first.method.ident, &second.method.ident);
        errors.at(second, format!("two `idle` methods: `{first}` and `{second}`"));
    }
}
