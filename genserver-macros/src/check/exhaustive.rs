//! Messages that are refused by name, and states in which a message was forgotten.

use proc_macro2::Ident;

use crate::errors::Errors;
use crate::model::{Clause, Guard, Handler, Machine, OtherwiseWhat, Server};
use crate::parse::list::enumerate;
use crate::parse::ty;

/// `states(.., exhaustive)`, and `=> !`; `sound` tells whose handlers are without mistakes.
pub(crate) fn check_exhaustive(
    server: &Server,
    machine: &Machine,
    sound: &[bool],
    errors: &mut Errors,
) {
    for (at, handler) in server.handlers.iter().enumerate() {
        let refusals = handler.guard.iter().flat_map(|guard| &guard.refusals);
        for refusal in refusals.filter(|_| sound[at]) {
            check_refusal(server, machine, handler, refusal, errors);
        }
    }
    if !machine.exhaustive || server.states_flawed {
        return;
    }
    for (at, handler) in server.handlers.iter().enumerate() {
        let is_first =
            server.same_message(handler).next().is_some_and(|first| std::ptr::eq(first, handler));
        let is_sound = server.handlers.iter().zip(sound).all(|(other, sound)| {
            *sound || !server.same_message(handler).any(|same| std::ptr::eq(same, other))
        });
        if is_first && is_sound && sound[at] && !handler.kind.is_timed() {
            check_message(server, machine, handler, errors);
        }
    }
}

/// A pair that is forgotten is found here and not when the message comes: with a state that is
/// added, `exhaustive` asks of each message what it shall do there. After a terminal state nothing
/// is to come: the word `terminal` is the refusal.
fn check_message(server: &Server, machine: &Machine, handler: &Handler, errors: &mut Errors) {
    let (accepting, refused) =
        (server.accepting(machine, handler), server.refused(machine, handler));
    // What is said of the message itself is said of each state.
    let postponed = server.postponed_in(machine, handler);
    let says = server.says_otherwise(handler);
    let is_postpone =
        server.otherwise(handler).is_some_and(|own| matches!(own.what, OtherwiseWhat::Postpone(_)));
    let is_handled = |at: &usize| {
        accepting.contains(at)
            || refused.contains(at)
            || machine.states[*at].terminal
            || (says && (!is_postpone || postponed.contains(at)))
    };
    let missing = (0..machine.states.len()).filter(|at| !is_handled(at));
    let missing: Vec<_> = missing.map(|at| &machine.states[at].ident).collect();
    let clause = handler.guard.iter().flat_map(|guard| &guard.clauses).next();
    let Some(clause) = clause.filter(|_| !missing.is_empty()) else { return };
    let list = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
    let text = format!(
        "no handler of `{}` accepts {}\n\
         note: the states are `exhaustive`\n\
         help: refuse it by name, `{list} => !`",
        message(handler),
        enumerate(&missing)
    );
    errors.at(&clause.tokens, text);
}

/// Elsewhere what no guard accepts is refused anyway; and what another method for the message
/// accepts is not.
fn check_refusal(
    server: &Server,
    machine: &Machine,
    handler: &Handler,
    refusal: &Clause,
    errors: &mut Errors,
) {
    let ident = &handler.method.ident;
    if handler.kind.is_timed() {
        let noun = handler.kind.noun();
        let text = format!("`=> !` has no effect on {noun}: nobody sends it\nhelp: remove it");
        errors.at(&refusal.tokens, text);
        return;
    }
    let otherwise = server.otherwise(handler).map(|own| &own.what);
    let is_kept = matches!(otherwise, Some(OtherwiseWhat::Postpone(None)));
    if server.ignores(handler) {
        let text = format!(
            "`=> !` has no effect on `{ident}`: what it does not accept is ignored\n\
             help: remove it"
        );
        errors.at(&refusal.tokens, text);
    } else if !machine.exhaustive && !is_kept {
        let text = format!(
            "`=> !` has no effect: what no handler of `{}` accepts is refused anyway\n\
             help: remove it, or ask for every state, `states(.., exhaustive)`",
            message(handler)
        );
        errors.at(&refusal.tokens, text);
    }
    let holds = |name: &Ident, leaves: &[usize]| {
        machine.leaves(name).iter().any(|leaf| leaves.contains(leaf))
    };
    for name in &refusal.sources {
        let leaves = machine.leaves(name);
        let accepts = |other: &&Handler| {
            other.guard.iter().flat_map(Guard::sources).any(|own| holds(own, &leaves))
        };
        if let Some(other) = server.same_message(handler).find(accepts) {
            let other = &other.method.ident;
            errors.at(name, format!("`{ident}` refuses `{name}`, which `{other}` accepts"));
        }
        if let Some(OtherwiseWhat::Postpone(Some(names))) = otherwise
            && names.iter().any(|own| holds(own, &leaves))
        {
            errors.at(name, format!("`{ident}` refuses `{name}`, and postpones it"));
        }
    }
}

fn message(handler: &Handler) -> String {
    match handler.method.args.first() {
        Some(arg) if handler.kind.is_by_type() => ty::text(&arg.ty),
        _ => handler.message.to_string(),
    }
}
