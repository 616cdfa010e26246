//! What was asked of a server through `sys`, and why there was no answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::blocking;
use crate::error::ServerError;
use crate::exit::Panic;
use crate::pending::Pending;

/// Something that was asked of a server through [`Sys`](crate::Sys), and its answer: asked for when it was
/// made, not when it is awaited. Waits 5 s, unless [`timeout`](SysCall::timeout) says otherwise.
///
/// # Cancel safety
///
/// Dropping it takes nothing back.
#[must_use = "it was asked for; await it to know the answer"]
pub struct SysCall<T, E = ServerError> {
    waiting: Option<Pending<Result<T, E>>>,
}

impl<T, E> SysCall<T, E> {
    pub(crate) fn new(waiting: Option<Pending<Result<T, E>>>) -> Self {
        Self { waiting }
    }
}

impl<T: Send + 'static, E: From<ServerError> + Send + 'static> SysCall<T, E> {
    /// Waits at most so long.
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
    #[track_caller]
    pub fn blocking(self) -> Result<T, E> {
        blocking::wait(self)
    }
}

impl<T: Send + 'static, E: From<ServerError> + Send + 'static> Future for SysCall<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(waiting) = &mut self.get_mut().waiting else {
            return Poll::Ready(Err(ServerError::NotRunning.into()));
        };
        match waiting.poll_reply(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(answer)) => Poll::Ready(answer),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
        }
    }
}

impl<T, E> fmt::Debug for SysCall<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SysCall").field(&self.waiting).finish()
    }
}

/// Why a state was not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The server has neither a `#[format_state]` nor a `Debug` that the macro could see.
    #[error("`{server}` cannot be shown: derive `Debug`, or write a `#[format_state]`")]
    Unformatted {
        /// The server's type.
        server: &'static str,
    },
    /// The formatting panicked; the server runs on.
    #[error("{0}")]
    Panic(Panic),
    /// The server did not answer.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Why a state was not replaced: it is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplaceError {
    /// The closure panicked; the server runs on.
    #[error("{0}")]
    Panic(Panic),
    /// The server did not answer.
    #[error(transparent)]
    Server(#[from] ServerError),
}
