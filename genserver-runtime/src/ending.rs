//! The end of a server: names are freed, callers are answered, `terminate` runs, the state is
//! dropped, and those who wait for the end are told; in this order.

use std::collections::VecDeque;
use std::mem::{needs_drop, take};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use crate::body::Body;
use crate::core::Core;
use crate::dead_letter::hand_over;
use crate::error::ServerError;
use crate::event::EventKind;
use crate::exit::{ExitReason, Panic};
use crate::frame::Deadline;
use crate::inbox::{Inbox, Life, Mode, Waiter};
use crate::item::Item;
use crate::last::finish;
use crate::options::Shutdown;
use crate::report;
use crate::server::Server;
use crate::system::Act;
use crate::turn::{Interrupt, watched};

/// A call, by name, and what sends its reply.
pub(crate) type LastReply = (&'static str, Box<dyn FnOnce() + Send>);

/// An end that is decided.
pub(crate) struct Ending {
    pub(crate) reason: ExitReason,
    pub(crate) killed: bool,
    /// Whether an exit signal brings it, of which nothing is reported here.
    pub(crate) signalled: bool,
    /// Whether the running call gets the end in place of its reply: what it has done is not saved.
    pub(crate) withheld: bool,
    /// Tells the caller whose handler crashed.
    pub(crate) crashed: Option<Box<dyn FnOnce(ServerError) + Send>>,
    /// Sends the reply of the call that asked for the end.
    pub(crate) reply: Option<LastReply>,
    /// The handler that ran last, for the report.
    pub(crate) last: &'static str,
}

impl Ending {
    pub(crate) fn new(reason: ExitReason) -> Self {
        Self {
            reason,
            killed: false,
            signalled: false,
            withheld: false,
            crashed: None,
            reply: None,
            last: "",
        }
    }

    pub(crate) fn killed() -> Self {
        Self { killed: true, ..Self::new(ExitReason::Killed) }
    }

    pub(crate) fn signalled(reason: ExitReason) -> Self {
        Self { signalled: true, ..Self::new(reason) }
    }
}

/// What a server that closes leaves: messages that nobody will handle.
pub(crate) struct Left<S: Server> {
    items: Vec<Item<S>>,
    waiters: VecDeque<Waiter<S>>,
    acts: VecDeque<Act<S>>,
    error: ServerError,
    /// How many of the messages nobody waits for.
    dead: u64,
}

impl<S: Server> Left<S> {
    /// Frees the names, closes the inbox for good, and takes out what is in it; `continued`
    /// messages of the server to itself die with it.
    ///
    /// Dead letters are counted under the lock that closes the inbox: whoever is told of the end
    /// finds them counted.
    pub(crate) fn close(
        core: &Core<S>,
        reason: ExitReason,
        batch: VecDeque<Item<S>>,
        continued: u64,
    ) -> Self {
        let mut tails = Vec::new();
        let (left, detached, edges, owned) = {
            let mut inbox = free(core, &mut tails);
            inbox.life = Life::Ending;
            inbox.counted = 0;
            // Nobody enters an ended server where it is called.
            core.attention.store(true, Ordering::Release);
            inbox.mode.set(Mode::SUSPENDED, false);
            let queue = take(&mut inbox.queue);
            let cold = inbox.cold();
            cold.tails.append(&mut tails);
            let aside = cold.aside.take();
            let mut items = aside.map(|aside| aside.into_items()).unwrap_or_default();
            for left in [batch, queue, take(&mut cold.high)] {
                if !left.is_empty() {
                    items.extend(left);
                }
            }
            let unawaited = items.iter().filter(|item| item.reply().is_none()).count() as u64;
            let dead = continued + unawaited;
            cold.counters.dead += dead;
            let acts = take(&mut cold.acts);
            let owned = cold.owned.take();
            let rest = cold.rest.take();
            cold.since = None;
            cold.reason = Some(reason.clone());
            let waiters = take(&mut cold.waiters);
            let edges = take(&mut cold.edges);
            let detached = take(&mut cold.detached);
            let error = match reason {
                ExitReason::NotRunning => ServerError::NotRunning,
                reason => ServerError::Exit(reason),
            };
            (Self { items, waiters, acts, error, dead }, detached, (edges, rest), owned)
        };
        drop(edges);
        if let Some(owned) = owned {
            owned.abort();
        }
        if detached {
            core.home.let_go(core.id);
        }
        left
    }

    /// Answers the callers.
    pub(crate) fn refuse(self, core: &Core<S>) {
        for waiter in self.waiters {
            if let Some(accepted) = &waiter.accepted {
                accepted.refuse(ServerError::NotRunning);
            } else if let Some(reply) = waiter.item.reply() {
                reply.refuse(ServerError::NotRunning);
            }
            drop_caught::<S, _>(waiter);
        }
        for act in self.acts {
            if let Some(waits) = &act.waits {
                waits.refuse(self.error.clone());
            }
            drop_caught::<S, _>(act);
        }
        for reply in self.items.iter().filter_map(Item::reply) {
            reply.refuse(self.error.clone());
        }
        if self.dead > 0 {
            report::dead_letters(S::NAME, core.id, self.dead);
        }
        hand_over(core, self.items);
    }
}

/// Frees names and keys; gives the lock under which none was left. A key can come from outside, and
/// while others are being freed.
fn free<'a, S: Server>(
    core: &'a Core<S>,
    tails: &mut Vec<Box<dyn Send>>,
) -> MutexGuard<'a, Inbox<S>> {
    loop {
        let mut inbox = core.lock();
        let claims = take(&mut inbox.cold().claims);
        if claims.is_empty() {
            return inbox;
        }
        // Before its names are free: see `Core::is_undisturbed`.
        core.attention.store(true, Ordering::Release);
        drop(inbox);
        core.home.forget(core.id);
        for claim in claims {
            tails.extend(claim.tail());
            drop(claim.release());
        }
    }
}

/// The whole end, in the drain task.
pub(crate) async fn end<S: Server>(
    core: Arc<Core<S>>,
    mut body: Box<Body<S>>,
    batch: VecDeque<Item<S>>,
) {
    let ending = body.cx.take_ending().expect("invariant: an end was decided");
    body.cx.run = None;
    let mut unfinished = Unfinished { core: &core, reason: Some(ending.reason.clone()) };
    close(&core, &ending.reason, batch, body.cx.continued_left(), ending.crashed);
    if ending.signalled {
        report::signalled(S::NAME, core.id, &ending.reason);
    } else {
        report::ending(&core, &ending.reason, ending.last, Some(&body));
    }
    let mut reason = ending.reason;
    if !ending.killed
        && let Err(worse) = terminate(&core, &mut body, &reason).await
    {
        report::ending(&core, &worse, "terminate", Some(&body));
        reason = worse;
    }
    drop_body(body);
    if let Some((message, reply)) = ending.reply {
        if core.is_watched() {
            core.tell_watch(EventKind::Replied { message });
        }
        reply();
    }
    unfinished.reason = None;
    finish(&core, &reason);
}

/// A runtime that goes while `terminate` runs.
struct Unfinished<'a, S: Server> {
    core: &'a Core<S>,
    /// `None` when it is finished.
    reason: Option<ExitReason>,
}

impl<S: Server> Drop for Unfinished<'_, S> {
    fn drop(&mut self) {
        if let Some(reason) = &self.reason {
            finish(self.core, reason);
        }
    }
}

/// The end of a server whose body went with a killed handler.
pub(crate) fn end_without_body<S: Server>(
    core: &Core<S>,
    batch: VecDeque<Item<S>>,
    caller: Box<dyn FnOnce(ServerError) + Send>,
) {
    close(core, &ExitReason::Killed, batch, 0, Some(caller));
    report::ending(core, &ExitReason::Killed, "", None);
    finish(core, &ExitReason::Killed);
}

pub(crate) fn close<S: Server>(
    core: &Core<S>,
    reason: &ExitReason,
    batch: VecDeque<Item<S>>,
    continued: u64,
    crashed: Option<Box<dyn FnOnce(ServerError) + Send>>,
) {
    let left = Left::close(core, reason.clone(), batch, continued);
    if let Some(crashed) = crashed {
        crashed(ServerError::Exit(reason.clone()));
    }
    left.refuse(core);
}

async fn terminate<S: Server>(
    core: &Arc<Core<S>>,
    body: &mut Body<S>,
    reason: &ExitReason,
) -> Result<(), ExitReason> {
    if !S::TERMINATES || S::OPTIONS.shutdown == Shutdown::Kill {
        return Ok(());
    }
    let running = watched(core, || Deadline::Never, None, S::terminate(body, reason));
    let outcome = match time_to_end(core) {
        Shutdown::After(limit) => tokio::time::timeout(limit, running).await,
        Shutdown::Kill | Shutdown::Infinity => Ok(running.await),
    };
    core.waited.store(false, Ordering::Relaxed);
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Interrupt::Panicked(payload))) => {
            Err(ExitReason::Panic(Panic::new("terminate", &*payload)))
        }
        Ok(Err(Interrupt::Killed)) | Err(_) => Err(ExitReason::Killed),
    }
}

/// How long `terminate` may take; a child's supervisor may say otherwise than the server.
fn time_to_end<S: Server>(core: &Core<S>) -> Shutdown {
    match core.lock().parent.as_ref().map(|spot| spot.shutdown()) {
        // That is for when the supervisor ends it, and then nothing comes to this.
        None | Some(Shutdown::Kill) => S::OPTIONS.shutdown,
        Some(shutdown) => shutdown,
    }
}

/// The user's `Drop` may panic: those who wait for the end are told all the same.
pub(crate) fn drop_body<S: Server>(body: Box<Body<S>>) {
    drop_caught::<S, _>(body);
}

/// Drops what is the user's where no handler's panic is caught, and where the server goes on.
pub(crate) fn drop_caught<S: Server, T>(what: T) {
    // Nothing is compiled for what has nothing to drop.
    if const { needs_drop::<T>() } {
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(what)));
        dropped.unwrap_or_else(|payload| report::panic_in_drop(S::NAME, "drop", &*payload));
    }
}

/// The runtime went: what is left is refused, and the state dropped where it is at hand.
pub(crate) fn end_with_runtime<S: Server>(core: &Core<S>, batch: VecDeque<Item<S>>) {
    let (body, begun) = {
        let mut inbox = core.lock();
        // The parked drain task goes with the runtime: nobody may leave it any more work.
        inbox.parked = false;
        let begun = inbox.cold.as_mut().and_then(|cold| cold.begun.take());
        (inbox.body.take(), begun)
    };
    if !batch.is_empty() || core.lock().life != Life::Ended {
        let left = Left::close(core, ExitReason::NotRunning, batch, 0);
        finish(core, &ExitReason::NotRunning);
        left.refuse(core);
    }
    drop(begun);
    if let Some(body) = body {
        drop_body(body);
    }
}
