//! Handlers that wait for other servers.

use allocation_counter::measure;
use genserver_runtime::prelude::*;
use tokio::select;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::servers::{CellClient, cell};
use crate::support::{Gate, in_time, is_freed, runtime, settle, soon};

/// One of several servers that call each other.
struct Link {
    next: Option<LinkClient>,
    killed: Option<Result<(), ServerError>>,
}

#[genserver]
impl Link {
    #[init]
    fn new(next: Option<LinkClient>) -> Self {
        Self { next, killed: None }
    }

    #[call]
    fn get(&self) -> u32 {
        1
    }

    #[call]
    fn join(&mut self, next: LinkClient) {
        self.next = Some(next);
    }

    /// Waits at the gate, then calls the next one.
    #[call]
    async fn call_next(&self, gate: Gate) -> Result<u32, ServerError> {
        gate.pass().await;
        let next = self.next.as_ref().expect("told before");
        next.get().no_timeout().await
    }

    /// Has the next one do so.
    #[call]
    async fn call_around(&self, gate: Gate) -> Result<u32, ServerError> {
        let next = self.next.as_ref().expect("told before");
        next.call_next(gate).no_timeout().await.split()?
    }

    /// Kills the next one, which waits for this one.
    #[call]
    async fn kill_next(&mut self, gate: Gate) {
        gate.pass().await;
        self.killed = Some(self.next.as_ref().expect("told before").kill().await);
    }

    /// What its `kill_next` came to.
    #[call]
    fn killed(&self) -> Option<Result<(), ServerError>> {
        self.killed.clone()
    }

    /// Waits for the next one's `kill_next`.
    #[call]
    async fn be_killed(&self, gate: Gate) -> Result<(), ServerError> {
        let next = self.next.as_ref().expect("told before");
        next.kill_next(gate).no_timeout().await
    }

    /// The length of the row from here, once its last server may go on; polled anew when it is
    /// woken.
    #[call]
    async fn length(&self, last: Gate, wake: Gate) -> u32 {
        let Some(next) = &self.next else {
            last.pass().await;
            return 1;
        };
        let mut below = Box::pin(next.length(last, wake.clone()).no_timeout());
        let length = select! {
            biased;
            length = &mut below => length,
            () = wake.pass() => below.await,
        };
        length.expect("it runs") + 1
    }

    /// Polled many times while it waits for an unanswered call.
    #[call]
    async fn poll_often(&self, times: u32, cell: CellClient, gate: Gate) {
        let mut held = Box::pin(cell.hold(gate).no_timeout());
        for _ in 0..times {
            select! {
                biased;
                _ = &mut held => panic!("it is held"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
}

async fn link(next: Option<LinkClient>) -> LinkClient {
    Link::start(next).await.expect("its init cannot fail")
}

/// Two servers that know each other.
async fn couple() -> (LinkClient, LinkClient) {
    let first = link(None).await;
    let second = link(Some(first.weak())).await;
    first.join(second.clone()).await.expect("it runs");
    (first, second)
}

#[tokio::test(start_paused = true)]
async fn a_circle_is_reported_as_a_deadlock_also_where_the_request_is_withdrawn() {
    let (first, second) = couple().await;
    let gate = Gate::new();
    let around = first.call_around(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    gate.open();
    let outcome = soon(around).await.expect("it replied");
    let Err(ServerError::Deadlock(path)) = outcome else { panic!("no deadlock: {outcome:?}") };
    assert!(path.withdrawn);
    assert_eq!(path.servers.len(), 2);
    assert_eq!(soon(second.get()).await, Ok(1), "it lives");
}

#[tokio::test(start_paused = true)]
async fn a_call_to_oneself_is_reported_as_a_deadlock_also_where_the_request_is_withdrawn() {
    let first = link(None).await;
    first.join(first.weak()).await.expect("it runs");
    let gate = Gate::new();
    gate.open();
    let outcome = soon(first.call_next(gate)).await.split().expect("it replied");
    assert!(matches!(outcome, Err(ServerError::Deadlock(path)) if path.withdrawn));
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_server_that_waits_for_this_one_is_no_deadlock() {
    let (first, second) = couple().await;
    let gate = Gate::new();
    let waiting = first.be_killed(gate.clone()).send().await.expect("there is room");
    gate.reached().await;
    gate.open();
    let outcome = soon(waiting).await;
    assert_eq!(outcome.map(drop), Err(ServerError::Exit(ExitReason::Killed)));
    assert_eq!(soon(second.killed()).await, Ok(Some(Ok(()))));
}

#[test]
fn a_waiting_handler_that_is_polled_often_takes_no_more_memory() {
    let runtime = runtime();
    let (link, cell) = runtime.block_on(async { (link(None).await, cell().await.0) });
    let run = |times| {
        let gate = Gate::new();
        runtime.block_on(async {
            let polled = link.poll_often(times, cell.clone(), gate.clone());
            polled.no_timeout().await.expect("it runs");
            gate.open();
            cell.add(0).await.expect("it runs");
        });
    };
    run(10);
    let few = measure(|| run(10)).bytes_max;
    let many = measure(|| run(10_000)).bytes_max;
    assert!(many < few + 4_096, "{many} bytes for many polls, {few} for few");
}

/// Calls a server in its `terminate`.
struct Leaver {
    cell: CellClient,
    gate: Gate,
    gone: UnboundedSender<()>,
}

#[genserver]
impl Leaver {
    #[init]
    fn new(cell: CellClient, gate: Gate, gone: UnboundedSender<()>) -> Self {
        Self { cell, gate, gone }
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        assert_eq!(*reason, ExitReason::Normal);
        self.cell.hold(self.gate.clone()).no_timeout().await.expect("it runs");
        self.gone.send(()).expect("the test listens");
    }
}

#[tokio::test(start_paused = true)]
async fn an_ended_server_holds_nothing_of_what_it_called_in_its_terminate() {
    let (cell, _) = cell().await;
    let weak = cell.weak();
    let (gate, (gone, mut told)) = (Gate::new(), unbounded_channel());
    let leaver = Leaver::start(cell, gate.clone(), gone).await.expect("its init cannot fail");
    let stop = leaver.stop();
    gate.reached().await;
    gate.open();
    soon(stop).await.expect("it stops");
    told.recv().await.expect("`terminate` ran to its end");
    crate::support::idle().await;
    assert!(is_freed(&weak), "{leaver:?} still holds it");
}

/// Servers that wait for each other in a row, of which one at its head is polled again.
#[test]
fn a_long_row_of_waiting_servers_is_searched_without_a_deep_stack() {
    const SERVERS: u32 = 20_000;
    let length = in_time(|| {
        runtime().block_on(async {
            let mut first = link(None).await;
            for _ in 1..SERVERS {
                first = link(Some(first)).await;
            }
            let (last, wake) = (Gate::new(), Gate::new());
            let length = first.length(last.clone(), wake.clone()).no_timeout().send().await;
            last.reached().await;
            wake.open();
            settle().await;
            last.open();
            let length = length.expect("there is room").await;
            std::mem::forget(first);
            length
        })
    });
    assert_eq!(length, Ok(SERVERS));
}
