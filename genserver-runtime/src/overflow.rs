//! The policy of a full mailbox.

use crate::inbox::Inbox;
use crate::item::Item;
use crate::options::Overflow;
use crate::server::Server;

/// What to do with a message that the mailbox has no room for.
pub(crate) enum Full<S: Server> {
    /// It waits.
    Wait(Item<S>),
    Refused(Item<S>),
    /// This one is dropped: the newest or the oldest; the sender need not know.
    Dropped(Item<S>),
}

impl<S: Server> Inbox<S> {
    /// What the policy makes of an item that there is no room for.
    #[cold]
    pub(crate) fn overflow(&mut self, item: Item<S>, taken: u32) -> Full<S> {
        let call = item.reply().is_some();
        match S::OPTIONS.overflow {
            Overflow::Wait => Full::Wait(item),
            Overflow::DropNewest if !call => Full::Dropped(item),
            Overflow::DropOldest => match self.drop_oldest() {
                Some(oldest) => {
                    self.enqueue(item, taken);
                    Full::Dropped(oldest)
                }
                None => Full::Refused(item),
            },
            Overflow::Reject | Overflow::DropNewest => Full::Refused(item),
        }
    }
}
