//! What asks an application to stop: once, and once more to end at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::application::stopped::Why;

pub(crate) trait Stops {
    /// The next request to stop.
    fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<Why>;
}

/// What came first: what was waited for, or a request to stop.
pub(crate) enum First<T> {
    Done(T),
    Stop(Why),
}

/// Waits, until it is asked to stop.
pub(crate) async fn first<F: Future>(
    mut future: Pin<&mut F>,
    stops: &mut impl Stops,
) -> First<F::Output> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(First::Done(done)),
        Poll::Pending => stops.poll_stop(cx).map(First::Stop),
    })
    .await
}

/// The end of a future.
pub(crate) struct Until<F>(Option<Pin<Box<F>>>);

impl<F: Future> Until<F> {
    pub(crate) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future> Stops for Until<F> {
    fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<Why> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        future.as_mut().poll(cx).map(|_| {
            self.0 = None;
            Why::Asked
        })
    }
}
