//! A task that is linked with a server.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::task::JoinHandle;

use crate::address::AnyAddress;
use crate::exit::{ExitReason, Panic};
use crate::link::Exit;
use crate::monitor::{Monitor, Watched};
use crate::node::Node;
use crate::tie::Through;

/// The link of a task, which keeps its server alive.
struct Linked {
    node: Option<Arc<dyn Node>>,
    /// The end of the server; `None` when it was a normal one, which is nothing to the task.
    ended: Option<Monitor>,
    /// What the server is told when this is dropped; `None` when the task came to its end.
    leaves: Option<ExitReason>,
}

impl Linked {
    fn new(address: &dyn AnyAddress) -> Self {
        // Looked up once: what is monitored is what is linked.
        let watched = Watched::at(address);
        let node = watched.node().cloned();
        if let Some(node) = &node {
            node.hold();
        }
        let ended = Some(Monitor::new(&watched));
        Self { node, ended, leaves: Some(ExitReason::Killed) }
    }

    /// Whether the server's end reaches the task.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Option<ExitReason> {
        let Poll::Ready(down) = Pin::new(self.ended.as_mut()?).poll(cx) else { return None };
        self.ended = None;
        (down.reason != ExitReason::Normal).then_some(down.reason)
    }

    /// One step of the task; its panic is caught.
    fn poll<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<F::Output, ExitReason>> {
        if let Some(reason) = self.poll_end(cx) {
            self.leaves = None;
            return Poll::Ready(Err(reason));
        }
        match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => {
                self.leaves = None;
                Poll::Ready(Ok(output))
            }
            Err(payload) => {
                let reason = ExitReason::Panic(Panic::new("task", &*payload));
                self.leaves = Some(reason.clone());
                Poll::Ready(Err(reason))
            }
        }
    }
}

impl Drop for Linked {
    fn drop(&mut self) {
        let Some(node) = self.node.take() else { return };
        if let Some(reason) = self.leaves.take() {
            Arc::clone(&node).signal(Exit::by_hand(reason), Through::Hand);
        }
        node.release();
    }
}

/// Spawns a task that is linked with the server at this address.
pub(crate) fn spawn<F>(
    address: &dyn AnyAddress,
    future: F,
) -> JoinHandle<Result<F::Output, ExitReason>>
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut link = Linked::new(address);
    tokio::spawn(async move {
        let mut future = pin!(future);
        poll_fn(|cx| link.poll(future.as_mut(), cx)).await
    })
}
