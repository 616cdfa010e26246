//! What comes before the mailbox: messages that were postponed and have another chance, and time-outs
//! of no time at all.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::core::Core;
use crate::ending::drop_caught;
use crate::error::ServerError;
use crate::event::EventKind;
use crate::inbox::{Cold, Inbox, Life, Mode};
use crate::item::Item;
use crate::report;
use crate::server::Server;

/// Messages beside the mailbox.
pub(crate) struct Aside<S: Server> {
    /// They wait for another state.
    postponed: VecDeque<Item<S>>,
    /// They come before the mailbox.
    ahead: VecDeque<Item<S>>,
}

impl<S: Server> Default for Aside<S> {
    fn default() -> Self {
        Self { postponed: VecDeque::new(), ahead: VecDeque::new() }
    }
}

impl<S: Server> Aside<S> {
    /// All of them, in the order in which they would be tried.
    pub(crate) fn into_items(self) -> Vec<Item<S>> {
        let mut items = Vec::from(self.ahead);
        items.extend(self.postponed);
        items
    }
}

impl<S: Server> Cold<S> {
    /// How many messages come before the mailbox.
    pub(crate) fn ahead(&self) -> usize {
        self.aside.as_ref().map_or(0, |aside| aside.ahead.len())
    }

    /// How many messages wait for another state.
    pub(crate) fn postponed(&self) -> usize {
        self.aside.as_ref().map_or(0, |aside| aside.postponed.len())
    }

    pub(crate) fn pop_ahead(&mut self) -> Option<Item<S>> {
        self.aside.as_mut()?.ahead.pop_front()
    }
}

impl<S: Server> Inbox<S> {
    /// Where the request that this slot belongs to lies among those that come before the mailbox.
    pub(crate) fn ahead_at(&self, slot: usize) -> Option<usize> {
        self.cold.as_ref()?.aside.as_ref()?.ahead.iter().position(|item| item.is(slot))
    }

    /// Whether the request that this slot belongs to was postponed.
    pub(crate) fn has_postponed(&self, slot: usize) -> bool {
        let aside = self.cold.as_ref().and_then(|cold| cold.aside.as_ref());
        aside.is_some_and(|aside| aside.postponed.iter().any(|item| item.is(slot)))
    }

    /// Takes back a request that was postponed, or is about to be tried again.
    pub(crate) fn withdraw_aside(&mut self, slot: usize) -> Option<Item<S>> {
        let aside = self.cold.as_mut()?.aside.as_mut()?;
        for items in [&mut aside.postponed, &mut aside.ahead] {
            if let Some(at) = items.iter().position(|item| item.is(slot)) {
                return items.remove(at);
            }
        }
        None
    }

    fn aside(&mut self) -> &mut Aside<S> {
        self.cold().aside.get_or_insert_default()
    }

    /// Keeps a message for another state; gives it back where as many that count are kept as the
    /// mailbox has room for, and what was given up to make room.
    fn postpone(&mut self, item: Item<S>) -> (Vec<Item<S>>, Result<(), Item<S>>) {
        let bound = self.bound().map_or(usize::MAX, |bound| bound as usize);
        let postponed = &mut self.aside().postponed;
        let mut gone = Vec::new();
        if item.counted() && postponed.len() >= bound {
            let mut kept = VecDeque::new();
            for item in postponed.drain(..) {
                if item.is_abandoned() { gone.push(item) } else { kept.push_back(item) }
            }
            *postponed = kept;
            if postponed.iter().filter(|item| item.counted()).count() >= bound {
                return (gone, Err(item));
            }
        }
        postponed.push_back(item);
        (gone, Ok(()))
    }

    /// Gives back what nothing lies in.
    pub(crate) fn shrink_aside(&mut self) {
        let Some(cold) = &mut self.cold else { return };
        cold.aside.take_if(|aside| aside.postponed.is_empty() && aside.ahead.is_empty());
    }
}

impl<S: Server> Core<S> {
    /// The machine's state takes no such message: it is kept for another one.
    #[cold]
    pub(crate) fn postpone(&self, item: Item<S>) {
        let message = item.name();
        let (gone, refused) = {
            let mut inbox = self.lock();
            if matches!(inbox.life, Life::Ending | Life::Ended) {
                // The runtime went: nobody will try it again.
                drop(inbox);
                if let Some(reply) = item.reply() {
                    reply.refuse(ServerError::NotRunning);
                }
                return drop_caught::<S, _>(item);
            }
            let (gone, kept) = inbox.postpone(item);
            inbox.cold().counters.dropped += gone.len() as u64;
            (gone, kept.err())
        };
        for item in gone {
            drop_caught::<S, _>(item);
        }
        if self.is_watched() {
            let kind = match refused {
                None => EventKind::Postponed { message },
                Some(_) => EventKind::Refused { message },
            };
            self.tell_watch(kind);
        }
        let Some(item) = refused else { return };
        report::no_room_aside(self, message, self.state_name());
        if let Some(reply) = item.reply() {
            reply.refuse(ServerError::Full);
        }
        drop_caught::<S, _>(item);
    }

    /// The state has changed: what was postponed comes next, the oldest first.
    pub(crate) fn retry(&self) {
        let mut inbox = self.lock();
        let aside = inbox.cold.as_mut().and_then(|cold| cold.aside.as_mut());
        let Some(aside) = aside.filter(|aside| !aside.postponed.is_empty()) else { return };
        aside.postponed.append(&mut aside.ahead);
        std::mem::swap(&mut aside.postponed, &mut aside.ahead);
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
        inbox.aside().ahead.push_back(item);
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
