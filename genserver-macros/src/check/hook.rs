//! What runs when a machine has moved: it is told of the change, and cannot make another one.

use syn::{ImplItemFn, Type};

use crate::check::hook_param::{check_params, state_name};
use crate::check::{Context, names, signature, statement};
use crate::errors::Errors;
use crate::model::{Hook, HookKind, Machine};
use crate::parse::read_body;
use crate::parse::returns::ok_of;
use crate::parse::ty;

pub(crate) fn check_hooks(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    for (at, hook) in server.hooks.iter().enumerate() {
        let function = context.function(&hook.method);
        signature::check_qualifiers(function, errors);
        signature::check_generics(function, "the server calls it", errors);
        signature::check_receiver(function, errors);
        let Some(machine) = &server.machine else {
            if !server.states_flawed && !hook.flawed {
                check_has_states(context, hook, errors);
            }
            continue;
        };
        check_return(hook, errors);
        check_unused_next(function, hook, errors);
        let before = errors.len();
        check_names(context, machine, hook, errors);
        if errors.len() == before && !hook.flawed {
            check_twice(&server.hooks[..at], hook, errors);
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
    let place = format!("the `{}` attribute", hook.kind.attribute());
    for name in hook.states.iter().filter(|name| !machine.declares(name)) {
        errors.at(name, names::unknown_state(machine, name, &format!("of {place}")));
    }
    names::check_repetition(machine, &hook.states, &place, errors);
}

/// With two `#[enter(Pending)]` it would be left open which one runs first.
fn check_twice(earlier: &[Hook], hook: &Hook, errors: &mut Errors) {
    let is_conditional = |hook: &Hook| hook.method.cfgs().next().is_some();
    let same_kind: Vec<&Hook> = earlier
        .iter()
        .filter(|other| other.kind == hook.kind && !other.flawed)
        .filter(|other| !(is_conditional(hook) && is_conditional(other)))
        .collect();
    let (attribute, second) = (hook.kind.attribute(), &hook.method.ident);
    if hook.kind == HookKind::Transition {
        if let Some(other) = same_kind.first() {
            let first = &other.method.ident;
            errors.at(second, format!("two `transition` handlers: `{first}` and `{second}`"));
        }
        return;
    }
    for state in &hook.states {
        let Some(other) = same_kind.iter().find(|other| other.states.contains(state)) else {
            continue;
        };
        let first = &other.method.ident;
        let text = format!("two `{attribute}` handlers for `{state}`: `{first}` and `{second}`");
        errors.at(state, text);
    }
}

/// What is returned could only be a wish for another change, or a value that nobody waits for.
fn check_return(hook: &Hook, errors: &mut Errors) {
    let Some(output) = &hook.method.output else { return };
    let noun = hook.kind.noun();
    if let Some(next) = next_of(output) {
        errors.at(next, format!("{noun} cannot change the state"));
        return;
    }
    let text = match hook.kind {
        HookKind::Enter if ty::is_named(output, "Enter") => return,
        HookKind::Transition if hook.result.as_ref().is_some_and(is_of_unit) => return,
        HookKind::Enter => format!("{noun} returns nothing or `Enter`"),
        HookKind::Exit => format!("{noun} returns nothing"),
        HookKind::Transition => format!("{noun} returns nothing or a `Result<(), E>`"),
    };
    errors.at(output, text);
}

/// Whether nothing but the error is returned, as far as the type says.
fn is_of_unit(result: &Type) -> bool {
    ok_of(result).is_none_or(ty::is_unit)
}

/// The `Next` in a return type.
fn next_of(output: &Type) -> Option<&Type> {
    let args = ty::last_segment(output).map(ty::type_args).unwrap_or_default();
    [output].into_iter().chain(args).find(|ty| ty::is_named(ty, "Next"))
}

/// `st.goto(|_| Calm);` reads like a transition.
fn check_unused_next(function: &ImplItemFn, hook: &Hook, errors: &mut Errors) {
    let Some(state) = state_name(function, hook) else { return };
    let body = read_body(&function.block);
    for unused in statement::find_unused(&body, state) {
        errors.at(unused, format!("{} cannot change the state", hook.kind.noun()));
    }
}
