//! Why a server ended.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why a server ended.
///
/// Mirrors the exit reasons of Erlang processes. Cloning is cheap: payloads are shared.
///
/// ```
/// use genserver_runtime::ExitReason;
///
/// assert!(!ExitReason::Shutdown.is_crash());
/// assert_eq!(ExitReason::ShutdownWith("drained".into()).to_string(), "shutdown: drained");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ExitReason {
    /// The server did what it was there for: a stop without a reason, or its last client went.
    Normal,
    /// An orderly end asked for from outside.
    Shutdown,
    /// As `Shutdown`, with a word on why.
    ShutdownWith(Arc<str>),
    /// The server was killed: its running handler was dropped and `terminate` did not run.
    Killed,
    /// There was no such server (OTP's `noproc`).
    #[doc(alias = "noproc")]
    NotRunning,
    /// A handler panicked.
    Panic(Panic),
    /// A cast or an info returned a [`Crash`](crate::Crash).
    Error(Arc<dyn StdError + Send + Sync>),
    /// A reason of the user's own; counts as a crash.
    Other(Arc<str>),
}

impl ExitReason {
    /// Whether the reason tells of a failure: anything but `Normal`, `Shutdown` and `ShutdownWith`.
    ///
    /// The same line as OTP's between what is logged as an error and what is not.
    ///
    /// ```
    /// use genserver_runtime::ExitReason;
    ///
    /// assert!(!ExitReason::Normal.is_crash());
    /// assert!(ExitReason::Other("no quorum".into()).is_crash());
    /// ```
    #[must_use]
    pub fn is_crash(&self) -> bool {
        !matches!(self, Self::Normal | Self::Shutdown | Self::ShutdownWith(_))
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Normal => f.write_str("normal"),
            Self::Shutdown => f.write_str("shutdown"),
            Self::ShutdownWith(why) => write!(f, "shutdown: {why}"),
            Self::Killed => f.write_str("killed"),
            Self::NotRunning => f.write_str("not running"),
            Self::Panic(panic) => panic.fmt(f),
            Self::Error(error) => error.fmt(f),
            Self::Other(why) => f.write_str(why),
        }
    }
}

/// Reasons are equal when they say the same; errors are compared by identity.
impl PartialEq for ExitReason {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Normal, Self::Normal)
            | (Self::Shutdown, Self::Shutdown)
            | (Self::Killed, Self::Killed)
            | (Self::NotRunning, Self::NotRunning) => true,
            (Self::ShutdownWith(a), Self::ShutdownWith(b)) | (Self::Other(a), Self::Other(b)) => {
                a == b
            }
            (Self::Panic(a), Self::Panic(b)) => a == b,
            (Self::Error(a), Self::Error(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for ExitReason {}

/// What a panicking handler left: the handler's name and the panic's message.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Divider; #[genserver]
/// # impl Divider { #[call] fn divide(&self, by: u32) -> u32 { 6 / by } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let divider = Divider::start(Divider).await?;
/// match divider.divide(0).await {
///     Err(ServerError::Exit(ExitReason::Panic(panic))) => {
///         assert_eq!(panic.handler(), "divide");
///         assert_eq!(panic.message(), "attempt to divide by zero");
///     }
///     other => panic!("it cannot divide by zero: {other:?}"),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    handler: &'static str,
    message: Arc<str>,
}

impl Panic {
    pub(crate) fn new(handler: &'static str, payload: &(dyn Any + Send)) -> Self {
        let message = if let Some(text) = payload.downcast_ref::<&'static str>() {
            Arc::from(*text)
        } else if let Some(text) = payload.downcast_ref::<String>() {
            Arc::from(text.as_str())
        } else {
            Arc::from("a panic whose payload is not text")
        };
        Self { handler, message }
    }

    /// The handler that panicked, as in the source; `init` and `terminate` for those.
    #[must_use]
    pub fn handler(&self) -> &'static str {
        self.handler
    }

    /// The panic's message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` panicked: {}", self.handler, self.message)
    }
}

/// Why a cast or an info wants its server to crash.
///
/// Made from any error, so that `?` in a handler that returns `Result<(), Crash>` means "let it
/// crash": the server ends with [`ExitReason::Error`].
///
/// ```
/// use genserver_runtime::Crash;
///
/// fn load(text: &str) -> Result<u32, Crash> {
///     Ok(text.parse()?)
/// }
/// assert!(load("seven").is_err());
/// ```
#[derive(Debug)]
pub struct Crash(pub(crate) ExitReason);

impl Crash {
    /// A crash with a reason of the user's own.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Probe; #[genserver]
    /// # impl Probe {
    /// #     #[cast] fn give_up(&self) -> Result<(), Crash> {
    /// #         Err(Crash::new(ExitReason::Other("no quorum".into())))
    /// #     }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let probe = Probe::start(Probe).await?;
    /// probe.give_up().await?;
    /// let ended = probe.stop().await.unwrap_err();
    /// assert_eq!(ended, ServerError::Exit(ExitReason::Other("no quorum".into())));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn new(reason: ExitReason) -> Self {
        Self(reason)
    }

    /// A crash with an error that is no `std::error::Error` itself but goes into a box, as that of
    /// `anyhow` does: `map_err(Crash::from_boxed)?`.
    ///
    /// ```
    /// use genserver_runtime::Crash;
    ///
    /// fn fail() -> Result<(), Crash> {
    ///     Err("out of paper").map_err(Crash::from_boxed)
    /// }
    /// assert!(fail().is_err());
    /// ```
    pub fn from_boxed(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(ExitReason::Error(Arc::from(error.into())))
    }
}

// `Crash` itself is no `std::error::Error`: that would make this overlap with `From<T> for T`.
impl<E: StdError + Send + Sync + 'static> From<E> for Crash {
    fn from(error: E) -> Self {
        Self(ExitReason::Error(Arc::new(error)))
    }
}

/// An error that a server can crash with.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that a server can crash with",
    label = "not a `std::error::Error`",
    note = "implement `std::error::Error` for it, or convert it: `map_err(Crash::from_boxed)`"
)]
pub trait IntoCrash {
    fn into_crash(self) -> Crash;
}

#[diagnostic::do_not_recommend]
impl<E> IntoCrash for E
where
    Crash: From<E>,
{
    fn into_crash(self) -> Crash {
        self.into()
    }
}

/// The crash that an error means.
#[doc(hidden)]
pub fn crash<E: IntoCrash>(error: E) -> Crash {
    error.into_crash()
}
