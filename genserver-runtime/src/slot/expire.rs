//! A slot whose caller waits only for so long.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Slot, Value};
use crate::clock::Instant;
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::frame::Deadline;
use crate::sweeper::{Key, Whose};

/// What the sweeper does with a slot.
pub(crate) trait Expire: Send + Sync {
    /// The time began to count; so it does for the handler that runs.
    fn began(&self, at: Instant, within: Duration, whose: Whose);

    /// The same, of a call that was on its server's roll and has got this place; `false` where nobody
    /// waits any more: then nobody will give it back.
    fn placed(&self, at: Instant, key: Key) -> bool;

    /// How long it may wait, where its time has not begun.
    fn within(&self) -> Option<Duration>;

    /// Whether nobody waits any more; that somebody does may be seen a little too long.
    fn over(&self) -> bool;

    fn expire(&self);

    /// The clock stopped for good, and the server with it.
    fn abandon(&self);

    /// The clock stopped for good, and the server goes on: the caller looks for another clock.
    fn stray(&self);
}

impl<T: Send> Expire for Slot<T> {
    fn began(&self, at: Instant, within: Duration, whose: Whose) {
        if let Some(at) = at.checked_add(within) {
            self.set_deadline(Deadline::At(at));
        }
        if whose == Whose::Own
            && let Some(node) = &self.node
        {
            node.observe(at);
        }
    }

    fn placed(&self, at: Instant, key: Key) -> bool {
        {
            let mut state = self.lock();
            if !matches!(state.value, Value::Waiting) {
                return false;
            }
            if let Some(at) = self.within().and_then(|within| at.checked_add(within)) {
                state.deadline = Deadline::At(at);
            }
            state.key = Some(key);
            self.timed.store(true, Ordering::Release);
        }
        self.node().observe(at);
        true
    }

    fn within(&self) -> Option<Duration> {
        if let Deadline::Within(within) = self.asked { Some(within) } else { None }
    }

    fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn expire(&self) {
        // Whatever is there already is better than a time-out.
        let _ = self.fill(Value::Expired);
    }

    fn abandon(&self) {
        let error = if self.started() {
            ServerError::Exit(ExitReason::NotRunning)
        } else {
            ServerError::NotRunning
        };
        let _ = self.fill(Value::Failed(error));
    }

    fn stray(&self) {
        let caller = self.lock().caller.take();
        if let Some(caller) = caller {
            caller.wake();
        }
    }
}
