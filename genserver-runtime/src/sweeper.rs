//! The coarse ticker of a runtime: time-outs of queued calls, and the idleness of drain tasks.
//!
//! A timer of its own for each call would cost more than the call. A call's time begins to count
//! at the first tick after it was queued, so that it is never early; ticks are 25 ms apart, so
//! that it is at most 50 ms late. Without work the ticker sleeps and no timer is armed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Instant;
use crate::node::Node;
use crate::slot::Expire;

const TICK: Duration = Duration::from_millis(25);

/// How often parked drain tasks are looked at. Found idle four times, a task is retired: after
/// at most a second.
const IDLE_TICK: Duration = Duration::from_millis(250);

/// For how many calls the list keeps its memory when it is empty.
const KEPT: usize = 64;

#[derive(Default)]
pub(crate) struct Sweeper {
    list: Mutex<List>,
    work: Notify,
}

#[derive(Default)]
struct List {
    calls: Vec<Option<Entry>>,
    free: Vec<usize>,
    parked: Vec<Arc<dyn Node>>,
    /// Whether the ticker is at work or was told to be.
    ticking: bool,
}

struct Entry {
    slot: Arc<dyn Expire>,
    within: Duration,
    since: Option<Instant>,
}

/// A call's place in the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key(usize);

impl Sweeper {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Expires the slot when it is still waiting after `within`.
    pub(crate) fn insert(&self, slot: Arc<dyn Expire>, within: Duration) -> Key {
        let entry = Some(Entry { slot, within, since: None });
        let mut list = self.lock();
        let key = match list.free.pop() {
            Some(at) => {
                list.calls[at] = entry;
                at
            }
            None => {
                list.calls.push(entry);
                list.calls.len() - 1
            }
        };
        self.start(list);
        Key(key)
    }

    pub(crate) fn remove(&self, key: Key) {
        let mut list = self.lock();
        let Some(entry) = list.calls.get_mut(key.0).map(Option::take) else {
            // The runtime went, and the list with it.
            return;
        };
        list.free.push(key.0);
        if list.calls.capacity() > KEPT && list.calls.len() == list.free.len() {
            // The last one of a burst: what that has taken is given back.
            list.calls = Vec::new();
            list.free = Vec::new();
        }
        drop(list);
        drop(entry);
    }

    /// Tells a server's drain task when it was idle for a second.
    pub(crate) fn watch_idle(&self, node: Arc<dyn Node>) {
        let mut list = self.lock();
        list.parked.push(node);
        self.start(list);
    }

    fn start(&self, mut list: MutexGuard<'_, List>) {
        if !list.ticking {
            list.ticking = true;
            drop(list);
            self.work.notify_one();
        }
    }

    /// The runtime ends: nobody ticks any more, so nobody shall wait for it.
    pub(crate) fn end(&self) {
        let list = std::mem::take(&mut *self.lock());
        for entry in list.calls.iter().flatten() {
            entry.slot.abandon();
        }
    }

    /// The ticker; ends with its runtime.
    pub(crate) async fn run(&self) {
        loop {
            self.work.notified().await;
            let mut idle_since = Instant::now();
            while self.sweep(Instant::now(), &mut idle_since) {
                tokio::time::sleep(TICK).await;
            }
        }
    }

    /// One tick; `false` when there is nothing to do any more.
    fn sweep(&self, now: Instant, idle_since: &mut Instant) -> bool {
        for entry in self.due(now) {
            entry.slot.expire();
        }
        if now.duration_since(*idle_since) >= IDLE_TICK {
            *idle_since = now;
            self.look_at_parked();
        }
        let mut list = self.lock();
        list.ticking = list.calls.iter().any(Option::is_some) || !list.parked.is_empty();
        list.ticking
    }

    /// Takes out the calls whose time is over; the clock of the new ones begins.
    fn due(&self, now: Instant) -> Vec<Entry> {
        let mut due = Vec::new();
        let mut began = Vec::new();
        for place in &mut self.lock().calls {
            let Some(entry) = place else { continue };
            match entry.since {
                None => {
                    entry.since = Some(now);
                    began.push((Arc::clone(&entry.slot), entry.within));
                }
                Some(since) if now.duration_since(since) >= entry.within => {
                    due.extend(place.take());
                }
                Some(_) => {}
            }
        }
        for (slot, within) in began {
            slot.began(now, within);
        }
        due
    }

    fn look_at_parked(&self) {
        let parked = std::mem::take(&mut self.lock().parked);
        let mut busy: Vec<_> = parked.into_iter().filter(|node| !node.idle_tick()).collect();
        self.lock().parked.append(&mut busy);
    }
}
