//! What the macro says about a server: the traits between generated code and the engine.

use std::future::Future;
use std::time::Duration;

use crate::address::Address;
use crate::body::Body;
use crate::context::Cx;
use crate::exit::{Crash, ExitReason};
use crate::init::Init;
use crate::reply::ReplyTo;
use crate::slot::Answerable;

/// A type that `#[genserver]` made a server. Implemented by the macro only.
///
/// ```
/// use genserver_runtime::Server;
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
///
/// fn kind<S: Server>(_: &S) -> &'static str {
///     S::NAME
/// }
/// assert_eq!(kind(&Counter(0)), "Counter");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a server",
    label = "not a server",
    note = "annotate its `impl` block with `#[genserver]`"
)]
pub trait Server: Sized + Send + 'static {
    /// Everything the server can be sent.
    #[doc(hidden)]
    type Message: Message + Send;

    /// The machine's state; `()` without states.
    #[doc(hidden)]
    type State: Send + 'static;

    /// The type's name, without path and generics.
    const NAME: &'static str;

    #[doc(hidden)]
    const OPTIONS: Options;

    /// The handlers in source order.
    #[doc(hidden)]
    const HANDLERS: &'static [Handler];

    /// Whether there is a `#[terminate]`.
    #[doc(hidden)]
    const TERMINATES: bool = false;

    /// Runs the handler of a queued message.
    #[doc(hidden)]
    fn dispatch(
        body: Box<Body<Self>>,
        message: Self::Message,
    ) -> impl Future<Output = Box<Body<Self>>> + Send;

    #[doc(hidden)]
    fn terminate<'a>(
        body: &'a mut Body<Self>,
        reason: &'a ExitReason,
    ) -> impl Future<Output = ()> + Send + 'a {
        let _ = (body, reason);
        std::future::ready(())
    }

    /// The leaf state's name; empty without states.
    #[doc(hidden)]
    fn state_name(state: &Self::State) -> &'static str {
        let _ = state;
        ""
    }

    /// The guarded calls and casts that the state allows.
    #[doc(hidden)]
    fn allowed(state: &Self::State) -> &'static [&'static str] {
        let _ = state;
        &[]
    }
}

/// A server's messages: one variant a handler.
#[doc(hidden)]
pub trait Message: 'static {
    /// The handler's place in [`Server::HANDLERS`].
    fn handler(&self) -> usize;

    /// Where the reply goes; `None` for casts and infos.
    fn reply(&self) -> Option<&dyn Answerable>;
}

/// A `#[call]`: handler `H` with arguments `A` and reply `R`.
#[doc(hidden)]
pub trait Request<const H: usize, A: Send + 'static, R: Send + 'static>: Server {
    /// How the handler runs.
    const MODE: Mode;

    fn message(args: A, reply: ReplyTo<R>) -> Self::Message;

    /// Whether the guard accepts the state.
    fn accepts(state: &Self::State) -> bool {
        let _ = state;
        true
    }

    /// Runs the handler and carries its transition out. Provided for deferred and blocking
    /// handlers, which have a `run` of their own.
    fn run<'a>(body: &'a mut Body<Self>, args: A) -> impl Future<Output = R> + Send + 'a {
        let _ = (body, args);
        std::future::pending()
    }
}

/// How a call's handler runs.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A `fn`, run where it is called when the server is idle.
    Sync,
    /// An `async fn`, first polled where it is called when the server is idle.
    Async,
    /// Always through the queue: blocking, `inline = false`.
    Queued,
    /// Through the queue, with a reply that may come from anywhere.
    Deferred,
}

/// A call whose handler takes a [`ReplyTo`].
#[doc(hidden)]
pub trait Defer<const H: usize, A: Send + 'static, R: Send + 'static>: Request<H, A, R> {
    fn defer<'a>(
        body: &'a mut Body<Self>,
        args: A,
        reply: ReplyTo<R>,
    ) -> impl Future<Output = ()> + Send + 'a;
}

/// A call that runs on the blocking pool.
#[doc(hidden)]
pub trait Block<const H: usize, A: Send + 'static, R: Send + 'static>: Request<H, A, R> {
    fn block(body: &mut Body<Self>, args: A) -> R;
}

/// A cast or an info.
#[doc(hidden)]
pub trait Notify<const H: usize, A>: Server {
    fn message(args: A) -> Self::Message;

    fn accepts(state: &Self::State) -> bool {
        let _ = state;
        true
    }

    fn run<'a>(
        body: &'a mut Body<Self>,
        args: A,
    ) -> impl Future<Output = Result<(), Crash>> + Send + 'a;
}

/// How a server starts: `#[init]` with arguments `A` and error `E`.
#[doc(hidden)]
pub trait Begin<A, E>: Server {
    /// Whether `init` may wait.
    const ASYNC: bool;

    fn begin<'a>(
        cx: &'a mut Cx<Self>,
        args: A,
    ) -> impl Future<Output = Init<(Self, Self::State), E>> + Send + 'a;
}

/// The server takes `M` through an `#[info]` handler.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no `{M}`",
    label = "no `#[info]` handler takes this type",
    note = "add `#[info] fn name(&mut self, message: {M})` to the server"
)]
pub trait Takes<M>: Server {
    fn info(message: M) -> Self::Message;
}

/// The client type that the macro made for a server.
#[doc(hidden)]
pub trait ServedBy<C>: Server {
    fn client(address: Address<Self>) -> C;
}

/// A server's options, from `#[genserver(..)]`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub name: Option<&'static str>,
    /// Room in the mailbox; `None` is unbounded.
    pub mailbox: Option<u32>,
    pub overflow: Overflow,
    /// The default time-out of a queued call; `None` waits for ever.
    pub call_timeout: Option<Duration>,
    pub shutdown: Shutdown,
}

impl Options {
    pub const DEFAULT: Self = Self {
        name: None,
        mailbox: Some(1024),
        overflow: Overflow::Wait,
        call_timeout: Some(Duration::from_secs(5)),
        shutdown: Shutdown::After(Duration::from_secs(5)),
    };
}

/// What happens to a message when the mailbox is full: `overflow = ..` of `#[genserver]`.
///
/// `Wait` unless given. OTP's mailboxes are unbounded, and have no such rule.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Gauge(u32);
/// #[genserver(mailbox = 1, overflow = drop_oldest)]
/// impl Gauge {
///     #[cast]
///     fn set(&mut self, value: u32) {
///         self.0 = value;
///     }
/// #    #[call] fn get(&self) -> u32 { self.0 }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gauge = Gauge::start(Gauge(0)).await?;
/// gauge.set(1).await?;
/// gauge.set(2).await?; // takes the place of the first
/// gauge.sync().await?;
/// assert_eq!(gauge.get().await?, 2);
/// assert_eq!(gauge.counters().dropped, 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// The sender waits for room, first come first served; `try_send` gets `Full`.
    Wait,
    /// The sender gets `Full`.
    Reject,
    /// The oldest cast or info in the mailbox is dropped and counted; a call never is. `Full` where
    /// there are only calls.
    DropOldest,
    /// The new cast or info is dropped and counted; a new call gets `Full`.
    DropNewest,
}

/// How long `#[terminate]` may take: `shutdown = ..` of `#[genserver]`.
///
/// `After` 5 s unless given. Like `shutdown` of a child specification; differs: it holds at every
/// end.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Slow;
/// #[genserver(shutdown = "1s")]
/// impl Slow {
///     #[terminate]
///     async fn close(&mut self, _: &ExitReason) {
///         std::future::pending().await
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let slow = Slow::start(Slow).await?;
/// let ended = slow.stop().await.unwrap_err(); // after a second
/// assert_eq!(ended, ServerError::Exit(ExitReason::Killed));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shutdown {
    /// At most so long; then it is dropped.
    After(Duration),
    /// It does not run.
    Kill,
    /// As long as it takes.
    Infinity,
}

/// A handler, as written.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// The method's name.
    pub name: &'static str,
    /// The message's name: the client method; the method's name unless `name = ..`.
    pub message: &'static str,
    pub kind: Kind,
    /// The handler's own time-out, in place of the server's.
    pub timeout: Option<Duration>,
    /// Requests whose caller has gone are not run.
    pub skip_abandoned: bool,
    /// Whether the message counts against the mailbox's bound.
    pub counted: bool,
}

impl Handler {
    #[must_use]
    pub const fn new(name: &'static str, message: &'static str, kind: Kind) -> Self {
        Self { name, message, kind, timeout: None, skip_abandoned: false, counted: true }
    }
}

/// What a handler answers to.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Call,
    Cast,
    Info,
}
