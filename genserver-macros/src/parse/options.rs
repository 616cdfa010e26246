//! The options of the `genserver` attribute.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, LitBool, LitStr, Path, Token, Visibility};

use crate::errors::Errors;
use crate::model::{Duration, Machine, Mailbox, Options, Overflow, Restart, Shutdown, Version};
use crate::parse::duration::{parse_duration, parse_positive};
use crate::parse::list::{Seen, parse_equals, parse_key, parse_list, parse_word, unknown_option};
use crate::parse::otherwise::parse_otherwise;
use crate::parse::states::parse_states;
use crate::parse::version::parse_version;

const OPTIONS: &[&str] = &[
    "states",
    "name",
    "mailbox",
    "overflow",
    "call_timeout",
    "shutdown",
    "hibernate_after",
    "passivate",
    "trap_exit",
    "restart",
    "version",
    "otherwise",
    "inline",
    "crate",
    "vis",
    "start",
    "client",
    "state",
    "derive",
    "tracked",
];

/// What the attribute says. Until an item of it is read, it may be the one that names the states.
pub(crate) struct Attribute {
    pub(crate) options: Options,
    pub(crate) machine: Option<Machine>,
    pub(crate) states_flawed: bool,
}

pub(crate) fn parse_options(attr: TokenStream, ident: &Ident, errors: &mut Errors) -> Attribute {
    let options = defaults(ident);
    let mut attribute = Attribute { options, machine: None, states_flawed: false };
    let mut seen = Seen::default();
    let mut of_states = Vec::new();
    parse_list(attr, errors, |input, errors| {
        let were_flawed = std::mem::replace(&mut attribute.states_flawed, true);
        let key = parse_key(input)?;
        seen.check(&key, errors);
        if key == "states" {
            let states = parse_states(input, &key, errors)?;
            if attribute.machine.is_some() {
                attribute.states_flawed = were_flawed;
                return Ok(());
            }
            attribute.states_flawed = were_flawed || states.flawed || states.machine.is_none();
            attribute.machine = states.machine;
            return Ok(());
        }
        // `sates(..)` and `state(..)` are errors that hide all states.
        let may_be_states = input.peek(syn::token::Paren) && key != "derive" && key != "tracked";
        attribute.states_flawed = were_flawed || may_be_states;
        parse_option(input, &key, &mut attribute.options)?;
        if key == "state" || key == "derive" || key == "tracked" {
            of_states.push(key);
        }
        Ok(())
    });
    if attribute.machine.is_none() && !attribute.states_flawed {
        for key in of_states {
            errors.at(&key, format!("the option `{key}` needs `states(..)`"));
        }
    }
    attribute
}

fn defaults(ident: &Ident) -> Options {
    let name = ident.unraw();
    let krate = format_ident!("genserver_runtime", span = Span::call_site());
    Options {
        krate: syn::parse_quote!(::#krate),
        name: None,
        mailbox: None,
        overflow: None,
        call_timeout: None,
        shutdown: None,
        hibernate_after: None,
        passivate: None,
        trap_exit: None,
        restart: None,
        version: None,
        otherwise: None,
        inline: true,
        vis: None,
        start: format_ident!("start", span = ident.span()),
        client: format_ident!("{name}Client", span = ident.span()),
        state: format_ident!("{name}State", span = ident.span()),
        tracked: None,
        derive: Vec::new(),
    }
}

fn parse_option(input: ParseStream, key: &Ident, options: &mut Options) -> syn::Result<()> {
    match key.to_string().as_str() {
        "name" => options.name = Some(parse_name(input, key)?),
        "mailbox" => options.mailbox = Some(parse_mailbox(input, key)?),
        "overflow" => options.overflow = Some(parse_overflow(input, key)?),
        "call_timeout" => options.call_timeout = Some(parse_timeout(input, key)?),
        "shutdown" => options.shutdown = Some(parse_shutdown(input, key)?),
        "hibernate_after" => options.hibernate_after = Some(parse_rest(input, key)?),
        "passivate" => options.passivate = Some(parse_rest(input, key)?),
        "trap_exit" => options.trap_exit = Some(parse_bare(input, key)?),
        "restart" => options.restart = Some(parse_restart(input, key)?),
        "version" => {
            options.version = Some(Version { key: key.clone(), number: None });
            let number = Some(parse_version(input, key)?);
            options.version = Some(Version { key: key.clone(), number });
        }
        "otherwise" => options.otherwise = Some(parse_otherwise(input, key)?),
        "inline" => options.inline = parse_inline(input, key)?,
        "crate" => options.krate = parse_crate(input, key)?,
        "vis" => options.vis = Some(parse_vis(input, key)?),
        "start" => options.start = parse_ident(input, key, "launch")?,
        "client" => options.client = parse_ident(input, key, "Client")?,
        "state" => options.state = parse_ident(input, key, "State")?,
        "derive" => options.derive = parse_derive(input, key)?,
        "tracked" => options.tracked = Some(parse_bare(input, key)?),
        _ => return Err(unknown_option(key, "the `genserver` attribute", OPTIONS)),
    }
    Ok(())
}

/// An option that is the word alone.
fn parse_bare(input: ParseStream, key: &Ident) -> syn::Result<Ident> {
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(input.error(format!("`{key}` takes no value")));
    }
    Ok(key.clone())
}

fn parse_name(input: ParseStream, key: &Ident) -> syn::Result<LitStr> {
    parse_equals(input, key, "\"counter\"")?;
    if !input.peek(LitStr) {
        return Err(input.error(
            "a server's name is a string\n\
             help: for instance `name = \"counter\"`",
        ));
    }
    let name: LitStr = input.parse()?;
    if name.value().is_empty() {
        return Err(syn::Error::new(name.span(), "empty name"));
    }
    Ok(name)
}

fn parse_mailbox(input: ParseStream, key: &Ident) -> syn::Result<Mailbox> {
    parse_equals(input, key, "1024")?;
    let value: Expr = input.parse()?;
    let help = "help: write a number of messages, a path to a constant, or `unbounded`";
    let wrong = |text: &str| Err(syn::Error::new_spanned(&value, format!("{text}\n{help}")));
    match &value {
        Expr::Path(path) if path.path.is_ident("unbounded") => return Ok(Mailbox::Unbounded),
        Expr::Lit(literal) => {
            let Lit::Int(number) = &literal.lit else {
                return wrong("the size of a mailbox is a number");
            };
            if !matches!(number.suffix(), "" | "u32") {
                return wrong("the size of a mailbox is a `u32`");
            }
            match number.base10_parse::<u32>() {
                Ok(0) => return wrong("a mailbox needs room for a message"),
                Ok(_) => {}
                Err(_) => return wrong("the size of a mailbox is a `u32`"),
            }
        }
        Expr::Unary(_) => return wrong("the size of a mailbox is a number"),
        _ => {}
    }
    Ok(Mailbox::Bounded(value))
}

fn parse_overflow(input: ParseStream, key: &Ident) -> syn::Result<Overflow> {
    parse_equals(input, key, "reject")?;
    let words = [
        ("wait", Overflow::Wait),
        ("reject", Overflow::Reject),
        ("drop_oldest", Overflow::DropOldest),
        ("drop_newest", Overflow::DropNewest),
    ];
    parse_word(input, key, &words)
}

fn parse_restart(input: ParseStream, key: &Ident) -> syn::Result<Restart> {
    parse_equals(input, key, "transient")?;
    let words = [
        ("permanent", Restart::Permanent),
        ("transient", Restart::Transient),
        ("temporary", Restart::Temporary),
    ];
    parse_word(input, key, &words)
}

/// A time-out: a duration, or `infinity`.
pub(crate) fn parse_timeout(input: ParseStream, key: &Ident) -> syn::Result<Duration> {
    parse_equals(input, key, "\"5s\"")?;
    if parse_keyword(input, "infinity")? {
        return Ok(Duration::Infinity);
    }
    parse_duration(input)
}

fn parse_shutdown(input: ParseStream, key: &Ident) -> syn::Result<Shutdown> {
    parse_equals(input, key, "\"5s\"")?;
    if parse_keyword(input, "infinity")? {
        return Ok(Shutdown::Infinity);
    }
    if parse_keyword(input, "kill")? {
        return Ok(Shutdown::Kill);
    }
    parse_duration(input).map(Shutdown::After)
}

/// How long a server rests before something is done about it.
fn parse_rest(input: ParseStream, key: &Ident) -> syn::Result<Duration> {
    parse_equals(input, key, "\"60s\"")?;
    parse_positive(input, &format!("`{key}`"))
}

/// Takes the word if it is the whole value; `infinity::OF` is a path.
fn parse_keyword(input: ParseStream, word: &str) -> syn::Result<bool> {
    let ahead = input.fork();
    let found = ahead.parse::<Ident>().is_ok_and(|ident| ident == word) && !ahead.peek(Token![::]);
    if found {
        input.parse::<Ident>()?;
    }
    Ok(found)
}

pub(crate) fn parse_inline(input: ParseStream, key: &Ident) -> syn::Result<bool> {
    parse_equals(input, key, "false")?;
    if !input.peek(LitBool) {
        return Err(input.error("`inline` is `true` or `false`"));
    }
    Ok(input.parse::<LitBool>()?.value)
}

fn parse_crate(input: ParseStream, key: &Ident) -> syn::Result<Path> {
    parse_equals(input, key, "::genserver_runtime")?;
    if input.peek(LitStr) {
        return Err(input.error("`crate` is a path\nhelp: leave out the quotation marks"));
    }
    input.call(Path::parse_mod_style)
}

fn parse_vis(input: ParseStream, key: &Ident) -> syn::Result<Visibility> {
    parse_equals(input, key, "pub(crate)")?;
    match input.parse()? {
        Visibility::Inherited => {
            Err(input.error("expected a visibility\nhelp: for instance `vis = pub(crate)`"))
        }
        vis => Ok(vis),
    }
}

pub(crate) fn parse_ident(input: ParseStream, key: &Ident, example: &str) -> syn::Result<Ident> {
    parse_equals(input, key, example)?;
    if !input.peek(syn::Ident) {
        let text = format!("`{key}` takes a name\nhelp: for instance `{key} = {example}`");
        return Err(input.error(text));
    }
    input.parse()
}

fn parse_derive(input: ParseStream, key: &Ident) -> syn::Result<Vec<Path>> {
    if !input.peek(syn::token::Paren) {
        let text = "`derive` takes traits in parentheses\n\
                    help: for instance `derive(Clone, Debug)`";
        return Err(syn::Error::new(key.span(), text));
    }
    let content;
    syn::parenthesized!(content in input);
    // Read apart, so that what is left over is told once.
    let content: TokenStream = content.parse()?;
    let paths = |input: ParseStream| {
        Punctuated::<Path, Token![,]>::parse_terminated_with(input, Path::parse_mod_style)
    };
    Ok(paths.parse2(content)?.into_iter().collect())
}
