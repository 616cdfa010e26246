//! A server: taking the body, putting it back, pushing. Every step under the lock is the
//! runtime's.

use std::sync::Arc;
use std::sync::Mutex as Unseen;
use std::task::Waker;

use shuttle::future::JoinHandle;
use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use shuttle::sync::{Mutex, MutexGuard};

use crate::drain;
use crate::ending;
use crate::history::{History, Id};
use crate::inbox::{Body, Inbox, Item, Life, Waiter};
use crate::mistake::Mistake;
use crate::slot::{Answer, Slot};

/// What a scenario starts with.
#[derive(Clone, Copy, Default)]
pub(crate) struct Setup {
    pub(crate) bound: Option<u32>,
    /// Whether the server must be ended in a drain task.
    pub(crate) terminates: bool,
    /// Whether its `terminate` never comes to an end by itself.
    pub(crate) stuck: bool,
    /// Whether the first drain task goes when it is done, as it does in a server's life; else it
    /// parks.
    pub(crate) fresh: bool,
}

pub(crate) struct Core {
    inbox: Mutex<Inbox>,
    pub(crate) holders: AtomicUsize,
    /// How many items of the running batch are left.
    pub(crate) taken: AtomicUsize,
    pub(crate) attention: AtomicBool,
    pub(crate) killed: AtomicBool,
    /// Whether the running handler has waited.
    pub(crate) waited: AtomicBool,
    pub(crate) bound: Option<u32>,
    pub(crate) terminates: bool,
    pub(crate) stuck: bool,
    /// What the handlers that wait wait for.
    pub(crate) gate: Slot,
    pub(crate) history: History,
    mistake: Option<Mistake>,
    /// Every drain task that was spawned; their end is waited for.
    pub(crate) drains: Unseen<Vec<JoinHandle<()>>>,
}

/// How a sender meets a full mailbox.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It need not be told when there is room: its reply will tell.
    Silent,
    Told,
}

/// What became of a message that was sent.
pub(crate) enum Sent {
    Queued,
    /// It waits for room; the slot tells when it was taken, where that was asked for.
    Waiting(Option<Arc<Slot>>),
    Refused,
}

impl Core {
    pub(crate) fn new(setup: Setup, mistake: Option<Mistake>) -> Arc<Self> {
        Arc::new(Self {
            inbox: Mutex::new(Inbox::new(!setup.fresh)),
            holders: AtomicUsize::new(1),
            taken: AtomicUsize::new(0),
            attention: AtomicBool::new(false),
            killed: AtomicBool::new(false),
            waited: AtomicBool::new(false),
            bound: setup.bound,
            terminates: setup.terminates,
            stuck: setup.stuck,
            gate: Slot::new(),
            history: History::default(),
            mistake,
            drains: Unseen::default(),
        })
    }

    pub(crate) fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().expect("invariant: a panic ends the run")
    }

    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Takes the body of an idle server, to run one call where it is made.
    pub(crate) fn try_enter(&self, id: Id) -> Option<Box<Body>> {
        let mut inbox = self.lock();
        let idle = inbox.queue.is_empty() || self.makes(Mistake::InlinePastQueue);
        let calm = !self.attention.load(Ordering::Relaxed) || self.makes(Mistake::InlinePastStop);
        if !idle || !calm {
            return None;
        }
        let body = inbox.body.take()?;
        self.history.entered(id);
        Some(body)
    }

    /// Puts the body back, or runs on with it where there is work.
    pub(crate) fn leave(self: &Arc<Self>, body: Box<Body>) {
        let mut inbox = self.lock();
        let quiet = inbox.queue.is_empty()
            && body.ending.is_none()
            && !self.attention.load(Ordering::Relaxed);
        if quiet || (self.makes(Mistake::LeaveUnchecked) && body.ending.is_none()) {
            inbox.body = Some(body);
        } else {
            self.run_on(inbox, body);
        }
    }

    /// Work for a body that is at hand: the parked drain task takes it, or a new one.
    fn run_on(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox>, body: Box<Body>) {
        let ends = body.ending.is_some();
        if inbox.parked && !(ends && self.makes(Mistake::EndBesideParked)) {
            // An end is seen by the drain task as any that was asked for.
            let told = ends && !self.makes(Mistake::EndUnannounced);
            self.attention.fetch_or(told, Ordering::AcqRel);
            inbox.body = Some(body);
            wake_drain(inbox);
        } else {
            drop(inbox);
            drain::spawn(self, body);
        }
    }

    /// Sees to it that somebody runs the server, after something was queued.
    pub(crate) fn kick(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox>) {
        if inbox.parked {
            wake_drain(inbox);
        } else if let Some(body) = inbox.body.take() {
            drop(inbox);
            drain::spawn(self, body);
        }
    }

    pub(crate) fn send(self: &Arc<Self>, item: Item, wait: Wait) -> Sent {
        let mut inbox = self.lock();
        if inbox.life != Life::Running {
            self.history.refused(item.id);
            return Sent::Refused;
        }
        let Err(item) = inbox.push(self, item, self.taken()) else {
            self.kick(inbox);
            return Sent::Queued;
        };
        let accepted = (wait == Wait::Told).then(|| Arc::new(Slot::new()));
        self.history.waits_for_room(item.id);
        inbox.waiters.push_back(Waiter { item, accepted: accepted.clone() });
        let told = inbox.admit(self, self.taken());
        self.kick(inbox);
        tell(told);
        Sent::Waiting(accepted)
    }

    /// A sender that waits for room goes; `false` when its message was taken already.
    pub(crate) fn withdraw_waiting(&self, id: Id) -> bool {
        let mut inbox = self.lock();
        let withdrawn = inbox.withdraw_waiting(id);
        if withdrawn.is_some() {
            self.history.withdrawn(id);
        }
        withdrawn.is_some()
    }

    /// A call that would wait for itself is taken out of the queue; `false` when it is not there.
    pub(crate) fn withdraw_queued(&self, id: Id) -> bool {
        let mut inbox = self.lock();
        let withdrawn = inbox.withdraw_queued(self, id);
        if withdrawn.is_some() {
            self.history.withdrawn(id);
        }
        withdrawn.is_some()
    }

    /// The running handler waits: senders are let in. Where it is polled in the drain task, that
    /// is the task to wake for a kill.
    pub(crate) fn waits(&self, drain: Option<&Waker>) {
        let told = {
            let mut inbox = self.lock();
            self.waited.store(true, Ordering::Relaxed);
            if let Some(drain) = drain {
                inbox.drain = Some(drain.clone());
            }
            inbox.admit(self, self.taken())
        };
        tell(told);
    }

    /// A handler that had waited is done.
    pub(crate) fn tidy(&self) {
        let mut inbox = self.lock();
        self.waited.store(false, Ordering::Relaxed);
        inbox.drain = None;
    }

    /// The sweeper found the parked drain task idle for too long.
    pub(crate) fn tick(&self) {
        let mut inbox = self.lock();
        if inbox.parked {
            inbox.retire = true;
            wake_drain(inbox);
        }
    }

    /// One holder less; the last one ends the server after what is queued.
    pub(crate) fn let_go(self: &Arc<Self>) {
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            ending::orphaned(self);
        }
    }
}

/// Wakes the drain task, if there is one that sleeps.
pub(crate) fn wake_drain(mut inbox: MutexGuard<'_, Inbox>) {
    let drain = inbox.drain.take();
    drop(inbox);
    if let Some(drain) = drain {
        drain.wake();
    }
}

/// Tells senders that their message was taken.
pub(crate) fn tell(accepted: Vec<Arc<Slot>>) {
    for slot in accepted {
        slot.fill(Answer::Done);
    }
}
