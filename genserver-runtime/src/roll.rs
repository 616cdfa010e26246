//! The roll of a server: the calls in its mailbox whose time has not begun to count.
//!
//! It lies under the inbox lock, which whoever sends a call and whoever handles it take anyway. Nearly all
//! calls are over before the sweeper's next tick, and never get a place of its own.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::core::Core;
use crate::inbox::Inbox;
use crate::node::Node;
use crate::server::Server;
use crate::sleep::give_up;
use crate::slot::Expire;

/// What became of a call that is to have a time-out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enrolled {
    /// It is on no roll: the sweeper takes it.
    No,
    Yes,
    /// It is the first since a tick: the sweeper is to be told.
    First,
}

/// Those calls, in the order of their sending.
#[derive(Default)]
pub(crate) struct Roll {
    calls: VecDeque<Arc<dyn Expire>>,
    /// Whether the sweeper looks at it.
    watched: bool,
}

impl Roll {
    fn push(&mut self, call: Arc<dyn Expire>) -> Enrolled {
        self.calls.push_back(call);
        if std::mem::replace(&mut self.watched, true) { Enrolled::Yes } else { Enrolled::First }
    }

    /// Takes those off the roll that are over, up to the first that is not.
    #[inline]
    pub(crate) fn forget_over(&mut self) {
        while self.calls.front().is_some_and(|call| call.over()) {
            // What a call came to is its caller's: nothing of a user's is dropped here.
            self.calls.pop_front();
        }
    }

    /// Those whose time begins now.
    pub(crate) fn take(&mut self) -> VecDeque<Arc<dyn Expire>> {
        self.watched = false;
        self.calls.retain(|call| !call.over());
        if self.calls.is_empty() { VecDeque::new() } else { std::mem::take(&mut self.calls) }
    }

    /// Gives back what an empty one holds.
    pub(crate) fn shrink(&mut self) {
        give_up(&mut self.calls);
    }
}

impl<S: Server> Core<S> {
    /// Puts a call on the roll of a server whose drain task stays: that of another one makes no list for a
    /// call.
    #[inline]
    pub(crate) fn enroll(
        self: &Arc<Self>,
        inbox: &mut Inbox<S>,
        call: Arc<dyn Expire>,
    ) -> Enrolled {
        let cold = inbox.cold.as_mut().filter(|_| inbox.drained);
        let enrolled = cold.map_or(Enrolled::No, |cold| cold.roll.push(call));
        if enrolled == Enrolled::First {
            // Under the lock, so that no roll waits that nobody calls. The sweeper never has its own lock when
            // it takes this one.
            self.home.sweeper().watch_roll(Arc::clone(self) as Arc<dyn Node>);
        }
        enrolled
    }

    /// After the lock was given back: the runtime may have gone just now, and looked before.
    #[cold]
    pub(crate) fn enrolled_first(&self) {
        if self.home.is_gone() {
            self.home.sweeper().end();
        }
    }
}
