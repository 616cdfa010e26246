//! Nobody is at the place that a client looks at: what that means, and how a request waits there.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::clock::{self, Instant, Sleep};
use crate::error::{NotStarted, SendError, ServerError};
use crate::frame::Deadline;
use crate::limit::Limit;

/// Why nobody is at a place.
pub(crate) enum Absence {
    /// Nobody will come.
    Gone,
    /// Somebody will come, but whoever asks shall not wait.
    Restarting,
    /// A look is worth it again when this is done.
    Wait(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It is being started for whoever waits: somebody is there when this is done, or nobody will be.
    Start(Coming),
}

/// Tells when it is time to look, or why it never will be.
pub(crate) type Coming = Pin<Box<dyn Future<Output = Result<(), ServerError>> + Send>>;

impl Absence {
    /// What a sender is told that cannot wait.
    pub(crate) fn at_once(&self) -> SendError {
        match self {
            Self::Gone => SendError::NotRunning,
            Self::Restarting | Self::Wait(_) => SendError::Restarting,
            Self::Start(_) => SendError::NotStarted,
        }
    }
}

/// A request that waits until somebody is at its place.
pub(crate) struct Absent {
    /// `None` when it is time to look.
    wait: Option<Coming>,
    until: Until,
    /// What a request is told whose time is over.
    late: ServerError,
}

/// Until when a request waits.
enum Until {
    Never,
    At(Pin<Box<Sleep>>),
    /// On a thread without a runtime, where whoever waits looks again and again.
    Thread(std::time::Instant),
}

impl Until {
    fn new(limit: Limit) -> Self {
        match limit.resolve().0 {
            Deadline::Never => Self::Never,
            Deadline::At(at) => Self::At(Box::pin(clock::sleep_until(at))),
            Deadline::Within(within) if Handle::try_current().is_ok() => {
                Self::At(Box::pin(clock::sleep(within)))
            }
            Deadline::Within(within) => {
                let at = std::time::Instant::now().checked_add(within);
                at.map_or(Self::Never, Self::Thread)
            }
        }
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Never => false,
            Self::At(sleep) => sleep.as_mut().poll(cx).is_ready(),
            Self::Thread(at) => std::time::Instant::now() >= *at,
        }
    }

    fn left(&self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::At(sleep) => Some(sleep.deadline().saturating_duration_since(Instant::now())),
            Self::Thread(at) => Some(at.saturating_duration_since(std::time::Instant::now())),
        }
    }
}

impl Absent {
    /// Waits as `absence` says, in place of what was waited for before; or what its sender is told.
    pub(crate) fn meet(
        absent: &mut Option<Box<Self>>,
        absence: Absence,
        limit: Limit,
    ) -> Result<(), ServerError> {
        let (wait, late): (Coming, _) = match absence {
            Absence::Gone => return Err(ServerError::NotRunning),
            Absence::Restarting => return Err(ServerError::Restarting),
            Absence::Wait(wait) => {
                let wait = async move {
                    wait.await;
                    Ok(())
                };
                (Box::pin(wait), ServerError::Restarting)
            }
            Absence::Start(start) => (start, ServerError::NotStarted(NotStarted::Starting)),
        };
        // However often it waits, its time began with the first.
        let until = match absent.take() {
            Some(absent) => absent.until,
            None => Until::new(limit),
        };
        *absent = Some(Box::new(Self { wait: Some(wait), until, late }));
        Ok(())
    }

    /// Ready when it is time to look.
    ///
    /// # Errors
    ///
    /// `Restarting` or `NotStarted` when the time is over, and the latter when the start failed: the
    /// request was certainly not executed.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ServerError>> {
        let Some(wait) = &mut self.wait else { return Poll::Ready(Ok(())) };
        if let Poll::Ready(come) = wait.as_mut().poll(cx) {
            self.wait = None;
            return Poll::Ready(come);
        }
        if self.until.is_over(cx) { Poll::Ready(Err(self.late.clone())) } else { Poll::Pending }
    }

    /// What is left of a call's time.
    pub(crate) fn left(&self, limit: Limit) -> Limit {
        match (limit, self.until.left()) {
            (Limit::Default(_), _) if limit.resolve().1 => limit,
            (_, Some(left)) => Limit::Within(left),
            (_, None) => limit,
        }
    }
}

impl fmt::Debug for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Absent").field("waits", &self.wait.is_some()).finish_non_exhaustive()
    }
}
