//! What comes before the mailbox: messages that were postponed and have another chance, and time-outs
//! of no time at all.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::core::Core;
use crate::error::ServerError;
use crate::event::EventKind;
use crate::inbox::{Inbox, Life, Mode};
use crate::item::Item;
use crate::report;
use crate::server::Server;
use crate::slot::Answerable;

impl<S: Server> Inbox<S> {
    /// Where the request that this slot belongs to lies among those that come before the mailbox.
    pub(crate) fn ahead_at(&self, slot: usize) -> Option<usize> {
        self.cold.as_ref()?.ahead.iter().position(|item| item.is(slot))
    }

    /// Whether the request that this slot belongs to was postponed.
    pub(crate) fn has_postponed(&self, slot: usize) -> bool {
        self.cold.as_ref().is_some_and(|cold| cold.postponed.iter().any(|item| item.is(slot)))
    }

    /// Takes back a request that was postponed, or is about to be tried again.
    pub(crate) fn withdraw_postponed(&mut self, slot: usize) -> Option<Item<S>> {
        let cold = self.cold.as_mut()?;
        for items in [&mut cold.postponed, &mut cold.ahead] {
            if let Some(at) = items.iter().position(|item| item.is(slot)) {
                return items.remove(at);
            }
        }
        None
    }

    /// Keeps a message for another state; gives it back where there are as many as the mailbox has
    /// room for.
    fn postpone(&mut self, item: Item<S>) -> Result<(), Item<S>> {
        let bound = self.bound().map_or(usize::MAX, |bound| bound as usize);
        let postponed = &mut self.cold().postponed;
        if postponed.len() >= bound {
            return Err(item);
        }
        postponed.push_back(item);
        Ok(())
    }
}

impl<S: Server> Core<S> {
    /// The machine's state takes no such message: it is kept for another one.
    #[cold]
    pub(crate) fn postpone(&self, item: Item<S>) {
        let message = item.name();
        let refused = self.lock().postpone(item).err();
        if self.is_watched() {
            let kind = match refused {
                None => EventKind::Postponed { message },
                Some(_) => EventKind::Refused { message },
            };
            self.tell_watch(kind);
        }
        let Some(item) = refused else { return };
        report::refused(self, message, self.state_name());
        if let Some(reply) = item.reply() {
            reply.refuse(ServerError::Full);
        }
    }

    /// The state has changed: what was postponed comes next, the oldest first.
    pub(crate) fn retry(&self) {
        let mut inbox = self.lock();
        let Some(cold) = inbox.cold.as_mut().filter(|cold| !cold.postponed.is_empty()) else {
            return;
        };
        cold.postponed.append(&mut cold.ahead);
        std::mem::swap(&mut cold.postponed, &mut cold.ahead);
        self.note_ahead(&inbox);
    }

    /// A message of the server's own that comes before the mailbox.
    pub(crate) fn put_ahead(self: &Arc<Self>, item: Item<S>) {
        let mut inbox = self.lock();
        if matches!(inbox.life, Life::Ending | Life::Ended) {
            drop(inbox);
            drop(item);
            return;
        }
        inbox.cold().ahead.push_back(item);
        self.note_ahead(&inbox);
        self.kick(inbox);
    }

    /// Has the drain task look; while it is suspended, when it is resumed.
    fn note_ahead(&self, inbox: &Inbox<S>) {
        if !inbox.mode.is(Mode::SUSPENDED) {
            self.attention.store(true, Ordering::Release);
        }
    }
}

impl<S: Server> Item<S> {
    /// Whether its sender knows it by this slot.
    fn is(&self, slot: usize) -> bool {
        self.reply().map(Answerable::identity) == Some(slot)
    }
}
