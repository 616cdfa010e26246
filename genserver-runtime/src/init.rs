//! What `#[init]` decides.

use std::convert::Infallible;

/// What `#[init]` may return when `Self` and `Result<Self, E>` do not say enough.
///
/// Like the returns of `gen_server:init/1`: `{ok, State}`, `ignore`, `{error, Reason}` and
/// `{stop, Reason}`.
///
/// ```
/// use genserver_runtime::prelude::*;
///
/// struct Poller;
///
/// #[genserver]
/// impl Poller {
///     #[init]
///     fn new(every_s: u64) -> Init<Self, String> {
///         match every_s {
///             0 => Init::Ignore,
///             1..=3600 => Init::Ready(Self),
///             _ => Init::Fail(format!("every {every_s}s is too rare")),
///         }
///     }
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// assert!(Poller::start(60).await.is_ok());
/// assert!(matches!(Poller::start(0).await, Err(StartError::Ignored)));
/// assert!(matches!(Poller::start(9999).await, Err(StartError::Init(_))));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub enum Init<T, E = Infallible> {
    /// The server runs.
    Ready(T),
    /// The server shall not run; the starter gets [`StartError::Ignored`](crate::StartError).
    Ignore,
    /// The start failed quietly: the starter gets [`StartError::Init`](crate::StartError).
    Fail(E),
    /// As `Fail`, and a crash report is written.
    Stop(E),
}

impl<T, E> Init<T, E> {
    /// The same decision with another value of the server.
    ///
    /// ```
    /// use genserver_runtime::Init;
    ///
    /// let init: Init<u32> = Init::Ready(2);
    /// assert!(matches!(init.map(|value| value * 2), Init::Ready(4)));
    /// ```
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Init<U, E> {
        match self {
            Self::Ready(value) => Init::Ready(f(value)),
            Self::Ignore => Init::Ignore,
            Self::Fail(error) => Init::Fail(error),
            Self::Stop(error) => Init::Stop(error),
        }
    }
}

impl<T, E> From<Result<T, E>> for Init<T, E> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Self::Ready(value),
            Err(error) => Self::Fail(error),
        }
    }
}
