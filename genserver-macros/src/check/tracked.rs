//! `tracked`: that the owner of the handle alone moves the machine, so that its type stays true.

use proc_macro2::Ident;
use quote::format_ident;
use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall, Item, Pat};

use crate::check::{Context, Subject, params};
use crate::errors::Errors;
use crate::model::{Clause, Handler, Kind, Machine, Param, Server};
use crate::parse::read_body;
use crate::parse::sources::camel;
use crate::parse::ty;

pub(crate) fn check_tracked(context: Context<'_>, errors: &mut Errors) {
    let options = &context.server.options;
    let Some(machine) = context.server.machine.as_ref().filter(|_| options.tracked.is_some())
    else {
        return;
    };
    check_name(context, errors);
    for handler in context.server.handlers.iter().filter(|handler| !handler.flawed) {
        check_mover(handler, errors);
        check_stay(context, machine, handler, errors);
    }
}

/// A name is there for others to find the server by: `ContractClient::named("contract")` would move
/// it, and the handle of its owner would say what is true no more.
fn check_name(context: Context<'_>, errors: &mut Errors) {
    if let Some(name) = &context.server.options.name {
        let text = "a `tracked` machine is its owner's alone, but by its name others find it\n\
                    help: name it where it is started without a handle, `start(..).name(..)`";
        errors.at(name, text);
    }
}

/// Whether something in the guard leads elsewhere.
fn moves(handler: &Handler) -> bool {
    handler.guard.as_ref().is_some_and(|guard| !guard.targets().is_empty())
}

/// The handle's type changes by a call that gives the next handle. A cast gives nothing, an info
/// comes from anywhere, time passes by itself, and who deferred a reply may move on before it:
/// after `#[cast(Open => Shut)]` a `DoorTracked<Open>` would be a lie. Every kind of handler that is
/// no plain call is refused, if its guard has targets.
fn check_mover(handler: &Handler, errors: &mut Errors) {
    let Some(guard) = handler.guard.as_ref().filter(|_| moves(handler)) else { return };
    let (ident, noun) = (&handler.method.ident, handler.kind.noun());
    let text = match handler.kind {
        Kind::Call | Kind::Blocking => return,
        Kind::Deferred => format!(
            "`{ident}` moves a `tracked` machine and leaves its reply for later: nobody would know \
             in which order\n\
             help: return the reply, or leave `tracked` out"
        ),
        Kind::Cast | Kind::Unbounded => format!(
            "`{ident}` is {noun} that moves a `tracked` machine: its handle would not know\n\
             help: make it a `#[call]`, or leave `tracked` out"
        ),
        _ => format!(
            "`{ident}` is {noun} that moves a `tracked` machine: its handle would not know\n\
             help: leave `tracked` out"
        ),
    };
    errors.at(&guard.tokens, text);
}

/// `Ok(st.stay())` under `Shut => Open` replies that all went well, and the handle that is given
/// then is one of `Open`. What is refused gives the handle back as it was.
fn check_stay(context: Context<'_>, machine: &Machine, handler: &Handler, errors: &mut Errors) {
    let Some(guard) = handler.guard.as_ref().filter(|_| handler.kind.is_call()) else { return };
    let declares_all = |clause: &Clause| {
        let targets = clause.targets.iter().flat_map(|target| machine.leaves(target));
        let targets: Vec<usize> = targets.collect();
        let mut sources = clause.sources.iter().flat_map(|source| machine.leaves(source));
        targets.is_empty() || sources.all(|source| targets.contains(&source))
    };
    if guard.clauses.iter().all(declares_all) {
        return;
    }
    let function = context.function(&handler.method);
    let subject = Subject { context, handler, function };
    let state = params::framework(subject).find_map(|(typed, param)| match (param, &*typed.pat) {
        (Param::State { .. }, Pat::Ident(pat)) => Some((&pat.ident, ty::text(&*typed.ty))),
        _ => None,
    });
    let Some((state, written)) = state else { return };
    let mut finder = Stays { state, found: Vec::new() };
    let body = read_body(&function.block);
    finder.visit_block(&body);
    let (ident, written) = (&handler.method.ident, written.trim_start_matches('&').to_owned());
    for stay in finder.found {
        let text = format!(
            "`{ident}` may stay, but its guard only leads away: the handle of a `tracked` machine \
             would say so\n\
             help: declare it, `{written} => {written} | ..`, or `.refuse(..)` it here"
        );
        errors.at(stay, text);
    }
}

/// What stays and is not refused at once.
struct Stays<'ast> {
    state: &'ast Ident,
    found: Vec<&'ast Ident>,
}

impl Stays<'_> {
    fn is_stay(&self, call: &ExprMethodCall) -> bool {
        let of_state =
            matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident(self.state));
        of_state && (call.method == "stay" || call.method == "stay_mut")
    }
}

impl<'ast> Visit<'ast> for Stays<'ast> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if self.is_stay(call) {
            self.found.push(&call.method);
        }
        match &*call.receiver {
            Expr::MethodCall(inner) if call.method == "refuse" && self.is_stay(inner) => {
                inner.args.iter().chain(&call.args).for_each(|arg| self.visit_expr(arg));
            }
            _ => visit::visit_expr_method_call(self, call),
        }
    }

    // An item inside of the body does not see the parameter.
    fn visit_item(&mut self, _: &'ast Item) {}
}

/// The types that are generated for `tracked`, each with what it is.
pub(crate) fn tracked_types(server: &Server) -> Vec<(Ident, &'static str)> {
    let Some(machine) = server.machine.as_ref().filter(|_| server.options.tracked.is_some()) else {
        return Vec::new();
    };
    let owner = &server.ident;
    let mut types = vec![(format_ident!("{owner}Tracked"), "the tracked client")];
    let branches = |clause: &Clause| {
        let targets = clause.targets.iter().flat_map(|target| machine.leaves(target));
        targets.count() > 1
    };
    for handler in server.handlers.iter().filter(|handler| handler.kind.is_call()) {
        if handler.guard.iter().any(|guard| guard.clauses.iter().any(branches)) {
            let ident = format_ident!("{owner}After{}", camel(&handler.message));
            // Of handlers under different `#[cfg]`s one is there.
            if types.iter().all(|(known, _)| *known != ident) {
                types.push((ident, "an enum of handles"));
            }
        }
    }
    let init = server.init.as_ref().and_then(|init| init.returns.state.as_ref());
    if init.is_some_and(|state| ty::is_named(state, &server.options.state.to_string())) {
        types.push((format_ident!("{owner}AfterStart"), "an enum of handles"));
    }
    types
}
