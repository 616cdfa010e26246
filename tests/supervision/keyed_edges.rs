//! Keyed servers that end just when they begin, and those that are asked for where nothing starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::NotStarted;
use genserver_runtime::prelude::*;
use tokio::task::JoinSet;

use crate::rooms::World;
use crate::support::{Gate, runtime, settle};

/// What all incarnations of a key share.
#[derive(Default)]
struct Seen {
    alive: AtomicUsize,
    overlaps: AtomicUsize,
}

/// Ends as soon as it has begun, and takes its time for that.
struct Mayfly(Arc<Seen>);

#[genserver]
impl Mayfly {
    #[init]
    fn new(cx: &mut Cx<Self>, seen: Arc<Seen>) -> Self {
        let others = seen.alive.fetch_add(1, Ordering::SeqCst);
        seen.overlaps.fetch_add(others, Ordering::SeqCst);
        cx.stop(ExitReason::Normal);
        Self(seen)
    }

    #[call]
    fn live(&self) {}

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Mayfly {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_ends_while_it_gets_its_key_has_no_company_and_leaves_nothing() {
    let seen = Arc::new(Seen::default());
    let inside = Arc::clone(&seen);
    let flies = Keyed::new(move |_: &u32| Mayfly::start(Arc::clone(&inside)));
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let flies = flies.clone();
        callers.spawn(async move {
            for _ in 0..200 {
                drop(flies.of(1).live().timeout(Duration::from_millis(5)).await);
            }
        });
    }
    callers.join_all().await;
    assert_eq!(seen.overlaps.load(Ordering::SeqCst), 0, "two incarnations at a time");
    drop(flies.stop(&1).await);
    while seen.alive.load(Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    drop(flies.stop(&1).await);
    assert!(flies.is_empty(), "a dead server has a key: {:?}", flies.keys());
}

#[test]
fn a_caller_on_a_thread_is_told_that_the_runtime_is_gone() {
    let world = World::new();
    let rooms = runtime().block_on(async { world.keyed() });
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || tell.send(rooms.of(1).take(1).blocking()));
    let outcome = told.recv_timeout(Duration::from_secs(10)).expect("it is answered");
    assert!(
        matches!(&outcome, Err(ServerError::NotStarted(NotStarted::Failed(why))) if why.contains("runtime")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn who_comes_first_has_the_last_place() {
    let opens = Gate::new();
    let rooms = World { opens: Some(opens.clone()), ..World::new() }.keyed().max(1);
    let (two, three) = (rooms.of(2), rooms.of(3));
    // Both have begun before it is seen whether there is room.
    let (second, third, ()) = tokio::join!(two.take(2), three.take(3), async {
        opens.reached().await;
        settle().await;
        opens.open();
    });
    assert_eq!(second, Ok(2), "there was a place for one of them");
    assert_eq!(third, Err(ServerError::NotStarted(NotStarted::Full { max: 1 })));
    assert_eq!(rooms.keys(), [2]);
}
