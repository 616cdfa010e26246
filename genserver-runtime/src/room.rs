//! Room in a mailbox, and a message that waits for it.

use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};

use crate::core::{Core, Sent, Wait};
use crate::error::ServerError;
use crate::frame::{self, Deadline, Edge};
use crate::inbox::{Inbox, Waiter};
use crate::item::Item;
use crate::node::Node;
use crate::server::Server;
use crate::slot::{Answerable, Found, Slot};

impl<S: Server> Inbox<S> {
    pub(crate) fn bound(&self) -> Option<u32> {
        let given = self.cold.as_ref().and_then(|cold| cold.mailbox);
        given.or(S::OPTIONS.mailbox)
    }

    /// Room for counted messages, with those of the running batch that are left.
    pub(crate) fn has_room(&self, taken: u32) -> bool {
        self.bound().is_none_or(|bound| self.counted.saturating_add(taken) < bound)
    }

    #[cold]
    pub(crate) fn note_high_water(&mut self, waiting: usize) {
        self.cold().high_water = u32::try_from(waiting).unwrap_or(u32::MAX);
    }

    /// How many messages lay in the mailbox at the most; a bare server has had one, which nobody notes.
    #[inline]
    pub(crate) fn high_water(&self) -> usize {
        self.cold.as_ref().map_or(1, |cold| cold.high_water as usize)
    }

    /// How many messages lie in the mailbox, with `taken` of them in the running batch.
    #[inline]
    pub(crate) fn waiting(&self, taken: u32) -> usize {
        let before = self.cold.as_ref().map_or(0, |cold| cold.high.len() + cold.ahead());
        self.queue.len() + taken as usize + before
    }
}

impl<S: Server> Core<S> {
    /// A message waits for room, as its sender wants to.
    pub(crate) fn wait(
        self: &Arc<Self>,
        mut inbox: MutexGuard<'_, Inbox<S>>,
        item: Item<S>,
        wait: Wait,
    ) -> Sent {
        let call = item.name();
        let accepted = (wait == Wait::Told).then(|| Slot::new(Deadline::Never));
        let ticket = accepted
            .as_ref()
            .map(|slot| Ticket::new(Arc::clone(slot), Arc::clone(self) as Arc<dyn Node>, call));
        inbox.cold().waiters.push_back(Waiter { item, accepted });
        // Senders before this one may find room by now.
        let told = inbox.admit(self.taken());
        self.note_high(&inbox);
        self.kick(inbox);
        tell(told);
        Sent::Waiting(ticket)
    }
}

/// A sender's place among those who wait. Dropped, the message is taken back.
pub(crate) struct Ticket {
    slot: Arc<Slot<()>>,
    node: Arc<dyn Node>,
    call: &'static str,
    done: bool,
}

impl Ticket {
    pub(crate) fn new(slot: Arc<Slot<()>>, node: Arc<dyn Node>, call: &'static str) -> Self {
        Self { slot, node, call, done: false }
    }

    /// Ready when the message was taken, or when it never will be.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ServerError>> {
        let Poll::Ready(found) = self.slot.poll(cx) else {
            frame::wait_on(|| Edge {
                to: Arc::clone(&self.node),
                reply: Arc::clone(&self.slot) as Arc<dyn Answerable>,
                call: self.call,
                until_begun: false,
            });
            return Poll::Pending;
        };
        self.done = true;
        Poll::Ready(match found {
            Found::Reply(()) => Ok(()),
            Found::Error(error) => Err(error),
            Found::Expired => unreachable!("invariant: nothing sweeps a ticket"),
        })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.done {
            self.node.leave_room(self.slot.identity());
        }
    }
}

/// Tells senders that their message was taken.
#[inline]
pub(crate) fn tell(accepted: Option<Vec<Arc<Slot<()>>>>) {
    for slot in accepted.into_iter().flatten() {
        slot.accept();
    }
}
