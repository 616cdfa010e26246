//! What a hook takes: what the server knows, in any order, each of it once.

use proc_macro2::Ident;
use syn::{ImplItemFn, Pat, PatType};

use crate::check::{Context, params};
use crate::errors::Errors;
use crate::model::{Hook, HookKind, HookParam};
use crate::parse::list::enumerate;
use crate::parse::signature::{Scope, typed};
use crate::parse::ty;

pub(crate) fn check_params(context: Context<'_>, hook: &Hook, errors: &mut Errors) {
    let function = context.function(&hook.method);
    let mut seen = [false; 3];
    for (typed, param) in typed(&function.sig).zip(&hook.params) {
        let (at, what) = match param {
            HookParam::Cx => (0, "the context"),
            HookParam::Transition => (1, "the transition"),
            HookParam::State { ident, mutable } => {
                check_state(context, hook, typed, (ident, *mutable), errors);
                (2, "the state")
            }
            HookParam::Unknown => {
                unknown(context, hook, typed, errors);
                continue;
            }
        };
        params::check_no_into(typed, errors);
        if std::mem::replace(&mut seen[at], true) {
            let ident = &hook.method.ident;
            errors.at(typed, format!("`{ident}` takes {what} twice"));
        }
    }
}

/// The name of the state parameter.
pub(crate) fn state_name<'a>(function: &'a ImplItemFn, hook: &Hook) -> Option<&'a Ident> {
    typed(&function.sig).zip(&hook.params).find_map(|(typed, param)| match (param, &*typed.pat) {
        (HookParam::State { .. }, Pat::Ident(pat)) => Some(&pat.ident),
        _ => None,
    })
}

/// What a hook may take.
fn allowed(context: Context<'_>, hook: &Hook) -> Vec<String> {
    let every = &context.server.options.state;
    let state = match (hook.kind, &hook.states[..]) {
        (HookKind::Exit, _) => None,
        (HookKind::Enter, [own]) => Some(format!("&{own}")),
        _ => Some(format!("&{every}")),
    };
    let known = ["&Transition", "&mut StateCx<Self>"].map(ToOwned::to_owned);
    known.into_iter().chain(state).collect()
}

/// Nobody sends it: all that it is told is what the server knows.
fn unknown(context: Context<'_>, hook: &Hook, typed: &PatType, errors: &mut Errors) {
    let (noun, ident, written) = (hook.kind.noun(), &hook.method.ident, ty::text(&*typed.ty));
    let is = |name: &str| {
        let elem = ty::as_reference(&typed.ty).map_or(&*typed.ty, |reference| &*reference.elem);
        ty::is_named(elem, name)
    };
    let text = if is("Cx") {
        format!(
            "`{ident}` takes `{written}`, but {noun} cannot insert messages\n\
             help: take `{}: &mut StateCx<Self>`, which can do the rest",
            ty::pattern(&typed.pat)
        )
    } else if is("StateCx") {
        format!("`{}` must be `&mut StateCx<Self>`", ty::pattern(&typed.pat))
    } else if is("Transition") {
        format!("`{}` must be `&Transition`", ty::pattern(&typed.pat))
    } else {
        format!(
            "{noun} takes no arguments, but `{ident}` takes `{written}`\n\
             help: it may take {}",
            enumerate(&allowed(context, hook))
        )
    };
    errors.at(&typed.ty, text);
}

/// The state that was left has moved on; the one that was entered may be filled, and not swapped.
fn check_state(
    context: Context<'_>,
    hook: &Hook,
    typed: &PatType,
    (state, mutable): (&Ident, bool),
    errors: &mut Errors,
) {
    let server = context.server;
    let every = &server.options.state;
    let (ident, name) = (&hook.method.ident, ty::pattern(&typed.pat));
    let written = ty::text(&*typed.ty);
    let scope = Scope {
        server: &server.ident,
        options: &server.options,
        machine: server.machine.as_ref(),
        lenient: server.states_flawed,
        sources: None,
    };
    let own = match &hook.states[..] {
        [own] => own,
        _ => every,
    };
    if hook.kind == HookKind::Exit {
        let text = format!(
            "`{ident}` takes `{written}`, but the state was left\n\
             note: its data has moved on with the transition\n\
             help: take `t: &Transition`, or do it where the transition is decided"
        );
        return errors.at(&typed.ty, text);
    }
    if ty::as_reference(&typed.ty).is_none() {
        let text = format!(
            "`{name}: {written}` takes the state by value\n\
             help: take `{name}: &{written}`"
        );
        return errors.at(typed, text);
    }
    if let Some(near) = scope.similar(state).filter(|_| !scope.is_state(state)) {
        let text = format!(
            "unknown state `{state}` in the parameters of `{ident}`\n\
             help: a state with a similar name exists: `{near}`"
        );
        return errors.at(state, text);
    }
    let text = match hook.kind {
        HookKind::Transition if state != every || mutable => format!(
            "`{ident}` takes `{written}`, but it runs after transitions to any state\n\
             help: `{name}: &{every}`"
        ),
        HookKind::Enter if state != own && state != every => {
            let amp = if mutable { "&mut " } else { "&" };
            let of = enumerate(&hook.states);
            format!(
                "`{ident}` runs when {of} is entered but takes `{written}`\nhelp: `{name}: {amp}{own}`"
            )
        }
        HookKind::Enter if mutable && scope.is_several(state) => format!(
            "`{ident}` takes `{written}`, which could be swapped for another state\n\
             help: take `&{state}`, or enter a single state"
        ),
        _ => return,
    };
    errors.at(&typed.ty, text);
}
