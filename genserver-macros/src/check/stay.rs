//! How long a machine may stay in a state.

use proc_macro2::Ident;

use crate::errors::Errors;
use crate::model::{Guard, Handler, Kind, Machine, Server};

/// A terminal state has no end that one could wait for; and of two time-outs on one state the later
/// one would never come.
pub(crate) fn check_stays(server: &Server, errors: &mut Errors) {
    let Some(machine) = &server.machine else { return };
    let handlers = server.handlers.iter().filter(|handler| handler.kind == Kind::StateTimeout);
    let handlers: Vec<&Handler> = handlers.filter(|handler| !handler.flawed).collect();
    for (at, handler) in handlers.iter().enumerate() {
        for source in sources(handler) {
            check_terminal(machine, handler, source, errors);
            let other = handlers[..at].iter().find(|other| {
                sources(other).any(|name| name == source)
                    && !(handler.is_conditional() && other.is_conditional())
            });
            if other.is_some() {
                errors.at(source, format!("two state time-outs on `{source}`"));
            }
        }
    }
}

fn sources(handler: &Handler) -> impl Iterator<Item = &Ident> {
    handler.guard.iter().flat_map(Guard::sources)
}

/// Where it has targets as well, it is told to leave the terminal state.
fn check_terminal(machine: &Machine, handler: &Handler, source: &Ident, errors: &mut Errors) {
    let moves = handler.guard.as_ref().is_some_and(|guard| !guard.targets().is_empty());
    let leaves = machine.leaves(source);
    let Some(end) = leaves.iter().find(|&&leaf| machine.states[leaf].terminal) else { return };
    if moves && leaves.len() > 1 {
        return;
    }
    let end = &machine.states[*end].ident;
    errors.at(source, format!("state time-out on terminal state `{end}`"));
}
