//! What a guard says against what the method takes and returns.

use proc_macro2::Ident;
use syn::{GenericParam, PatType};

use crate::check::{Subject, params};
use crate::errors::Errors;
use crate::model::{Guard, Handler, Kind, Machine, Param, Receiver};
use crate::parse::list::enumerate;
use crate::parse::ty;

pub(crate) fn check_guard(subject: Subject<'_>, errors: &mut Errors) {
    let Some(machine) = subject.machine() else { return };
    check_state_param(subject, errors);
    check_sources_param(subject, errors);
    check_next(subject, machine, errors);
    check_can_fail(subject, errors);
}

/// The state parameter as written, with its name and whether it is `&mut`.
fn state_param(subject: Subject<'_>) -> Option<(&PatType, &Ident, bool)> {
    params::framework(subject).find_map(|(typed, param)| match param {
        Param::State { ident, mutable, .. } => Some((typed, ident, *mutable)),
        _ => None,
    })
}

/// The guard is what the server looks at before it calls the handler: with `Approved => Disbursed`
/// there never is a `&Pending` to give. What only reads may take the state enum.
fn check_state_param(subject: Subject<'_>, errors: &mut Errors) {
    let Some((typed, state, mutable)) = state_param(subject) else { return };
    let handler = subject.handler;
    let (ident, name) = (&handler.method.ident, ty::pattern(&typed.pat));
    let (written, amp) = (ty::text(typed.ty.as_ref()), if mutable { "&mut " } else { "&" });
    let every = &subject.context.server.options.state;
    let sources: Option<Vec<_>> = handler.guard.as_ref().map(|guard| guard.sources().collect());
    let text = match sources.as_deref() {
        None if state == every => return,
        Some(_) if state == every && handler.returns.next.is_none() => return,
        None => {
            let (attribute, time) = (handler.kind.attribute(), handler.kind.is_timed());
            let before = if time { ".., " } else { "" };
            format!(
                "`{ident}` takes `{written}` but has no guard\n\
                 help: add it, `#[{attribute}({before}{state})]`, or take `{name}: &{every}`"
            )
        }
        Some([source]) if state == *source => return,
        Some([source]) => {
            format!(
                "`{ident}` is guarded by `{source}` but takes `{written}`\n\
                 help: `{name}: {amp}{source}`"
            )
        }
        Some(sources) => {
            format!(
                "`{ident}` is guarded by {} but takes `{written}`\n\
                 help: `{name}: {}`",
                enumerate(sources),
                sources_text(subject)
            )
        }
    };
    errors.at(&typed.ty, text);
}

/// The enum of a handler's sources is made of its guard: there is none of a guard with one source,
/// and one alone of another.
fn check_sources_param(subject: Subject<'_>, errors: &mut Errors) {
    let param = params::framework(subject).find_map(|(typed, param)| match param {
        Param::Sources(ident) => Some((typed, ident)),
        _ => None,
    });
    let Some((typed, given)) = param else { return };
    let (server, handler) = (subject.context.server, subject.handler);
    let (ident, name) = (&handler.method.ident, ty::pattern(&typed.pat));
    let (written, every) = (ty::text(typed.ty.as_ref()), &server.options.state);
    let sources: Vec<_> = handler.guard.iter().flat_map(Guard::sources).collect();
    let text = match sources.as_slice() {
        [] => format!(
            "`{ident}` takes `{written}` but has no guard\n\
             help: take `{name}: &{every}`"
        ),
        [source] => format!(
            "`{ident}` is guarded by `{source}` alone but takes `{written}`\n\
             help: `{name}: &{source}`"
        ),
        _ if *given == server.sources_name(handler) => return,
        _ => format!(
            "the sources of `{ident}` are not `{written}`\n\
             help: `{name}: {}`",
            sources_text(subject)
        ),
    };
    errors.at(&typed.ty, text);
}

/// `CacheFillFrom<'_, K, V>`
fn sources_text(subject: Subject<'_>) -> String {
    let server = subject.context.server;
    let args = server.generics.params.iter().map(|param| match param {
        GenericParam::Type(param) => format!(", {}", param.ident),
        GenericParam::Const(param) => format!(", {}", param.ident),
        GenericParam::Lifetime(_) => String::new(),
    });
    format!("{}<'_{}>", server.sources_name(subject.handler), args.collect::<String>())
}

/// An edge that is declared and never taken is as wrong as one that is taken and not declared. One
/// target that needs no data of the state before it can be entered without the method's help.
fn check_next(subject: Subject<'_>, machine: &Machine, errors: &mut Errors) {
    let handler = subject.handler;
    let (ident, output) = (&handler.method.ident, handler.method.output.as_ref());
    let guard = handler.guard.as_ref();
    let targets = guard.map(Guard::targets);
    match (targets.as_deref(), &handler.returns.next) {
        // That the state parameter has no guard was told.
        (None, Some(_)) if names_state(subject) => {}
        (None, Some(_)) => {
            errors.at(output, format!("`{ident}` returns `Next` but has no guard"));
        }
        (Some([]), Some(_)) => {
            errors.at(output, format!("`{ident}` returns `Next` but its guard declares no target"));
        }
        // That it takes one of its sources for all of them was told.
        (Some(_), None)
            if names_state(subject) && guard.is_some_and(Guard::has_several_sources) => {}
        (Some(targets @ [_, ..]), None) if !is_entered(subject, machine) => {
            let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
            let names = names.join(" | ");
            let text = format!("`{ident}` declares `=> {names}` but does not return a `Next`");
            match output {
                Some(output) => errors.at(output, text),
                None => errors.at(ident, text),
            }
        }
        _ => {}
    }
}

/// Whether the method takes another state than the state enum.
fn names_state(subject: Subject<'_>) -> bool {
    let every = &subject.context.server.options.state;
    state_param(subject).is_some_and(|(_, state, _)| state != every)
}

/// Whether the server itself enters the target when the method has returned.
fn is_entered(subject: Subject<'_>, machine: &Machine) -> bool {
    let Some(target) = subject.handler.guard.as_ref().and_then(Guard::single_target) else {
        return false;
    };
    let is_leaf = machine.states.iter().any(|state| state.ident == *target);
    is_leaf && !names_state(subject) && !takes_sources(subject.handler)
}

fn takes_sources(handler: &Handler) -> bool {
    handler.params.iter().any(|param| matches!(param, Param::Sources(_)))
}

/// "An `Err` changed nothing" is true of every call of a machine because what can fail cannot
/// change: `self.limit -= 1; Err(..)` does not compile behind `&self`.
fn check_can_fail(subject: Subject<'_>, errors: &mut Errors) {
    let handler = subject.handler;
    let is_call = matches!(handler.kind, Kind::Call | Kind::Blocking);
    if !is_call || handler.in_place || handler.returns.result.is_none() {
        return;
    }
    let receiver = match handler.receiver {
        Receiver::Exclusive => subject.function.sig.receiver(),
        Receiver::Shared => None,
    };
    let state = state_param(subject).filter(|(_, _, mutable)| *mutable);
    let text = |what: String| {
        let ident = &handler.method.ident;
        format!(
            "`{ident}` can fail, so it must take {what}\n\
             note: changes made before an `Err` would be kept\n\
             help: change data in `st.goto_mut(..)`, or opt out with `in_place`"
        )
    };
    match (receiver, state) {
        (Some(receiver), None) => errors.at(receiver, text("`&self`".to_owned())),
        (Some(receiver), Some((_, state, _))) => {
            errors.at(receiver, text(format!("`&self` and `&{state}`")));
        }
        (None, Some((typed, state, _))) => errors.at(&typed.ty, text(format!("`&{state}`"))),
        (None, None) => {}
    }
}
