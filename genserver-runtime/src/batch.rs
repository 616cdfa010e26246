//! The batch of a drain task: taken out of the queue whole.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;

use crate::core::Core;
use crate::inbox::{Inbox, Mode};
use crate::item::Item;
use crate::options::Overflow;
use crate::server::Server;

/// What a drain task has taken and not handled yet.
pub(crate) struct Batch<S: Server> {
    items: VecDeque<Item<S>>,
    /// How many of them count against the bound.
    counted: u32,
}

impl<S: Server> Batch<S> {
    pub(crate) fn new() -> Self {
        Self { items: VecDeque::new(), counted: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Moves the queue into the batch; one item only where the policy must reach the oldest.
    pub(crate) fn fill(&mut self, core: &Core<S>, inbox: &mut Inbox<S>) {
        if inbox.mode.is(Mode::ASLEEP) && !inbox.queue.iter().all(Item::asks) {
            inbox.mode.set(Mode::ASLEEP, false);
        }
        if S::OPTIONS.overflow == Overflow::DropOldest {
            if let Some(item) = inbox.queue.pop_front() {
                inbox.counted -= u32::from(item.counted());
                self.items.push_back(item);
            }
            self.counted = 0;
        } else if self.items.is_empty() {
            // What counts but is not in the queue goes before it.
            let high = inbox.counted_high();
            std::mem::swap(&mut inbox.queue, &mut self.items);
            self.counted = std::mem::replace(&mut inbox.counted, high) - high;
        }
        self.tell(core);
    }

    /// How many are left that count: as long as that becomes more, under the lock, so that nobody sees less
    /// of them than there are.
    #[inline]
    fn tell(&self, core: &Core<S>) {
        core.taken.store(self.counted, Ordering::Relaxed);
    }

    /// Puts back what was not handled.
    pub(crate) fn put_back(&mut self, core: &Core<S>, inbox: &mut Inbox<S>) {
        inbox.put_back(&mut self.items);
        self.counted = 0;
        self.tell(core);
    }

    /// The oldest item, which is handled now.
    #[inline]
    pub(crate) fn next(&mut self, core: &Core<S>) -> Option<Item<S>> {
        // Where all of them count, which is nearly always, nothing is looked up.
        let all = self.counted as usize == self.items.len();
        let item = self.items.pop_front()?;
        if all || item.counted() {
            self.counted = self.counted.saturating_sub(1);
            self.tell(core);
        }
        Some(item)
    }

    /// What is left, for who ends the server.
    pub(crate) fn take(&mut self) -> VecDeque<Item<S>> {
        std::mem::take(&mut self.items)
    }
}
