//! The child that a supervisor waits for until it has ended. It may wait itself, for a sibling that
//! the supervisor starts when it has ended: so it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::frame;
use crate::id::ServerId;

/// Known to all places of a supervisor's children.
#[derive(Default)]
pub(crate) struct Halt {
    /// The server that is being stopped; none is zero.
    child: AtomicU64,
    told: Arc<Notify>,
}

impl Halt {
    /// This server is being stopped, until what is given is dropped; it is told where it waits.
    pub(crate) fn begin(self: &Arc<Self>, child: ServerId) -> Halting {
        self.child.store(child.as_u64(), Ordering::SeqCst);
        self.told.notify_waiters();
        Halting(Arc::clone(self))
    }

    /// Done when one is told from here on.
    pub(crate) fn told(&self) -> OwnedNotified {
        Arc::clone(&self.told).notified_owned()
    }

    /// Whether the handler that runs is one of the server that is being stopped.
    pub(crate) fn concerns_caller(&self) -> bool {
        let caller = frame::server().map(ServerId::as_u64);
        caller == Some(self.child.load(Ordering::SeqCst))
    }
}

pub(crate) struct Halting(Arc<Halt>);

impl Drop for Halting {
    fn drop(&mut self) {
        self.0.child.store(0, Ordering::SeqCst);
    }
}
