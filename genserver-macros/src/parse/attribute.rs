//! The attributes of handlers: `#[call(Pending => Approved, timeout = "1s")]`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::ParseStream;
use syn::{Attribute, Lit, Meta, Path, Token};

use crate::errors::Errors;
use crate::model::{Clause, Duration, Guard, Machine, Missed, Otherwise, Priority, Stay};
use crate::parse::duration::parse_positive;
use crate::parse::guard::{begins_guard, parse_clause, parse_message_name};
use crate::parse::list::{Seen, parse_equals, parse_key, parse_list, parse_word};
use crate::parse::misplaced::misplaced_option;
use crate::parse::options::{parse_ident, parse_inline, parse_timeout};
use crate::parse::otherwise::parse_otherwise;
use crate::parse::role::{OPTIONS, Role};
use crate::parse::similar::similar;
use crate::parse::stay::parse_stay;

/// What the attribute of a handler says.
#[derive(Default)]
pub(crate) struct HandlerOptions {
    pub(crate) guard: Option<Guard>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) name: Option<Ident>,
    pub(crate) inline: Option<(Ident, bool)>,
    pub(crate) skip_abandoned: bool,
    pub(crate) in_place: Option<Ident>,
    pub(crate) blocking: bool,
    pub(crate) unbounded: bool,
    pub(crate) priority: Priority,
    pub(crate) time: Option<Duration>,
    pub(crate) missed: Option<Missed>,
    pub(crate) otherwise: Option<Otherwise>,
    pub(crate) stay: Option<Stay>,
}

/// Reads what stands in the attribute's parentheses.
pub(crate) fn parse_handler_options(
    attr: &Attribute,
    role: Role,
    machine: Option<&Machine>,
    errors: &mut Errors,
) -> HandlerOptions {
    let before = errors.len();
    let mut reader =
        Reader { role, machine, options: HandlerOptions::default(), begun: Begun::default() };
    if let Some(tokens) = arguments(attr, role, errors) {
        parse_list(tokens, errors, |input, errors| reader.read_item(input, errors));
    }
    let Reader { options, begun, .. } = reader;
    // What could not be read may have been meant as the period.
    if role == Role::Every && !begun.timed && (begun.readable || errors.len() == before) {
        let text = "the `every` attribute needs a period\nhelp: for instance `#[every(\"5s\")]`";
        errors.at(attr.path(), text);
    }
    if role == Role::StateTimeout && errors.len() == before {
        check_stay(attr, &options, errors);
    }
    options
}

/// A time-out of no state, or after no time, never comes.
fn check_stay(attr: &Attribute, options: &HandlerOptions, errors: &mut Errors) {
    let example = "help: for instance `#[state_timeout(Pending, after = \"30d\" => Expired)]`";
    if options.guard.is_none() {
        errors.at(attr.path(), format!("the `state_timeout` attribute names a state\n{example}"));
    } else if options.stay.is_none() {
        errors.at(attr.path(), format!("the `state_timeout` attribute needs a time\n{example}"));
    }
}

struct Reader<'a> {
    role: Role,
    machine: Option<&'a Machine>,
    options: HandlerOptions,
    begun: Begun,
}

/// What has been read, if not understood.
#[derive(Default)]
struct Begun {
    items: usize,
    timed: bool,
    /// The first item is a guard or an option.
    readable: bool,
    seen: Seen,
}

impl Reader<'_> {
    fn read_item(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        let is_first = self.begun.items == 0;
        self.begun.items += 1;
        if let Some(what) = self.role.time()
            && begins_duration(input, is_first)
        {
            return self.read_time(input, what, is_first);
        }
        if begins_guard(input, self.machine) {
            self.begun.readable |= is_first;
            return self.read_clause(input, errors);
        }
        let key = match parse_key(input) {
            Ok(key) => key,
            Err(error) => {
                self.doubt();
                return Err(error);
            }
        };
        self.begun.readable |= is_first;
        if self.options.guard.is_none() && !is_option(&key, input) {
            self.doubt();
        }
        self.begun.seen.check(&key, errors);
        let read = parse_option(input, &key, self.role, &mut self.options);
        if read.is_err() && (key == "after" || key == "until") {
            // Its targets are not known.
            self.doubt();
        }
        read
    }

    /// What cannot be read may have been meant as a clause of the guard.
    fn doubt(&mut self) {
        self.options.guard.get_or_insert_default().push(Clause::default());
    }

    fn read_clause(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        let read = self.read_message_name(input, errors).and_then(|()| parse_clause(input));
        match read {
            Ok(clause) => self.options.guard.get_or_insert_default().push(clause),
            Err(error) => {
                self.doubt();
                return Err(error);
            }
        }
        Ok(())
    }

    /// `pay: ..` is `name = pay`, and stands before the first clause.
    fn read_message_name(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        let Some(name) = parse_message_name(input, self.machine)? else { return Ok(()) };
        let key = Ident::new("name", name.span());
        if !self.role.options().contains(&"name") {
            return Err(misplaced_option(&key, self.role));
        }
        if self.options.guard.is_some() {
            let text = format!("`{name}:` stands before the first state of the guard");
            errors.at(&name, text);
        } else {
            self.begun.seen.check(&key, errors);
        }
        self.options.name = Some(name);
        Ok(())
    }

    /// A word alone at the beginning is a constant; behind the duration it is a state.
    fn read_time(&mut self, input: ParseStream, what: &str, is_first: bool) -> syn::Result<()> {
        if std::mem::replace(&mut self.begun.timed, true) {
            return Err(input.error(format!("{what} is given twice")));
        }
        if !is_first {
            return Err(input.error(format!("{what} stands first")));
        }
        let state = input.fork().parse::<Ident>();
        if let Ok(state) = state.as_ref()
            && self.machine.is_some_and(|machine| machine.declares(state))
        {
            self.doubt();
            let name = self.role.name();
            let text = format!(
                "`{state}` is a state, but {what} stands first\n\
                 help: write `#[{name}(\"5s\", {state})]`"
            );
            return Err(syn::Error::new(state.span(), text));
        }
        self.options.time = Some(parse_positive(input, what)?);
        Ok(())
    }
}

/// Whether a duration begins here: a literal, or at the beginning the path of a constant.
fn begins_duration(input: ParseStream, is_first: bool) -> bool {
    if input.peek(Lit) || input.peek(Token![-]) {
        return true;
    }
    let ahead = input.fork();
    let Ok(path) = ahead.call(Path::parse_mod_style) else { return false };
    let is_alone = ahead.is_empty() || ahead.peek(Token![,]);
    let is_option = path.get_ident().is_some_and(|word| OPTIONS.iter().any(|name| word == name));
    is_first && is_alone && !is_option
}

/// Whether a word was meant as an option, be it a wrong one: it has a value, or nearly a known
/// name.
fn is_option(key: &Ident, input: ParseStream) -> bool {
    let is_bare = input.is_empty() || input.peek(Token![,]);
    let name = key.to_string();
    !is_bare
        || OPTIONS.contains(&name.as_str())
        || similar(&name, OPTIONS.iter().copied()).is_some()
}

/// The tokens in the parentheses.
pub(crate) fn arguments(attr: &Attribute, role: Role, errors: &mut Errors) -> Option<TokenStream> {
    match &attr.meta {
        Meta::Path(_) => None,
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::NameValue(pair) => {
            let name = role.name();
            let text = format!(
                "the `{name}` attribute takes no value\n\
                 help: options stand in parentheses, `#[{name}(..)]`"
            );
            errors.at(&pair.value, text);
            None
        }
    }
}

fn parse_option(
    input: ParseStream,
    key: &Ident,
    role: Role,
    options: &mut HandlerOptions,
) -> syn::Result<()> {
    let name = key.to_string();
    if !role.options().contains(&name.as_str()) {
        return Err(misplaced_option(key, role));
    }
    match name.as_str() {
        "timeout" => options.timeout = Some(parse_timeout(input, key)?),
        "priority" => options.priority = parse_priority(input, key)?,
        "missed" => options.missed = Some(parse_missed(input, key)?),
        "otherwise" => options.otherwise = Some(parse_otherwise(input, key)?),
        "after" | "until" => parse_stay(input, key, &mut options.stay, options.guard.as_mut())?,
        "name" => options.name = Some(parse_ident(input, key, "begin")?),
        "inline" => options.inline = Some((key.clone(), parse_inline(input, key)?)),
        "skip_abandoned" => options.skip_abandoned = true,
        "in_place" => options.in_place = Some(key.clone()),
        "blocking" => options.blocking = true,
        _ => options.unbounded = true,
    }
    if input.peek(Token![=])
        && matches!(name.as_str(), "skip_abandoned" | "in_place" | "blocking" | "unbounded")
    {
        return Err(input.error(format!("`{name}` takes no value")));
    }
    Ok(())
}

fn parse_priority(input: ParseStream, key: &Ident) -> syn::Result<Priority> {
    parse_equals(input, key, "high")?;
    parse_word(input, key, &[("high", Priority::High), ("normal", Priority::Normal)])
}

fn parse_missed(input: ParseStream, key: &Ident) -> syn::Result<Missed> {
    parse_equals(input, key, "skip")?;
    let words = [("skip", Missed::Skip), ("catch_up", Missed::CatchUp), ("delay", Missed::Delay)];
    parse_word(input, key, &words)
}
