//! What is left of a server when its runtime has gone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use genserver_runtime::prelude::*;

use crate::servers::{Cell, CellClient, cell};
use crate::support::{
    Drops, Gate, Latch, Token, in_time, is_freed, runtime, settle, until, workers,
};

type Cells = Registry<u32, CellClient>;

/// A server under key 1 whose runtime has gone; nobody else held it.
fn abandoned() -> (Cells, Drops) {
    let (cells, drops) = (Cells::new(), Drops::default());
    let runtime = runtime();
    runtime.block_on(async {
        let start = Cell::start(drops.clone()).key(&cells, 1);
        drop(start.await.expect("its init cannot fail"));
    });
    assert_eq!((cells.len(), drops.count()), (1, 0));
    drop(runtime);
    (cells, drops)
}

#[test]
fn a_client_by_key_learns_that_the_runtime_has_gone() {
    in_time(|| {
        let (cells, _) = abandoned();
        let client = cells.client(1);
        assert_eq!(client.add(1).blocking(), Err(ServerError::NotRunning));
        assert_eq!(client.add(1).try_send().map(drop), Err(ServerError::NotRunning));
        assert_eq!(client.bump(1).blocking(), Err(SendError::NotRunning));
        assert_eq!(client.bump_always(1).post(), Err(SendError::NotRunning));
        runtime().block_on(async {
            assert_eq!(client.add(1).await, Err(ServerError::NotRunning));
            assert_eq!(client.add(1).send().await.map(drop), Err(ServerError::NotRunning));
        });
    });
}

#[test]
fn a_key_is_free_when_the_runtime_has_gone() {
    in_time(|| {
        let (cells, drops) = abandoned();
        assert_eq!(drops.count(), 1);
        assert_eq!((cells.len(), cells.keys(), cells.contains(&1)), (0, Vec::new(), false));
        assert!(cells.get(&1).is_none());
        runtime().block_on(async {
            let start = Cell::start(Drops::default()).key(&cells, 1);
            let cell = start.await.expect("the key is free");
            assert_eq!(cells.client(1).add(1).await, Ok(1));
            drop(cell);
        });
    });
}

/// A server whose state panics when it is dropped.
struct Brittle {
    _token: Token,
}

#[genserver]
impl Brittle {
    #[init]
    fn new(drops: Drops) -> Self {
        Self { _token: drops.token() }
    }

    #[call]
    fn get(&self) -> u32 {
        1
    }
}

impl Drop for Brittle {
    fn drop(&mut self) {
        panic!("expected: brittle");
    }
}

#[test]
fn a_state_that_panics_in_its_drop_does_not_save_the_others_from_the_runtimes_end() {
    let (runtime, drops) = (runtime(), Drops::default());
    let clients = runtime.block_on(async {
        let mut clients = Vec::new();
        for name in 0..8 {
            let start = Brittle::start(drops.clone()).name(name.to_string());
            clients.push(start.await.expect("the name is free"));
        }
        clients
    });
    drop(runtime);
    assert_eq!(drops.count(), 8);
    for client in clients {
        assert_eq!(client.get().blocking(), Err(ServerError::NotRunning));
    }
}

#[test]
fn a_state_that_panics_in_its_drop_does_not_reach_who_drops_the_last_client() {
    let (runtime, drops) = (runtime(), Drops::default());
    let client = runtime.block_on(async { Brittle::start(drops.clone()).await });
    let client = client.expect("its init cannot fail");
    drop(runtime);
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(client)));
    assert!(dropped.is_ok(), "the panic came out of the client's drop");
    assert_eq!(drops.count(), 1);
}

/// Lends its right to reply, or keeps it for ever.
struct Lender {
    kept: Vec<ReplyTo<u32>>,
    _token: Token,
}

#[genserver]
impl Lender {
    #[init]
    fn new(drops: Drops) -> Self {
        Self { kept: Vec::new(), _token: drops.token() }
    }

    #[call]
    fn keep(&mut self, reply: ReplyTo<u32>) {
        self.kept.push(reply);
    }

    #[call]
    fn lend(&self, reply: ReplyTo<u32>, to: mpsc::Sender<ReplyTo<u32>>) {
        to.send(reply).expect("the test listens");
    }
}

#[test]
fn a_call_whose_runtime_went_gets_an_answer_although_its_reply_is_still_owed() {
    let (to, lent) = mpsc::channel();
    let went = runtime();
    let mut pending = None;
    went.block_on(async {
        let lender = Lender::start(Drops::default()).await.expect("its init cannot fail");
        pending = lender.lend(to).send().await.ok();
        tokio::task::yield_now().await;
    });
    let reply = lent.try_recv().expect("the handler has run");
    drop(went);
    let outcome = in_time(|| runtime().block_on(pending.expect("there was room")));
    assert_eq!(outcome, Err(ServerError::Exit(ExitReason::NotRunning)));
    assert_eq!(reply.reply(1), Err(1), "nobody waits any more");
}

#[test]
fn a_caller_from_another_runtime_is_told_when_an_idle_server_keeps_its_reply() {
    let (went, drops) = (runtime(), Drops::default());
    let lender = went.block_on(async { Lender::start(drops.clone()).await });
    let lender = lender.expect("its init cannot fail");
    let caller = lender.clone();
    let outcome = in_time(move || {
        runtime().block_on(async {
            let pending = caller.keep().no_timeout().send().await.expect("there is room");
            // Its runtime runs only now: it handles the call, and is idle when it goes.
            std::thread::spawn(move || {
                went.block_on(async { settle().await });
                drop(went);
            });
            pending.await
        })
    });
    assert_eq!(outcome, Err(ServerError::NoReply));
    // Although there is a client.
    until(|| drops.count() == 1);
    drop(lender);
}

#[test]
fn a_runtime_without_a_clock_starts_no_server() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("it can be built");
    runtime.block_on(async {
        let started = Cell::start(Drops::default()).await;
        assert!(matches!(started, Err(StartError::NoRuntime)), "{started:?}");
    });
}

/// A call that blocks its server's thread, and one behind it, from another runtime; then the
/// first runtime goes.
#[test]
fn callers_from_another_runtime_are_answered_while_a_handler_still_blocks() {
    let went = workers();
    let (cell, drops) = went.block_on(cell());
    let latch = Latch::new();
    let outcomes = in_time(move || {
        runtime().block_on(async {
            let running = cell.block(latch.clone()).no_timeout().send().await.expect("room");
            let queued = cell.hold(Gate::new()).no_timeout().send().await.expect("room");
            latch.reached();
            went.shutdown_background();
            until(|| !cell.is_running());
            let late = cell.add(1).await;
            latch.release();
            (running.await.map(drop), queued.await.map(drop), late.map(drop))
        })
    });
    let gone = Err(ServerError::NotRunning);
    let exit = Err(ServerError::Exit(ExitReason::NotRunning));
    assert!(outcomes.0 == Ok(()) || outcomes.0 == exit, "{:?}", outcomes.0);
    assert!(outcomes.1 == gone || outcomes.1 == exit, "{:?}", outcomes.1);
    assert_eq!(outcomes.2, gone);
    until(|| drops.count() == 1);
}

#[test]
fn nothing_is_left_of_a_server_whose_runtime_has_gone() {
    let runtime = runtime();
    let (weak, drops) = runtime.block_on(async {
        let (cell, drops) = crate::servers::parked().await;
        let pending = cell.hold(Gate::new()).no_timeout().send().await.expect("there is room");
        tokio::task::yield_now().await;
        let weak = cell.weak();
        drop((cell, pending));
        (weak, drops)
    });
    drop(runtime);
    assert_eq!(drops.count(), 1);
    assert!(is_freed(&weak));
    assert_eq!(
        weak.add(1).timeout(Duration::from_secs(1)).blocking(),
        Err(ServerError::NotRunning)
    );
}
