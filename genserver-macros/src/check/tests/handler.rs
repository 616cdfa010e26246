//! Signatures and returns of handlers.

use super::{check, check_handler};

#[test]
fn qualifiers() {
    check_handler(
        "#[call] unsafe fn get(&self) {}",
        &["unsafe: `get` cannot be `unsafe`: the server calls it"],
    );
    check_handler(
        "#[cast] const fn put(&self) {}",
        &["const: `put` cannot be `const`: the server calls it at run time"],
    );
    check_handler(
        "#[call] extern \"C\" fn get(&self) {}",
        &["extern \"C\": `get` cannot be `extern`: the server calls it"],
    );
    check_handler("#[init] const fn new() -> Self {}", &[]);
    check_handler(
        "#[init] unsafe fn new() -> Self {}",
        &["unsafe: `new` cannot be `unsafe`: the server calls it"],
    );
}

#[test]
fn generics() {
    check_handler(
        "#[call] fn put<T: Send, const N: usize>(&self, value: T) {}",
        &[
            "T: `put` has the generic parameter `T`, but arguments travel in a message\n\
             help: name a type, or make the server generic, `impl<T> ..`",
            "N: `put` has the generic parameter `N`, but arguments travel in a message\n\
             help: name a value, or make the server generic, `impl<const N: ..> ..`",
        ],
    );
    check_handler(
        "#[call] fn put<'a>(&'a self, cx: &'a mut Cx<Self>) {}",
        &["'a: `put` has the lifetime parameter `'a`, but arguments travel in a message\n\
           help: leave it out"],
    );
    check_handler(
        "#[call] fn put(&self) where Self: Clone {}",
        &["where: `put` has a where-clause of its own\nhelp: move it to the `impl` block"],
    );
}

#[test]
fn receivers() {
    const HELP: &str = "\nhelp: take `&self` or `&mut self`";
    #[track_caller]
    fn wrong(signature: &str, text: &str) {
        check_handler(&format!("#[call] {signature} {{}}"), &[&format!("{text}{HELP}")]);
    }
    wrong("fn get()", "get: `get` has no `self`, but a handler runs on the server");
    wrong("fn get(a: u8)", "get: `get` has no `self`, but a handler runs on the server");
    wrong(
        "fn get(self)",
        "self: `get` takes `self` by value, but the server is needed for the next message",
    );
    wrong(
        "fn get(mut self)",
        "self: `get` takes `self` by value, but the server is needed for the next message",
    );
    wrong(
        "fn get(self: Box<Self>)",
        "Box<Self>: `get` takes `self` as `Box<Self>`, but the server stays where it is",
    );
    wrong(
        "fn get(self: Pin<&mut Self>)",
        "Pin<&mut Self>: `get` takes `self` as `Pin<&mut Self>`, but the server stays where it is",
    );
    wrong("fn get(&'static self)", "'static: `get` borrows the server for longer than a message");
}

#[test]
fn borrowed_arguments() {
    check_handler(
        "#[call] fn rename(&self, name: &str, bytes: &mut [u8], key: &Key<u8>, path: &Path, deep: Vec<&str>, any: Cow<'_, str>, dynamic: &dyn Any) {}",
        &[
            "&str: `name` borrows, but arguments travel in a message\n\
             help: take an owned type, `name: String`",
            "&mut [u8]: `bytes` borrows, but arguments travel in a message\n\
             help: take an owned type, `bytes: Vec<u8>`",
            "&Key<u8>: `key` borrows, but arguments travel in a message\n\
             help: take an owned type, `key: Key<u8>`",
            "&Path: `path` borrows, but arguments travel in a message\n\
             help: take an owned type, `path: PathBuf`",
            "&str: `deep` borrows, but arguments travel in a message\n\
             help: take an owned type",
            "'_: `any` borrows, but arguments travel in a message\n\
             help: take an owned type",
            "&dyn Any: `dynamic` borrows, but arguments travel in a message\n\
             help: take an owned type",
        ],
    );
    check_handler(
        "#[cast] fn run(&self, a: &'static str, b: Box<dyn Fn(&str) -> &u8>, c: fn(&u8), d: Box<dyn for<'a> Visit<'a>>, e: [u8; N]) {}",
        &[],
    );
}

#[test]
fn impl_trait_arguments() {
    check_handler(
        "#[call] fn rename(&self, name: impl Into<String>, f: impl Fn() + Send, g: Vec<impl Send>) {}",
        &[
            "impl Into<String>: `name` is `impl Trait`, but arguments travel in a message\n\
             help: write `#[into] name: String`",
            "impl Fn() + Send: `f` is `impl Trait`, but arguments travel in a message\n\
             help: name a type, or box it",
            "impl Send: `g` is `impl Trait`, but arguments travel in a message\n\
             help: name a type, or box it",
        ],
    );
}

#[test]
fn into() {
    check_handler(
        "#[call] fn rename(&self, #[into] name: &str) {}",
        &["&str: `#[into]` converts to an owned value, so `name` cannot be a reference\n\
           help: take an owned type, `name: String`"],
    );
    check_handler(
        "#[call] fn rename(&self, #[into(String)] name: String) {}",
        &["into(String): the `into` attribute takes no options"],
    );
    check_handler(
        "#[call] fn rename(&self, #[into] cx: &mut Cx<Self>) {}",
        &["into: `cx` is not an argument, so it takes no `#[into]`"],
    );
    check_handler(
        "#[info] fn tick(&self, #[into] text: String) {}",
        &["into: an info is sent by its type, so it takes no `#[into]`"],
    );
    check_handler(
        "#[call] fn rename(&self, #[cfg(unix)] name: String) {}",
        &["cfg: `name` cannot have a `cfg` of its own\nhelp: put it on the method"],
    );
}

#[test]
fn framework_parameters() {
    check_handler(
        "#[call] fn get(&self, cx: &Cx<Self>) {}",
        &["&Cx<Self>: `cx` must be `&mut Cx<Self>`"],
    );
    check_handler(
        "#[call] fn get(&self, cx: Cx<Self>) {}",
        &["Cx<Self>: `cx` must be `&mut Cx<Self>`"],
    );
    check_handler(
        "#[call] fn get(&self, by: u8, cx: &mut Cx<Self>) {}",
        &["cx: &mut Cx<Self>: `cx: &mut Cx<Self>` must stand right after `self`"],
    );
    check_handler(
        "#[call] fn get(&self, by: u8, reply: ReplyTo<u8>) {}",
        &["reply: ReplyTo<u8>: `reply: ReplyTo<u8>` must stand right after `self`"],
    );
    check_handler(
        "#[call] fn get(&self, a: &mut Cx<Self>, b: &mut Cx<Self>) {}",
        &["b: &mut Cx<Self>: `get` takes the context twice"],
    );
    check_handler(
        "#[call] fn get(&self, a: ReplyTo<u8>, b: ReplyTo<u8>) {}",
        &["b: ReplyTo<u8>: `get` takes the `ReplyTo` twice"],
    );
    // Handed on, it is an argument like any other.
    check_handler("#[cast] fn work(&self, job: u8, reply: ReplyTo<u8>) {}", &[]);
}

#[test]
fn a_state_needs_states() {
    check_handler(
        "#[call] fn get(&self, st: &Pending) {} #[call] fn all(&self, now: &CounterState) {}",
        &[
            "&Pending: `get` takes the state `&Pending`, but `Counter` has no states\n\
             help: declare them, `#[genserver(states(Pending: initial, ..))]`",
            "&CounterState: `all` takes the state `&CounterState`, but `Counter` has no states\n\
             help: declare them, `#[genserver(states(Pending: initial, ..))]`",
        ],
    );
}

#[test]
fn reply_to() {
    check_handler(
        "#[cast] fn reset(&self, reply: ReplyTo<u8>) {}",
        &["ReplyTo<u8>: a cast carries no reply, so `reset` cannot take a `ReplyTo`\n\
           help: make it a `#[call]`"],
    );
    check_handler(
        "#[info] fn tick(&self, reply: ReplyTo<u8>, m: u8) {}",
        &["ReplyTo<u8>: an info carries no reply, so `tick` cannot take a `ReplyTo`\n\
           help: make it a `#[call]`"],
    );
    check_handler(
        "#[call(blocking)] fn heavy(&self, reply: ReplyTo<u8>) {}",
        &["ReplyTo<u8>: `heavy` is `blocking`, so it cannot take a `ReplyTo`\n\
           help: return the reply"],
    );
    check_handler(
        "#[call] fn get(&self, reply: ReplyTo<u8>) -> u8 {}",
        &["u8: `get` answers through its `ReplyTo`, so it returns nothing"],
    );
    check(
        "states(A: initial, B: terminal)",
        "impl Contract {
            #[call(A => B)] fn a(&self, st: &A, reply: ReplyTo<u8>) -> Next { x }
            #[call(A => B)] fn b(&self, st: &A, reply: ReplyTo<u8>) -> Result<Next, E> { x }
        }",
        &["Result<Next, E>: `b` answers through its `ReplyTo`, so it returns nothing or `Next`"],
    );
}

#[test]
fn blocking_is_not_async() {
    check_handler(
        "#[call(blocking)] async fn heavy(&self) {}",
        &["async: `heavy` is `blocking`, so it cannot be `async`\nhelp: leave out one of the two"],
    );
}

#[test]
fn replies_travel() {
    check_handler(
        "#[call] fn name(&self) -> &str {}",
        &["&str: `name` returns a borrow, but replies travel in a message\n\
           help: return an owned value, `String`"],
    );
    check_handler(
        "#[call] fn name(&self) -> Option<&str> {}",
        &["&str: `name` returns a borrow, but replies travel in a message\n\
           help: return an owned value"],
    );
    check_handler(
        "#[call] fn all(&self) -> Vec<impl Iterator<Item = u8>> {}",
        &[
            "impl Iterator<Item = u8>: `all` returns `impl Trait`, but replies travel in a message\n\
             help: name the type, or box it",
        ],
    );
    check_handler("#[call] fn name(&self) -> &'static str {}", &[]);
}

#[test]
fn a_cast_returns_nothing() {
    const CALL: &str = "\nhelp: or make it a `#[call]`, which answers its caller";
    check_handler(
        "#[cast] fn reset(&self) -> i64 {}",
        &[&format!(
            "i64: a cast carries no reply, but `reset` returns `i64`\n\
             help: return nothing, or `Result<(), Crash>` to crash the server on an error{CALL}"
        )],
    );
    check_handler(
        "#[cast(unbounded)] fn reset(&self) -> Result<Vec<u8>, Crash> {}",
        &[&format!(
            "Result<Vec<u8>, Crash>: a cast carries no reply, but `reset` returns `Vec<u8>`\n\
             help: return nothing, or `Result<(), Crash>` to crash the server on an error{CALL}"
        )],
    );
    check_handler(
        "#[cast] fn reset(&self) -> Result<(), io::Error> {}",
        &[&format!(
            "io::Error: nobody waits for a cast, so the error `io::Error` of `reset` would be lost\n\
             help: return `Result<(), Crash>`: `?` then crashes the server{CALL}"
        )],
    );
    check_handler(
        "#[info] fn tick(&self, m: u8) -> u8 {}",
        &["u8: an info carries no reply, but `tick` returns `u8`\n\
           help: return nothing, or `Result<(), Crash>` to crash the server on an error"],
    );
    check_handler(
        "#[info] fn tick(&self, m: u8) -> Result<(), E> {}",
        &["E: nobody waits for an info, so the error `E` of `tick` would be lost\n\
           help: return `Result<(), Crash>`: `?` then crashes the server"],
    );
    check_handler("#[cast] fn reset(&self) -> Result<(), genserver_runtime::Crash> {}", &[]);
    check_handler("#[cast] fn reset(&self) -> () {}", &[]);
}

#[test]
fn an_info_takes_one_message_of_a_type_of_its_own() {
    check_handler(
        "#[info] fn tick(&self) {}",
        &["tick: an info takes one message, but `tick` takes none"],
    );
    check_handler(
        "#[info] fn tick(&self, cx: &mut Cx<Self>, a: u8, b: u8) {}",
        &["b: u8: an info takes one message, but `tick` takes 2"],
    );
    check_handler(
        "#[info] fn tick(&self, a: Vec<u8>) {} #[info] fn tock(&self, b: Vec <u8>) {}",
        &["Vec <u8>: two infos take `Vec<u8>`: `tick` and `tock`"],
    );
    check_handler(
        "#[cfg(unix)] #[info] fn tick(&self, a: u8) {} #[cfg(windows)] #[info] fn tock(&self, b: u8) {}",
        &[],
    );
}

#[test]
fn an_option_without_effect_is_told() {
    check_handler(
        "#[cast(inline = false)] fn reset(&mut self) {}",
        &["inline: the `cast` attribute takes no `inline`\n\
           note: casts and infos always go through the queue"],
    );
    check_handler(
        "#[call(blocking, inline = true)] fn heavy(&mut self) {}",
        &["inline: `inline` has no effect on a call that is `blocking`\n\
           note: it always goes through the queue\n\
           help: remove it"],
    );
    check_handler(
        "#[call(inline = false)] fn later(&mut self, reply: ReplyTo<u8>) {}",
        &["inline: `inline` has no effect on a call that takes a `ReplyTo`\n\
           note: it always goes through the queue\n\
           help: remove it"],
    );
    check_handler(
        "#[call(in_place)] fn get(&self) -> u8 { 1 }",
        &["in_place: `in_place` has no effect on a handler that cannot fail\n\
           note: it may change its state in place anyway\n\
           help: remove it"],
    );
    check_handler("#[call(inline = true)] fn get(&self) -> u8 { 1 }", &[]);
}
