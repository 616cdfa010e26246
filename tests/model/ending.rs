//! The end of a server, asked for and carried out.

use std::collections::VecDeque;
use std::sync::Arc;

use shuttle::sync::MutexGuard;
use shuttle::sync::atomic::Ordering;

use crate::core::{Core, wake_drain};
use crate::drain::{self, Killed, watched};
use crate::history::How;
use crate::inbox::{Asked, Ending, Inbox, Item, Life};
use crate::mistake::Mistake;
use crate::slot::{Answer, Slot};

/// The last holder went: the server ends after what is queued, unless it gets a client again.
pub(crate) fn orphaned(core: &Arc<Core>) {
    ask(core, How::After, true, None);
}

/// Asks for an end; the slot is told when it has come.
pub(crate) fn ask(core: &Arc<Core>, how: How, orphan: bool, done: Option<Arc<Slot>>) {
    let early = core.makes(Mistake::WaitedReadEarly);
    let waited_early = early && core.waited.load(Ordering::Relaxed);
    let mut inbox = core.lock();
    match inbox.life {
        Life::Running => {}
        Life::Ending => {
            inbox.watchers.extend(done);
            if how == How::Kill && !core.makes(Mistake::KillAtEndUnheard) {
                // `terminate` runs: it is dropped where it waits.
                core.killed.store(true, Ordering::Release);
                wake_drain(inbox);
            }
            return;
        }
        Life::Ended => {
            drop(inbox);
            if let Some(done) = done {
                done.fill(Answer::Refused);
            }
            return;
        }
    }
    if orphan && !core.makes(Mistake::OrphanUnchecked) && core.holders.load(Ordering::Acquire) > 0 {
        return;
    }
    if how == How::After && !orphan {
        core.history.stop_asked();
    }
    if at_once(core, &inbox, how)
        && let Some(_body) = inbox.body.take()
    {
        drop(inbox);
        return end_here(core, how, done);
    }
    let position = inbox.seq;
    inbox.watchers.extend(done);
    inbox.stops.push(Asked { how, position, orphan });
    let kill = how == How::Kill;
    core.killed.fetch_or(kill, Ordering::AcqRel);
    core.attention.store(true, Ordering::Release);
    let waits = if early { waited_early } else { core.waited.load(Ordering::Relaxed) };
    if kill && waits {
        wake_drain(inbox);
    } else {
        core.kick(inbox);
    }
}

/// Whether an idle server can end where it is asked to.
fn at_once(core: &Core, inbox: &Inbox, how: How) -> bool {
    let silent = !core.terminates || how == How::Kill;
    silent && !inbox.parked && inbox.queue.is_empty() && inbox.stops.is_empty()
}

fn end_here(core: &Core, how: How, done: Option<Arc<Slot>>) {
    close(core, how, VecDeque::new());
    finish(core);
    if let Some(done) = done {
        done.fill(Answer::Done);
    }
}

/// The whole end, in the drain task.
pub(crate) async fn end(
    core: &Core,
    ending: Ending,
    crashed: Option<Arc<Slot>>,
    batch: VecDeque<Item>,
) {
    close(core, ending.how, batch);
    if let Some(crashed) = crashed {
        crashed.fill(Answer::Exit);
    }
    if core.terminates && ending.how != How::Kill {
        let _: Result<(), Killed> = watched(core, terminate(core)).await;
    }
    if let Some(reply) = ending.reply {
        reply.fill(Answer::Done);
    }
    finish(core);
}

/// What the user does at the end.
async fn terminate(core: &Core) {
    if core.stuck {
        std::future::pending::<()>().await;
    } else {
        shuttle::future::yield_now().await;
    }
}

/// Closes the inbox for good, and answers those in it.
fn close(core: &Core, how: How, batch: VecDeque<Item>) {
    core.history.closes(how);
    let (queue, waiters) = {
        let mut inbox = free(core);
        let queue = std::mem::take(&mut inbox.queue);
        let waiters = std::mem::take(&mut inbox.waiters);
        if core.makes(Mistake::ClosedLate) {
            drop(inbox);
            inbox = core.lock();
        }
        inbox.life = Life::Ending;
        // Nobody enters an ended server where it is called.
        core.attention.store(true, Ordering::Release);
        (queue, waiters)
    };
    for waiter in waiters {
        core.history.refused(waiter.item.id);
        if let Some(told) = waiter.accepted.or(waiter.item.reply) {
            told.fill(Answer::Refused);
        }
    }
    for item in batch.into_iter().chain(queue) {
        core.history.refused(item.id);
        if let Some(reply) = item.reply {
            reply.fill(Answer::Refused);
        }
    }
}

/// Frees the name; gives the lock under which there was none left.
fn free(core: &Core) -> MutexGuard<'_, Inbox> {
    loop {
        let mut inbox = core.lock();
        let Some(names) = inbox.claim.take() else { return inbox };
        if !core.makes(Mistake::NameFreedEarly) {
            core.attention.store(true, Ordering::Release);
        }
        drop(inbox);
        names.release(core);
    }
}

/// Ends a server that rests and that only its name holds, under the lock under which that was seen;
/// `false` where somebody uses it.
pub(crate) fn passivate(core: &Arc<Core>) -> bool {
    let mut inbox = core.lock();
    let rests = inbox.life == Life::Running
        && inbox.body.is_some()
        && inbox.queue.is_empty()
        && inbox.stops.is_empty()
        && inbox.waiters.is_empty()
        && !core.attention.load(Ordering::Acquire);
    let unused =
        || core.holders.compare_exchange(1, 0, Ordering::AcqRel, Ordering::Acquire).is_ok();
    if !rests || !unused() {
        return false;
    }
    let Some(mut body) = inbox.body.take() else { return false };
    if !core.makes(Mistake::NameFreedEarlyAtRest) {
        core.attention.store(true, Ordering::Release);
    }
    if let Some(names) = inbox.claim.take() {
        names.release(core);
    }
    core.attention.store(true, Ordering::Release);
    inbox.life = Life::Ending;
    body.ending = Some(Ending { how: How::Now, reply: None });
    if inbox.parked {
        inbox.body = Some(body);
        wake_drain(inbox);
    } else {
        drop(inbox);
        drain::spawn(core, body);
    }
    true
}

/// Tells those who wait for the end.
fn finish(core: &Core) {
    let watchers = {
        let mut inbox = core.lock();
        let watchers = std::mem::take(&mut inbox.watchers);
        if core.makes(Mistake::WatcherForgotten) {
            drop(inbox);
            inbox = core.lock();
        }
        inbox.life = Life::Ended;
        inbox.stops.clear();
        inbox.drain = None;
        watchers
    };
    for watcher in watchers {
        watcher.fill(Answer::Done);
    }
}
