//! Names that are generated, and so are taken.

use proc_macro2::Ident;
use quote::format_ident;
use syn::{GenericArgument, ImplItem, PathArguments};

use crate::check::{Context, tracked_types};
use crate::errors::Errors;
use crate::model::Handler;
use crate::parse::ty;

/// A server lives as long as it likes, on any thread: `impl<'a> Cache<'a>` would have to end with
/// what it borrows.
pub(crate) fn check_lifetimes(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    let text = "a server cannot borrow: it lives as long as its clients\n\
                help: own the data, or share it in an `Arc`";
    for param in server.generics.lifetimes() {
        errors.at(&param.lifetime, text);
    }
    if server.generics.lifetimes().next().is_some() {
        return;
    }
    let Some(segment) = ty::last_segment(&server.self_ty) else { return };
    let PathArguments::AngleBracketed(args) = &segment.arguments else { return };
    for arg in &args.args {
        if let GenericArgument::Lifetime(lifetime) = arg
            && lifetime.ident != "static"
        {
            errors.at(lifetime, text);
        }
    }
}

/// `Counter::start(..)` starts the server and `Contract::GRAPH` is its graph: a method of the
/// user's of that name would be a second one.
pub(crate) fn check_taken_names(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    let start = &server.options.start;
    let taken = [
        ("restore", server.options.version.is_some(), "starts the server from an exported state"),
        ("GRAPH", server.machine.is_some(), "is the graph of its states"),
        (
            "start_tracked",
            server.options.tracked.is_some(),
            "starts the server with a tracked client",
        ),
    ];
    let taken = |ident: &Ident| {
        let found = taken.iter().find(|(name, is_taken, _)| ident == name && *is_taken);
        found.map(|(_, _, does)| *does)
    };
    if let Some(does) = taken(start) {
        errors.at(start, format!("the name `{start}` is taken: it {does}"));
    }
    for (at, item) in context.item.items.iter().enumerate() {
        let ident = match item {
            ImplItem::Fn(function) => &function.sig.ident,
            ImplItem::Const(constant) => &constant.ident,
            _ => continue,
        };
        let handler = server.handlers.iter().find(|handler| handler.method.item == at);
        let owner = &server.ident;
        if ident == start {
            let rename =
                rename_help(ident, handler).map(|help| format!("{help}, or ")).unwrap_or_default();
            let other = if ident == "start" { "launch" } else { ".." };
            let text = format!(
                "the name `{ident}` is taken: `{owner}::{ident}` starts the server\n\
                 help: {rename}`#[genserver(start = {other})]`"
            );
            errors.at(ident, text);
        } else if let Some(does) = taken(ident) {
            let help =
                rename_help(ident, handler).unwrap_or_else(|| "give it another name".to_owned());
            let text = format!(
                "the name `{ident}` is taken: `{owner}::{ident}` {does}\n\
                 help: {help}"
            );
            errors.at(ident, text);
        }
    }
}

/// The message keeps its name, the method gets another one.
fn rename_help(ident: &Ident, handler: Option<&Handler>) -> Option<String> {
    let kind = handler?.kind;
    let attribute = kind.attribute();
    kind.is_offered().then(|| format!("`#[{attribute}(name = {ident})] fn begin(..)`"))
}

/// The generated types stand beside the user's: a state `ContractState` would meet the state enum
/// of `Contract`, a group `ContractClient` the client.
pub(crate) fn check_generated_types(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    let (client, owner) = (&server.options.client, &server.ident);
    let mut generated: Vec<(Ident, &str, &str)> = vec![(client.clone(), "the client", "client")];
    if client == owner {
        errors.at(client, format!("the client cannot have the name of its server, `{owner}`"));
    }
    let Some(machine) = &server.machine else { return };
    let state = &server.options.state;
    if state == owner {
        errors.at(state, format!("the state enum cannot have the name of its server, `{owner}`"));
    } else if state == client {
        errors.at(state, format!("the state enum cannot have the name of the client, `{client}`"));
    }
    generated.push((state.clone(), "the state enum", "state"));
    generated.push((format_ident!("{owner}StateName"), "the enum of the states' names", ""));
    generated.push((format_ident!("{owner}Message"), "the enum of the messages", ""));
    for (name, what) in tracked_types(server) {
        for option in [client, state].into_iter().filter(|option| **option == name) {
            errors.at(option, format!("the name `{name}` is taken: {what} of `{owner}` has it"));
        }
        generated.push((name, what, ""));
    }
    for group in &machine.groups {
        if group.ident == *owner {
            errors.at(&group.ident, format!("group `{owner}` has the name of its server"));
        }
    }
    let own = machine.states.iter().filter(|state| state.path.get_ident().is_some());
    let names =
        own.map(|state| &state.ident).chain(machine.groups.iter().map(|group| &group.ident));
    for name in names {
        let Some((_, what, option)) = generated.iter().find(|(taken, ..)| taken == name) else {
            continue;
        };
        let help = match *option {
            "" => "give it another name".to_owned(),
            option => format!(
                "give it another name, or write `{option} = ..` in the `genserver` attribute"
            ),
        };
        errors.at(
            name,
            format!(
                "the name `{name}` is taken: {what} of `{owner}` has it\n\
                 help: {help}"
            ),
        );
    }
}
