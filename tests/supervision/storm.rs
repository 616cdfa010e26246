//! Children that end in every way while many call them, on several threads.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use genserver_runtime::prelude::*;

/// What all incarnations of a child share.
#[derive(Default)]
struct Ledger {
    alive: AtomicUsize,
    overlaps: AtomicUsize,
    executed: Mutex<HashSet<u64>>,
    twice: AtomicUsize,
}

/// One incarnation: what it notes shows whether there were two at a time.
pub struct Incarnation {
    ledger: Arc<Ledger>,
}

#[genserver]
impl Incarnation {
    #[init]
    fn new(ledger: Arc<Ledger>) -> Self {
        let others = ledger.alive.fetch_add(1, Ordering::SeqCst);
        ledger.overlaps.fetch_add(others, Ordering::SeqCst);
        Self { ledger }
    }

    #[call]
    fn execute(&self, request: u64) {
        if !self.ledger.executed.lock().expect("nobody panics with it").insert(request) {
            self.ledger.twice.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[call]
    fn quit(&self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[call]
    async fn boom(&self) {
        tokio::task::yield_now().await;
        panic!("expected: boom");
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        tokio::task::yield_now().await;
    }
}

impl Drop for Incarnation {
    fn drop(&mut self) {
        self.ledger.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

const CHILDREN: usize = 4;
const CALLERS: usize = 4;
const CALLS: usize = 200;

/// Calls until all were made; the requests that were answered.
async fn call(child: IncarnationClient, next: Arc<AtomicU64>) -> Vec<u64> {
    let mut answered = Vec::new();
    for _ in 0..CALLS {
        let request = next.fetch_add(1, Ordering::Relaxed);
        if child.execute(request).await.is_ok() {
            answered.push(request);
        }
        tokio::task::yield_now().await;
    }
    answered
}

/// Ends the child again and again.
async fn torment(child: IncarnationClient) {
    for nth in 0..CALLS / 4 {
        match nth % 3 {
            0 => drop(child.boom().await),
            1 => drop(child.quit().await),
            _ => drop(child.kill().await),
        }
        tokio::task::yield_now().await;
    }
}

async fn storm(start: genserver_runtime::StartSupervisor) {
    let start = start.intensity(u32::MAX, std::time::Duration::from_secs(1));
    let supervisor = start.await.expect("it has no children");
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    let mut ledgers = Vec::new();
    for nth in 0..CHILDREN {
        let ledger = Arc::new(Ledger::default());
        let inside = Arc::clone(&ledger);
        let start = move || Incarnation::start(Arc::clone(&inside)).name(format!("child {nth}"));
        let child = supervisor.start_child(nth.to_string(), start).await.expect("it starts");
        tokio::spawn(torment(child.clone()));
        for _ in 0..CALLERS {
            let calls = tokio::spawn(call(child.clone(), Arc::clone(&next)));
            tasks.push((Arc::clone(&ledger), calls));
        }
        ledgers.push((child, ledger));
    }
    for (ledger, calls) in tasks {
        let answered = calls.await.expect("it does not panic");
        let executed = ledger.executed.lock().expect("nobody panics with it");
        assert!(answered.iter().all(|request| executed.contains(request)));
    }
    supervisor.stop().await.expect("it was never too much");
    for (child, ledger) in ledgers {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        assert_eq!(count(&ledger.overlaps), 0, "two incarnations at a time");
        assert_eq!(count(&ledger.twice), 0, "a request was executed twice");
        assert_eq!(count(&ledger.alive), 0, "a child outlived its supervisor");
        assert!(!child.is_running());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_for_one_survives_a_storm() {
    storm(Supervisor::one_for_one()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_for_all_survives_a_storm() {
    storm(Supervisor::one_for_all()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rest_for_one_survives_a_storm() {
    storm(Supervisor::rest_for_one()).await;
}
