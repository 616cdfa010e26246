//! What ties servers to each other: who is told of an end, who ends with whom.
//!
//! A tie lies at both of its ends, each under the lock of its own server, and no two of these locks are
//! ever held together. Whoever takes a tie out of its server is the one that acts on it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};

use crate::core::Core;
use crate::demand;
use crate::ending::end_with_runtime;
use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::inbox::{Inbox, Life};
use crate::item::{Item, Source};
use crate::link::{self, Exit};
use crate::monitor::{Down, MonitorId};
use crate::node::{Node, Stop};
use crate::server::Server;
use crate::timer::Timer;

/// Tells somebody of a server's end.
pub(crate) type Told = Box<dyn FnOnce(Down) + Send>;

/// The ties of one server.
#[derive(Default)]
pub(crate) struct Ties {
    /// Who is told of its end.
    watchers: HashMap<MonitorId, Told>,
    /// Whom it ends with.
    links: HashMap<ServerId, Tied>,
    /// The servers of whose end it will be told.
    monitors: HashMap<MonitorId, Weak<dyn Node>>,
    /// Exit signals that lie in the mailbox, with those they came from.
    arrived: Vec<(ServerId, Timer)>,
}

/// The other end of a link, which keeps it alive.
pub(crate) struct Tied {
    node: Arc<dyn Node>,
    /// Whether it is the one that started this server.
    parent: bool,
}

impl Tied {
    pub(crate) fn new(node: &Arc<dyn Node>, parent: bool) -> Self {
        node.hold();
        Self { node: Arc::clone(node), parent }
    }
}

impl Drop for Tied {
    fn drop(&mut self) {
        Arc::clone(&self.node).release();
    }
}

/// How an exit signal came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    /// Through the link with this server, which is gone by that; where it was gone before, nothing
    /// comes.
    Link(ServerId),
    /// From somebody who sent it.
    Hand,
}

/// How many ties a server has.
#[derive(Clone, Default)]
pub(crate) struct Counted {
    pub(crate) links: Vec<ServerId>,
    pub(crate) monitors: usize,
    pub(crate) monitored_by: usize,
}

impl Ties {
    fn is_empty(&self) -> bool {
        let Self { watchers, links, monitors, arrived } = self;
        watchers.is_empty() && links.is_empty() && monitors.is_empty() && arrived.is_empty()
    }

    /// Gives back what a crowd has taken.
    pub(crate) fn shrink(&mut self) {
        self.watchers.shrink_to_fit();
        self.links.shrink_to_fit();
        self.monitors.shrink_to_fit();
        self.arrived.retain(|(_, token)| token.is_pending());
        self.arrived.shrink_to_fit();
    }

    pub(crate) fn count(&self) -> Counted {
        let mut links: Vec<_> = self.links.keys().copied().collect();
        links.sort_unstable();
        Counted { links, monitors: self.monitors.len(), monitored_by: self.watchers.len() }
    }

    /// Notes a link; gives it back where it stands already.
    fn link(&mut self, tied: Tied) -> Option<Tied> {
        let id = tied.node.id();
        if self.links.contains_key(&id) {
            return Some(tied);
        }
        self.links.insert(id, tied);
        None
    }

    /// An exit signal lies in the mailbox.
    fn note_arrived(&mut self, from: ServerId, token: Timer) {
        if self.arrived.len() == self.arrived.capacity() {
            self.arrived.retain(|(_, token)| token.is_pending());
        }
        self.arrived.push((from, token));
    }

    /// Exit signals of that server that lie in the mailbox are not to be handled.
    fn flush_arrived(&mut self, other: ServerId) {
        self.arrived.retain(|(from, token)| {
            if *from == other {
                token.cancel_and_flush();
            }
            *from != other
        });
    }

    /// The server has ended: tells those who want to know, and lets go of the others.
    ///
    /// Where `linked` is `None` the links are gone without a signal.
    pub(crate) fn part(self, end: &Down, linked: Option<&ExitReason>) {
        let from = end.server.expect("invariant: who ends has an identity");
        let mut watchers: Vec<_> = self.watchers.into_iter().collect();
        watchers.sort_unstable_by_key(|(monitor, _)| *monitor);
        for (monitor, told) in watchers {
            told(Down { monitor, ..end.clone() });
        }
        let mut links: Vec<_> = self.links.into_iter().collect();
        links.sort_unstable_by_key(|(id, _)| *id);
        for (_, tied) in links {
            let node = Arc::clone(&tied.node);
            match linked {
                Some(reason) => {
                    let exit = Exit::new(Some(from), end.name.clone(), reason.clone());
                    node.signal(exit, Through::Link(from));
                }
                None => drop(link::alone(|| node.unbind(from))),
            }
        }
        for (monitor, target) in self.monitors {
            drop(target.upgrade().and_then(|target| target.unwatch_end(monitor)));
        }
    }
}

impl<S: Server> Inbox<S> {
    pub(crate) fn ties(&mut self) -> &mut Ties {
        self.cold().ties.get_or_insert_default()
    }

    fn known_ties(&mut self) -> Option<&mut Ties> {
        self.cold.as_mut()?.ties.as_deref_mut()
    }

    /// Gives back what no tie lies in.
    fn tidy_ties(&mut self) {
        if let Some(cold) = &mut self.cold {
            cold.ties.take_if(|ties| ties.is_empty());
        }
    }

    fn take_link(&mut self, other: ServerId) -> Option<Tied> {
        let tied = self.known_ties()?.links.remove(&other);
        self.tidy_ties();
        tied
    }
}

impl<S: Server> Core<S> {
    /// Has somebody told of the end; given back when it has come.
    pub(crate) fn watch_end(self: &Arc<Self>, id: MonitorId, told: Told) -> Result<(), Told> {
        if self.home.is_gone() {
            end_with_runtime(self, VecDeque::new());
        }
        {
            let mut inbox = self.lock();
            if inbox.life == Life::Ended {
                return Err(told);
            }
            inbox.ties().watchers.insert(id, told);
        }
        self.make_known();
        Ok(())
    }

    /// Nobody is to be told any more; what would have told is dropped by the caller.
    pub(crate) fn unwatch_end(&self, id: MonitorId) -> Option<Told> {
        let mut inbox = self.lock();
        let told = inbox.known_ties()?.watchers.remove(&id);
        inbox.tidy_ties();
        told
    }

    /// Notes that it will be told of that server's end.
    pub(crate) fn note_monitor(&self, id: MonitorId, target: Weak<dyn Node>) {
        let mut inbox = self.lock();
        if inbox.life != Life::Ended {
            inbox.ties().monitors.insert(id, target);
        }
    }

    /// It will not be told any more, or was.
    pub(crate) fn forget_monitor(&self, id: MonitorId) {
        let mut inbox = self.lock();
        let forgotten = inbox.known_ties().and_then(|ties| ties.monitors.remove(&id));
        inbox.tidy_ties();
        drop(inbox);
        drop(forgotten);
    }

    /// Notes a link; gives it back where it stands already, as an error when the server has ended.
    pub(crate) fn bind(&self, tied: Tied) -> Result<Option<Tied>, Tied> {
        let mut inbox = self.lock();
        if inbox.life == Life::Ended || self.home.is_gone() {
            return Err(tied);
        }
        Ok(inbox.ties().link(tied))
    }

    /// Forgets a link; a signal that came through it and was not handled will not be.
    pub(crate) fn unbind(&self, other: ServerId) -> Option<Tied> {
        let mut inbox = self.lock();
        inbox.known_ties()?.flush_arrived(other);
        inbox.take_link(other)
    }

    /// An exit signal comes: a message while it is trapped, the end otherwise, unless it is normal.
    /// While it is trapped, that of the parent is the end, of whatever kind.
    pub(crate) fn signal(self: &Arc<Self>, exit: Exit, through: Through) {
        let mut inbox = self.lock();
        let tied = match through {
            Through::Hand => None,
            Through::Link(from) => match inbox.take_link(from) {
                Some(tied) => Some(tied),
                None => return,
            },
        };
        let open = matches!(inbox.life, Life::Starting | Life::Running) && !self.home.is_gone();
        let traps = inbox.cold.as_ref().and_then(|cold| cold.traps);
        let parent = tied.as_ref().is_some_and(|tied| tied.parent);
        match traps {
            _ if !open => drop(inbox),
            Some(info) if !parent => {
                let token = Timer::token("exit", self.id);
                let fired = token.fired().expect("invariant: nobody else has the token");
                if let Through::Link(from) = through {
                    inbox.ties().note_arrived(from, token);
                }
                inbox.enqueue(Item::own(info(exit), Source::Tie(fired)), self.taken());
                self.note_high(&inbox);
                self.kick(inbox);
            }
            Some(_) => demand::note(self, inbox, Stop::Now(exit.reason), false, None),
            None if exit.reason == ExitReason::Normal => drop(inbox),
            None => demand::note(self, inbox, Stop::Exit(exit.reason), false, None),
        }
        // Its last hold may go by that, with what is the user's.
        drop(tied);
    }
}
