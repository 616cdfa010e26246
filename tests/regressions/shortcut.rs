//! The short ways of messages: what a drain task takes when it wakes, handlers that run without a
//! future, a client by name that knows where to look.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use genserver_runtime::prelude::*;

use crate::servers::{Cell, CellClient};
use crate::support::{Drops, Gate, runtime, settle, timed_out, workers};

/// Panics when it is dropped where nobody looks.
struct Brittle;

impl Drop for Brittle {
    fn drop(&mut self) {
        panic!("expected: in drop");
    }
}

/// Given back unharmed.
impl Brittle {
    fn keep(self) {
        std::mem::forget(self);
    }
}

#[derive(Default)]
struct Desk {
    held: Vec<ReplyTo<u32>>,
}

#[genserver]
impl Desk {
    #[init]
    fn new() -> Self {
        Self::default()
    }

    #[call]
    fn count(&self) -> usize {
        self.held.len()
    }

    /// Is looked at while it runs, and queues something behind itself.
    #[call]
    fn look_and_queue(&self, cx: &mut Cx<Self>, gate: Gate) {
        let me: DeskClient = cx.weak();
        assert!(me.sys().get_status().is_ok());
        me.wait(gate).try_send().expect("there is room");
    }

    #[cast]
    async fn wait(&self, gate: Gate) {
        gate.pass().await;
    }

    #[call]
    fn promise(&mut self, reply: ReplyTo<u32>) {
        self.held.push(reply);
    }

    #[call(skip_abandoned)]
    fn take(&self, brittle: Brittle) {
        brittle.keep();
    }

    #[call(skip_abandoned)]
    async fn take_slowly(&self, brittle: Brittle) {
        tokio::task::yield_now().await;
        brittle.keep();
    }

    #[call]
    fn make(&self) -> Brittle {
        Brittle
    }

    #[info]
    fn hear(&self, brittle: Brittle) {
        brittle.keep();
    }
}

/// A desk whose drain task is parked.
async fn desk() -> DeskClient {
    let desk = Desk::start().await.expect("its init cannot fail");
    for _ in 0..2 {
        let pending = desk.count().send().await.expect("there is room");
        pending.await.expect("it runs");
    }
    settle().await;
    desk
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_is_not_taken_for_the_call_before_it() {
    let desk = desk().await;
    let gate = Gate::new();
    desk.look_and_queue(gate.clone()).await.expect("it runs");
    let late = timed_out(desk.count().timeout(Duration::from_secs(1)).await);
    let busy = late.busy.expect("it waits at the gate");
    assert_eq!((busy.handler, busy.since), ("wait", Duration::from_secs(1)));
    gate.open();
}

/// The desk is still there, and so is who asks it.
async fn outlives(desk: &DeskClient) {
    settle().await;
    assert_eq!(desk.count().await, Ok(0));
    assert!(desk.is_running());
}

#[tokio::test(start_paused = true)]
async fn a_skipped_request_that_panics_when_it_is_dropped_ends_no_server() {
    let desk = desk().await;
    let gate = Gate::new();
    desk.wait(gate.clone()).await.expect("there is room");
    drop(desk.take(Brittle).send().await.expect("there is room"));
    drop(desk.take_slowly(Brittle).send().await.expect("there is room"));
    gate.open();
    outlives(&desk).await;
    assert_eq!(desk.counters().dropped, 2);
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_that_panics_when_it_is_dropped_ends_no_server() {
    let desk = desk().await;
    drop(desk.make().send().await.expect("there is room"));
    outlives(&desk).await;
    assert_eq!(desk.counters().late, 1);
}

#[tokio::test(start_paused = true)]
async fn a_flushed_message_that_panics_when_it_is_dropped_ends_no_server() {
    let desk = desk().await;
    let gate = Gate::new();
    let timer = desk.send_after(Duration::from_secs(1), Brittle).expect("it runs");
    desk.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    timer.cancel_and_flush();
    gate.open();
    outlives(&desk).await;
}

/// Counts who keeps it.
#[derive(Default)]
struct Noted(AtomicUsize);

impl Wake for Noted {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_went_is_kept_by_no_promised_reply() {
    let desk = desk().await;
    let noted = Arc::new(Noted::default());
    let waker = Waker::from(Arc::clone(&noted));
    let mut call = Box::pin(async { desk.promise().await });
    assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    settle().await;
    drop((call, waker));
    assert_eq!(Arc::strong_count(&noted), 1);
    assert_eq!(desk.count().await, Ok(1));
}

/// A name is looked up in the runtime of each use, which need not be that of the task.
#[test]
fn a_name_is_looked_up_in_the_runtime_that_was_entered() {
    let (here, there) = (workers(), runtime());
    let start = || async { Cell::start(Drops::default()).name("cell").await.expect("it is free") };
    let (mine, theirs) = (here.block_on(start()), there.block_on(start()));
    let entered = there.handle().clone();
    here.block_on(here.spawn(async move {
        let named = CellClient::named("cell");
        named.bump(1).await.expect("there is room");
        let entered = entered.enter();
        named.bump(10).try_send().expect("there is room");
        drop(entered);
    }))
    .expect("it does not panic");
    assert_eq!(here.block_on(mine.add(0)), Ok(1));
    assert_eq!(there.block_on(theirs.add(0)), Ok(10));
}
