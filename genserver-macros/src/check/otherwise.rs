//! What becomes of messages that the state does not accept.

use std::collections::HashSet;

use proc_macro2::Ident;

use crate::check::names::{check_repetition, unknown_state};
use crate::errors::Errors;
use crate::model::{Handler, Machine, Otherwise, OtherwiseWhat, Server};
use crate::parse::list::enumerate;
use crate::reach::can_still_accept;

/// The option of the server, and those of its handlers; `sound` tells whose handlers are without
/// mistakes.
pub(crate) fn check_otherwise(server: &Server, sound: &[bool], errors: &mut Errors) {
    if let Some(otherwise) = &server.options.otherwise {
        check_server(server, otherwise, errors);
    }
    let before = errors.len();
    for (at, handler) in server.handlers.iter().enumerate() {
        if let Some(otherwise) = handler.otherwise.as_ref().filter(|_| sound[at]) {
            check_handler(server, handler, otherwise, errors);
        }
    }
    let is_whole = !server.states_flawed && sound.iter().all(|sound| *sound);
    if let Some(machine) = server.machine.as_ref().filter(|machine| machine.rooted && is_whole)
        && errors.len() == before
    {
        check_waits(server, machine, errors);
    }
}

/// `otherwise` of a server speaks of guards: one without any would say nothing.
fn check_server(server: &Server, otherwise: &Otherwise, errors: &mut Errors) {
    let key = &otherwise.key;
    if server.machine.is_none() {
        if !server.states_flawed {
            errors.at(key, format!("the option `{key}` needs `states(..)`"));
        }
        return;
    }
    if matches!(otherwise.what, OtherwiseWhat::Postpone(Some(_))) {
        let text = "`postpone` of the whole server names no states\n\
                    note: a message is postponed where a later state may accept it\n\
                    help: name them at a handler";
        errors.at(&otherwise.word, text);
        return;
    }
    let ignores = matches!(otherwise.what, OtherwiseWhat::Ignore);
    let is_meant = |handler: &&Handler| {
        let is_message = handler.guard.is_some() && !handler.kind.is_timed();
        handler.flawed || (is_message && !(ignores && handler.kind.is_call()))
    };
    let mut meant = server.handlers.iter().filter(is_meant).peekable();
    let what = if ignores { "cast or info" } else { "handler" };
    let why = if meant.peek().is_none() {
        format!("no {what} has a guard")
    } else if meant.all(|handler| !handler.flawed && server.says_otherwise(handler)) {
        format!("each {what} with a guard has its own")
    } else {
        return;
    };
    errors.at(key, format!("`{key}` has no effect: {why}\nhelp: remove it"));
}

fn check_handler(server: &Server, handler: &Handler, otherwise: &Otherwise, errors: &mut Errors) {
    let (ident, word) = (&handler.method.ident, &otherwise.word);
    let Some(machine) = &server.machine else {
        if !server.states_flawed {
            let owner = &server.ident;
            let text = format!(
                "`otherwise` has no effect on `{ident}`: `{owner}` has no states\nhelp: remove it"
            );
            errors.at(&otherwise.key, text);
        }
        return;
    };
    if handler.guard.is_none() {
        let text = format!(
            "`otherwise` has no effect on `{ident}`, which runs in every state\n\
             help: remove it, or add a guard"
        );
        errors.at(&otherwise.key, text);
        return;
    }
    let accepting = server.accepting(machine, handler);
    if (0..machine.states.len()).all(|at| accepting.contains(&at)) {
        let text = format!(
            "`otherwise` has no effect on `{ident}`, whose guard accepts every state\n\
             help: remove it"
        );
        errors.at(&otherwise.key, text);
        return;
    }
    match &otherwise.what {
        // Whoever calls waits for an answer.
        OtherwiseWhat::Ignore if handler.kind.is_call() => {
            let text = format!(
                "`{ident}` is a call, so it cannot be ignored: its caller waits\n\
                 help: answer with an error, `otherwise = error`, or keep it, `otherwise = postpone`"
            );
            errors.at(word, text);
        }
        OtherwiseWhat::Postpone(Some(names)) => {
            check_places(machine, ident, (names, &accepting), errors);
        }
        _ => {}
    }
}

/// The states to wait in: known, each named once, and none in which the message is handled anyway.
fn check_places(
    machine: &Machine,
    ident: &Ident,
    (names, accepting): (&[Ident], &[usize]),
    errors: &mut Errors,
) {
    for name in names {
        if !machine.declares(name) {
            errors.at(name, unknown_state(machine, name, "in `postpone(..)`"));
        } else if let Some(&leaf) = machine.leaves(name).iter().find(|at| accepting.contains(at)) {
            let leaf = &machine.states[leaf].ident;
            errors.at(name, format!("`{ident}` runs in `{leaf}`, so it is never postponed there"));
        }
    }
    check_repetition(machine, names, "`postpone(..)`", errors);
}

/// A message that is kept for a state that never comes would be lost, and its caller wait for ever:
/// `#[call(Approved => Disbursed, otherwise = postpone)]` in the terminal state `Rejected`.
fn check_waits(server: &Server, machine: &Machine, errors: &mut Errors) {
    let mut told = HashSet::new();
    for handler in &server.handlers {
        let Some(own) = server.otherwise(handler) else { continue };
        if !server.says_otherwise(handler) || !matches!(own.what, OtherwiseWhat::Postpone(_)) {
            continue;
        }
        let accepting = server.accepting(machine, handler);
        let hopeful = can_still_accept(server, machine, &accepting);
        let waits = server.postponed_in(machine, handler);
        let stuck: Vec<usize> = waits.iter().copied().filter(|&at| !hopeful[at]).collect();
        let Some((&first, rest)) = stuck.split_first() else { continue };
        if told.insert(handler.message.to_string()) {
            let fine: Vec<usize> = waits.into_iter().filter(|&at| hopeful[at]).collect();
            errors.at(place(own, machine, first), text(handler, machine, first, rest, &fine));
        }
    }
}

/// The state among those that were named, or the word `postpone`.
fn place<'a>(own: &'a Otherwise, machine: &Machine, state: usize) -> &'a Ident {
    match &own.what {
        OtherwiseWhat::Postpone(Some(names)) => {
            let meant = names.iter().find(|name| machine.leaves(name).contains(&state));
            meant.unwrap_or(&own.word)
        }
        _ => &own.word,
    }
}

fn text(
    handler: &Handler,
    machine: &Machine,
    first: usize,
    rest: &[usize],
    fine: &[usize],
) -> String {
    let message = &handler.message;
    let name = |at: &usize| machine.states[*at].ident.to_string();
    let first = name(&first);
    let mut text = format!(
        "`{message}` postponed in `{first}` would wait forever: no state reachable from it accepts \
         `{message}`"
    );
    if !rest.is_empty() {
        let rest = enumerate(&rest.iter().map(name).collect::<Vec<_>>());
        text.extend(["\nnote: so it would in ", &rest]);
    }
    if fine.is_empty() {
        text.push_str("\nhelp: refuse it instead, `otherwise = error`");
    } else {
        let fine = fine.iter().map(name).collect::<Vec<_>>().join(" | ");
        text.extend(["\nhelp: name the states to wait in, `otherwise = postpone(", &fine, ")`"]);
    }
    text
}
