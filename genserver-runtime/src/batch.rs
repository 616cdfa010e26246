//! The batch of a drain task: taken out of the queue whole, and what happens when nothing is left.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::body::Body;
use crate::core::tell;
use crate::drain::Drain;
use crate::inbox::{Inbox, Mode};
use crate::item::Item;
use crate::options::Overflow;
use crate::rest::Stir;
use crate::server::Server;
use crate::sleep;
use crate::watch::Tally;

/// What a drain task does when its batch is empty.
pub(crate) enum Rested<S: Server> {
    Batch(Box<Body<S>>),
    Park,
    Done,
}

/// As [`Rested`], before the server has given its memory back.
enum Refilled<S: Server> {
    Batch(Box<Body<S>>),
    /// It hibernates, once it has given its memory back.
    Sleep(Box<Body<S>>),
    Park,
    Done,
}

impl<S: Server> Drain<S> {
    /// Nothing to do: the next batch, or the body goes back.
    pub(crate) fn rest(&mut self, mut body: Box<Body<S>>) -> Rested<S> {
        let mut asleep = false;
        loop {
            // Suspended, a batch may be left: then messages wait.
            if body.cx.take_hibernate() && self.batch.is_empty() {
                self.core.lock().sleep_if_empty();
            }
            body = match self.refill(body, asleep) {
                Refilled::Batch(body) => return Rested::Batch(body),
                Refilled::Sleep(mut body) => {
                    // The user's: not under the lock.
                    sleep::give_back(&mut body);
                    if body.cx.is_ending() {
                        return Rested::Batch(body);
                    }
                    asleep = true;
                    body
                }
                Refilled::Park => return Rested::Park,
                Refilled::Done => return Rested::Done,
            };
        }
    }

    /// The next batch, when there is one; else the body goes back, and the task waits for work or
    /// ends. A server that sleeps keeps no task and no buffer.
    fn refill(&mut self, mut body: Box<Body<S>>, asleep: bool) -> Refilled<S> {
        let core = Arc::clone(&self.core);
        let mut inbox = core.lock();
        publish(&mut self.tally, &mut inbox);
        if let Some(cold) = &mut inbox.cold {
            // Seen of the last item: a call that runs where it is made has the same number.
            cold.since = None;
        }
        let suspended = inbox.mode.is(Mode::SUSPENDED);
        let told = if suspended {
            inbox.put_back(&mut self.batch);
            self.counted = 0;
            core.taken.store(0, Ordering::Relaxed);
            Vec::new()
        } else {
            inbox.admit(0)
        };
        core.note_high(&inbox);
        let attention = core.attention.load(Ordering::Relaxed);
        if attention || (!suspended && !inbox.queue.is_empty()) {
            if !suspended {
                self.take_batch(&mut inbox);
            }
            drop(inbox);
            tell(told);
            return Refilled::Batch(body);
        }
        if inbox.mode.is(Mode::ASLEEP) && !asleep {
            return Refilled::Sleep(body);
        }
        body.cx.run = None;
        if inbox.mode.is(Mode::RESTS) {
            core.rested(&mut inbox, self.stir);
        }
        self.stir = Stir::Still;
        inbox.body = Some(body);
        if !asleep && std::mem::replace(&mut inbox.drained, true) {
            inbox.parked = true;
            return Refilled::Park;
        }
        if asleep {
            inbox.shrink();
        }
        if inbox.queue.is_empty() {
            inbox.queue = VecDeque::new();
        }
        self.done = true;
        Refilled::Done
    }

    /// Moves the queue into the batch; one item only where the policy must reach the oldest.
    fn take_batch(&mut self, inbox: &mut Inbox<S>) {
        if !inbox.queue.iter().all(Item::asks) {
            inbox.mode.set(Mode::ASLEEP, false);
        }
        if S::OPTIONS.overflow == Overflow::DropOldest {
            if let Some(item) = inbox.queue.pop_front() {
                inbox.counted -= u32::from(item.counted());
                self.batch.push_back(item);
            }
            self.counted = 0;
        } else if self.batch.is_empty() {
            // What counts but is not in the queue goes before it.
            let high = inbox.counted_high();
            std::mem::swap(&mut inbox.queue, &mut self.batch);
            self.counted = std::mem::replace(&mut inbox.counted, high) - high;
        }
        self.core.taken.store(self.counted, Ordering::Relaxed);
    }

    pub(crate) fn note_taken(&mut self, item: &Item<S>) {
        // Where all of them count, which is nearly always, nothing is looked up.
        let all = self.counted as usize > self.batch.len();
        if all || item.counted() {
            self.counted = self.counted.saturating_sub(1);
            self.core.taken.store(self.counted, Ordering::Relaxed);
        }
    }
}

/// Tells what was handled to those who look from outside.
pub(crate) fn publish<S: Server>(tally: &mut Tally, inbox: &mut Inbox<S>) {
    if !tally.is_zero() {
        inbox.cold().tally.add(std::mem::take(tally));
    }
}
