//! What is taken back: messages whose sender has gone or would wait for itself.

use crate::inbox::Inbox;
use crate::item::Item;
use crate::server::Server;
use crate::system::Act;

impl<S: Server> Inbox<S> {
    /// Takes back a message that waits for room.
    pub(crate) fn leave_room(&mut self, slot: usize) -> Option<Item<S>> {
        let waiters = &mut self.cold.as_mut()?.waiters;
        let at = waiters.iter().position(|waiter| waiter.is(slot))?;
        waiters.remove(at).map(|waiter| waiter.item)
    }

    /// Takes back a message that waits for room or in the queue.
    pub(crate) fn withdraw(&mut self, slot: usize) -> Option<Item<S>> {
        self.leave_room(slot).or_else(|| {
            if let Some(at) = self.high_at(slot) {
                return self.remove_high(at);
            }
            match self.queued_at(slot) {
                Some(at) => self.remove(at),
                None => self.withdraw_aside(slot),
            }
        })
    }

    /// Takes an item out of the queue; those behind it move up, and so do the ends that come
    /// after them: the numbers of queued items have no gaps.
    pub(crate) fn remove(&mut self, at: usize) -> Option<Item<S>> {
        let number = self.batch_end() + 1 + at as u64;
        let item = self.queue.remove(at)?;
        self.counted -= u32::from(item.counted());
        self.seq -= 1;
        if let Some(cold) = &mut self.cold {
            for place in cold.positions() {
                place.queued -= u64::from(place.queued >= number);
            }
        }
        Some(item)
    }

    /// Takes back what was asked of the server apart from its messages.
    pub(crate) fn withdraw_act(&mut self, slot: usize) -> Option<Act<S>> {
        let acts = &mut self.cold.as_mut()?.acts;
        let mine = |act: &Act<S>| act.waits.as_ref().is_some_and(|by| by.identity() == slot);
        let at = acts.iter().position(mine)?;
        acts.remove(at)
    }

    /// The place in the queue of the request that this slot belongs to.
    pub(crate) fn queued_at(&self, slot: usize) -> Option<usize> {
        self.queue.iter().position(|item| item.is(slot))
    }

    /// As [`queued_at`](Self::queued_at), among those of a high priority.
    pub(crate) fn high_at(&self, slot: usize) -> Option<usize> {
        self.cold.as_ref()?.high.iter().position(|item| item.is(slot))
    }
}
