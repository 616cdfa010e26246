//! What `#[init]` decides.

use std::convert::Infallible;

/// What `#[init]` may return when `Self` and `Result<Self, E>` do not say enough.
///
/// Mirrors the returns of `gen_server:init/1`.
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
