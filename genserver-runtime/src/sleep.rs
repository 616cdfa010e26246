//! Hibernation: memory is given back until the next message.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::body::Body;
use crate::ending::Ending;
use crate::exit::{ExitReason, Panic};
use crate::inbox::{Inbox, Mode};
use crate::server::Server;

/// Runs `#[hibernate]`; a panic in it ends the server as one in a handler does.
pub(crate) fn give_back<S: Server>(body: &mut Body<S>) {
    if !S::HIBERNATES {
        return;
    }
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| S::hibernate(body))) {
        let mut ending = Ending::new(ExitReason::Panic(Panic::new("hibernate", &*payload)));
        ending.last = "hibernate";
        body.cx.end(ending);
    }
}

/// Gives back what an empty queue holds; one with something in it is used soon.
pub(crate) fn free_empty<T>(queue: &mut VecDeque<T>) {
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
}

impl<S: Server> Inbox<S> {
    /// The server was asked to hibernate: messages that wait keep it awake.
    pub(crate) fn sleep_if_empty(&mut self) {
        let empty = self.queue.is_empty() && !self.has_waiters();
        self.mode.set(Mode::ASLEEP, empty);
    }

    /// Gives back what the mailbox holds in reserve.
    pub(crate) fn shrink(&mut self) {
        self.drained = false;
        self.parked = false;
        free_empty(&mut self.queue);
        self.shrink_aside();
        if let Some(cold) = &mut self.cold {
            free_empty(&mut cold.acts);
            free_empty(&mut cold.high);
            free_empty(&mut cold.waiters);
            cold.roll.shrink();
            cold.stops.shrink_to_fit();
            cold.watchers.shrink_to_fit();
            cold.edges.shrink_to_fit();
            cold.deferred.retain(|reply| reply.strong_count() > 0);
            cold.deferred.shrink_to_fit();
            if let Some(owned) = &mut cold.owned {
                owned.shrink();
            }
            if let Some(ties) = &mut cold.ties {
                ties.shrink();
            }
        }
    }
}
