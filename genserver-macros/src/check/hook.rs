//! What runs when a machine has moved: it is told of the change, and cannot make another one.

use proc_macro2::Ident;
use syn::{PatType, Type};

use crate::check::{Context, signature};
use crate::errors::Errors;
use crate::model::{Hook, HookKind, HookParam, Machine};
use crate::parse::list::enumerate;
use crate::parse::signature::{Scope, typed};
use crate::parse::similar::similar_state;
use crate::parse::ty;

pub(crate) fn check_hooks(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    for (at, hook) in server.hooks.iter().enumerate() {
        let function = context.function(&hook.method);
        let before = errors.len();
        signature::check_qualifiers(function, errors);
        signature::check_generics(function, errors);
        signature::check_receiver(function, errors);
        let Some(machine) = &server.machine else {
            if !server.states_flawed && !hook.flawed {
                check_has_states(context, hook, errors);
            }
            continue;
        };
        check_names(context, machine, hook, errors);
        check_twice(&server.hooks[..at], hook, errors);
        check_return(hook, errors);
        if errors.len() == before && !hook.flawed {
            check_params(context, hook, errors);
        }
    }
}

/// Without states there is nothing to enter.
fn check_has_states(context: Context<'_>, hook: &Hook, errors: &mut Errors) {
    let (noun, ident) = (hook.kind.noun(), &hook.method.ident);
    let text = format!(
        "`{ident}` is {noun}, but `{}` has no states\n\
         help: declare them, `#[genserver(states(Pending: initial, ..))]`",
        context.server.ident
    );
    errors.at(ident, text);
}

fn check_names(context: Context<'_>, machine: &Machine, hook: &Hook, errors: &mut Errors) {
    if context.server.states_flawed {
        return;
    }
    for name in hook.states.iter().filter(|name| !machine.declares(name)) {
        let help = match similar_state(machine, name) {
            Some(near) => format!("a state with a similar name exists: `{near}`"),
            None => format!("the states are {}", enumerate(&machine.names().collect::<Vec<_>>())),
        };
        let attribute = hook.kind.attribute();
        errors.at(
            name,
            format!("unknown state `{name}` of the `{attribute}` attribute\nhelp: {help}"),
        );
    }
}

/// With two `#[enter(Pending)]` it would be left open which one runs first.
fn check_twice(earlier: &[Hook], hook: &Hook, errors: &mut Errors) {
    let same_kind = earlier.iter().filter(|other| {
        let conditional =
            hook.method.cfgs().next().is_some() && other.method.cfgs().next().is_some();
        other.kind == hook.kind && !conditional
    });
    let (attribute, second) = (hook.kind.attribute(), &hook.method.ident);
    for other in same_kind {
        let first = &other.method.ident;
        if hook.kind == HookKind::Transition {
            errors.at(second, format!("two `transition` handlers: `{first}` and `{second}`"));
            return;
        }
        for state in hook.states.iter().filter(|state| other.states.contains(state)) {
            let text =
                format!("two `{attribute}` handlers for `{state}`: `{first}` and `{second}`");
            errors.at(state, text);
        }
    }
}

/// What is returned could only be a wish for another change, or a value that nobody waits for.
fn check_return(hook: &Hook, errors: &mut Errors) {
    let Some(output) = &hook.method.output else { return };
    let noun = hook.kind.noun();
    if returns_next(output) {
        errors.at(output, format!("{noun} cannot change the state"));
        return;
    }
    let text = match hook.kind {
        HookKind::Enter if ty::is_named(output, "Enter") => return,
        HookKind::Transition if hook.result.is_some() => return,
        HookKind::Enter => format!("{noun} returns nothing or `Enter`"),
        HookKind::Exit => format!("{noun} returns nothing"),
        HookKind::Transition => format!("{noun} returns nothing or a `Result<(), E>`"),
    };
    errors.at(output, text);
}

fn returns_next(output: &Type) -> bool {
    let args = ty::last_segment(output).map(ty::type_args).unwrap_or_default();
    ty::is_named(output, "Next") || args.iter().any(|arg| ty::is_named(arg, "Next"))
}

fn check_params(context: Context<'_>, hook: &Hook, errors: &mut Errors) {
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
                unknown(hook, typed, errors);
                continue;
            }
        };
        if std::mem::replace(&mut seen[at], true) {
            let ident = &hook.method.ident;
            errors.at(typed, format!("`{ident}` takes {what} twice"));
        }
    }
}

/// Nobody sends it: all that it is told is what the server knows.
fn unknown(hook: &Hook, typed: &PatType, errors: &mut Errors) {
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
             help: it may take `&Transition`, `&mut StateCx<Self>`{}",
            match hook.kind {
                HookKind::Enter => " and its state",
                HookKind::Exit => "",
                HookKind::Transition => " and the state",
            }
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
        lenient: false,
        sources: None,
    };
    let own = match &hook.states[..] {
        [own] => own,
        _ => every,
    };
    let text = match hook.kind {
        HookKind::Exit => format!(
            "`{ident}` takes `{written}`, but the state was left\n\
             note: its data has moved on with the transition\n\
             help: take `t: &Transition`, or do it where the transition is decided"
        ),
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
