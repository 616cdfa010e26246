//! How long a call may take, and how many of them one after another.

use std::mem;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::coop::poll_proceed;

use crate::frame::{self, Deadline};

/// A call's time-out, as asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// The handler's or the server's default.
    Default(Option<Duration>),
    Within(Duration),
    Never,
}

impl Limit {
    /// The deadline of a request made now, and whether it is inherited: a default gives way to
    /// what is left to the handler that calls.
    #[inline]
    pub(crate) fn resolve(self) -> (Deadline, bool) {
        match self.own() {
            Some(own) => (own, false),
            None => (frame::deadline(), true),
        }
    }

    /// The deadline of a request made now; `None` where it is inherited.
    #[inline]
    pub(crate) fn own(self) -> Option<Deadline> {
        match self {
            Self::Never => Some(Deadline::Never),
            Self::Within(within) => Some(Deadline::Within(within)),
            Self::Default(own) => {
                matches!(frame::deadline(), Deadline::Never).then(|| of_default(own))
            }
        }
    }
}

/// A handler's `timeout = infinity` comes as the longest duration there is.
#[inline]
fn of_default(own: Option<Duration>) -> Deadline {
    match own {
        None | Some(Duration::MAX) => Deadline::Never,
        Some(own) => Deadline::Within(own),
    }
}

/// Takes from what the task may do before others get their turn.
#[inline]
pub(crate) fn proceed(cx: &mut Context<'_>) -> Poll<()> {
    // Dropped, it would look whether to give back what it took; its `made_progress` only keeps it from that.
    poll_proceed(cx).map(mem::forget)
}
