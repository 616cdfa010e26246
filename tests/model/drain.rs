//! The drain task: runs what is queued, batch by batch; parks; is retired or relieved.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};

use shuttle::sync::MutexGuard;
use shuttle::sync::atomic::Ordering;

use crate::core::{Core, tell, wake_drain};
use crate::ending;
use crate::history::{How, Id};
use crate::inbox::{Body, Ending, Inbox, Item, Life, Task};
use crate::mistake::Mistake;
use crate::slot::{Answer, Slot};

/// A handler that began where it was called and waits; gives the body back, or its caller's slot
/// when it was killed.
pub(crate) type Begun = Pin<Box<dyn Future<Output = Result<Box<Body>, Arc<Slot>>> + Send>>;

/// The running handler was dropped.
pub(crate) struct Killed;

/// Runs the server with a body that has work.
pub(crate) fn spawn(core: &Arc<Core>, body: Box<Body>) {
    let drain = Drain::new(core);
    keep(core, drain.run(body));
}

/// Runs the server on from a handler that has begun: in the parked drain task, or in a new one.
pub(crate) fn take_over(core: &Arc<Core>, begun: Begun) {
    let mut inbox = core.lock();
    if inbox.parked && !core.makes(Mistake::BesideParked) {
        inbox.begun = Some(begun);
        wake_drain(inbox);
        return;
    }
    drop(inbox);
    let mut drain = Drain::new(core);
    keep(core, async move {
        if let Some(body) = drain.finish(begun).await {
            drain.run(body).await;
        }
    });
}

fn keep(core: &Core, task: impl Future<Output = ()> + Send + 'static) {
    let task = shuttle::future::spawn(task);
    core.drains.lock().unwrap_or_else(PoisonError::into_inner).push(task);
}

/// Runs a handler until it is done or the server is killed.
pub(crate) async fn watched<F: Future>(core: &Core, handler: F) -> Result<F::Output, Killed> {
    let mut handler = pin!(handler);
    poll_fn(|cx| {
        if core.killed.load(Ordering::Acquire) {
            return Poll::Ready(Err(Killed));
        }
        match handler.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => {
                core.waits(Some(cx.waker()));
                // A kill before the lock found nobody to wake.
                if !core.makes(Mistake::KillUnseen) && core.killed.load(Ordering::Acquire) {
                    cx.waker().wake_by_ref();
                }
                Poll::Pending
            }
        }
    })
    .await
}

/// A handler, of the message `id`.
pub(crate) async fn handle(core: &Core, body: &mut Body, id: Id, task: Task) {
    core.history.begun(id);
    match task {
        Task::Quick => {}
        Task::Wait => {
            core.gate.wait().await;
        }
        Task::Quit => {
            body.ending = Some(Ending { how: How::Now, reply: None });
            core.history.quits();
        }
        Task::Hold => {
            core.holders.fetch_add(1, Ordering::AcqRel);
        }
    }
    // A step, so that others may come between the beginning and the end.
    core.taken();
    core.history.done(id);
}

/// What a parked drain task wakes up for.
enum Work {
    Body(Box<Body>),
    Begun(Begun),
    /// Nothing: it was idle for long, or the server has ended.
    Gone,
}

/// What a drain task does next.
enum Next {
    Item(Item),
    End(Ending),
    /// Nothing is left.
    Rest,
}

struct Drain {
    core: Arc<Core>,
    batch: VecDeque<Item>,
}

impl Drain {
    fn new(core: &Arc<Core>) -> Self {
        Self { core: Arc::clone(core), batch: VecDeque::new() }
    }

    async fn run(mut self, mut body: Box<Body>) {
        loop {
            match self.next(&mut body) {
                Next::Item(item) => self.run_items(&mut body, item).await,
                Next::End(ending) => {
                    let batch = std::mem::take(&mut self.batch);
                    return ending::end(&self.core, ending, None, batch).await;
                }
                Next::Rest => match self.rest(body).await {
                    Some(rested) => body = rested,
                    None => return,
                },
            }
        }
    }

    /// Handles an item, and those behind it while nothing can come before them.
    async fn run_items(&mut self, body: &mut Body, item: Item) {
        let mut next = Some(item);
        while let Some(item) = next {
            let waits = item.task == Task::Wait;
            self.run_item(body, item).await;
            if waits {
                return;
            }
            next = self.next_plain(body);
        }
    }

    /// The next item, where nothing can come before it.
    fn next_plain(&mut self, body: &Body) -> Option<Item> {
        let core = &self.core;
        let open = body.ending.is_none() || core.makes(Mistake::PlainPastEnd);
        let calm = !core.attention.load(Ordering::Acquire) || core.makes(Mistake::PlainPastStop);
        if open && calm { self.take() } else { None }
    }

    fn next(&mut self, body: &mut Body) -> Next {
        if let Some(ending) = body.ending.take() {
            return Next::End(ending);
        }
        if self.core.attention.load(Ordering::Acquire)
            && let Some(how) = self.due_stop()
        {
            return Next::End(Ending { how, reply: None });
        }
        self.take().map_or(Next::Rest, Next::Item)
    }

    /// The oldest item of the batch.
    fn take(&mut self) -> Option<Item> {
        let item = self.batch.pop_front()?;
        self.core.history.uncounted();
        self.core.taken.store(self.batch.len(), Ordering::Relaxed);
        Some(item)
    }

    async fn run_item(&self, body: &mut Body, item: Item) {
        let core = &self.core;
        let run = handle(core, body, item.id, item.task);
        let ran = if item.task == Task::Wait {
            watched(core, run).await
        } else {
            // A handler that cannot wait: nobody looks at whether it is killed.
            run.await;
            Ok(())
        };
        if core.waited.load(Ordering::Relaxed) {
            core.tidy();
        }
        if let Err(Killed) = ran {
            core.history.dropped(item.id);
            body.ending = Some(Ending { how: How::Kill, reply: None });
            if let Some(reply) = item.reply {
                reply.fill(Answer::Exit);
            }
        } else if let Some(ending) = &mut body.ending {
            ending.reply = item.reply;
        } else if let Some(reply) = item.reply {
            reply.fill(Answer::Done);
        }
    }

    /// Awaits a handler that has begun; `None` when it was killed, and the server with it.
    async fn finish(&mut self, begun: Begun) -> Option<Box<Body>> {
        let caller = match begun.await {
            Ok(body) => return Some(body),
            Err(caller) => caller,
        };
        let batch = std::mem::take(&mut self.batch);
        let ending = Ending { how: How::Kill, reply: None };
        ending::end(&self.core, ending, Some(caller), batch).await;
        None
    }

    /// The batch is empty: the body goes back where nothing is queued, and this waits for work. `None`
    /// when the task is not needed any more.
    async fn rest(&mut self, body: Box<Body>) -> Option<Box<Body>> {
        let mut body = Some(body);
        let rested = poll_fn(|cx| match body.take() {
            Some(body) => self.refill(body, cx),
            None => self.poll_parked(cx),
        });
        match rested.await {
            Work::Body(body) => Some(body),
            Work::Begun(begun) => self.finish(begun).await,
            Work::Gone => None,
        }
    }

    /// The next batch, when there is one; else the body goes back, and the task waits for work or
    /// ends.
    fn refill(&mut self, body: Box<Body>, cx: &Context<'_>) -> Poll<Work> {
        let core = Arc::clone(&self.core);
        let mut inbox = core.lock();
        let told = inbox.admit(&core, 0);
        if core.attention.load(Ordering::Relaxed) || !inbox.queue.is_empty() {
            self.fill(inbox);
            tell(told);
            return Poll::Ready(Work::Body(body));
        }
        if core.makes(Mistake::PutBackUnchecked) {
            drop(inbox);
            inbox = core.lock();
        }
        inbox.body = Some(body);
        if !std::mem::replace(&mut inbox.drained, true) {
            return Poll::Ready(Work::Gone);
        }
        if core.makes(Mistake::ParkedAfterUnlock) {
            drop(inbox);
            inbox = core.lock();
        }
        inbox.parked = true;
        park(&core, inbox, cx);
        Poll::Pending
    }

    /// Moves the queue into the batch, and lets go of the lock.
    fn fill(&mut self, mut inbox: MutexGuard<'_, Inbox>) {
        std::mem::swap(&mut inbox.queue, &mut self.batch);
        if self.core.makes(Mistake::TakenLate) {
            drop(inbox);
        }
        self.core.taken.store(self.batch.len(), Ordering::Relaxed);
    }

    fn due_stop(&self) -> Option<How> {
        let mut inbox = self.core.lock();
        let handled = inbox.batch_end() - self.batch.len();
        let alive = self.core.holders.load(Ordering::Acquire) > 0;
        let due = inbox.due_stop(handled, alive);
        if due.is_none() && inbox.stops.is_empty() {
            if self.core.makes(Mistake::AttentionClearedLate) {
                drop(inbox);
            }
            self.core.attention.store(false, Ordering::Release);
        }
        due
    }

    fn poll_parked(&mut self, cx: &Context<'_>) -> Poll<Work> {
        let core = Arc::clone(&self.core);
        let mut inbox = core.lock();
        let blind = inbox.retire && core.makes(Mistake::RetireUnchecked);
        if !blind && let Some(begun) = inbox.begun.take() {
            inbox.parked = false;
            return Poll::Ready(Work::Begun(begun));
        }
        let attention = core.attention.load(Ordering::Relaxed);
        let work = !inbox.queue.is_empty() || !inbox.waiters.is_empty() || attention;
        if work
            && !blind
            && let Some(body) = inbox.body.take()
        {
            inbox.parked = false;
            if !attention && inbox.waiters.is_empty() {
                self.fill(inbox);
            }
            return Poll::Ready(Work::Body(body));
        }
        let retires = std::mem::take(&mut inbox.retire) && (!work || blind);
        if retires || inbox.life != Life::Running {
            inbox.drain = None;
            inbox.parked = false;
            inbox.drained = false;
            return Poll::Ready(Work::Gone);
        }
        park(&core, inbox, cx);
        Poll::Pending
    }
}

/// Leaves what wakes the drain task.
fn park<'a>(core: &'a Core, mut inbox: MutexGuard<'a, Inbox>, cx: &Context<'_>) {
    if core.makes(Mistake::ParkedWakerLate) {
        drop(inbox);
        inbox = core.lock();
    }
    inbox.drain = Some(cx.waker().clone());
}
