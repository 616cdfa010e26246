//! `#[call(blocking)]`, and calls from threads without a runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::{self, ThreadId};
use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::runtime::Builder;

use crate::servers::{Counter, busy_probe, probe};
use crate::support::{deadlocked, not_running, timed_out};

/// Works on the blocking pool.
struct Press {
    sheets: u32,
}

#[genserver]
impl Press {
    #[init]
    fn new() -> Self {
        Self { sheets: 0 }
    }

    #[call(blocking)]
    fn print(&mut self, count: u32) -> ThreadId {
        self.sheets += count;
        thread::current().id()
    }

    #[call(blocking)]
    fn jam(&mut self, began: mpsc::Sender<()>, freed: mpsc::Receiver<()>) -> Result<u32, String> {
        began.send(()).map_err(|error| error.to_string())?;
        freed.recv().map_err(|error| error.to_string())?;
        drop((began, freed));
        self.sheets += 1;
        Ok(self.sheets)
    }

    #[call(blocking)]
    fn empty(&mut self, cx: &mut Cx<Self>) -> u32 {
        cx.stop(ExitReason::Shutdown);
        self.sheets
    }

    #[call]
    fn sheets(&self) -> u32 {
        self.sheets
    }

    /// Asks itself, which would wait for ever.
    #[call(blocking)]
    fn count_again(&mut self, cx: &mut Cx<Self>) -> Result<u32, ServerError> {
        let me: PressClient = cx.weak();
        me.sheets().no_timeout().blocking()
    }
}

#[tokio::test]
async fn gs_26_a_blocking_call_to_oneself_is_a_deadlock() {
    let press = Press::start().await.expect("its init cannot fail");
    let told = deadlocked(press.count_again().no_timeout().await.split().expect("it replied"));
    assert_eq!((told.call, told.servers.len(), told.withdrawn), ("sheets", 1, true));
    assert_eq!(press.sheets().await, Ok(0), "it lives");
}

#[tokio::test]
async fn a_blocking_call_runs_on_the_blocking_pool() {
    let press = Press::start().await.expect("its init cannot fail");
    let thread = press.print(2).await.expect("it runs");
    assert_ne!(thread, thread::current().id());
    assert_eq!(press.sheets().await, Ok(2), "the server came back");
}

#[tokio::test]
async fn other_tasks_run_while_a_call_blocks() {
    let press = Press::start().await.expect("its init cannot fail");
    let (begins, began) = mpsc::channel();
    let (free, freed) = mpsc::channel();
    let jam = press.jam(begins, freed).send().await.expect("there is room");
    let behind = press.sheets().send().await.expect("there is room");
    tokio::task::spawn_blocking(move || began.recv()).await.expect("no panic").expect("it began");
    let (other, _) = probe().await;
    assert_eq!(other.note("meanwhile").await, Ok(1));
    free.send(()).expect("it waits");
    assert_eq!(jam.await, Ok(Ok(1)));
    assert_eq!(behind.await, Ok(1), "what is queued waits for it");
}

#[tokio::test]
async fn a_blocking_call_can_fail_and_can_stop_its_server() {
    let press = Press::start().await.expect("its init cannot fail");
    let (begins, began) = mpsc::channel();
    drop(began);
    let (_free, freed) = mpsc::channel();
    press.jam(begins, freed).await.expect_err("nobody listens");
    assert_eq!(press.empty().await, Ok(0));
    not_running(press.sheets().await);
}

/// Runs on a thread without a runtime, beside a runtime that works.
fn from_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    thread::spawn(work).join().expect("no panic")
}

#[test]
fn a_thread_without_a_runtime_calls_and_waits() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime can be built");
    let counter = runtime.block_on(async { Counter::start(1).await }).expect("it starts");
    from_a_thread(move || {
        assert_eq!(counter.increment().blocking(), Ok(2));
        assert_eq!(counter.add(5).blocking(), Ok(()));
        assert_eq!(counter.get().no_timeout().blocking(), Ok(7));
        counter.add(1).try_send().expect("there is room");
        counter.stop().blocking().expect("it stops");
        not_running(counter.get().blocking());
        assert_eq!(counter.add(1).blocking(), Err(SendError::NotRunning));
    });
}

#[test]
fn a_thread_without_a_runtime_waits_no_longer_than_it_says() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime can be built");
    let (client, _, gate) = runtime.block_on(busy_probe());
    from_a_thread(move || {
        let limit = Duration::from_millis(5);
        let late = timed_out(client.note("x").timeout(limit).blocking());
        assert_eq!(late.waited, limit);
        gate.open();
        client.note("y").blocking().expect("it is free again");
    });
}

#[tokio::test]
async fn an_async_context_must_not_block() {
    let counter = Counter::start(1).await.expect("its init cannot fail");
    let blocked = catch_unwind(AssertUnwindSafe(|| counter.get().blocking()));
    blocked.expect_err("tokio refuses");
    assert_eq!(counter.get().await, Ok(1));
}
