//! What happens between two looks.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Application, Why};

use crate::child::{Child, ChildClient};
use crate::support::Journal;

/// The start of a root that has ended when it is there.
async fn start_short() -> Result<ChildClient, StartError<Infallible, ChildClient>> {
    let root = Child::start(Journal::new(), "root").await?;
    root.stop().await.expect("it runs");
    Ok(root)
}

#[tokio::test]
async fn a_root_that_ended_before_it_was_looked_at_says_why() {
    let application = Application::new(start_short());
    let stopped = application.run_until(std::future::pending::<()>()).await;
    assert_eq!(stopped.why, Why::RootEnded(ExitReason::Normal));
    assert!(stopped.is_orderly());
    let stopped = Application::new(start_short()).start().await.expect("it starts").stop().await;
    assert_eq!((&stopped.reason, stopped.is_orderly()), (&ExitReason::Normal, true));
}

/// Counts those that hold something.
struct Held(Arc<AtomicUsize>);

impl Held {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Port(Held);

#[genserver]
impl Port {
    #[init]
    async fn open(held: Arc<AtomicUsize>, journal: Journal, nth: usize) -> Self {
        journal.note(format!("others: {}", held.load(Ordering::SeqCst)));
        let port = Held::new(&held);
        if nth == 1 {
            std::future::pending::<()>().await;
        }
        Self(port)
    }

    #[call]
    fn boom(&self) {
        let Held(_) = &self.0;
        panic!("expected: boom");
    }

    #[call]
    fn live(&self) {}
}

#[tokio::test(start_paused = true)]
async fn an_init_whose_time_is_over_is_gone_before_the_next_one_begins() {
    let (held, journal) = (Arc::new(AtomicUsize::new(0)), Journal::new());
    let supervisor = Supervisor::one_for_one().await.expect("it has no children");
    let mut nth = 0;
    let (inside, noted) = (Arc::clone(&held), journal.clone());
    let start = move || {
        nth += 1;
        Port::start(Arc::clone(&inside), noted.clone(), nth - 1).timeout(Duration::from_secs(1))
    };
    let port = supervisor.start_child("port", start).await.expect("it starts");
    port.boom().await.expect_err("it panics");
    port.live().await.expect("the third one runs");
    journal.holds(&["others: 0", "others: 0", "others: 0"]);
}
