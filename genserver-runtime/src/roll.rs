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
use crate::sleep::free_empty;
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
    /// Whether the sweeper was told of it.
    told: bool,
}

impl Roll {
    fn push(&mut self, call: Arc<dyn Expire>) -> Enrolled {
        if self.calls.len() == self.calls.capacity() {
            // Behind one that waits for long there may be many that are over, and the next tick may be far: a
            // paused clock stands still while somebody is busy.
            self.calls.retain(|call| !call.over());
        }
        self.calls.push_back(call);
        if std::mem::replace(&mut self.told, true) { Enrolled::Yes } else { Enrolled::First }
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
        self.told = false;
        self.calls.retain(|call| !call.over());
        if self.calls.is_empty() { VecDeque::new() } else { std::mem::take(&mut self.calls) }
    }

    /// Gives back what an empty one holds.
    pub(crate) fn shrink(&mut self) {
        free_empty(&mut self.calls);
    }
}

impl<S: Server> Core<S> {
    /// Puts a call on the roll. A server that keeps no drain task keeps no list either.
    #[inline]
    pub(crate) fn enroll(
        self: &Arc<Self>,
        inbox: &mut Inbox<S>,
        call: Arc<dyn Expire>,
    ) -> Enrolled {
        let cold = inbox.cold.as_mut().filter(|_| inbox.drained);
        let enrolled = cold.map_or(Enrolled::No, |cold| cold.roll.push(call));
        if enrolled == Enrolled::First {
            // Under the lock, so that no roll is left that nobody calls. The sweeper never has its own lock when
            // it takes this one.
            self.home.sweeper().watch_roll(Arc::clone(self) as Arc<dyn Node>);
        }
        enrolled
    }

    /// After the lock was given back: the sweeper is woken.
    #[cold]
    pub(crate) fn enrolled_first(&self) {
        self.home.sweeper().wake();
        self.home.end_sweeper_if_gone();
    }
}

#[cfg(all(test, feature = "supervision"))]
mod tests {
    use std::sync::Weak;
    use std::time::Duration;

    use tokio::runtime::Builder;

    use super::*;
    use crate::frame::Deadline;
    use crate::home::Home;
    use crate::slot::Slot;
    use crate::supervisor::tree::Supervisor;

    fn core() -> Arc<Core<Supervisor>> {
        let core = Core::starting(Home::current().expect("there is a runtime"));
        core.lock().cold();
        core
    }

    fn call(core: &Arc<Core<Supervisor>>) -> Arc<Slot<u32>> {
        let node = Arc::clone(core) as Arc<dyn Node>;
        Slot::of(node, Deadline::Within(Duration::from_secs(5)), None)
    }

    fn enroll(core: &Arc<Core<Supervisor>>, call: &Arc<Slot<u32>>) -> Enrolled {
        let enrolled = core.enroll(&mut core.lock(), Arc::clone(call) as Arc<dyn Expire>);
        if enrolled == Enrolled::First {
            core.enrolled_first();
        }
        enrolled
    }

    #[tokio::test]
    async fn a_server_whose_drain_task_does_not_stay_has_no_roll() {
        let core = core();
        assert!(enroll(&core, &call(&core)) == Enrolled::No);
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_call_that_sees_a_tick_gets_a_place() {
        let core = core();
        core.lock().drained = true;
        let (quick, slow) = (call(&core), call(&core));
        assert!(enroll(&core, &quick) == Enrolled::First);
        assert!(enroll(&core, &slow) == Enrolled::Yes);
        quick.reply(1).expect("it waits");
        core.lock().cold().roll.forget_over();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(quick.take_key().is_none(), "it was over before the tick");
        assert!(matches!(slow.deadline(), Deadline::At(_)), "its time counts");
        assert!(enroll(&core, &call(&core)) == Enrolled::First, "the roll was called");
        slow.give_up();
        let key = slow.take_key().expect("it has a place");
        core.home.sweeper().remove(key);
    }

    #[test]
    fn a_roll_that_nobody_calls_any_more_holds_no_server() {
        let runtime = Builder::new_current_thread().enable_time().build().expect("it is built");
        let (core, waiting) = runtime.block_on(async {
            let core = core();
            core.lock().drained = true;
            let waiting = call(&core);
            enroll(&core, &waiting);
            (core, waiting)
        });
        drop(runtime);
        assert!(!waiting.awaited(), "its caller was told");
        // One more, by somebody who did not see that the runtime goes.
        assert!(enroll(&core, &call(&core)) == Enrolled::First);
        let left: Weak<_> = Arc::downgrade(&core);
        drop((core, waiting));
        assert!(left.upgrade().is_none());
    }
}
