//! The rules, in stages: names, then shape, then graph.
//!
//! All independent mistakes are reported in one run, and each of them once: a stage is silent about
//! a handler of which an earlier one has told something.

mod args;
mod cast;
mod code_change;
mod exhaustive;
mod format_state;
mod generics;
pub(crate) mod graph;
mod guard;
mod hibernate;
mod hook;
mod hook_param;
mod idle;
mod info;
mod init;
mod methods;
mod names;
mod otherwise;
mod params;
mod reply;
mod signature;
mod statement;
mod stay;
mod taken;
mod terminate;
#[cfg(test)]
mod tests;
mod tracked;

use syn::{ImplItem, ImplItemFn, ItemImpl};

pub(crate) use self::generics::unbound;
pub(crate) use self::statement::dropped_next;
pub(crate) use self::tracked::tracked_types;

use crate::check::args::TRAVELS;
use crate::errors::Errors;
use crate::model::{Guard, Handler, Machine, Method, Server};
use crate::parse::signature::Scope;
use crate::parse::sources::Sources;

/// What the rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) server: &'a Server,
    pub(crate) item: &'a ItemImpl,
}

impl<'a> Context<'a> {
    pub(crate) fn function(self, method: &Method) -> &'a ImplItemFn {
        match self.item.items.get(method.item) {
            Some(ImplItem::Fn(function)) => function,
            _ => unreachable!("invariant: a method's place in the impl holds a function"),
        }
    }
}

/// A handler with all that its rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) handler: &'a Handler,
    pub(crate) function: &'a ImplItemFn,
}

impl<'a> Subject<'a> {
    pub(crate) fn machine(self) -> Option<&'a Machine> {
        self.context.server.machine.as_ref()
    }

    /// As the handler was read.
    pub(crate) fn scope(self) -> Scope<'a> {
        let (server, machine) = (self.context.server, self.machine());
        let guard = self.handler.guard.as_ref();
        let lenient = server.states_flawed || (machine.is_none() && guard.is_some());
        let sources = Sources {
            server: &server.ident,
            message: &self.handler.message,
            method: &self.handler.method.ident,
            several: guard.is_some_and(Guard::has_several_sources),
        };
        let (options, sources) = (&server.options, Some(sources));
        Scope { server: &server.ident, options, machine, lenient, sources }
    }
}

/// Reports the mistakes that the parts of a server make together.
pub(crate) fn check(server: &Server, item: &ItemImpl, errors: &mut Errors) {
    let context = Context { server, item };
    taken::check_lifetimes(context, errors);
    generics::check_params(context, errors);
    taken::check_taken_names(context, errors);
    taken::check_generated_types(context, errors);
    names::check_messages(context, errors);
    names::check_methods(context, errors);
    methods::check_methods(context, errors);
    info::check_infos(context, errors);
    idle::check_idle(context, errors);
    tracked::check_tracked(context, errors);
    if let Some(init) = &server.init {
        init::check_init(context, init, errors);
    }
    if let Some(terminate) = &server.terminate {
        terminate::check_terminate(context, terminate, errors);
    }
    if let Some(hibernate) = &server.hibernate {
        hibernate::check_hibernate(context.function(hibernate), errors);
    }
    if let Some(format) = &server.format_state {
        format_state::check_format_state(context, format, errors);
    }
    code_change::check_code_changes(context, errors);
    hook::check_hooks(context, errors);
    let sound: Vec<bool> =
        server.handlers.iter().map(|handler| check_handler(context, handler, errors)).collect();
    otherwise::check_otherwise(server, &sound, errors);
    stay::check_stays(server, errors);
    if let Some(machine) = &server.machine {
        exhaustive::check_exhaustive(server, machine, &sound, errors);
        graph::check_graph(server, machine, &sound, errors);
    }
}

/// Names, then shape; tells whether nothing was found.
fn check_handler(context: Context<'_>, handler: &Handler, errors: &mut Errors) -> bool {
    let function = context.function(&handler.method);
    let subject = Subject { context, handler, function };
    let before = errors.len();
    signature::check_qualifiers(function, errors);
    signature::check_generics(function, TRAVELS, errors);
    signature::check_receiver(function, errors);
    params::check_params(subject, errors);
    args::check_args(subject, errors);
    let named = !handler.flawed && names::check_guard_names(subject, errors);
    if handler.flawed {
        return false;
    }
    reply::check_reply(subject, errors);
    cast::check_cast(subject, errors);
    statement::check_unused_next(subject, errors);
    if named && errors.len() == before {
        guard::check_guard(subject, errors);
    }
    errors.len() == before
}
