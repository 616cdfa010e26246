//! A drain task between two batches: the body goes back, and the task waits for work without it, until
//! it was idle for long.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};

use crate::body::Body;
use crate::core::Core;
use crate::drain::{BUDGET, Begun, Drain};
use crate::inbox::{Inbox, Life, Mode};
use crate::node::Node;
use crate::rest::Stir;
use crate::room::tell;
use crate::server::Server;
use crate::sleep::{self, free_empty};
use crate::turn::keep;
use crate::watch::Tally;

/// How many looks of the sweeper a parked drain task may sleep through.
const IDLE_TICKS_MAX: u8 = 3;

/// What a drain task begins with, and what it wakes up for when it rests.
pub(crate) enum Work<S: Server> {
    /// The body, with a batch or with something that was asked of the server.
    Body(Box<Body<S>>),
    Begun(Begun<S>),
    /// Nothing: it was idle for long, or the server has ended.
    Gone,
}

impl<S: Server> Drain<S> {
    /// The batch is empty: the body goes back where nothing is queued, and this waits for work. `None`
    /// when the task is not needed any more.
    pub(crate) async fn rest(&mut self, body: Box<Body<S>>) -> Option<Box<Body<S>>> {
        let mut body = Some(body);
        let rested = poll_fn(|cx| match body.take() {
            Some(body) => self.poll_rest(body, cx),
            None => self.poll_parked(cx),
        });
        match rested.await {
            // Nearly always: no future is made for it.
            Work::Body(body) => Some(body),
            work => self.take_up(work).await,
        }
    }

    /// The body to go on with; `None` when there is none any more.
    pub(crate) async fn take_up(&mut self, work: Work<S>) -> Option<Box<Body<S>>> {
        match work {
            Work::Body(body) => Some(body),
            Work::Begun(begun) => self.finish(begun).await,
            Work::Gone => None,
        }
    }

    /// Awaits a handler that has begun; `None` when it was killed, and the server with it.
    async fn finish(&mut self, begun: Begun<S>) -> Option<Box<Body<S>>> {
        match begun.await {
            Ok(body) => {
                self.core.note_state(&body);
                self.stir = Stir::Message;
                Some(body)
            }
            Err(caller) => {
                self.end_killed(caller);
                None
            }
        }
    }

    fn poll_rest(&mut self, mut body: Box<Body<S>>, cx: &Context<'_>) -> Poll<Work<S>> {
        let mut asleep = false;
        loop {
            // Suspended, a batch may be left: then messages wait.
            if body.cx.take_hibernate() && self.batch.is_empty() {
                self.core.lock().sleep_if_empty();
            }
            match self.refill(body, asleep, cx) {
                ControlFlow::Break(polled) => return polled,
                ControlFlow::Continue(drowsy) => body = drowsy,
            }
            // The user's: not under the lock.
            sleep::give_back(&mut body);
            if body.cx.is_ending() {
                return Poll::Ready(Work::Body(body));
            }
            asleep = true;
        }
    }

    /// The next batch, when there is one; else the body goes back, and the task waits for work or
    /// ends. A server that sleeps keeps no task and no buffer: it goes on here once it has given its
    /// memory back.
    fn refill(
        &mut self,
        mut body: Box<Body<S>>,
        asleep: bool,
        cx: &Context<'_>,
    ) -> ControlFlow<Poll<Work<S>>, Box<Body<S>>> {
        let core = &self.core;
        let mut inbox = core.lock();
        publish(&mut self.tally, &mut inbox);
        if let Some(cold) = &mut inbox.cold {
            // Seen of the last item: a call that runs where it is made has the same number.
            cold.since = None;
            cold.roll.forget_over();
            core.waited.store(false, Ordering::Relaxed);
        }
        let suspended = inbox.mode.is(Mode::SUSPENDED);
        let told = if suspended {
            self.batch.put_back(core, &mut inbox);
            None
        } else {
            inbox.admit(core.taken())
        };
        core.note_high(&inbox);
        let attention = core.attention.load(Ordering::Relaxed);
        if attention || (!suspended && !inbox.queue.is_empty()) {
            if !suspended {
                self.batch.fill(core, &mut inbox);
            }
            drop(inbox);
            tell(told);
            return ControlFlow::Break(Poll::Ready(Work::Body(body)));
        }
        if inbox.mode.is(Mode::ASLEEP) && !asleep {
            return ControlFlow::Continue(body);
        }
        if inbox.mode.is(Mode::RESTS) {
            core.rested(&mut inbox, self.stir);
        }
        self.stir = Stir::Still;
        body.cx.run = None;
        inbox.body = Some(body);
        if !asleep && std::mem::replace(&mut inbox.drained, true) {
            inbox.parked = true;
            self.budget = BUDGET;
            Self::park(core, inbox, cx);
            return ControlFlow::Break(Poll::Pending);
        }
        if asleep {
            inbox.shrink();
        }
        free_empty(&mut inbox.queue);
        self.done = true;
        ControlFlow::Break(Poll::Ready(Work::Gone))
    }

    /// Leaves what wakes this task.
    fn park(core: &Arc<Core<S>>, mut inbox: MutexGuard<'_, Inbox<S>>, cx: &Context<'_>) {
        let cold = inbox.cold();
        keep(&mut cold.drain, cx);
        if !std::mem::replace(&mut cold.watched, true) {
            drop(inbox);
            core.home.sweeper().watch_idle(Arc::clone(core) as Arc<dyn Node>);
        }
    }

    /// Waits for work without a body.
    fn poll_parked(&mut self, cx: &Context<'_>) -> Poll<Work<S>> {
        let core = &self.core;
        let mut inbox = core.lock();
        if let Some(begun) = inbox.cold().begun.take() {
            inbox.parked = false;
            return Poll::Ready(Work::Begun(begun));
        }
        let attention = core.attention.load(Ordering::Relaxed);
        let work = inbox.has_work(attention);
        if work && let Some(body) = inbox.body.take() {
            inbox.parked = false;
            // Seen of a call that ran where it was made.
            inbox.cold().since = None;
            if !attention && !inbox.has_waiters() {
                self.batch.fill(core, &mut inbox);
            }
            return Poll::Ready(Work::Body(body));
        }
        let ended = matches!(inbox.life, Life::Ending | Life::Ended);
        let cold = inbox.cold();
        if ended || (std::mem::take(&mut cold.retire) && !work) {
            cold.drain = None;
            cold.roll.shrink();
            inbox.parked = false;
            inbox.drained = false;
            free_empty(&mut inbox.queue);
            self.done = true;
            return Poll::Ready(Work::Gone);
        }
        Self::park(core, inbox, cx);
        Poll::Pending
    }
}

/// Tells what was handled to those who look from outside.
pub(crate) fn publish<S: Server>(tally: &mut Tally, inbox: &mut Inbox<S>) {
    if !tally.is_zero() {
        inbox.cold().tally.add(std::mem::take(tally));
    }
}

impl<S: Server> Core<S> {
    /// Lets waiting senders in as far as there is room by now.
    pub(crate) fn let_in(&self) {
        let told = {
            let mut inbox = self.lock();
            let told = inbox.admit(self.taken());
            self.note_high(&inbox);
            told
        };
        tell(told);
    }

    /// A handler that had waited is done.
    pub(crate) fn tidy(&self) {
        let mut inbox = self.lock();
        self.waited.store(false, Ordering::Relaxed);
        if let Some(cold) = &mut inbox.cold {
            cold.since = None;
            cold.drain = None;
            let edges = std::mem::take(&mut cold.edges);
            drop(inbox);
            drop(edges);
        }
    }

    /// Counts the looks at a parked drain task.
    pub(crate) fn tick_parked(&self) -> bool {
        let mut inbox = self.lock();
        let parked = inbox.parked;
        let Some(cold) = &mut inbox.cold else { return true };
        if !parked {
            // Busy, or gone by another way.
            cold.watched = false;
            return true;
        }
        cold.idle_ticks += 1;
        if cold.idle_ticks <= IDLE_TICKS_MAX {
            return false;
        }
        cold.idle_ticks = 0;
        cold.retire = true;
        cold.watched = false;
        let drain = cold.drain.take();
        drop(inbox);
        if let Some(drain) = drain {
            drain.wake();
        }
        true
    }
}
