//! Every rule: what breaks it, and what it says.

mod cause;
mod code_change;
mod exhaustive;
mod generics;
mod graph;
mod guard;
mod handler;
mod hook;
mod init;
mod methods;
mod names;
mod otherwise;
mod slip;
mod time;
mod tracked;

pub(crate) use crate::parse::tests::check;

/// Checks one handler of a server without states.
#[track_caller]
fn check_handler(handler: &str, expected: &[&str]) {
    check("", &format!("impl Counter {{ {handler} }}"), expected);
}
