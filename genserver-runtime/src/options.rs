//! What `#[genserver(..)]` and the attributes of handlers say, as constants.

use std::fmt;
use std::time::Duration;

use crate::exit::ExitReason;
use crate::server::Server;

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
    /// Idle for so long, it hibernates.
    pub hibernate_after: Option<Duration>,
    /// Idle for so long under a name or key, it stops.
    pub passivate: Option<Duration>,
    /// Of the state: `version = ..`.
    pub version: Option<u32>,
    /// When a supervisor starts it again.
    pub restart: Restart,
}

impl Options {
    pub const DEFAULT: Self = Self {
        name: None,
        mailbox: Some(1024),
        overflow: Overflow::Wait,
        call_timeout: Some(Duration::from_secs(5)),
        shutdown: Shutdown::After(Duration::from_secs(5)),
        hibernate_after: None,
        passivate: None,
        version: None,
        restart: Restart::Permanent,
    };
}

/// A server, as its client knows it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Served {
    pub name: &'static str,
    pub options: Options,
    pub supervises: bool,
}

impl Served {
    #[must_use]
    pub const fn by<S: Server>() -> Self {
        Self { name: S::NAME, options: S::OPTIONS, supervises: false }
    }

    pub(crate) const fn supervising(mut self) -> Self {
        self.supervises = true;
        self
    }
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

/// What becomes of the ticks of `#[every]` and of [`Cx::send_interval`](crate::Cx::send_interval)
/// that fall due while an earlier one still waits or is being handled: `missed = ..` of `#[every]`.
///
/// Whatever the choice, at most one tick waits in the mailbox, and the ones that came too late are
/// counted: [`Counters::missed`](crate::Counters::missed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missed {
    /// They are left out; the next tick comes at its own time. The default.
    #[default]
    Skip,
    /// They are handled one after the other, as soon as the server can.
    CatchUp,
    /// They are left out, and the next tick comes a whole period after the late one was handled.
    Delay,
}

/// A handler, as written.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the language")]
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
    /// `priority = high`: comes before what is queued.
    pub high: bool,
    /// `otherwise = ignore`: not told of where the machine's state does not accept it.
    pub ignored: bool,
}

impl Handler {
    #[must_use]
    pub const fn new(name: &'static str, message: &'static str, kind: Kind) -> Self {
        Self {
            name,
            message,
            kind,
            timeout: None,
            skip_abandoned: false,
            counted: true,
            high: false,
            ignored: false,
        }
    }
}

/// What a handler answers to.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Call,
    Cast,
    Info,
    /// `#[idle]`.
    Idle,
    /// `#[every]`.
    Every,
    /// `#[continued]`.
    Continued,
    /// `#[state_timeout]`.
    StateTimeout,
}

/// When a child that ended is started again: `restart` of a child.
///
/// Like `restart` of a child specification.
///
/// ```
/// use genserver_runtime::Restart;
///
/// assert_eq!(Restart::default(), Restart::Permanent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Restart {
    /// Always, whatever the reason of its end.
    #[default]
    Permanent,
    /// After a crash: not after `Normal`, `Shutdown` and `ShutdownWith`. The supervisor keeps what
    /// it knows of the child, which can be started again by hand.
    Transient,
    /// Never. The supervisor forgets it at its end, also when its end was that of a sibling.
    Temporary,
}

impl Restart {
    /// Whether a child that ended by itself, for this reason, is started again.
    pub(crate) fn applies(self, reason: &ExitReason) -> bool {
        match self {
            Self::Permanent => true,
            Self::Transient => reason.is_crash(),
            Self::Temporary => false,
        }
    }
}

impl fmt::Display for Restart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permanent => "permanent",
            Self::Transient => "transient",
            Self::Temporary => "temporary",
        })
    }
}
