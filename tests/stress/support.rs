//! Runtimes, limits, and panics that are part of the test.

use std::sync::mpsc;
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;

/// How long anything may take: what takes longer hangs.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What the tests' own panics begin with.
pub const EXPECTED: &str = "expected: ";

/// On how many threads a test runs.
#[derive(Clone, Copy, Debug)]
pub enum Threads {
    One,
    Two,
}

pub const BOTH: [Threads; 2] = [Threads::One, Threads::Two];

impl Threads {
    pub fn runtime(self) -> Runtime {
        let mut builder = match self {
            Self::One => Builder::new_current_thread(),
            Self::Two => Builder::new_multi_thread(),
        };
        builder.worker_threads(2).enable_all().build().expect("a runtime can be built")
    }
}

/// Lets other tasks run, so many times.
pub async fn turns(count: u32) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

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

/// Awaits what must not hang.
pub async fn in_time<F: Future>(what: &str, future: F) -> F::Output {
    let done = tokio::time::timeout(PATIENCE, future).await;
    done.unwrap_or_else(|_| panic!("{what} hangs"))
}

/// Runs a task of its own that must not hang.
pub async fn spawned<F>(what: &str, future: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    in_time(what, tokio::spawn(future)).await.expect("it does not panic")
}

/// Runs `work` on a thread of its own, with so much of a stack.
#[track_caller]
pub fn on_a_stack_of<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    let thread = thread::Builder::new().stack_size(bytes).spawn(work);
    thread.expect("a thread can be spawned").join().expect("it does not panic")
}

/// Waits, on a thread outside the runtime, for what is about to be.
#[track_caller]
pub fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < PATIENCE, "it never came to be");
        thread::yield_now();
    }
}

/// What a thread tells; it must not hang.
#[track_caller]
pub fn told<T>(by: &mpsc::Receiver<T>) -> T {
    by.recv_timeout(PATIENCE).expect("a thread hangs or panicked")
}

/// Waits until this runtime has only so many tasks.
pub async fn until_tasks(count: usize) {
    let metrics = Handle::current().metrics();
    let begun = Instant::now();
    while metrics.num_alive_tasks() > count {
        let tasks = metrics.num_alive_tasks();
        assert!(begun.elapsed() < PATIENCE, "{tasks} tasks are left instead of {count}");
        tokio::task::yield_now().await;
    }
}

/// Panics that the tests bring about are not printed.
pub fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<String>().map_or("", String::as_str);
            if !text.starts_with(EXPECTED) {
                loud(info);
            }
        }));
    });
}
