//! Ends that met something else.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use genserver_runtime::prelude::*;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Event, Metadata, Subscriber};

use crate::servers::{CellClient, cell};
use crate::support::{
    Drops, Gate, Token, idle, in_time, is_freed, runtime, settle, soon, until, workers,
};

type Hook = Box<dyn FnOnce() + Send>;

/// A key that does something else when it is given back.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key;

thread_local! {
    static AT_THE_END: Cell<Option<Hook>> = const { Cell::new(None) };
}

impl Drop for Key {
    fn drop(&mut self) {
        if let Some(hook) = AT_THE_END.take() {
            hook();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_detach_in_the_middle_of_the_end_keeps_nothing() {
    let (keys, drops) = (Registry::new(), Drops::default());
    let start = crate::servers::Cell::start(drops.clone()).key(&keys, Key);
    let cell = start.await.expect("its init cannot fail");
    let detached = Arc::new(AtomicBool::new(false));
    AT_THE_END.set({
        let (cell, detached) = (cell.weak(), Arc::clone(&detached));
        Some(Box::new(move || {
            cell.detach();
            detached.store(true, Ordering::SeqCst);
        }))
    });
    soon(cell.stop_now()).await.expect("it stops");
    assert!(detached.load(Ordering::SeqCst), "not in the middle of the end");
    let weak = cell.weak();
    drop(cell);
    assert!(is_freed(&weak));
    assert_eq!(drops.count(), 1);
}

/// Asks a server for clients of itself until it has ended. Each one it gets must hold the server.
async fn clients_until_the_end(weak: CellClient, begun: Arc<AtomicBool>) {
    loop {
        let made = weak.client().await;
        begun.store(true, Ordering::SeqCst);
        match made {
            Ok(client) => assert!(client.add(1).await.is_ok(), "it ended under its client"),
            Err(_) => return,
        }
    }
}

#[test]
fn a_client_made_while_the_last_one_goes_keeps_the_server() {
    let runtime = workers();
    for _ in 0..300 {
        runtime.block_on(async {
            let (cell, drops) = cell().await;
            let begun = Arc::new(AtomicBool::new(false));
            let asking = tokio::spawn(clients_until_the_end(cell.weak(), Arc::clone(&begun)));
            until(|| begun.load(Ordering::SeqCst));
            drop(cell);
            asking.await.expect("each client holds the server");
            until(|| drops.count() == 1);
        });
    }
}

/// An error that counts its drops.
#[derive(Debug)]
struct Broken(Token);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken: {:?}", self.0)
    }
}

impl Error for Broken {}

/// Crashes, or holds the next one.
struct Fragile {
    next: Option<FragileClient>,
    _token: Token,
}

#[genserver]
impl Fragile {
    #[init]
    fn new(next: Option<FragileClient>, drops: Drops) -> Self {
        Self { next, _token: drops.token() }
    }

    #[call]
    fn is_last(&self) -> bool {
        self.next.is_none()
    }

    #[cast]
    fn crash(&mut self, drops: Drops) -> Result<(), Crash> {
        Err(Broken(drops.token()))?;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_that_a_server_crashed_with_is_not_kept_for_ever() {
    let (drops, errors) = (Drops::default(), Drops::default());
    let server = Fragile::start(None, drops.clone()).await.expect("its init cannot fail");
    assert_eq!(server.is_last().await, Ok(true));
    server.crash(errors.clone()).await.expect("there is room");
    let outcome = soon(server.is_last()).await;
    assert!(matches!(outcome, Err(ServerError::Exit(ExitReason::Error(_)))), "{outcome:?}");
    drop((server, outcome));
    idle().await;
    assert_eq!((drops.count(), errors.count()), (1, 1));
}

#[test]
fn a_long_row_of_servers_that_hold_each_other_ends_without_a_deep_stack() {
    const SERVERS: usize = 20_000;
    let drops = Drops::default();
    let counted = drops.clone();
    in_time(move || {
        runtime().block_on(async {
            let mut first = None;
            for _ in 0..SERVERS {
                let start = Fragile::start(first, drops.clone());
                first = Some(start.await.expect("its init cannot fail"));
            }
            drop(first);
        });
    });
    assert_eq!(counted.count(), SERVERS);
}

/// Starts the next one in its `init`, and holds it.
struct Nested {
    next: Option<NestedClient>,
}

/// So that the type of the future does not contain itself.
type Starting = Pin<Box<dyn Future<Output = NestedClient> + Send>>;

#[genserver]
impl Nested {
    #[init]
    async fn new(deeper: u32) -> Self {
        if deeper == 0 {
            return Self { next: None };
        }
        let next: Starting =
            Box::pin(async move { Self::start(deeper - 1).await.expect("its init cannot fail") });
        Self { next: Some(next.await) }
    }

    #[call]
    fn is_last(&self) -> bool {
        self.next.is_none()
    }
}

#[test]
fn a_long_row_of_servers_that_start_each_other_needs_no_deep_stack() {
    let last = in_time(|| {
        runtime().block_on(async {
            let first = Nested::start(5_000).await.expect("its init cannot fail");
            first.is_last().await
        })
    });
    assert_eq!(last, Ok(false));
}

/// Does not come to its end by itself.
struct Stubborn {
    gate: Gate,
}

#[genserver(shutdown = infinity)]
impl Stubborn {
    #[init]
    fn new(gate: Gate) -> Self {
        Self { gate }
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        assert_eq!(*reason, ExitReason::Normal);
        self.gate.pass().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_kill_ends_a_terminate_that_waits() {
    let gate = Gate::new();
    let server = Stubborn::start(gate.clone()).await.expect("its init cannot fail");
    let stop = server.stop();
    gate.reached().await;
    soon(server.kill()).await.expect("it is killed");
    assert_eq!(soon(stop).await, Err(ServerError::Exit(ExitReason::Killed)));
    let weak = server.weak();
    drop(server);
    idle().await;
    assert!(is_freed(&weak));
}

/// Sends a cast when it is asked whether it wants a span, once each time it is armed.
struct Nosy {
    cell: CellClient,
    armed: Arc<AtomicBool>,
}

impl Subscriber for Nosy {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        if self.armed.swap(false, Ordering::SeqCst) {
            self.cell.bump_always(1).post().expect("it runs");
        }
        true
    }

    fn register_callsite(&self, _: &'static Metadata<'static>) -> tracing::subscriber::Interest {
        tracing::subscriber::Interest::sometimes()
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(tracing::level_filters::LevelFilter::DEBUG)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_layer_that_sends_to_the_server_it_traces_locks_nothing_up() {
    // With only one, tracing would ask whatever thread comes first whether it listens.
    let _other = Dispatch::new(NoSubscriber::default());
    let sum = in_time(|| {
        runtime().block_on(async {
            let (cell, _) = cell().await;
            let armed = Arc::new(AtomicBool::new(false));
            let nosy = Nosy { cell: cell.clone(), armed: Arc::clone(&armed) };
            let traced = tracing::subscriber::set_default(nosy);
            armed.store(true, Ordering::SeqCst);
            cell.bump(0).await.expect("there is room");
            assert!(!armed.swap(true, Ordering::SeqCst), "a cast asks for its sender's span");
            cell.add(0).send().await.expect("there is room").await.expect("it runs");
            assert!(!armed.swap(true, Ordering::SeqCst), "and so does a request");
            cell.add(0).await.expect("it runs");
            drop(traced);
            cell.sync().await.expect("it runs");
            cell.add(0).await.expect("it runs")
        })
    });
    assert_eq!(sum, 3);
}

/// Reads the server's books at the very moment its caller is told.
struct Auditor {
    cell: CellClient,
    dead: Mutex<Option<u64>>,
}

impl Wake for Auditor {
    fn wake(self: Arc<Self>) {
        let dead = self.cell.counters().dead;
        self.dead.lock().expect("nothing panics under it").get_or_insert(dead);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_told_of_an_end_finds_the_dead_letters_counted() {
    let (cell, _) = cell().await;
    let gate = Gate::new();
    cell.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    let mut crash = pin!(cell.boom().send().await.expect("there is room"));
    for _ in 0..3 {
        cell.bump(1).await.expect("there is room");
    }
    let auditor = Arc::new(Auditor { cell: cell.clone(), dead: Mutex::new(None) });
    let waker = Waker::from(Arc::clone(&auditor));
    assert!(crash.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    gate.open();
    settle().await;
    assert!(matches!(crash.await, Err(ServerError::Exit(ExitReason::Panic(_)))));
    assert_eq!(*auditor.dead.lock().expect("nothing panics under it"), Some(3));
}
