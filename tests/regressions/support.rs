//! Gates for handlers, and limits for what once hung.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use genserver_runtime::{Client, Late, ServerError};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;

/// How long something may take that takes no time at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// A place where a handler waits until the test lets it go on.
#[derive(Clone, Debug)]
pub struct Gate(Arc<[Semaphore; 2]>);

impl Gate {
    pub fn new() -> Self {
        Self(Arc::new([Semaphore::new(0), Semaphore::new(0)]))
    }

    pub async fn pass(&self) {
        self.0[0].add_permits(1);
        self.0[1].acquire().await.expect("a gate is never closed").forget();
    }

    /// Waits until a handler is here.
    pub async fn reached(&self) {
        self.0[0].acquire().await.expect("a gate is never closed").forget();
    }

    /// Lets one handler go on.
    pub fn open(&self) {
        self.0[1].add_permits(1);
    }
}

/// A place where a handler blocks its thread.
#[derive(Clone, Debug)]
pub struct Latch(Arc<(Mutex<[bool; 2]>, Condvar)>);

impl Latch {
    pub fn new() -> Self {
        Self(Arc::new((Mutex::new([false; 2]), Condvar::new())))
    }

    fn set(&self, which: usize) {
        self.0.0.lock().expect("nothing panics under it")[which] = true;
        self.0.1.notify_all();
    }

    #[track_caller]
    fn wait(&self, which: usize) {
        let set = self.0.0.lock().expect("nothing panics under it");
        let waited = self.0.1.wait_timeout_while(set, PATIENCE, |set| !set[which]);
        assert!(!waited.expect("nothing panics under it").1.timed_out(), "a latch was not told");
    }

    pub fn block(&self) {
        self.set(0);
        self.wait(1);
    }

    #[track_caller]
    pub fn reached(&self) {
        self.wait(0);
    }

    pub fn release(&self) {
        self.set(1);
    }
}

/// Counts the drops of what is made from it.
#[derive(Clone, Debug, Default)]
pub struct Drops(Arc<AtomicUsize>);

impl Drops {
    pub fn token(&self) -> Token {
        Token(self.clone())
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
pub struct Token(Drops);

impl Drop for Token {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Runs what once hung without an `.await`, on a thread of its own.
#[track_caller]
pub fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = mpsc::channel();
    let worker = thread::spawn(move || {
        // Nobody listens where it took too long.
        let _ = tell.send(work());
    });
    match told.recv_timeout(PATIENCE) {
        Ok(done) => done,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            worker.join().expect("the work panicked");
            unreachable!("the work neither panicked nor was done")
        }
    }
}

/// Awaits what once hung; a minute of the paused clock costs no time.
#[track_caller]
pub fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        let waited = tokio::time::timeout(Duration::from_secs(60), future).await;
        waited.unwrap_or_else(|_| panic!("it hangs, at {place}"))
    }
}

/// Waits, on another thread, for what is about to be.
#[track_caller]
pub fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < PATIENCE, "it never came to be");
        thread::yield_now();
    }
}

/// The number of tasks of this runtime.
pub fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Lets every other task run until it waits.
pub async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

/// Two seconds of the paused clock, tick by tick: after them no idle server has a task.
pub async fn idle() {
    for _ in 0..80 {
        tokio::time::advance(Duration::from_millis(25)).await;
        settle().await;
    }
}

/// Whether nothing is left of a server, not even its empty shell.
pub fn is_freed(weak: &impl Client) -> bool {
    weak.id().is_none()
}

/// A runtime that a test can drop.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}

pub fn workers() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("it can be built")
}

#[track_caller]
pub fn timed_out<T: Debug>(outcome: Result<T, ServerError>) -> Late {
    match outcome {
        Err(ServerError::Timeout(late)) => *late,
        other => panic!("not a time-out: {other:?}"),
    }
}
