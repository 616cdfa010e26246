//! An end that is asked for.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use crate::body::Body;
use crate::core::Core;
use crate::ending::{close, drop_body, end_with_runtime};
use crate::error::ServerError;
use crate::exit::ExitReason;
use crate::inbox::{Asked, Inbox, Life};
use crate::last::finish;
use crate::node::Stop;
use crate::report;
use crate::server::Server;
use crate::slot::{Answerable as _, Slot};

/// Asks for an end.
pub(crate) fn ask<S: Server>(
    core: &Arc<Core<S>>,
    how: Stop,
    orphan: bool,
    done: Option<Arc<Slot<ExitReason>>>,
) {
    if core.home.is_gone() {
        end_with_runtime(core, VecDeque::new());
    }
    let mut inbox = core.lock();
    if orphan && core.holders.load(Ordering::Acquire) > 0 {
        // It has a client again.
        return;
    }
    match inbox.life {
        Life::Ended => {
            drop(inbox);
            if let Some(done) = done {
                done.refuse(ServerError::NotRunning);
            }
            return;
        }
        Life::Ending => {
            inbox.cold().watchers.extend(done);
            if matches!(how, Stop::Kill) {
                // `terminate` runs: it is dropped at its next `.await`.
                core.killed.store(true, Ordering::Release);
                Core::wake_drain(inbox);
            }
            return;
        }
        // Nobody waits for a server without a client that has not begun.
        Life::Starting if orphan => return,
        Life::Starting | Life::Running => {}
    }
    if at_once(core, &inbox, &how)
        && let Some(body) = inbox.body.take()
    {
        drop(inbox);
        end_here(core, body, how, done);
        return;
    }
    note(core, inbox, how, orphan, done);
}

/// Notes the end of a server that is open, for the drain task: nothing ends on this stack.
pub(crate) fn note<S: Server>(
    core: &Arc<Core<S>>,
    mut inbox: MutexGuard<'_, Inbox<S>>,
    how: Stop,
    orphan: bool,
    done: Option<Arc<Slot<ExitReason>>>,
) {
    let position = inbox.position();
    if let (Some(done), Stop::After(_)) = (&done, &how) {
        // Should the waiting end first, it is told how many are ahead.
        done.enqueued(position.queued + 1);
    }
    let kill = matches!(how, Stop::Kill);
    let cold = inbox.cold();
    cold.watchers.extend(done);
    cold.stops.push(Asked { how, position, orphan });
    core.killed.fetch_or(kill, Ordering::AcqRel);
    core.attention.store(true, Ordering::Release);
    let waits = core.waited.load(Ordering::Relaxed);
    if kill && waits && inbox.body.is_none() {
        let drain = inbox.cold().drain.take();
        drop(inbox);
        if let Some(drain) = drain {
            drain.wake();
        }
    } else {
        core.rouse(inbox);
    }
}

/// Whether an idle server can end where it is asked to: nothing of the user's runs but `Drop`,
/// and that in the server's own runtime.
fn at_once<S: Server>(core: &Core<S>, inbox: &Inbox<S>, how: &Stop) -> bool {
    let silent = !S::TERMINATES || matches!(how, Stop::Kill);
    silent
        && inbox.life == Life::Running
        && !inbox.parked
        && inbox.queue.is_empty()
        && !inbox.has_system()
        && core.home.is_current()
}

fn end_here<S: Server>(
    core: &Arc<Core<S>>,
    mut body: Box<Body<S>>,
    how: Stop,
    done: Option<Arc<Slot<ExitReason>>>,
) {
    let normal = matches!(&how, Stop::After(ExitReason::Normal) | Stop::Now(ExitReason::Normal));
    if normal && close_bare(core) {
        report::ending(core, &ExitReason::Normal, "", Some(&body));
        drop_body(body);
        if !finish_bare(core) {
            finish(core, &ExitReason::Normal);
        }
        if let Some(done) = done {
            done.ended(ExitReason::Normal);
        }
        return;
    }
    body.cx.end_by(how);
    let ending = body.cx.take_ending().expect("invariant: `end_by` decides an end");
    close(core, &ending.reason, VecDeque::new(), 0, None);
    report::ending(core, &ending.reason, "", Some(&body));
    drop_body(body);
    finish(core, &ending.reason);
    if let Some(done) = done {
        done.ended(ending.reason);
    }
}

/// Closes a server that has nothing to be freed, and of whose end nobody is to be told: there is nothing
/// to make a note in either. `false` where there may be more to do.
fn close_bare<S: Server>(core: &Core<S>) -> bool {
    let mut inbox = core.lock();
    let bare = inbox.is_bare() && inbox.queue.is_empty();
    if bare {
        inbox.life = Life::Ending;
        core.attention.store(true, Ordering::Release);
    }
    bare
}

/// Its end, unless somebody waits for that by now.
fn finish_bare<S: Server>(core: &Core<S>) -> bool {
    let mut inbox = core.lock();
    let bare = inbox.is_bare();
    if bare {
        inbox.life = Life::Ended;
    }
    bare
}
