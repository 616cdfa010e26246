//! `#[code_change]` makes a state of the next version out of an older one.

use quote::ToTokens;
use syn::ImplItemFn;

use crate::check::args::{find_borrow, find_impl};
use crate::check::{Context, signature};
use crate::errors::Errors;
use crate::model::{CodeChange, Number};
use crate::parse::signature::typed;
use crate::parse::ty;

pub(crate) fn check_code_changes(context: Context<'_>, errors: &mut Errors) {
    let server = context.server;
    for step in &server.code_changes {
        check_shape(context.function(&step.method), errors);
    }
    let Some(version) = &server.options.version else {
        check_no_step(context, errors);
        return;
    };
    let Some(version) = version.number else { return };
    let before = errors.len();
    for (at, step) in server.code_changes.iter().enumerate() {
        let Some(from) = step.from else { continue };
        check_older(step, from, version, errors);
        check_once(step, from, &server.code_changes[..at], errors);
    }
    let is_whole = server.code_changes.iter().all(|step| step.from.is_some());
    // A number that was told as wrong may be meant for the gap.
    if is_whole && errors.len() == before {
        check_gaps(&server.code_changes, version, errors);
    }
}

/// There is neither a server yet nor anybody who could wait: `async fn v1(&self, old: CounterV1)`
/// could change or await what is not there. One error, at what departs from the shape first.
fn check_shape(function: &ImplItemFn, errors: &mut Errors) {
    signature::check_unsafe(function, errors);
    if let Some(wrong) = find_wrong(function) {
        let ident = &function.sig.ident;
        let text = format!(
            "a `code_change` step has the shape `fn {ident}(old: Older) -> Newer`\n\
             help: or it returns `Result<Newer, E>`"
        );
        errors.at(wrong, text);
    }
}

fn find_wrong(function: &ImplItemFn) -> Option<&dyn ToTokens> {
    let signature = &function.sig;
    if let Some(word) = &signature.asyncness {
        return Some(word);
    }
    if let Some(param) = signature.generics.params.first() {
        return Some(param);
    }
    if let Some(receiver) = signature.receiver() {
        return Some(receiver);
    }
    let mut params = typed(signature);
    let Some(old) = params.next() else { return Some(&signature.ident) };
    if let Some(more) = params.next() {
        return Some(more);
    }
    if find_borrow(&old.ty).is_some() || find_impl(&old.ty).is_some() {
        return Some(&old.ty);
    }
    if let Some(attr) = old.attrs.iter().find(|attr| attr.path().is_ident("into")) {
        return Some(attr);
    }
    let Some(output) = ty::output(&signature.output) else { return Some(&signature.ident) };
    let is_owned = find_borrow(output).is_none() && find_impl(output).is_none();
    (!is_owned).then_some(output as &dyn ToTokens)
}

/// Without a version nothing is exported: the step would never run.
fn check_no_step(context: Context<'_>, errors: &mut Errors) {
    let steps = &context.server.code_changes;
    let newest = steps.iter().filter_map(|step| Some((step.from?, step)));
    let Some((from, step)) = newest.max_by_key(|(from, _)| from.value) else { return };
    let (ident, owner) = (&step.method.ident, &context.server.ident);
    let next = from.value.saturating_add(1);
    let text = format!(
        "`{ident}` migrates from version {}, but the state of `{owner}` has no version\n\
         help: write `#[genserver(version = {next})]`",
        from.value
    );
    errors.span(from.span, text);
}

/// A server is made from older states only: `from = 3` of version 3 leads nowhere.
fn check_older(step: &CodeChange, from: Number, version: Number, errors: &mut Errors) {
    if from.value < version.value {
        return;
    }
    let ident = &step.method.ident;
    let text = format!(
        "`{ident}` migrates from version {}, but the state has version {}\n\
         help: a step migrates from an older version; for a newer state write `version = {}`",
        from.value,
        version.value,
        from.value.saturating_add(1)
    );
    errors.span(from.span, text);
}

/// Of two steps from one version, which one should an old state take? Of those under a `#[cfg]` one
/// may be left.
fn check_once(step: &CodeChange, from: Number, before: &[CodeChange], errors: &mut Errors) {
    let is_same = |other: &&CodeChange| {
        let is_conditional = |step: &CodeChange| step.method.cfgs().next().is_some();
        other.from.is_some_and(|other| other.value == from.value)
            && !(is_conditional(step) && is_conditional(other))
    };
    if let Some(first) = before.iter().find(is_same) {
        let (first, second) = (&first.method.ident, &step.method.ident);
        let text = format!("two steps from version {}: `{first}` and `{second}`", from.value);
        errors.span(from.span, text);
    }
}

/// Each step leads to the next version only: with `from = 1` and `from = 3` a state of version 1
/// comes to 2 and no further. Told at what stands above the gap.
fn check_gaps(steps: &[CodeChange], version: Number, errors: &mut Errors) {
    let mut numbers: Vec<Number> = steps.iter().filter_map(|step| step.from).collect();
    numbers.push(version);
    numbers.sort_by_key(|number| number.value);
    for pair in numbers.windows(2) {
        let [below, above] = [pair[0], pair[1]];
        let missing = below.value.saturating_add(1);
        if missing >= above.value {
            continue;
        }
        let to = above.value;
        let help = match to - missing {
            1 => String::new(),
            _ => format!(", and so on up to `from = {}`", to - 1),
        };
        let text = format!(
            "no step leads from version {missing} to version {to}\n\
             help: add `#[code_change(from = {missing})]`{help}"
        );
        errors.span(above.span, text);
    }
}
