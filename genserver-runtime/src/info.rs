//! Messages by type: to a server that takes them, whatever server that is.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::absence::Absent;
use crate::address::{Address, AnyAddress};
use crate::cast::{self, Unsent};
use crate::client::Client;
use crate::clock::Instant;
use crate::core::{Core, Wait};
use crate::error::SendError;
use crate::item::{Item, Source};
use crate::limit::{self, Limit};
use crate::node::Node;
use crate::options::{Missed, Options};
use crate::room::Ticket;
use crate::server::{Server, Takes};
use crate::timer::{self, Due, Timer};

/// A client whose server has an `#[info]` handler for `M`. Implemented by the macro.
///
/// What can be sent is known by type: `handle_info/2` without a clause for what nobody expected.
///
/// ```
/// use genserver_runtime::Receives;
/// # use genserver_runtime::prelude::*; struct Tick; struct Clock(u32); #[genserver]
/// # impl Clock {
/// #     #[info] fn tick(&mut self, _: Tick) { self.0 += 1; }
/// #     #[call] fn ticks(&self) -> u32 { self.0 }
/// # }
///
/// async fn wind<C: Receives<Tick>>(clock: &C) -> Result<(), SendError> {
///     clock.send_info(Tick).await
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Clock::start(Clock(0)).await?;
/// wind(&clock).await?;
/// assert_eq!(clock.ticks().await?, 1);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "the server of `{Self}` takes no `{M}`",
    label = "no `#[info]` handler takes `{M}`",
    note = "add `#[info] fn on_message(&mut self, message: {M})` to the server"
)]
pub trait Receives<M>: Client {
    #[doc(hidden)]
    fn __target(&self) -> &dyn Target<M>;

    #[doc(hidden)]
    fn __share(&self) -> Arc<dyn Target<M>>;
}

/// A server's address, seen as a place for one type of message.
#[doc(hidden)]
pub trait Target<M>: Send + Sync {
    #[doc(hidden)]
    fn deliver(&self, message: &mut Option<M>, wait: bool) -> Delivered;

    /// Sends it to whoever is there, for which there is always room; `false` where nobody is.
    #[doc(hidden)]
    fn tell(&self, message: M) -> bool;

    #[doc(hidden)]
    fn arm(&self, at: Instant, message: M) -> Result<Timer, SendError>;

    #[doc(hidden)]
    fn arm_interval(&self, period: Duration, make: Make<M>) -> Result<Timer, SendError>;

    #[doc(hidden)]
    fn is_running(&self) -> bool;

    /// The same, keeping nothing alive.
    #[doc(hidden)]
    fn weak(&self) -> Arc<dyn Target<M>>;
}

/// What became of a message.
#[doc(hidden)]
pub struct Delivered(Result<Option<Ticket>, Unsent>);

impl Delivered {
    fn at_once(self) -> Result<(), SendError> {
        self.0.map(drop).map_err(|unsent| unsent.at_once())
    }
}

/// What a timer is called whose server is not known before it fires.
const NAMED: &str = "message";

impl<S: Server> Address<S> {
    /// A message of a timer, to whoever is there now.
    fn deliver_own<M>(&self, message: M, source: Source) -> bool
    where
        S: Takes<M>,
    {
        let sent = self.with(|core| core.deliver(Item::own(S::info(message), source)));
        sent.unwrap_or(false)
    }
}

/// Makes a message for each tick.
type Make<M> = Box<dyn FnMut() -> M + Send>;

impl<S: Takes<M>, M: Send + 'static> Target<M> for Address<S> {
    fn deliver(&self, message: &mut Option<M>, wait: bool) -> Delivered {
        let wait = if wait { Wait::Told } else { Wait::No };
        let make = || S::info(message.take().expect("a message was polled after it was sent"));
        Delivered(cast::deliver(self, make, wait))
    }

    fn tell(&self, message: M) -> bool {
        // A name or key may be taken again.
        self.deliver_own(message, Source::Task(None)) || self.moves()
    }

    fn arm(&self, at: Instant, message: M) -> Result<Timer, SendError> {
        if self.moves() {
            let address = self.clone();
            let fire = Box::new(move |source| {
                let _ = address.deliver_own(message, source);
            });
            return timer::arm_loose(at, NAMED, fire).ok_or(SendError::NotRunning);
        }
        let arm = |core: &Arc<Core<S>>| {
            Node::is_running(&**core).then(|| core.arm(at, Due::Message(S::info(message))))
        };
        self.with(arm).flatten().ok_or(SendError::NotRunning)
    }

    fn arm_interval(&self, period: Duration, mut make: Make<M>) -> Result<Timer, SendError> {
        if self.moves() {
            let address = self.clone();
            // Whoever has the name at the next tick gets that one.
            let tick = Box::new(move |source| {
                let _ = address.deliver_own(make(), source);
                true
            });
            let timer = timer::arm_loose_interval(period, NAMED, tick);
            return timer.ok_or(SendError::NotRunning);
        }
        let arm = |core: &Arc<Core<S>>| {
            let make = move || S::info(make());
            let armed = || core.arm_interval(period, Missed::default(), "interval", make);
            Node::is_running(&**core).then(armed)
        };
        self.with(arm).flatten().ok_or(SendError::NotRunning)
    }

    fn is_running(&self) -> bool {
        self.with(|core| Node::is_running(&**core)).unwrap_or(false)
    }

    fn weak(&self) -> Arc<dyn Target<M>> {
        Arc::new(Self::at(AnyAddress::weak(self)))
    }
}

/// Where messages of type `M` can be sent, without knowing the server's type.
///
/// It holds its server as the client did that it is of: see [`Client::recipient`].
///
/// ```
/// use genserver_runtime::Recipient;
/// # use genserver_runtime::prelude::*; struct Tick; struct Clock(u32); #[genserver]
/// # impl Clock {
/// #     #[info] fn tick(&mut self, _: Tick) { self.0 += 1; }
/// #     #[call] fn ticks(&self) -> u32 { self.0 }
/// # }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Clock::start(Clock(0)).await?;
/// let anybody: Vec<Recipient<Tick>> = vec![clock.recipient()];
/// for recipient in &anybody {
///     recipient.send(Tick).await?;
/// }
/// assert_eq!(clock.ticks().await?, 1);
/// # Ok(()) }
/// ```
pub struct Recipient<M> {
    target: Arc<dyn Target<M>>,
}

impl<M: Send> Recipient<M> {
    pub(crate) fn new(target: Arc<dyn Target<M>>) -> Self {
        Self { target }
    }

    /// Sends the message when it is awaited; waits for room in the mailbox.
    ///
    /// # Errors
    ///
    /// Those of [`SendInfo`].
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Tick; struct Clock(u32); #[genserver]
    /// # impl Clock {
    /// #     #[info] fn tick(&mut self, _: Tick) { self.0 += 1; }
    /// #     #[call] fn ticks(&self) -> u32 { self.0 }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let clock = Clock::start(Clock(0)).await?;
    /// clock.recipient().send(Tick).await?;
    /// assert_eq!(clock.ticks().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn send(&self, message: M) -> SendInfo<'_, M> {
        SendInfo::new(&*self.target, message)
    }

    /// Sends without waiting.
    ///
    /// # Errors
    ///
    /// `Full` where there is no room and the overflow policy does not drop, `NotRunning`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Tick; struct Clock(u32); #[genserver]
    /// # impl Clock {
    /// #     #[info] fn tick(&mut self, _: Tick) { self.0 += 1; }
    /// #     #[call] fn ticks(&self) -> u32 { self.0 }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let clock = Clock::start(Clock(0)).mailbox(1).await?;
    /// let recipient = clock.recipient();
    /// recipient.try_send(Tick)?;
    /// assert_eq!(recipient.try_send(Tick), Err(SendError::Full));
    /// # Ok(()) }
    /// ```
    pub fn try_send(&self, message: M) -> Result<(), SendError> {
        self.target.deliver(&mut Some(message), false).at_once()
    }
}

impl<M> Recipient<M> {
    /// Sends what takes no room; `false` where nobody will ever hear it.
    pub(crate) fn tell(&self, message: M) -> bool {
        self.target.tell(message)
    }

    /// Whether the server takes messages: for who keeps a list of recipients.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.target.is_running()
    }

    /// A recipient that does not keep the server alive.
    #[must_use]
    pub fn weak(&self) -> Self {
        Self { target: self.target.weak() }
    }
}

impl<M> Clone for Recipient<M> {
    fn clone(&self) -> Self {
        Self { target: Arc::clone(&self.target) }
    }
}

impl<M> fmt::Debug for Recipient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient<{}>", std::any::type_name::<M>())
    }
}

/// A message on its way to an `#[info]` handler: see [`Client::send_info`].
///
/// Ready once the message is in the mailbox. Like `erlang:send/2`; differs: the mailbox is bounded,
/// and a server that is not there is told.
///
/// # Errors
///
/// `NotRunning`, and `Full` where the overflow policy refuses.
///
/// # Cancel safety
///
/// Dropped while it waits for room, nothing was sent; unless there was room in the very moment, and
/// then it is handled.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Tick; struct Clock(u32); #[genserver]
/// # impl Clock {
/// #     #[info] fn tick(&mut self, _: Tick) { self.0 += 1; }
/// #     #[call] fn ticks(&self) -> u32 { self.0 }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Clock::start(Clock(0)).await?;
/// clock.send_info(Tick).await?;
/// assert_eq!(clock.ticks().await?, 1);
/// # Ok(()) }
/// ```
#[must_use = "a message is sent when this is awaited"]
pub struct SendInfo<'a, M> {
    target: &'a dyn Target<M>,
    message: Option<M>,
    ticket: Option<Ticket>,
    /// While nobody is where it goes.
    absent: Option<Box<Absent>>,
}

// Nothing in it is ever pinned.
impl<M> Unpin for SendInfo<'_, M> {}

impl<'a, M: Send> SendInfo<'a, M> {
    pub(crate) fn new(target: &'a dyn Target<M>, message: M) -> Self {
        Self { target, message: Some(message), ticket: None, absent: None }
    }

    /// Sends without waiting.
    ///
    /// # Errors
    ///
    /// `Full` where there is no room and the overflow policy does not drop, `NotRunning`.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Tick; struct Clock(u32); #[genserver]
    /// # impl Clock {
    /// #     #[info] fn tick(&mut self, _: Tick) { self.0 += 1; }
    /// #     #[call] fn ticks(&self) -> u32 { self.0 }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let clock = Clock::start(Clock(0)).await?;
    /// clock.send_info(Tick).try_send()?;
    /// assert_eq!(clock.ticks().await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn try_send(mut self) -> Result<(), SendError> {
        self.target.deliver(&mut self.message, false).at_once()
    }
}

impl<M: Send> Future for SendInfo<'_, M> {
    type Output = Result<(), SendError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.ticket.is_none() {
            ready!(limit::proceed(cx));
            let Self { target, message, absent, .. } = this;
            let limit = Limit::Default(Options::DEFAULT.call_timeout);
            let sent = || target.deliver(message, true).0;
            this.ticket = ready!(cast::poll_deliver(absent, limit, cx, sent))?;
            if this.ticket.is_none() {
                return Poll::Ready(Ok(()));
            }
        }
        let ticket = this.ticket.as_mut().expect("invariant: set just above");
        ticket.poll(cx).map(cast::waited)
    }
}

impl<M> fmt::Debug for SendInfo<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SendInfo<{}>", std::any::type_name::<M>())
    }
}
