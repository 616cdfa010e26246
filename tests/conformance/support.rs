//! What the tests are made of: a journal, a gate, and what errors are asked for.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use genserver_runtime::{CallPath, ExitReason, Late, Panic, ServerError};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// What happened, in order.
#[derive(Clone, Debug)]
pub struct Journal(Arc<watch::Sender<Vec<String>>>);

impl Journal {
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }

    pub fn note(&self, line: impl Into<String>) {
        let line = line.into();
        self.0.send_modify(|lines| lines.push(line));
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    /// How often the line stands in it.
    pub fn count(&self, line: &str) -> usize {
        self.0.borrow().iter().filter(|noted| *noted == line).count()
    }

    /// Waits until the line stands in it.
    pub async fn until(&self, line: &str) {
        let mut lines = self.0.subscribe();
        let noted = lines.wait_for(|lines| lines.iter().any(|noted| noted == line)).await;
        noted.expect("the journal is alive");
    }

    #[track_caller]
    pub fn holds(&self, expected: &[&str]) {
        assert_eq!(self.lines(), expected);
    }
}

/// A place where a handler waits until the test lets it go on.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Doors>);

#[derive(Debug)]
struct Doors {
    reached: Semaphore,
    open: Semaphore,
}

impl Gate {
    pub fn new() -> Self {
        Self(Arc::new(Doors { reached: Semaphore::new(0), open: Semaphore::new(0) }))
    }

    /// In a handler: says that it is here, and waits until it may go on.
    pub async fn pass(&self) {
        self.reached_by();
        self.0.open.acquire().await.expect("a gate is never closed").forget();
    }

    /// In a handler: says that it is here.
    pub fn reached_by(&self) {
        self.0.reached.add_permits(1);
    }

    /// In a test: waits until a handler is here.
    pub async fn reached(&self) {
        self.0.reached.acquire().await.expect("a gate is never closed").forget();
    }

    /// Lets one handler go on.
    pub fn open(&self) {
        self.0.open.add_permits(1);
    }
}

/// Lets every other task run until it waits. Needs no time: nothing fires.
pub async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

/// Lets time go by: the paused clock goes from timer to timer.
pub async fn pass(time: Duration) {
    let never = std::future::pending::<()>();
    tokio::time::timeout(time, never).await.expect_err("it never comes");
}

/// A runtime that a test can drop.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}

/// Checks how much time of the paused clock went by: never less, at most 50 ms more.
#[track_caller]
pub fn took(since: Instant, expected: Duration) {
    let took = since.elapsed();
    assert!(took >= expected, "{took:?} is earlier than {expected:?}");
    assert!(took <= expected + Duration::from_millis(50), "{took:?} is later than {expected:?}");
}

#[track_caller]
pub fn timed_out<T: Debug>(outcome: Result<T, ServerError>) -> Late {
    match outcome {
        Err(ServerError::Timeout(late)) => *late,
        other => panic!("not a time-out: {other:?}"),
    }
}

#[track_caller]
pub fn deadlocked<T: Debug>(outcome: Result<T, ServerError>) -> CallPath {
    match outcome {
        Err(ServerError::Deadlock(path)) => *path,
        other => panic!("not a deadlock: {other:?}"),
    }
}

#[track_caller]
pub fn exited<T: Debug>(outcome: Result<T, ServerError>) -> ExitReason {
    match outcome {
        Err(ServerError::Exit(reason)) => reason,
        other => panic!("not an exit: {other:?}"),
    }
}

/// The panic that the server ended with.
#[track_caller]
pub fn panicked<T: Debug>(outcome: Result<T, ServerError>) -> Panic {
    match exited(outcome) {
        ExitReason::Panic(panic) => panic,
        other => panic!("not a panic: {other:?}"),
    }
}

#[track_caller]
pub fn not_running<T: Debug>(outcome: Result<T, ServerError>) {
    match outcome {
        Err(ServerError::NotRunning) => {}
        other => panic!("not `NotRunning`: {other:?}"),
    }
}
