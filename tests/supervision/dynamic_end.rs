//! How a dynamic supervisor stops its children, and what it keeps of those that are gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{ChildSpec, DynamicSupervisor, Restart, Shutdown};
use tokio::time::Instant;

use crate::dynamic::{counted, hotel};
use crate::guest::{GuestClient, Leaving, guest};
use crate::support::{Gate, Journal, took};

const LONG: Duration = Duration::from_millis(150);

/// A guest that leaves so, and has so much time for it.
async fn check_in(
    hotel: &DynamicSupervisor,
    journal: &Journal,
    name: &str,
    (leaving, shutdown): (Leaving, Shutdown),
) -> GuestClient {
    let spec = ChildSpec::dynamic(guest(journal, name, leaving)).shutdown(shutdown);
    hotel.start(spec).await.expect("it starts")
}

#[tokio::test(start_paused = true)]
async fn dyn_7_all_children_are_stopped_at_the_same_time() {
    let hotel = hotel().await;
    let journal = Journal::new();
    for name in ["a", "b", "c", "d"] {
        let slow = (Leaving::After(LONG), Shutdown::Infinity);
        let _child = check_in(&hotel, &journal, name, slow).await;
    }
    let began = Instant::now();
    hotel.stop().await.expect("it stops");
    took(began, LONG);
    let mut ended = journal.lines().split_off(4);
    ended.sort_unstable();
    assert_eq!(ended, ["-a shutdown", "-b shutdown", "-c shutdown", "-d shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn dyn_7_each_child_has_its_own_time_and_only_those_that_are_late_are_killed() {
    let hotel = hotel().await;
    let journal = Journal::new();
    let within = |millis| Shutdown::After(Duration::from_millis(millis));
    let children = [
        ("killed", (Leaving::AtOnce, Shutdown::Kill), ExitReason::Killed),
        ("late", (Leaving::Never, within(50)), ExitReason::Killed),
        ("quick", (Leaving::AtOnce, within(50)), ExitReason::Shutdown),
        ("in time", (Leaving::After(LONG), within(200)), ExitReason::Shutdown),
        ("later", (Leaving::Never, within(300)), ExitReason::Killed),
        ("patient", (Leaving::After(LONG * 3), Shutdown::Infinity), ExitReason::Shutdown),
    ];
    let mut ends = Vec::new();
    for (name, how, reason) in children {
        let monitor = check_in(&hotel, &journal, name, how).await.monitor();
        ends.push((name, reason, monitor));
    }
    let began = Instant::now();
    let stopped = tokio::spawn({
        let hotel = hotel.clone();
        async move { hotel.stop().await }
    });
    // Who is told of the end of the late ones, is told when their time is over, and not when the
    // others have ended.
    for (name, reason, monitor) in ends {
        assert_eq!(monitor.await.reason, reason, "{name}");
        match name {
            "late" => took(began, Duration::from_millis(50)),
            "in time" => took(began, LONG),
            "later" => took(began, Duration::from_millis(300)),
            _ => {}
        }
    }
    stopped.await.expect("it does not panic").expect("it stops");
    took(began, LONG * 3);
    let ended = journal.lines().split_off(6);
    assert_eq!(ended, ["-quick shutdown", "-in time shutdown", "-patient shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn dyn_7_a_child_that_is_being_restarted_does_not_hold_the_others_up() {
    let backoff = genserver_runtime::Backoff::new(Duration::from_secs(60), Duration::from_secs(60));
    let hotel = DynamicSupervisor::new().backoff(backoff).await.expect("it starts");
    let journal = Journal::new();
    let ada = hotel.start_child(guest(&journal, "ada", Leaving::AtOnce)).await.expect("it starts");
    let _bob = hotel.start_child(guest(&journal, "bob", Leaving::AtOnce)).await.expect("it starts");
    ada.boom().await.expect_err("it panics");
    hotel.sync().await.expect("it runs");
    assert_eq!(counted(&hotel).await, (2, 1));
    let began = Instant::now();
    hotel.stop().await.expect("it stops");
    took(began, Duration::ZERO);
    assert_eq!(ada.name().await, Err(ServerError::NotRunning));
    assert_eq!(journal.lines().last().map(String::as_str), Some("-bob shutdown"));
}

#[tokio::test(start_paused = true)]
async fn dyn_8_children_end_with_reasons_of_their_own_while_they_are_stopped() {
    let hotel = hotel().await;
    let journal = Journal::new();
    let fails = check_in(&hotel, &journal, "fails", (Leaving::Panics, Shutdown::Infinity)).await;
    let fails = fails.monitor();
    // These two have decided their end when they are asked for it.
    let gate = Gate::new();
    let mut decided = Vec::new();
    for reason in [ExitReason::Normal, ExitReason::Other("rent".into())] {
        let how = (Leaving::AtOnce, Shutdown::Infinity);
        let child = check_in(&hotel, &journal, "decided", how).await;
        child.quit_after(gate.clone(), reason.clone()).await.expect("it runs");
        gate.reached().await;
        decided.push((reason, child.monitor()));
    }
    let ended = hotel.monitor();
    let stopping = tokio::spawn({
        let hotel = hotel.clone();
        async move { hotel.stop().await }
    });
    assert!(matches!(fails.await.reason, ExitReason::Panic(_)));
    gate.open();
    gate.open();
    for (reason, monitor) in decided {
        assert_eq!(monitor.await.reason, reason);
    }
    stopping.await.expect("it does not panic").expect("it stops");
    assert_eq!(ended.await.reason, ExitReason::Normal);
}

/// Counts how many of it there are.
struct Luggage(Arc<AtomicUsize>);

impl Luggage {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Luggage {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn dyn_13_what_a_temporary_child_was_started_with_is_not_kept() {
    let hotel = hotel().await;
    let kept = Arc::new(AtomicUsize::new(0));
    let journal = Journal::new();
    let start = |restart| {
        let (luggage, mut make) = (Luggage::new(&kept), guest(&journal, "ada", Leaving::AtOnce));
        let spec = ChildSpec::dynamic(move || {
            let _carried = &luggage;
            make()
        });
        hotel.start(spec.restart(restart))
    };
    let ada = start(Restart::Temporary).await.expect("it starts");
    assert_eq!(kept.load(Ordering::Relaxed), 0, "dropped with its start");
    let bob = start(Restart::Permanent).await.expect("it starts");
    assert_eq!(kept.load(Ordering::Relaxed), 1, "needed for its restarts");
    bob.boom().await.expect_err("it panics");
    bob.name().await.expect("it is there again");
    assert_eq!(kept.load(Ordering::Relaxed), 1);
    hotel.terminate_child(&bob).await.expect("it is there");
    assert_eq!(kept.load(Ordering::Relaxed), 0);
    assert!(ada.name().await.is_ok());
}
