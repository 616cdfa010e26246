//! Waiting on a thread without a runtime.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::frame;

/// How often a waiting thread looks at the clock: nothing else tells it that its time is over.
const LOOK: Duration = Duration::from_millis(25);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Drives a future on this thread.
///
/// # Panics
///
/// In an async context: tokio says so, in its own words, and of the place where the user calls.
#[track_caller]
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let future = poll_fn(|cx| {
        let polled = future.as_mut().poll(cx);
        if polled.is_pending() {
            frame::blocks();
        }
        polled
    });
    if let Ok(handle) = Handle::try_current() {
        return handle.block_on(future);
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park_timeout(LOOK),
        }
    }
}
