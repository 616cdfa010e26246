//! The `#[genserver]` attribute.
//!
//! Use it through the crate [`genserver-runtime`], which re-exports it, holds what the generated
//! code calls, and has the examples that run.
//!
//! | attribute | stands on | meaning |
//! |---|---|---|
//! | [`genserver`](macro@genserver) | an `impl` block | makes a server of its type |
//! | [`init`](macro@init) | a function of it | makes the server when it starts |
//! | [`call`](macro@call) | a method of it | the client waits for the reply |
//! | [`cast`](macro@cast) | a method of it | nobody waits |
//! | [`info`](macro@info) | a method of it | takes messages of one type from anywhere |
//! | [`continued`](macro@continued) | a method of it | goes on with what another one left to do |
//! | [`idle`](macro@idle) | a method of it | runs when no message has come for a while |
//! | [`every`](macro@every) | a method of it | runs again and again |
//! | [`state_timeout`](macro@state_timeout) | a method of it | runs when a machine stays in a state for too long |
//! | [`enter`](macro@enter) | a method of it | runs when a machine has entered a state |
//! | [`exit`](macro@exit) | a method of it | runs when a machine has left a state |
//! | [`transition`](macro@transition) | a method of it | runs after each transition, before its reply |
//! | [`hibernate`](macro@hibernate) | a method of it | gives memory back before the server sleeps |
//! | [`terminate`](macro@terminate) | a method of it | runs when the server ends |
//! | [`format_state`](macro@format_state) | a method of it | says what debugging shows |
//! | [`code_change`](macro@code_change) | a function of it | makes a newer state of an older one |
//!
//! All mistakes of a block are reported in one run, each once and at the user's own tokens; the
//! block stays as it is then, and its client is there as a stub, so that nothing else turns red.
//!
//! [`genserver-runtime`]: https://docs.rs/genserver-runtime
#![forbid(unsafe_code)]

mod check;
mod entry;
mod errors;
mod expand;
mod model;
mod parse;
mod reach;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[doc = include_str!("genserver.md")]
#[proc_macro_attribute]
pub fn genserver(attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::genserver(attr.into(), &item.into()).into()
}

/// Marks a method that answers a request; stands on methods of a `#[genserver]` block.
///
/// The client's method gives a [`Call`], which is made when it is awaited. What
/// the method returns is the reply: an `Err` too, which crashes nothing. Its type is owned and
/// `Send`. Like `handle_call/3`; differs: the reply has a type, and the caller gets no other.
///
/// ```text
/// #[call(timeout = "1s")]
/// pub fn get(&self, key: u64) -> Option<String> { .. }
///
/// #[call(Pending => Approved, name = approve)]
/// pub fn approve_it(&self, st: &Pending) -> Result<Next, Refusal> { .. }
///
/// #[call]
/// pub fn wait(&mut self, reply: ReplyTo<u64>) { self.waiting.push(reply); }
/// ```
///
/// With a [`ReplyTo<T>`] after `self` the reply, a `T`, comes later and from
/// anywhere; the method returns nothing, or `Next`.
///
/// In a machine a call that can fail takes `&self` and the state by `&`, so that an `Err` has
/// changed nothing; it moves data in [`goto`] and its siblings. `in_place` gives that up, for an
/// `async` call of a state that is not `Sync` as well: see [`genserver`](macro@genserver).
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `Pending => Approved` | in a machine: from which states, to which |
/// | `pay: Pending => Approved` | the same, and names the message, which may have several methods |
/// | `Approved => !` | in a machine: refused there by name |
/// | `otherwise = postpone` | in a machine: what happens in other states; `error` unless given |
/// | `timeout = "1s"`, `infinity` | in place of the server's `call_timeout` |
/// | `name = other` | names the message and the client's method |
/// | `priority = high` | comes before what is queued; `normal` unless given |
/// | `inline = false` | always through the queue, never on the caller's task |
/// | `skip_abandoned` | not run when its caller has gone before its turn |
/// | `blocking` | a `fn` that may block its thread: it runs on the blocking pool |
/// | `in_place` | in a machine: may fail and change, what it changed before an `Err` is kept |
///
/// [`Call`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/struct.Call.html
/// [`ReplyTo<T>`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/struct.ReplyTo.html
/// [`goto`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/trait.State.html
#[proc_macro_attribute]
pub fn call(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("call", &item.into()).into()
}

/// Marks a method that takes a message without a reply; stands on methods of a `#[genserver]`
/// block.
///
/// The client's method gives a [`Cast`], which is sent when it is awaited; it is
/// always queued. The method returns nothing, or `Result<(), Crash>`, where `?` turns any error
/// into the crash of the server; in a machine `Next` stands for `()`. A cast that the machine's
/// state does not accept is counted and logged. Like `handle_cast/2`.
///
/// ```text
/// #[cast]
/// pub async fn save(&mut self) -> Result<(), Crash> { Ok(self.file.sync_all().await?) }
///
/// #[cast(unbounded)]
/// pub fn give_back(&mut self, item: Item) { self.free.push(item); }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `Pending => Approved` | in a machine: from which states, to which |
/// | `otherwise = postpone`, `ignore` | in a machine: what happens in other states; `error` unless given |
/// | `name = other` | names the message and the client's method |
/// | `unbounded` | not counted, never refused: a [`Post`], for `Drop` |
/// | `priority = high` | comes before what is queued; `normal` unless given |
///
/// [`Cast`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/struct.Cast.html
/// [`Post`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/struct.Post.html
#[proc_macro_attribute]
pub fn cast(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("cast", &item.into()).into()
}

/// Marks a method that takes one type of message from outside the client; stands on methods of a
/// `#[genserver]` block.
///
/// It takes one argument, whose type no other info of the server takes, and returns as a
/// [`cast`](macro@cast) does. The client gets no method: the message is sent by its type, with
/// [`Client::send_info`] or to a
/// [`Recipient`]. Like `handle_info/2`; differs: what no handler takes
/// cannot be sent.
///
/// ```text
/// #[info]
/// fn on_tick(&mut self, _: Tick) { self.ticks += 1; }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `Pending => Approved` | in a machine: from which states, to which |
/// | `otherwise = postpone`, `ignore` | in a machine: what happens in other states; `error` unless given |
/// | `priority = high` | comes before what is queued; `normal` unless given |
///
/// [`Client::send_info`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/trait.Client.html#method.send_info
/// [`Recipient`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/struct.Recipient.html
#[proc_macro_attribute]
pub fn info(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("info", &item.into()).into()
}

/// Marks the function that makes the server when it starts; stands on functions of a
/// `#[genserver]` block.
///
/// It may be `async`, has no `self`, and may take `cx: &mut Cx<Self>` first. The rest are the
/// parameters of `start`, which is ready when it has returned. There is one at most, and it has no
/// options. Like `init/1`.
///
/// ```text
/// #[init]
/// pub async fn open(path: PathBuf) -> io::Result<Self> { .. }
///
/// #[init] // of a machine: with the initial state, or with `DoorState` to resume in any
/// pub fn new() -> (Self, Closed) { (Self, Closed) }
/// ```
///
/// | returns | meaning |
/// |---|---|
/// | `Self` | it starts |
/// | `Result<Self, E>` | the starter gets the error as `StartError::Init` |
/// | [`Init<Self, E>`] | as well: it shall not start at all |
/// | `(Self, S)` in their place | of a machine: with the state that it starts in |
///
/// [`Init<Self, E>`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/enum.Init.html
#[proc_macro_attribute]
pub fn init(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("init", &item.into()).into()
}

/// Marks the method that runs when the server ends; stands on methods of a `#[genserver]` block.
///
/// It runs at every orderly end and after a panic, not after `kill` nor when the runtime goes, and
/// as long as `shutdown` lets it. There is one at most; it may be `async`, returns nothing and has
/// no options. Like `terminate/2`; differs: it runs at a shutdown from outside too.
///
/// ```text
/// #[terminate]
/// async fn close(&mut self, reason: &ExitReason) { self.flush().await; }
///
/// #[terminate] // of a machine: without a state when a transition panicked
/// fn end(&mut self, reason: &ExitReason, st: Option<&DoorState>) { .. }
/// ```
#[proc_macro_attribute]
pub fn terminate(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("terminate", &item.into()).into()
}

/// Marks a method that goes on with what another one has left to do; stands on methods of a
/// `#[genserver]` block.
///
/// It takes one argument, whose type no other `continued` method of the server takes, and returns
/// as a [`cast`](macro@cast) does. `cx.continue_with(message)` in `#[init]` or in a handler makes
/// it run next, before all that is queued. Like `handle_continue/2`; differs: what no method takes
/// cannot be continued with.
///
/// ```text
/// #[init]
/// fn open(cx: &mut Cx<Self>, path: PathBuf) -> Self {
///     cx.continue_with(Load(path)); // `start` is ready, and nothing comes before `load`
///     Self::default()
/// }
///
/// #[continued]
/// async fn load(&mut self, Load(path): Load) -> Result<(), Crash> { .. }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `Pending => Approved` | in a machine: from which states, to which |
#[proc_macro_attribute]
pub fn continued(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("continued", &item.into()).into()
}

/// Marks the method that runs when no message has come for a while; stands on methods of a
/// `#[genserver]` block.
///
/// There is one at most. It takes no arguments and returns as a [`cast`](macro@cast) does.
/// `cx.set_idle(..)` changes the time; without one in the attribute it is off until then. Like the
/// time-out in what a callback returns; differs: it holds for good, not until the next message.
///
/// It runs once, and again only after another message. A tick or a timer of the server's own is a
/// message too: an `#[every]` with a shorter period keeps it from ever coming, and so it does with
/// `hibernate_after` and `passivate`.
///
/// ```text
/// #[idle("60s")]
/// fn rest(&mut self, cx: &mut Cx<Self>) { cx.stop(ExitReason::Normal); }
///
/// #[idle(Self::PATIENCE, Active => Expired)] // of a machine: only while it is active
/// fn expire(&mut self) {}
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `"60s"`, `Self::PATIENCE` | the time, a literal or the path of a constant; stands first |
/// | `Pending => Approved` | in a machine: from which states, to which |
#[proc_macro_attribute]
pub fn idle(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("idle", &item.into()).into()
}

/// Marks a method that runs again and again, one period after the other; stands on methods of a
/// `#[genserver]` block.
///
/// It takes no arguments and returns as a [`cast`](macro@cast) does. The times are counted from the
/// start of the server, so that they do not drift. A tick that falls due while an earlier one waits
/// or is being handled is too late: `missed` says what becomes of it. Like `timer:send_interval/2`;
/// differs: ticks never pile up in the mailbox.
///
/// A tick is a message: a server that ticks is idle only from tick to tick.
///
/// ```text
/// #[every("5s")]
/// fn sweep(&mut self) { self.entries.retain(Entry::is_fresh); }
///
/// #[every(Self::BEAT, missed = catch_up)]
/// async fn beat(&mut self) -> Result<(), Crash> { .. }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `"5s"`, `Self::BEAT` | the period, a literal or the path of a constant; stands first |
/// | `Pending => Approved` | in a machine: from which states, to which |
/// | `missed` | `skip`, the default, `catch_up` or `delay`: [`Missed`] |
///
/// [`Missed`]: https://docs.rs/genserver-runtime/latest/genserver_runtime/enum.Missed.html
#[proc_macro_attribute]
pub fn every(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("every", &item.into()).into()
}

/// Marks the method that gives memory back before the server goes to sleep; stands on methods of a
/// `#[genserver]` block.
///
/// It runs when the server has been idle for `hibernate_after`, or when a handler has asked for it
/// with `cx.hibernate()`. There is one at most; it takes `&mut self`, returns nothing and has no
/// options. Like `proc_lib:hibernate/3`; differs: what is given back is the server's own choice.
///
/// It runs again after each look at a sleeping server's state, so it is cheap to repeat.
///
/// ```text
/// #[hibernate]
/// fn shrink(&mut self) { self.buffer = Vec::new(); }
/// ```
#[proc_macro_attribute]
pub fn hibernate(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("hibernate", &item.into()).into()
}

/// Marks the method that says what debugging shows of the server; stands on methods of a
/// `#[genserver]` block.
///
/// It takes `&self`, in a machine the state enum as well, and returns anything that has `Debug`.
/// Without one a server is shown by the `Debug` of its type and of its states, as far as they have
/// it; a generic one is not shown. There is one at most, and it has no options. Like
/// `format_status/1`.
///
/// ```text
/// #[format_state] // the password stays out of it
/// fn show(&self) -> impl Debug { &self.user }
///
/// #[format_state] // of a machine
/// fn show(&self, st: &DoorState) -> bool { matches!(st, DoorState::Open(_)) }
/// ```
#[proc_macro_attribute]
pub fn format_state(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("format_state", &item.into()).into()
}

#[doc = include_str!("code_change.md")]
#[proc_macro_attribute]
pub fn code_change(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("code_change", &item.into()).into()
}

#[doc = include_str!("docs/state_timeout.md")]
#[proc_macro_attribute]
pub fn state_timeout(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("state_timeout", &item.into()).into()
}

#[doc = include_str!("docs/enter.md")]
#[proc_macro_attribute]
pub fn enter(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("enter", &item.into()).into()
}

#[doc = include_str!("docs/exit.md")]
#[proc_macro_attribute]
pub fn exit(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("exit", &item.into()).into()
}

#[doc = include_str!("docs/transition.md")]
#[proc_macro_attribute]
pub fn transition(_: TokenStream, item: TokenStream) -> TokenStream {
    entry::stray("transition", &item.into()).into()
}
