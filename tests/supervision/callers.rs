//! On whose behalf a server was started.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, ServerId, callers};

/// Starts others like it.
struct Branch {
    /// Started by its `init`.
    child: Option<BranchClient>,
}

#[genserver]
impl Branch {
    #[init]
    async fn new(deep: u32, waits: bool) -> Self {
        if waits {
            tokio::task::yield_now().await;
        }
        let child = match deep {
            0 => None,
            deep => {
                let child = Box::pin(Branch::start(deep - 1, waits).into_future());
                Some(child.await.expect("its init cannot fail"))
            }
        };
        Self { child }
    }

    #[call]
    async fn grow(&self) -> BranchClient {
        Branch::start(0, false).await.expect("its init cannot fail")
    }

    #[call]
    async fn grow_later(&self) -> BranchClient {
        tokio::task::yield_now().await;
        Branch::start(0, false).await.expect("its init cannot fail")
    }

    /// Where it is called or in the drain task, and there with others queued.
    #[call]
    async fn grow_through(&self, other: BranchClient) -> BranchClient {
        let grown = other.grow().await.expect("it runs");
        tokio::task::yield_now().await;
        assert!(grown.is_running());
        self.grow().await
    }

    #[call(blocking)]
    fn grow_blocking(&self) -> BranchClient {
        Branch::start(0, false).blocking().expect("its init cannot fail")
    }

    #[call]
    fn grow_in_a_task(&self, cx: &mut Cx<Self>, reply: ReplyTo<BranchClient>) {
        cx.spawn(async move {
            let grown = Branch::start(0, false).await.expect("its init cannot fail");
            assert!(reply.reply(grown).is_ok(), "it is waited for");
        });
    }

    #[call]
    fn child(&self) -> Option<BranchClient> {
        self.child.clone()
    }

    /// Whom it is started for, itself first.
    #[call]
    fn ancestry(&self, cx: &mut Cx<Self>, reply: ReplyTo<Vec<ServerId>>) {
        cx.spawn(async { assert!(reply.reply(callers()).is_ok(), "it is waited for") });
    }
}

async fn branch() -> BranchClient {
    Branch::start(0, false).await.expect("its init cannot fail")
}

#[track_caller]
fn ids(branches: &[&BranchClient]) -> Vec<ServerId> {
    branches.iter().map(|branch| branch.id().expect("it runs")).collect()
}

#[tokio::test]
async fn lm_19_a_server_started_in_a_handler_is_started_for_its_server() {
    let root = branch().await;
    assert_eq!(root.ancestry().await, Ok(ids(&[&root])));
    // Polled where it is called, taken over by the drain task, queued, blocking, in a task.
    let grown = [
        root.grow().await,
        root.grow_later().await,
        root.grow().send().await.expect("it runs").await,
        root.grow_blocking().await,
        root.grow_in_a_task().await,
        root.grow_through(branch().await).await,
    ];
    for grown in grown {
        let grown = grown.expect("it runs");
        assert_eq!(grown.ancestry().await, Ok(ids(&[&grown, &root])));
        let next = grown.grow().await.expect("it runs");
        assert_eq!(next.ancestry().await, Ok(ids(&[&next, &grown, &root])));
    }
}

#[tokio::test]
async fn lm_19_a_server_started_in_init_is_started_for_that_server() {
    for waits in [false, true] {
        let root = Branch::start(2, waits).await.expect("its init cannot fail");
        let child = root.child().await.expect("it runs").expect("it has one");
        let last = child.child().await.expect("it runs").expect("it has one");
        assert_eq!(last.ancestry().await, Ok(ids(&[&last, &child, &root])));
        // Outside of all of them nobody is known.
        let stranger = branch().await;
        assert_eq!(stranger.ancestry().await, Ok(ids(&[&stranger])));
    }
}

#[tokio::test]
async fn lm_19_a_start_that_is_dropped_half_way_is_nobodys_afterwards() {
    let root = branch().await;
    {
        let mut late = pin!(Branch::start(3, true).into_future());
        let polled = late.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending));
    }
    let grown = root.grow().await.expect("it runs");
    assert_eq!(grown.ancestry().await, Ok(ids(&[&grown, &root])));
}
