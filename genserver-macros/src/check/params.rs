//! The framework parameters, which stand right after `self`.

use syn::{Ident, PatType, Type};

use crate::check::Subject;
use crate::check::args::find_borrow;
use crate::errors::Errors;
use crate::model::{Guard, Kind, Param};
use crate::parse::signature::{is_cx, parse_param, reply_of, typed};
use crate::parse::ty;

/// The parameters that are arguments; what only stands in the wrong place is none.
pub(crate) fn arguments(subject: Subject<'_>) -> impl Iterator<Item = &PatType> {
    let rest = typed(&subject.function.sig).skip(subject.handler.params.len());
    rest.filter(move |typed| !is_misplaced(subject, &typed.ty))
}

/// The framework parameters as written, each with what it was recognised as.
pub(crate) fn framework(subject: Subject<'_>) -> impl Iterator<Item = (&PatType, &Param)> {
    typed(&subject.function.sig).zip(&subject.handler.params)
}

pub(crate) fn check_params(subject: Subject<'_>, errors: &mut Errors) {
    for (typed, param) in framework(subject) {
        match param {
            Param::Cx => check_cx(typed, errors),
            Param::Reply(_) => check_reply_to(subject, typed, errors),
            Param::State { .. } => check_state(subject, typed, errors),
            Param::Sources(_) => check_sources(typed, errors),
        }
        check_no_into(typed, errors);
    }
    check_once(subject, errors);
    check_places(subject, errors);
}

/// The context belongs to the server, which lends it: `cx: Cx<Self>` could not be given away, and
/// `cx: &Cx<Self>` could not set a timer.
pub(crate) fn check_cx(typed: &PatType, errors: &mut Errors) {
    let exclusive = ty::as_reference(&typed.ty).is_some_and(|found| found.mutability.is_some());
    if !exclusive {
        let name = ty::pattern(&typed.pat);
        errors.at(&typed.ty, format!("`{name}` must be `&mut Cx<Self>`"));
    }
}

/// A cast has no caller that waits, a blocking call answers with what it returns: the `ReplyTo` of
/// `#[cast] fn reset(&mut self, reply: ReplyTo<u8>)` would answer nobody.
fn check_reply_to(subject: Subject<'_>, typed: &PatType, errors: &mut Errors) {
    let ident = &subject.handler.method.ident;
    let kind = subject.handler.kind;
    let text = match kind {
        Kind::Blocking => {
            format!(
                "`{ident}` is `blocking`, so it cannot take a `ReplyTo`\n\
                 help: return the reply"
            )
        }
        Kind::Call | Kind::Deferred => return,
        _ => {
            let (noun, help) = (kind.noun(), "\nhelp: make it a `#[call]`");
            let help = if kind.is_timed() { "" } else { help };
            format!("{noun} carries no reply, so `{ident}` cannot take a `ReplyTo`{help}")
        }
    };
    errors.at(&typed.ty, text);
}

/// A handler borrows the state and moves it in the commit: with `st: Pending` an `Err` after it
/// would have lost the state.
fn check_state(subject: Subject<'_>, typed: &PatType, errors: &mut Errors) {
    let name = ty::pattern(&typed.pat);
    let Some(reference) = ty::as_reference(&typed.ty) else {
        let state = ty::text(&typed.ty);
        let text = format!(
            "`{name}: {state}` takes the state by value\n\
             help: take `{name}: &{state}` and move it in `{name}.goto(..)`"
        );
        errors.at(typed, text);
        return;
    };
    let scope = subject.scope();
    let Some(state) = ty::name_of(&reference.elem) else { return };
    check_swap(subject, typed, reference.mutability.is_some(), state, errors);
    if scope.is_state(state) || scope.lenient {
        return;
    }
    if let Some(near) = scope.similar(state) {
        let ident = &subject.handler.method.ident;
        let text = format!(
            "unknown state `{state}` in the parameters of `{ident}`\n\
             help: a state with a similar name exists: `{near}`"
        );
        errors.at(state, text);
    }
}

/// What it holds is borrowed already: `&DoorPushFrom<'_>` would have to borrow it from nobody.
fn check_sources(typed: &PatType, errors: &mut Errors) {
    let Some(reference) = ty::as_reference(&typed.ty) else { return };
    let (name, written) = (ty::pattern(&typed.pat), ty::text(&reference.elem));
    let text = format!("`{name}` borrows the state already\nhelp: take `{name}: {written}`");
    errors.at(&typed.ty, text);
}

/// Only the guard declares transitions: `#[call(Active)] fn f(&self, st: &mut Active)` could put
/// another state of the group in its place. A parameter that is not the guard's is told as that.
fn check_swap(
    subject: Subject<'_>,
    typed: &PatType,
    exclusive: bool,
    state: &Ident,
    errors: &mut Errors,
) {
    let every = &subject.context.server.options.state;
    let is_guard = |guard: &Guard| guard.single_source() == Some(state);
    let is_own = state == every || subject.handler.guard.as_ref().is_none_or(is_guard);
    if exclusive && is_own && subject.scope().is_several(state) {
        let (ident, name) = (&subject.handler.method.ident, ty::pattern(&typed.pat));
        let moved =
            if state == every { String::new() } else { format!(" and return `{name}.goto(..)`") };
        let text = format!(
            "`{ident}` takes `&mut {state}`, which could be swapped for another state\n\
             help: take `&{state}`{moved}, or guard a single state"
        );
        errors.at(&typed.ty, text);
    }
}

/// What the framework gives is no argument: `#[into] cx: &mut Cx<Self>` converts nothing.
pub(crate) fn check_no_into(typed: &PatType, errors: &mut Errors) {
    for attr in typed.attrs.iter().filter(|attr| attr.path().is_ident("into")) {
        let name = ty::pattern(&typed.pat);
        errors.at(attr.path(), format!("`{name}` is not an argument, so it takes no `#[into]`"));
    }
}

/// There is one context, one reply and one state: the second `cx: &mut Cx<Self>` would alias the
/// first.
fn check_once(subject: Subject<'_>, errors: &mut Errors) {
    let mut seen = [false; 3];
    for (typed, param) in framework(subject) {
        let (at, what) = match param {
            Param::Cx => (0, "the context"),
            Param::Reply(_) => (1, "the `ReplyTo`"),
            Param::State { .. } | Param::Sources(_) => (2, "the state"),
        };
        if std::mem::replace(&mut seen[at], true) {
            let ident = &subject.handler.method.ident;
            errors.at(typed, format!("`{ident}` takes {what} twice"));
        }
    }
}

/// In `fn add(&mut self, by: u8, cx: &mut Cx<Self>)` the context would be an argument, which the
/// client cannot give.
fn check_places(subject: Subject<'_>, errors: &mut Errors) {
    let rest = typed(&subject.function.sig).skip(subject.handler.params.len());
    // A borrow in between is a framework parameter with a mistake: that is what is told then.
    let rest = rest
        .take_while(|typed| is_misplaced(subject, &typed.ty) || find_borrow(&typed.ty).is_none());
    for typed in rest.filter(|typed| is_misplaced(subject, &typed.ty)) {
        let written = ty::text(typed.ty.as_ref());
        let name = ty::pattern(&typed.pat);
        errors.at(typed, format!("`{name}: {written}` must stand right after `self`"));
    }
}

/// A framework parameter behind an argument. A state by value is an argument there, and so is a
/// `ReplyTo` that a cast or an info hands on.
fn is_misplaced(subject: Subject<'_>, ty: &Type) -> bool {
    if reply_of(ty).is_some() {
        return subject.handler.kind.is_call();
    }
    match parse_param(ty, subject.scope()) {
        Some(Param::Sources(_)) => true,
        param => is_cx(ty) || (param.is_some() && ty::as_reference(ty).is_some()),
    }
}
