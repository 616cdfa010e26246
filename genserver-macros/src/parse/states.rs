//! `states(Pending: initial, Active { Disbursed, Repaying }, Completed: terminal, exhaustive)`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Path, Token, token};

use crate::errors::Errors;
use crate::model::{Group, Machine, State};
use crate::parse::list::parse_list;
use crate::parse::similar::similar;
use crate::parse::ty;

/// What `states(..)` says.
pub(crate) struct States {
    /// `None` if no state could be read.
    pub(crate) machine: Option<Machine>,
    /// Names may be missing.
    pub(crate) flawed: bool,
}

pub(crate) fn parse_states(
    input: ParseStream,
    key: &Ident,
    errors: &mut Errors,
) -> syn::Result<States> {
    if !input.peek(token::Paren) {
        let text = "`states` takes the states in parentheses\n\
                    help: for instance `states(Pending: initial, Completed: terminal)`";
        return Err(syn::Error::new(key.span(), text));
    }
    let content;
    syn::parenthesized!(content in input);
    let tokens: TokenStream = content.parse()?;
    if tokens.is_empty() {
        return Err(syn::Error::new(key.span(), "`states` names no state"));
    }
    let mut reader = Reader::default();
    reader.read_items(tokens, None, errors);
    Ok(reader.finish(key, errors))
}

#[derive(Default)]
struct Reader {
    states: Vec<State>,
    groups: Vec<Group>,
    /// The states marked `initial`: the place and the word.
    initial: Vec<(usize, Ident)>,
    exhaustive: bool,
    flawed: bool,
}

impl Reader {
    fn read_items(&mut self, tokens: TokenStream, group: Option<usize>, errors: &mut Errors) {
        parse_list(tokens, errors, |input, errors| {
            let read = self.read_item(input, group, errors);
            let is_whole = input.is_empty() || input.peek(Token![,]);
            self.flawed |= read.is_err() || !is_whole;
            read
        });
    }

    fn read_item(
        &mut self,
        input: ParseStream,
        group: Option<usize>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
            return Err(input.error("expected a state"));
        }
        let path = parse_state_path(input)?;
        let last = path.segments.last().expect("invariant: a path has a segment");
        let ident = ty::canonical(&last.ident);
        let is_word = ident.to_string().starts_with(|c: char| c.is_ascii_lowercase());
        if is_word
            && path.get_ident().is_some()
            && !input.peek(Token![:])
            && !input.peek(token::Brace)
        {
            return self.read_option(&ident, group.is_none());
        }
        if input.peek(token::Brace) {
            return self.read_group(input, &path, &ident, group, errors);
        }
        let properties = match read_properties(input, errors) {
            Ok(properties) => properties,
            Err(error) => {
                let unknown = Properties { flawed: true, ..Properties::default() };
                self.add_state(path, ident, group, &unknown, errors);
                return Err(error);
            }
        };
        if input.peek(token::Brace) {
            let first = self.states.len();
            let read = self.read_group(input, &path, &ident, group, errors);
            self.tell_of_group(&ident, &properties, first, errors);
            return read;
        }
        self.add_state(path, ident, group, &properties, errors);
        Ok(())
    }

    /// A word in the place of a state.
    fn read_option(&mut self, word: &Ident, is_outside: bool) -> syn::Result<()> {
        let help = match similar(&word.to_string(), ["exhaustive"]) {
            Some(_) if *word == "exhaustive" && is_outside => {
                if std::mem::replace(&mut self.exhaustive, true) {
                    let text = format!("the option `{word}` is given twice");
                    return Err(syn::Error::new(word.span(), text));
                }
                return Ok(());
            }
            Some(_) if *word == "exhaustive" => "it stands outside of the groups",
            Some(_) => "an option with a similar name exists: `exhaustive`",
            None => "states are types with names like `Pending`",
        };
        let text = format!("unknown option `{word}` of `states`\nhelp: {help}");
        Err(syn::Error::new(word.span(), text))
    }

    fn read_group(
        &mut self,
        input: ParseStream,
        path: &Path,
        ident: &Ident,
        parent: Option<usize>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if path.get_ident().is_none() {
            let text = format!("group `{ident}` is a new type, so it has a plain name");
            errors.at(path, text);
        }
        let content;
        syn::braced!(content in input);
        let tokens: TokenStream = content.parse()?;
        if tokens.is_empty() {
            errors.at(
                ident,
                format!(
                    "group `{ident}` is empty\n\
                     help: name its states, `{ident} {{ First, Second }}`"
                ),
            );
        }
        let declared = self.is_declared(ident, errors);
        let merged = self.groups.iter().position(|group| group.ident == *ident);
        let at = merged.or_else(|| (!declared).then_some(self.groups.len()));
        if at == Some(self.groups.len()) {
            self.groups.push(Group { ident: ident.clone(), parent });
        }
        let first = self.states.len();
        self.read_items(tokens, at.or(parent), errors);
        let properties = read_properties(input, errors)?;
        self.tell_of_group(ident, &properties, first, errors);
        Ok(())
    }

    /// A group is entered at one of its states and ends in one of them. What was said of the group
    /// may have been meant of any state in it, from place `first` on.
    fn tell_of_group(
        &mut self,
        group: &Ident,
        properties: &Properties,
        first: usize,
        errors: &mut Errors,
    ) {
        for word in &properties.words {
            let text = format!("group `{group}` cannot be `{word}`\nhelp: mark one of its states");
            errors.at(word, text);
            self.states[first..].iter_mut().for_each(|state| state.flawed = true);
        }
    }

    fn add_state(
        &mut self,
        path: Path,
        ident: Ident,
        group: Option<usize>,
        properties: &Properties,
        errors: &mut Errors,
    ) {
        if self.is_declared(&ident, errors) {
            return;
        }
        if let Some(word) = &properties.initial {
            self.initial.push((self.states.len(), word.clone()));
        }
        let terminal = properties.terminal.is_some();
        self.states.push(State { ident, path, group, terminal, flawed: properties.flawed });
    }

    /// States and groups share their names: both become variants, and guards name both. With
    /// `states(A: initial, B, B)` the state enum would have the variant `B` twice.
    fn is_declared(&self, ident: &Ident, errors: &mut Errors) -> bool {
        let state = self.states.iter().any(|state| state.ident == *ident);
        let group = self.groups.iter().any(|group| group.ident == *ident);
        if state || group {
            let what = if state { "state" } else { "group" };
            errors.at(ident, format!("{what} `{ident}` is declared twice"));
        }
        state || group
    }

    fn finish(self, key: &Ident, errors: &mut Errors) -> States {
        let Self { states, groups, initial, exhaustive, flawed } = self;
        // A property that could not be read may have been `initial`.
        let unsure = flawed || states.iter().any(|state| state.flawed);
        match initial.as_slice() {
            [] if unsure => {}
            [] => {
                let first =
                    states.first().map_or("Pending".to_owned(), |state| state.ident.to_string());
                errors.at(
                    key,
                    format!(
                        "no initial state\n\
                         help: mark it, `states({first}: initial, ..)`"
                    ),
                );
            }
            [_] => {}
            [(first, _), rest @ ..] => {
                for (second, word) in rest {
                    let (first, second) = (&states[*first].ident, &states[*second].ident);
                    errors.at(word, format!("two initial states: `{first}` and `{second}`"));
                }
            }
        }
        let rooted = initial.len() == 1;
        let initial = initial.first().map_or(0, |(at, _)| *at);
        let mut machine = Machine::new(states, groups, initial, rooted);
        machine.exhaustive = exhaustive;
        States { machine: (!machine.states.is_empty()).then_some(machine), flawed }
    }
}

/// A state's type: `Pending`, `other::Pending`, `Loaded<T>`.
fn parse_state_path(input: ParseStream) -> syn::Result<Path> {
    let path: Path = input.parse()?;
    if input.peek(token::Paren) {
        let text = "a state is a type, so it has no fields here\n\
                    help: they stand in its own `struct`";
        return Err(input.error(text));
    }
    Ok(path)
}

#[derive(Default)]
struct Properties {
    initial: Option<Ident>,
    terminal: Option<Ident>,
    flawed: bool,
    words: Vec<Ident>,
}

/// `: initial`, `: initial + terminal`.
fn read_properties(input: ParseStream, errors: &mut Errors) -> syn::Result<Properties> {
    let mut properties = Properties::default();
    if input.parse::<Option<Token![:]>>()?.is_none() {
        return Ok(properties);
    }
    loop {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected `initial` or `terminal`"));
        }
        let word = input.call(Ident::parse_any)?;
        read_property(&word, &mut properties, errors);
        if input.parse::<Option<Token![+]>>()?.is_none() {
            return Ok(properties);
        }
    }
}

fn read_property(word: &Ident, properties: &mut Properties, errors: &mut Errors) {
    let name = word.to_string();
    let place = match name.as_str() {
        "initial" => &mut properties.initial,
        "terminal" => &mut properties.terminal,
        _ => {
            properties.flawed = true;
            let text = format!(
                "unknown state property `{name}`\n\
                 help: use `initial` or `terminal`"
            );
            errors.at(word, text);
            return;
        }
    };
    if place.is_some() {
        errors.at(word, format!("the property `{name}` is given twice"));
    }
    *place = Some(word.clone());
    properties.words.push(word.clone());
}
