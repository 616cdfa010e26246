//! The coarse ticker of a runtime: time-outs of queued calls, and the idleness of drain tasks.
//!
//! A timer of its own for each call would cost more than the call. A call's time begins to count
//! at the first tick after it was queued, so that it is never early; ticks are 25 ms apart, so
//! that it is at most 50 ms late. Without work the ticker sleeps and no timer is armed.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::yield_now;

use crate::clock::Instant;
use crate::node::Node;
use crate::report;
use crate::slot::Expire;

const TICK: Duration = Duration::from_millis(25);

/// How often parked drain tasks are looked at. Found idle four times, a task is retired: after
/// at most a second.
const IDLE_TICK: Duration = Duration::from_millis(250);

/// How many parked drain tasks are looked at before others get their turn.
const PORTION: usize = 1_000;

/// For how many calls the list keeps its memory when it is empty.
const KEPT: usize = 64;

#[derive(Default)]
pub(crate) struct Sweeper {
    list: Mutex<List>,
    work: Notify,
}

#[derive(Default)]
struct List {
    calls: Vec<Place>,
    free: Vec<usize>,
    /// How many of the places have a call.
    taken: usize,
    /// Places that were taken since the last tick by calls whose time has not begun.
    fresh: Vec<usize>,
    /// When which call is over, of those that a tick has seen. A tick looks at the first of them and at
    /// the fresh ones, however many calls wait.
    ends: BTreeSet<(Instant, usize)>,
    /// Servers with new calls on their rolls.
    rolls: Vec<Arc<dyn Node>>,
    parked: Vec<Arc<dyn Node>>,
    /// Whether the ticker is at work or was told to be.
    ticking: bool,
}

/// Wakes whoever waits. A waker is the user's: its panic ends no ticker, on which all calls of the
/// runtime hang.
fn caught(wake: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(wake)) {
        report::waker_panicked(&*payload);
    }
}

/// The last hold on a server drops what is the user's.
fn let_go(node: Arc<dyn Node>) {
    caught(move || drop(node));
}

struct Place {
    /// The call, until it is answered or over.
    slot: Option<Arc<dyn Expire>>,
    within: Duration,
    whose: Whose,
    /// Whether it is among the fresh ones.
    fresh: bool,
    /// When its time is over, once that has begun; nothing where the clock cannot say it.
    end: Option<Instant>,
}

impl List {
    /// Gives a call a place.
    #[inline]
    fn put(&mut self, slot: Arc<dyn Expire>, within: Duration, whose: Whose) -> usize {
        self.taken += 1;
        if let Some(at) = self.free.pop() {
            let place = &mut self.calls[at];
            place.slot = Some(slot);
            place.within = within;
            place.whose = whose;
            at
        } else {
            self.calls.push(Place { slot: Some(slot), within, whose, fresh: false, end: None });
            self.calls.len() - 1
        }
    }

    /// The time of a call begins.
    fn begin(&mut self, at: usize, now: Instant) {
        let place = &mut self.calls[at];
        place.end = now.checked_add(place.within);
        self.ends.extend(place.end.map(|end| (end, at)));
    }

    /// Takes out the call of a place, which is not free before its caller has given it back.
    #[inline]
    fn take(&mut self, at: usize) -> Option<Arc<dyn Expire>> {
        let place = &mut self.calls[at];
        let slot = place.slot.take()?;
        self.taken -= 1;
        if let Some(end) = place.end.take() {
            self.ends.remove(&(end, at));
        }
        Some(slot)
    }
}

/// To which runtime the server belongs that was called from this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// To this one.
    Own,
    /// To another one: it goes on when this one ends, and reads a clock of its own.
    Foreign,
}

/// A call's place in the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key(usize);

impl Sweeper {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Expires the slot when it is still waiting after `within`.
    pub(crate) fn insert(&self, slot: Arc<dyn Expire>, within: Duration, whose: Whose) -> Key {
        let mut list = self.lock();
        let at = list.put(slot, within, whose);
        if !std::mem::replace(&mut list.calls[at].fresh, true) {
            list.fresh.push(at);
        }
        self.start(list);
        Key(at)
    }

    pub(crate) fn remove(&self, key: Key) {
        let mut list = self.lock();
        if list.calls.len() <= key.0 {
            // The runtime went, and the list with it.
            return;
        }
        let slot = list.take(key.0);
        list.free.push(key.0);
        if list.calls.capacity() > KEPT && list.calls.len() == list.free.len() {
            // The last one of a burst: what that has taken is given back.
            list.calls = Vec::new();
            list.free = Vec::new();
            list.fresh = Vec::new();
        }
        drop(list);
        drop(slot);
    }

    /// Tells a server's drain task when it was idle for a second.
    pub(crate) fn watch_idle(&self, node: Arc<dyn Node>) {
        let mut list = self.lock();
        list.parked.push(node);
        self.start(list);
    }

    /// Begins the time of the calls on a server's roll at the next tick; whoever says so calls
    /// [`wake`](Self::wake) when it has no lock any more.
    pub(crate) fn watch_roll(&self, node: Arc<dyn Node>) {
        self.lock().rolls.push(node);
    }

    /// Has the ticker go to work.
    pub(crate) fn wake(&self) {
        self.start(self.lock());
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
        for place in &list.calls {
            caught(|| match (&place.slot, place.whose) {
                (Some(slot), Whose::Own) => slot.abandon(),
                (Some(slot), Whose::Foreign) => slot.stray(),
                (None, _) => {}
            });
        }
        for node in list.rolls {
            for call in node.take_roll() {
                caught(move || call.abandon());
            }
            let_go(node);
        }
    }

    /// The ticker; ends with its runtime.
    pub(crate) async fn run(&self) {
        loop {
            self.work.notified().await;
            let mut idle_since = Instant::now();
            while self.sweep(Instant::now(), &mut idle_since).await {
                tokio::time::sleep(TICK).await;
            }
        }
    }

    /// One tick; `false` when there is nothing to do any more.
    async fn sweep(&self, now: Instant, idle_since: &mut Instant) -> bool {
        self.call_rolls();
        for slot in self.due() {
            caught(move || slot.expire());
        }
        if now.duration_since(*idle_since) >= IDLE_TICK {
            *idle_since = now;
            self.look_at_parked().await;
        }
        let mut list = self.lock();
        list.ticking = list.taken > 0 || !list.parked.is_empty() || !list.rolls.is_empty();
        list.ticking
    }

    /// Gives a place to each call that was on a roll and still waits: its clock begins.
    fn call_rolls(&self) {
        let mut rolls = std::mem::take(&mut self.lock().rolls);
        for node in rolls.drain(..) {
            let calls = node.take_roll();
            // Read when all of them were sent, so that none is over early.
            let now = Instant::now();
            for call in calls {
                self.give_place(call, now);
            }
            let_go(node);
        }
        let mut list = self.lock();
        if list.rolls.is_empty() && rolls.capacity() <= KEPT {
            // For the next ones.
            list.rolls = rolls;
        }
    }

    fn give_place(&self, call: Arc<dyn Expire>, now: Instant) {
        let within = call.within().expect("invariant: only what may wait for so long is on a roll");
        let key = {
            let mut list = self.lock();
            let at = list.put(Arc::clone(&call), within, Whose::Own);
            list.begin(at, now);
            Key(at)
        };
        caught(move || {
            if !call.placed(now, key) {
                self.remove(key);
            }
        });
    }

    /// Takes out the calls whose time is over; the clock of the new ones begins.
    fn due(&self) -> Vec<Arc<dyn Expire>> {
        let mut due = Vec::new();
        let mut began = Vec::new();
        let now = {
            let mut list = self.lock();
            // Read when all of the new ones were sent.
            let now = Instant::now();
            let list = &mut *list;
            let mut fresh = std::mem::take(&mut list.fresh);
            for at in fresh.drain(..) {
                let place = &mut list.calls[at];
                place.fresh = false;
                // Given back meanwhile, it may have a call whose time has begun.
                let Some(slot) = place.slot.as_ref().filter(|_| place.end.is_none()) else {
                    continue;
                };
                began.push((Arc::clone(slot), place.within, place.whose));
                list.begin(at, now);
            }
            list.fresh = fresh;
            while let Some((_, at)) = list.ends.first().copied().filter(|(end, _)| *end <= now) {
                due.extend(list.take(at));
            }
            now
        };
        for (slot, within, whose) in began {
            caught(move || slot.began(now, within, whose));
        }
        due
    }

    /// In portions: with very many of them, others would wait for long.
    async fn look_at_parked(&self) {
        let mut parked = std::mem::take(&mut self.lock().parked);
        loop {
            let portion = parked.split_off(parked.len().saturating_sub(PORTION));
            let (idle, mut busy): (Vec<_>, Vec<_>) =
                portion.into_iter().partition(|node| node.idle_tick());
            idle.into_iter().for_each(let_go);
            self.lock().parked.append(&mut busy);
            if parked.is_empty() {
                return;
            }
            yield_now().await;
        }
    }
}

#[cfg(all(test, feature = "supervision"))]
mod tests {
    use super::*;
    use crate::core::Core;
    use crate::home::Home;
    use crate::limit::Limit;
    use crate::pending::{Asked, Pending, Waits};
    use crate::supervisor::tree::Supervisor;

    struct Brittle;

    impl Drop for Brittle {
        fn drop(&mut self) {
            panic!("expected: in drop");
        }
    }

    #[tokio::test]
    async fn a_reply_that_panics_in_its_drop_leaves_no_place_behind() {
        let core = Core::<Supervisor>::starting(Home::current().expect("there is a runtime"));
        let limit = Limit::Default(Some(Duration::from_secs(5)));
        let asked = Asked { call: "get", limit, waits: Waits::Nobody };
        let pending = Pending::new(core as Arc<dyn Node>, &asked);
        let slot = Arc::downgrade(pending.slot());
        assert!(pending.slot().reply(Brittle).is_ok(), "somebody waits");
        catch_unwind(AssertUnwindSafe(|| drop(pending))).expect_err("the reply panics");
        assert!(slot.upgrade().is_none(), "the sweeper has let go of it");
    }
}
