//! A drain task between two batches: it waits for work without the body, and goes when it was idle
//! for long.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use crate::body::Body;
use crate::core::{Core, tell};
use crate::drain::{BUDGET, Begun, Drain};
use crate::inbox::Life;
use crate::node::Node;
use crate::rest::Stir;
use crate::server::Server;
use crate::turn::keep;

/// How many looks of the sweeper a parked drain task may sleep through.
const IDLE_TICKS_MAX: u8 = 3;

/// What a parked drain task wakes up for.
enum Work<S: Server> {
    Body(Box<Body<S>>),
    Begun(Begun<S>),
    /// Nothing: it was idle for long, or the server has ended.
    Gone,
}

impl<S: Server> Drain<S> {
    /// Waits for work; `None` when it was idle for long, or the server has ended.
    pub(crate) async fn parked(&mut self) -> Option<Box<Body<S>>> {
        match poll_fn(|cx| self.poll_parked(cx)).await {
            Work::Body(body) => Some(body),
            Work::Begun(begun) => self.finish(begun).await,
            Work::Gone => None,
        }
    }

    /// Awaits a handler that has begun; `None` when it was killed, and the server with it.
    pub(crate) async fn finish(&mut self, begun: Begun<S>) -> Option<Box<Body<S>>> {
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

    /// Waits for work without a body.
    fn poll_parked(&mut self, cx: &Context<'_>) -> Poll<Work<S>> {
        self.budget = BUDGET;
        let mut inbox = self.core.lock();
        if let Some(begun) = inbox.cold().begun.take() {
            inbox.parked = false;
            return Poll::Ready(Work::Begun(begun));
        }
        let work = inbox.has_work(self.core.attention.load(Ordering::Relaxed));
        if work && let Some(body) = inbox.body.take() {
            inbox.parked = false;
            return Poll::Ready(Work::Body(body));
        }
        let ended = matches!(inbox.life, Life::Ending | Life::Ended);
        let cold = inbox.cold();
        if ended || (std::mem::take(&mut cold.retire) && !work) {
            cold.drain = None;
            inbox.parked = false;
            inbox.drained = false;
            if inbox.queue.is_empty() {
                inbox.queue = VecDeque::new();
            }
            self.done = true;
            return Poll::Ready(Work::Gone);
        }
        keep(&mut cold.drain, cx);
        let watch = !std::mem::replace(&mut cold.watched, true);
        drop(inbox);
        if watch {
            self.core.home.sweeper().watch_idle(Arc::clone(&self.core) as Arc<dyn Node>);
        }
        Poll::Pending
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
