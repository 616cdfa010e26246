//! A message that waits for room in a full mailbox.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::ServerError;
use crate::frame::{self, Edge};
use crate::node::Node;
use crate::slot::{Answerable, Found, Slot};

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
