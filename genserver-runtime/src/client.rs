//! What every client can do, whatever its server.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::address::{AnyAddress, Place};
use crate::blocking;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::info::{Receives, Recipient, SendInfo};
use crate::limit::Limit;
use crate::node::{Counters, Node, Stop as How};
use crate::pending::{Asked, Pending};

/// The side of the framework in every generated client. All of it takes `&self`, so that a
/// handler of the same name wins; then write `Client::stop(&client)`.
pub trait Client: Clone + fmt::Debug + Send + Sync + 'static {
    #[doc(hidden)]
    fn __address(&self) -> &dyn AnyAddress;

    #[doc(hidden)]
    fn __at(place: Place) -> Self;

    /// A client that looks the name up at each use, so that it always reaches the present
    /// incarnation. Names are scoped by server type and tokio runtime: the one in which the
    /// client is used, or the one given with [`on`](Client::on).
    #[must_use]
    fn named(name: impl Into<Arc<str>>) -> Self {
        Self::__at(Place::name(name.into()))
    }

    /// The server that holds the name now, as a strong client. Like `GenServer.whereis/1`.
    #[must_use]
    fn whereis(name: impl Into<Arc<str>>) -> Option<Self> {
        Self::named(name).strong()
    }

    /// A client by name that looks into the given runtime, for use outside of it. For other
    /// clients the same client.
    #[must_use]
    fn on(&self, runtime: &Handle) -> Self {
        Self::__at(self.__address().on(runtime))
    }

    /// The identity of the server, `None` when it is not there.
    #[must_use]
    fn id(&self) -> Option<ServerId> {
        self.__address().node().map(|node| node.id())
    }

    /// The name under which the server was started.
    #[must_use]
    fn name(&self) -> Option<Arc<str>> {
        self.__address().node().and_then(|node| node.name())
    }

    /// Whether the server takes messages.
    #[must_use]
    fn is_running(&self) -> bool {
        self.__address().node().is_some_and(|node| node.is_running())
    }

    /// A client that does not keep the server alive.
    #[must_use]
    fn weak(&self) -> Self {
        match self.__address().node() {
            Some(node) => Self::__at(Place::weak(&node)),
            None => Self::__at(self.__address().share()),
        }
    }

    /// A client that keeps the server alive; `None` when it has ended or is about to.
    #[must_use]
    fn strong(&self) -> Option<Self> {
        Place::strong(self.__address().node()?).map(Self::__at)
    }

    /// Lets the server live without a client, until it is stopped or its runtime ends.
    fn detach(&self) {
        if let Some(node) = self.__address().node() {
            node.detach();
        }
    }

    /// Ends the server after what was sent before, and waits until it is gone: `terminate` has
    /// run and the state is dropped. Sent when this is called, not when it is awaited. Like
    /// `gen_server:stop/3`; no time-out unless [`Stop::timeout`] gives one.
    ///
    /// # Errors
    ///
    /// `NotRunning` when there is no such server, `Exit` when it ended for another reason,
    /// `Timeout`, and `Deadlock` in a handler of the server itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the stop back.
    fn stop(&self) -> Stop {
        self.stop_with(ExitReason::Normal)
    }

    /// As [`stop`](Client::stop), with a reason.
    fn stop_with(&self, reason: ExitReason) -> Stop {
        Stop::new(self.__address(), How::After(reason.clone()), reason)
    }

    /// Ends the server after its current handler; queued callers are told. `terminate` runs.
    fn stop_now(&self) -> Stop {
        Stop::new(self.__address(), How::Now(ExitReason::Normal), ExitReason::Normal)
    }

    /// Drops the running handler at its next `.await` and ends the server without `terminate`;
    /// waits until it is gone. A handler that never awaits cannot be killed.
    fn kill(&self) -> Stop {
        Stop::new(self.__address(), How::Kill, ExitReason::Killed)
    }

    /// A round trip through the queue: when it returns, what this sender cast before was handled.
    fn sync(&self) -> impl Future<Output = Result<(), ServerError>> + Send {
        let asked = self.__address().ask_state();
        async move { asked.await.map(drop) }
    }

    /// Sends a message to the `#[info]` handler of its type; waits for room in the mailbox.
    fn send_info<M: Send>(&self, message: M) -> SendInfo<'_, M>
    where
        Self: Receives<M>,
    {
        SendInfo::new(self.__target(), message)
    }

    /// An address for messages of one type, without the server's type; keeps the server alive.
    #[must_use]
    fn recipient<M: Send>(&self) -> Recipient<M>
    where
        Self: Receives<M>,
    {
        Recipient::new(self.__share())
    }

    /// What became of messages that no handler saw. Kept after the server's end, for as long as
    /// a client that is not by name holds it.
    #[must_use]
    fn counters(&self) -> Counters {
        self.__address().node().map(|node| node.counters()).unwrap_or_default()
    }
}

/// An end that was asked for, and its waiting: see [`Client::stop`].
#[must_use = "the end was asked for; await it to know that it has come"]
pub struct Stop {
    waiting: Option<Pending<ExitReason>>,
    reason: ExitReason,
}

impl Stop {
    fn new(address: &dyn AnyAddress, how: How, reason: ExitReason) -> Self {
        let waiting = address.node().map(|node: Arc<dyn Node>| {
            // A kill ends what it would wait for: it closes no circle.
            let deferred = matches!(how, How::Kill);
            let asked = Asked { call: "stop", limit: Limit::Never, deferred };
            let pending = Pending::new(Arc::clone(&node), &asked);
            node.stop(how, Some(Arc::clone(pending.slot())));
            pending
        });
        Self { waiting, reason }
    }

    /// Waits at most so long; the stop goes on.
    pub fn timeout(mut self, limit: Duration) -> Self {
        if let Some(waiting) = &mut self.waiting {
            waiting.limit(limit);
        }
        self
    }

    /// Waits on a thread without a runtime.
    ///
    /// # Panics
    ///
    /// In an async context, where blocking would stop other tasks.
    pub fn blocking(self) -> Result<(), ServerError> {
        blocking::wait(self)
    }
}

impl Future for Stop {
    type Output = Result<(), ServerError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(waiting) = &mut this.waiting else {
            return Poll::Ready(Err(ServerError::NotRunning));
        };
        let Poll::Ready(ended) = waiting.poll_reply(cx) else { return Poll::Pending };
        Poll::Ready(match ended? {
            reason if reason == this.reason => Ok(()),
            reason => Err(ServerError::Exit(reason)),
        })
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("reason", &self.reason).finish_non_exhaustive()
    }
}
