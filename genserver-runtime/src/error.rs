//! What can go wrong between a client and its server.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Human;
use crate::exit::{ExitReason, Panic};
use crate::late::{CallPath, InvalidState, Late, Phase};
use crate::machine::Machine;

/// Why a call got no reply from its handler.
///
/// [`ServerError::executed`] is the rule for trying again.
///
/// Like the exits of `gen_server:call/3`; differs: they are values, and the caller lives.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter { #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 } }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// counter.stop().await?;
/// let error = counter.increment().await.unwrap_err();
/// assert_eq!(error, ServerError::NotRunning);
/// assert_eq!(error.to_string(), "the server is not running");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// There is no such server (OTP's `noproc`): it ended, was never started under that name, or
    /// its runtime is gone.
    #[doc(alias = "noproc")]
    #[error("the server is not running")]
    NotRunning,
    /// No reply in time.
    #[error("{0}")]
    Timeout(Box<Late>),
    /// The mailbox is full and its overflow policy refuses.
    #[error("the mailbox is full")]
    Full,
    /// The server ended before it replied.
    #[error("the server ended before it replied: {0}")]
    Exit(ExitReason),
    /// The handler dropped its [`ReplyTo`](crate::ReplyTo) without a reply.
    #[error("the server dropped the request without a reply")]
    NoReply,
    /// The call would have waited for itself.
    #[error("{0}")]
    Deadlock(Box<CallPath>),
    /// No guard of this call accepts the machine's present state; nothing changed.
    #[error("{0}")]
    InvalidState(Box<InvalidState>),
    /// The server is being restarted, and this child's callers do not wait for that, or waited as
    /// long as they could: try again later.
    #[error("the server is being restarted")]
    Restarting,
    /// The server was to be started for this request, and was not: see [`Keyed`](crate::Keyed).
    #[error("the server was not started: {0}")]
    NotStarted(NotStarted),
}

/// Why a server was not started for a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotStarted {
    /// Its start failed; here is what it said.
    #[error("{0}")]
    Failed(Arc<str>),
    /// There is room for so many servers, and each of them is in use.
    #[error("all {max} places are taken by servers in use")]
    Full {
        /// How many servers there may be.
        max: usize,
    },
    /// It is starting, and the request does not wait for that, or waited as long as it could.
    #[error("it is still starting")]
    Starting,
}

/// Whether a request that failed may have been carried out.
///
/// ```
/// use genserver_runtime::{Executed, ServerError};
///
/// let again = |error: &ServerError| error.executed() == Executed::No;
/// assert!(again(&ServerError::Full));
/// assert!(!again(&ServerError::NoReply)); // its handler ran
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Executed {
    /// Certainly not: it can be sent again.
    No,
    /// It may have been, or may still be.
    Maybe,
}

impl ServerError {
    /// Whether the request may have been executed in spite of the error.
    ///
    /// ```
    /// use genserver_runtime::{Executed, ExitReason, ServerError};
    ///
    /// assert_eq!(ServerError::NotRunning.executed(), Executed::No);
    /// assert_eq!(ServerError::Exit(ExitReason::Killed).executed(), Executed::Maybe);
    /// ```
    #[must_use]
    pub fn executed(&self) -> Executed {
        match self {
            Self::NotRunning
            | Self::Full
            | Self::InvalidState(_)
            | Self::Restarting
            | Self::NotStarted(_) => Executed::No,
            Self::Timeout(late) if late.phase == Phase::Room => Executed::No,
            Self::Deadlock(path) if path.withdrawn => Executed::No,
            _ => Executed::Maybe,
        }
    }

    /// The refused state and message of machine `M`, as its own types; `None` for another error
    /// or another machine.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
    /// # #[genserver(states(Open: initial, Shut))] impl Lock {
    /// #     #[call(Open => Shut)] fn shut(&self) {}
    /// #     #[call(Shut => Open)] fn open(&self) {}
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lock = Lock::start(Lock, Open).await?;
    /// let error = lock.open().await.unwrap_err();
    /// assert_eq!(error.invalid_state::<Lock>(), Some((LockStateName::Open, LockMessage::Open)));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn invalid_state<M: Machine>(&self) -> Option<(M::StateName, M::MessageName)> {
        match self {
            Self::InvalidState(invalid) => invalid.typed::<M>(),
            _ => None,
        }
    }
}

/// Why a message without a reply was not taken.
///
/// It converts into [`ServerError`] and [`CallError`], so that `?` works where calls and casts mix.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Counter(i64); #[genserver]
/// # impl Counter {
/// #     #[call] fn increment(&mut self) -> i64 { self.0 += 1; self.0 }
/// #     #[cast] fn reset(&mut self) { self.0 = 0; }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let counter = Counter::start(Counter(0)).await?;
/// counter.stop().await?;
/// assert_eq!(counter.reset().await, Err(SendError::NotRunning));
/// assert_eq!(ServerError::from(SendError::Full), ServerError::Full);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// There is no such server (OTP's `noproc`).
    #[doc(alias = "noproc")]
    #[error("the server is not running")]
    NotRunning,
    /// The mailbox is full.
    #[error("the mailbox is full")]
    Full,
    /// The server is being restarted, and this message cannot wait for that, or waited as long as it
    /// could.
    #[error("the server is being restarted")]
    Restarting,
    /// The server was to be started for this message, and was not, or is still starting: see
    /// [`Keyed`](crate::Keyed).
    #[error("the server was not started")]
    NotStarted,
}

impl From<SendError> for ServerError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::NotRunning => Self::NotRunning,
            SendError::Full => Self::Full,
            SendError::Restarting => Self::Restarting,
            SendError::NotStarted => Self::NotStarted(NotStarted::Starting),
        }
    }
}

/// Why a fallible call failed: its handler's own error, or the server's.
///
/// An error as reply is no crash: like `{reply, {error, Reason}, State}`. [`CallResult::split`]
/// takes the two apart; `?` converts a [`ServerError`] into it.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Account(u32); #[genserver]
/// # impl Account {
/// #     #[call] fn take(&mut self, sum: u32) -> Result<u32, Poor> {
/// #         self.0.checked_sub(sum).ok_or(Poor)
/// #     }
/// # }
/// #[derive(Debug, PartialEq)]
/// struct Poor;
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let account = Account::start(Account(5)).await?;
/// assert_eq!(account.take(6).await, Err(CallError::Reply(Poor)));
/// account.stop().await?;
/// assert_eq!(account.take(1).await, Err(CallError::Server(ServerError::NotRunning)));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError<E> {
    /// The handler replied with an error.
    #[error("{0}")]
    Reply(E),
    /// The request got no reply.
    #[error(transparent)]
    Server(ServerError),
}

impl<E> From<ServerError> for CallError<E> {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

impl<E> From<SendError> for CallError<E> {
    fn from(error: SendError) -> Self {
        Self::Server(error.into())
    }
}

impl<E> CallError<E> {
    /// As [`ServerError::executed`]; a reply, also an error, means that the handler ran.
    ///
    /// ```
    /// use genserver_runtime::{CallError, Executed, ServerError};
    ///
    /// assert_eq!(CallError::Reply("too much").executed(), Executed::Maybe);
    /// assert_eq!(CallError::<()>::Server(ServerError::Full).executed(), Executed::No);
    /// ```
    #[must_use]
    pub fn executed(&self) -> Executed {
        match self {
            Self::Reply(_) => Executed::Maybe,
            Self::Server(error) => error.executed(),
        }
    }

    /// As [`ServerError::invalid_state`].
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Lock; struct Open; struct Shut;
    /// # #[derive(Debug)] struct Stuck;
    /// # #[genserver(states(Open: initial, Shut))] impl Lock {
    /// #     #[call(Open => Shut)] fn shut(&self) {}
    /// #     #[call(Shut => Open)] fn open(&self) -> Result<(), Stuck> { Err(Stuck) }
    /// # }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let lock = Lock::start(Lock, Open).await?;
    /// let error = lock.open().await.unwrap_err();
    /// assert_eq!(error.invalid_state::<Lock>(), Some((LockStateName::Open, LockMessage::Open)));
    /// lock.shut().await?;
    /// assert_eq!(lock.open().await.unwrap_err().invalid_state::<Lock>(), None); // `Stuck`
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn invalid_state<M: Machine>(&self) -> Option<(M::StateName, M::MessageName)> {
        match self {
            Self::Reply(_) => None,
            Self::Server(error) => error.invalid_state::<M>(),
        }
    }
}

/// Takes the outcome of a fallible call apart. The prelude brings it in; see
/// [`split`](CallResult::split).
pub trait CallResult<T, E> {
    /// The handler's result inside, the server's error outside.
    ///
    /// ```
    /// use genserver_runtime::{CallError, CallResult, ServerError};
    ///
    /// let refused: Result<u32, CallError<&str>> = Err(CallError::Reply("too much"));
    /// assert_eq!(refused.split(), Ok(Err("too much")));
    /// let gone: Result<u32, CallError<&str>> = Err(CallError::Server(ServerError::NotRunning));
    /// assert_eq!(gone.split(), Err(ServerError::NotRunning));
    /// ```
    fn split(self) -> Result<Result<T, E>, ServerError>;
}

impl<T, E> CallResult<T, E> for Result<T, CallError<E>> {
    fn split(self) -> Result<Result<T, E>, ServerError> {
        match self {
            Ok(value) => Ok(Ok(value)),
            Err(CallError::Reply(error)) => Ok(Err(error)),
            Err(CallError::Server(error)) => Err(error),
        }
    }
}

/// Why a server did not start.
///
/// `E` is the error of its `#[init]`, `C` its client. Like the returns of `gen_server:start/4`.
///
/// ```
/// # use genserver_runtime::prelude::*; struct Port; #[genserver]
/// # impl Port {
/// #     #[init] fn bind(number: u32) -> Result<Self, std::num::TryFromIntError> {
/// #         u16::try_from(number).map(|_| Self)
/// #     }
/// # }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let failed = Port::start(70_000).await.unwrap_err();
/// assert!(matches!(failed, StartError::Init(_)));
///
/// let first = Port::start(80).name("web").await?;
/// match Port::start(81).name("web").await {
///     Err(StartError::AlreadyStarted(holder)) => assert_eq!(holder.id(), first.id()),
///     other => panic!("the name is taken: {other:?}"),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError<E, C> {
    /// `#[init]` returned an error.
    #[error("init failed: {0}")]
    Init(E),
    /// `#[init]` chose not to start.
    #[error("init chose not to start the server")]
    Ignored,
    /// `#[init]` took longer than the start allows.
    #[error("init did not return within {}", Human(*after))]
    Timeout {
        /// The time that was allowed.
        after: Duration,
    },
    /// `#[init]` panicked.
    #[error("{0}")]
    Panic(Panic),
    /// The name or key is taken; here is the server that holds it.
    #[error("a server of that name is running already")]
    AlreadyStarted(C),
    /// There is no tokio runtime to start the server on, or it was built without `enable_time`.
    #[error("no tokio runtime with time enabled: start servers inside one")]
    NoRuntime,
}
