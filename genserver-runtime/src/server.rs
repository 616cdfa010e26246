//! What the macro says about a server: the traits between generated code and the engine.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use genserver_graph::Graph;

use crate::address::Address;
use crate::body::Body;
use crate::clock::Instant;
use crate::context::Cx;
use crate::core::Core;
use crate::exit::{Crash, ExitReason};
use crate::init::Init;
use crate::link::Exit;
use crate::machine::Transition;
use crate::options::{Handler, Missed, Options};
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

    /// Whether there is a `#[hibernate]`.
    #[doc(hidden)]
    const HIBERNATES: bool = false;

    /// The `#[idle]` handler.
    #[doc(hidden)]
    const IDLE_AFTER: Option<Idle> = None;

    /// The `#[every]` handlers.
    #[doc(hidden)]
    const TICKS: &'static [Tick] = &[];

    /// What is told of a machine's leaves, in the order of [`state_index`](Server::state_index).
    #[doc(hidden)]
    const STATES: &'static [Leaf] = &[];

    /// Whether something may follow when the machine has moved: `#[enter]`, `#[exit]`,
    /// `#[transition]`, state time-outs.
    #[doc(hidden)]
    const FOLLOWS: bool = false;

    /// The state time-outs.
    #[doc(hidden)]
    const STATE_TIMEOUTS: &'static [StateTimeout] = &[];

    /// Whether a message may be postponed.
    #[doc(hidden)]
    const POSTPONES: bool = false;

    /// The graph of a machine's states.
    #[doc(hidden)]
    const MAP: Option<&'static Graph<'static>> = None;

    /// Makes a message of an exit signal: the option `trap_exit`.
    #[doc(hidden)]
    const TRAPS: Option<fn(Exit) -> Self::Message> = None;

    /// Whether each call notes the state that it has led to before its reply: the option `tracked`.
    #[doc(hidden)]
    const TRACKED: bool = false;

    /// Runs the handler of a queued message where it cannot wait; gives the message of another back.
    #[doc(hidden)]
    fn run_now(
        core: &Core<Self>,
        body: &mut Body<Self>,
        message: Self::Message,
    ) -> Option<Self::Message> {
        let _ = (core, body);
        Some(message)
    }

    /// Runs the handler of a queued message that [`run_now`](Server::run_now) has given back.
    #[doc(hidden)]
    fn dispatch(
        body: Box<Body<Self>>,
        message: Self::Message,
    ) -> impl Future<Output = Box<Body<Self>>> + Send {
        let _ = (body, message);
        async { unreachable!("invariant: where a handler may wait, there is a `dispatch`") }
    }

    #[doc(hidden)]
    fn terminate<'a>(
        body: &'a mut Body<Self>,
        reason: &'a ExitReason,
    ) -> impl Future<Output = ()> + Send + 'a {
        let _ = (body, reason);
        std::future::ready(())
    }

    /// The message of an `#[idle]` or `#[every]` handler, which takes none; `None` for others.
    #[doc(hidden)]
    #[must_use]
    fn signal(handler: usize) -> Option<Self::Message> {
        let _ = handler;
        None
    }

    /// Runs `#[hibernate]`.
    #[doc(hidden)]
    fn hibernate(body: &mut Body<Self>) {
        let _ = body;
    }

    /// Writes what debugging shows: `#[format_state]`, or `Debug`; `None` where there is neither.
    #[doc(hidden)]
    fn format_state(body: &Body<Self>, f: &mut fmt::Formatter<'_>) -> Option<fmt::Result> {
        let _ = (body, f);
        None
    }

    /// Runs `#[exit]`, `#[enter]` and `#[transition]`.
    #[doc(hidden)]
    fn moved<'a>(
        body: &'a mut Body<Self>,
        transition: &'a Transition,
    ) -> impl Future<Output = Result<(), Crash>> + Send + 'a {
        let _ = (body, transition);
        std::future::ready(Ok(()))
    }

    /// When one of [`STATE_TIMEOUTS`](Server::STATE_TIMEOUTS) is due in the present state.
    #[doc(hidden)]
    fn state_timeout(timeout: StateTimeout, body: &Body<Self>) -> Option<Instant> {
        let _ = (timeout, body);
        None
    }

    /// Whether the handler's message waits for another state while the machine is in this one.
    #[doc(hidden)]
    fn postpones(handler: usize, state: &Self::State) -> bool {
        let _ = (handler, state);
        false
    }

    /// The leaf's place in [`STATES`](Server::STATES).
    #[doc(hidden)]
    fn state_index(state: &Self::State) -> usize {
        let _ = state;
        0
    }
}

/// The leaf state's name; empty without states.
pub(crate) fn state_name<S: Server>(state: &S::State) -> &'static str {
    S::STATES.get(S::state_index(state)).map_or("", |leaf| leaf.name)
}

/// The guarded calls and casts that the state allows.
pub(crate) fn allowed<S: Server>(state: &S::State) -> &'static [&'static str] {
    S::STATES.get(S::state_index(state)).map_or(&[], |leaf| leaf.allowed)
}

/// A leaf of a machine, as text.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    pub name: &'static str,
    /// The calls and casts whose guard accepts it.
    pub allowed: &'static [&'static str],
}

/// `#[idle("60s")]`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    pub handler: usize,
    pub after: Duration,
}

/// `#[every("5s")]`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    pub handler: usize,
    pub period: Duration,
    pub missed: Missed,
}

/// `#[state_timeout(Approved, after = "30d")]`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct StateTimeout {
    pub handler: usize,
    /// Which one of its handler's states or groups it is for.
    pub source: usize,
    /// The places of the states that it is for.
    pub states: &'static [usize],
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

    /// Whether it may run where it is called. This and the next are for a bare `if`: of one that is a
    /// constant only the way that is taken is compiled.
    const INLINE: bool = matches!(Self::MODE, Mode::Sync | Mode::Async);

    /// Whether it runs where it is called, and cannot wait there.
    const INLINE_FN: bool = matches!(Self::MODE, Mode::Sync);

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

/// One of several methods for a message, handler `H`: with arguments `A` it gives `R`.
#[doc(hidden)]
pub trait Method<const H: usize, A, R>: Server {
    fn run<'a>(body: &'a mut Body<Self>, args: A) -> impl Future<Output = R> + Send + 'a;
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

/// The server takes `M` through a `#[continued]` handler.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` continues with no `{M}`",
    label = "no `#[continued]` handler takes this type",
    note = "add `#[continued] fn name(&mut self, message: {M})` to the server"
)]
pub trait Continues<M>: Server {
    fn continued(message: M) -> Self::Message;
}

/// The server has an `#[idle]` handler.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `#[idle]` handler",
    label = "needs an `#[idle]` handler in the server's block",
    note = "add `#[idle] fn name(&mut self)`, or send a message of your own with `set_idle_with`"
)]
pub trait Idles: Server {}

/// The client type that the macro made for a server.
#[doc(hidden)]
pub trait ServedBy<C>: Server {
    fn client(address: Address<Self>) -> C;
}
