//! What happens between two looks.

use std::convert::Infallible;
use std::future::{Future as _, IntoFuture as _, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Application, Backoff, PartitionSupervisor, Why};

use crate::child::{Child, ChildClient};
use crate::support::{Gate, Journal, runtime, settle};

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

#[test]
fn who_waits_for_a_restart_is_told_when_the_runtime_of_the_supervisor_goes() {
    let far = runtime();
    let (supervisor, child) = far.block_on(async {
        let hour = Duration::from_secs(3_600);
        let start = Supervisor::one_for_one().backoff(Backoff::new(hour, hour));
        let supervisor = start.await.expect("it has no children");
        let journal = Journal::new();
        let start = move || Child::start(journal.clone(), "child");
        let child = supervisor.start_child("child", start).await.expect("it starts");
        child.boom().await.expect_err("it panics");
        settle().await;
        (supervisor, child)
    });
    let (tell, told) = mpsc::channel();
    let client = child.clone();
    std::thread::spawn(move || {
        let mut call = pin!(async { client.add(1).no_timeout().await });
        runtime().block_on(async {
            let waits = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await;
            assert!(waits, "nobody is there");
            tell.send(None).expect("the test listens");
            let outcome = call.await;
            tell.send(Some(outcome)).expect("the test listens");
        });
    });
    assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(None));
    drop(far);
    let told = told.recv_timeout(Duration::from_secs(10));
    assert_eq!(told, Ok(Some(Err(ServerError::NotRunning))));
    assert_eq!(child.add(1).no_timeout().blocking(), Err(ServerError::NotRunning));
    drop(supervisor);
}

#[tokio::test]
async fn partitions_that_were_given_up_half_way_leave_nothing() {
    let (gate, journal) = (Gate::new(), Journal::new());
    let (opens, inside) = (gate.clone(), journal.clone());
    let copies = PartitionSupervisor::new(move |number| {
        let (gate, journal) = (opens.clone(), inside.clone());
        async move {
            if number == 1 {
                gate.pass().await;
            }
            Child::start(journal, "copy").await
        }
    })
    .partitions(3);
    let mut start = pin!(copies.start().name("copies").detach().into_future());
    tokio::select! {
        _ = &mut start => unreachable!("the second one waits"),
        () = gate.reached() => {}
    }
    let supervisor = Supervisor::whereis("copies").expect("it runs");
    let ended = supervisor.monitor();
    drop(supervisor);
    start.set(copies.start().into_future());
    gate.open();
    let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
    assert_eq!(ended.map(|down| down.reason).ok(), Some(ExitReason::Shutdown));
    assert!(Supervisor::whereis("copies").is_none());
}
