//! The names of states in guards, and of messages.

use proc_macro2::Ident;
use syn::ImplItem;
use syn::ext::IdentExt;

use crate::check::{Context, Subject};
use crate::errors::Errors;
use crate::model::{Guard, Handler, Machine};
use crate::parse::list::enumerate;
use crate::parse::similar::similar_state;

/// Whether all names of the guard are known and stand in it once.
pub(crate) fn check_guard_names(subject: Subject<'_>, errors: &mut Errors) -> bool {
    let Some(guard) = &subject.handler.guard else { return true };
    let server = subject.context.server;
    let ident = &subject.handler.method.ident;
    let before = errors.len();
    let Some(machine) = &server.machine else {
        if !server.states_flawed {
            let text = format!(
                "`{ident}` has a guard, but `{}` has no states\n\
                 help: declare them, `#[genserver(states(Pending: initial, ..))]`",
                server.ident
            );
            errors.at(&guard.tokens, text);
        }
        return false;
    };
    for name in names(guard) {
        if !machine.declares(name) && !server.states_flawed {
            errors.at(name, unknown_state(machine, name, &format!("in the guard of `{ident}`")));
        }
    }
    let place = format!("the guard of `{ident}`");
    let sources = guard.sources().chain(guard.refused());
    check_repetition(machine, sources, &place, errors);
    for clause in &guard.clauses {
        check_repetition(machine, &clause.targets, &place, errors);
    }
    if guard.clauses.is_empty() {
        let text = format!(
            "the guard of `{ident}` accepts no state\n\
             help: name the states in which it runs, or remove it"
        );
        errors.at(&guard.tokens, text);
    }
    errors.len() == before && is_known(machine, guard)
}

fn is_known(machine: &Machine, guard: &Guard) -> bool {
    names(guard).all(|name| machine.declares(name))
}

/// The names of a guard, in source order.
fn names(guard: &Guard) -> impl Iterator<Item = &Ident> {
    let clauses = guard.clauses.iter().chain(&guard.refusals);
    clauses.flat_map(|clause| clause.sources.iter().chain(&clause.targets))
}

/// States are declared in one place, so `=> Aproved` must not pass for a state of its own. The place
/// is where the name stands: "in the guard of `approve`".
pub(crate) fn unknown_state(machine: &Machine, name: &Ident, place: &str) -> String {
    let help = match similar_state(machine, name) {
        Some(near) => format!("a state with a similar name exists: `{near}`"),
        None => format!("the states are {}", enumerate(&machine.names().collect::<Vec<_>>())),
    };
    format!("unknown state `{name}` {place}\nhelp: {help}")
}

/// `A | A => B` says an edge twice, and so does `Active | Disbursed => B` where `Active` holds
/// `Disbursed`: one of the words is a mistake for another. With `A => X, A => Y` one could not say
/// where a transition that `A => X` declares comes to its end.
pub(crate) fn check_repetition<'n>(
    machine: &Machine,
    names: impl IntoIterator<Item = &'n Ident>,
    place: &str,
    errors: &mut Errors,
) {
    let mut seen: Vec<(usize, &Ident)> = Vec::new();
    for name in names {
        let leaves = machine.leaves(name);
        let told = seen.iter().find(|(leaf, by)| leaves.contains(leaf) || *by == name);
        match told {
            Some((_, by)) if *by == name => {
                errors.at(name, format!("`{name}` stands twice in {place}"));
            }
            Some((leaf, by)) => {
                let leaf = &machine.states[*leaf].ident;
                let text = format!("`{leaf}` stands twice in {place}: in `{by}` and in `{name}`");
                errors.at(name, text);
            }
            None => seen.extend(leaves.into_iter().map(|leaf| (leaf, name))),
        }
    }
}

/// A client has one method a message, whose states tell several handlers apart: with `#[call(name = get)] fn fetch` and `#[call] fn get` it
/// would have two of one name.
pub(crate) fn check_messages(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    let handlers = server.handlers.iter().filter(|handler| handler.kind.is_offered());
    let handlers: Vec<&Handler> = handlers.collect();
    for (at, handler) in handlers.iter().enumerate() {
        let name = handler.message.unraw();
        let same = |other: &&&Handler| {
            other.message.unraw() == name
                && other.method.ident.unraw() != handler.method.ident.unraw()
                && !(handler.is_conditional() && other.is_conditional())
                && !server.is_parted(handler, other)
        };
        if let Some(first) = handlers[..at].iter().find(same) {
            let (first, second) = (&first.method.ident, &handler.method.ident);
            let text = format!("two messages are named `{name}`: `{first}` and `{second}`");
            errors.at(&handler.message, text);
        }
    }
}

/// Two methods of one name are rustc's to tell, which sees all impl blocks; but what is generated
/// of them would be told too.
pub(crate) fn check_methods(context: Context<'_>, errors: &mut Errors) {
    let items = || context.item.items.iter().enumerate();
    let handlers = context.server.handlers.iter().map(|handler| &handler.method);
    let hooks = context.server.hooks.iter().map(|hook| &hook.method);
    for method in handlers.chain(hooks) {
        let same = items().any(|(at, item)| match item {
            ImplItem::Fn(other) => {
                at != method.item
                    && other.sig.ident == method.ident
                    && method.cfgs().next().is_none()
                    && !other.attrs.iter().any(|attr| attr.path().is_ident("cfg"))
            }
            _ => false,
        });
        if same {
            errors.leave_to_rustc();
        }
    }
}
