//! The place where one answer is left and waited for.

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use shuttle::sync::{Mutex, MutexGuard};

/// What a caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The handler ran.
    Done,
    /// The handler never ran.
    Refused,
    /// The server ended while the handler ran.
    Exit,
}

/// Filled once, waited for by one task.
pub(crate) struct Slot(Mutex<State>);

struct State {
    value: Option<Answer>,
    caller: Option<Waker>,
}

impl Slot {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State { value: None, caller: None }))
    }

    /// For a caller that waits at once.
    pub(crate) fn awaited(cx: &Context<'_>) -> Self {
        Self(Mutex::new(State { value: None, caller: Some(cx.waker().clone()) }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("invariant: nothing panics under this lock")
    }

    /// Leaves an answer; the first one stands.
    pub(crate) fn fill(&self, answer: Answer) {
        let caller = {
            let mut state = self.lock();
            if state.value.is_some() {
                return;
            }
            state.value = Some(answer);
            state.caller.take()
        };
        if let Some(caller) = caller {
            caller.wake();
        }
    }

    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<Answer> {
        let mut state = self.lock();
        if let Some(answer) = state.value {
            return Poll::Ready(answer);
        }
        state.caller = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Keeps the caller's waker, whatever is there.
    pub(crate) fn keep(&self, cx: &Context<'_>) {
        self.lock().caller = Some(cx.waker().clone());
    }

    pub(crate) async fn wait(&self) -> Answer {
        poll_fn(|cx| self.poll(cx)).await
    }
}
