//! How many allocations an operation costs, counted on the thread that makes it.
#![allow(missing_docs, reason = "servers of the tests' own")]

mod operations;

use allocation_counter::measure;
use genserver_runtime::prelude::*;
use tokio::runtime::{Builder, Runtime};

#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[genserver]
impl Counter {
    #[init]
    pub fn new() -> Self {
        Self { value: 0 }
    }

    #[call]
    pub fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    #[call]
    pub async fn add_async(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }

    #[cast]
    pub fn bump(&mut self, by: u64) {
        self.value += by;
    }
}

pub struct Off;
pub struct On {
    turns: u64,
}

pub struct Switch;

#[genserver(states(Off: initial, On))]
impl Switch {
    #[init]
    pub fn new() -> (Self, Off) {
        (Self, Off)
    }

    #[call(Off => On)]
    pub fn on(&self, st: &Off) -> Next {
        st.goto(|_| On { turns: 1 })
    }

    #[call(Off => On)]
    pub fn on_with(&self, st: &Off, turns: u64) -> Next {
        st.goto(move |_| On { turns })
    }

    #[call(On => Off)]
    pub fn off(&self, st: &On) -> Next<u64> {
        st.goto(|_| Off).reply(st.turns)
    }
}

/// A runtime whose first server and first queued call are behind it.
fn warm() -> (Runtime, CounterClient) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let counter = runtime.block_on(async {
        let counter = Counter::start().await.expect("starts");
        for _ in 0..4 {
            let pending = counter.add(1).send().await.expect("sent");
            pending.await.expect("answered");
        }
        counter
    });
    (runtime, counter)
}

/// The allocations of one run of `work` in the runtime, after one that does not count.
#[track_caller]
fn check<F: Future>(
    runtime: &Runtime,
    mut work: impl FnMut() -> F,
    expected: std::ops::RangeInclusive<u64>,
) {
    runtime.block_on(work());
    let empty = measure(|| runtime.block_on(async {})).count_total;
    let cost = measure(|| {
        runtime.block_on(work());
    });
    let count = cost.count_total - empty;
    assert!(expected.contains(&count), "{count} allocations, expected {expected:?}");
}

#[test]
fn an_inline_fn_call_allocates_nothing() {
    let (runtime, counter) = warm();
    check(&runtime, || async { counter.add(1).await.expect("answered") }, 0..=0);
}

#[test]
fn an_inline_async_call_allocates_its_future() {
    let (runtime, counter) = warm();
    check(&runtime, || async { counter.add_async(1).await.expect("answered") }, 1..=1);
}

#[test]
fn a_transition_allocates_only_for_what_its_closure_captures() {
    let (runtime, _counter) = warm();
    let switch = runtime.block_on(async { Switch::start().await.expect("starts") });
    let turn = || async {
        switch.on().await.expect("from off");
        switch.off().await.expect("from on")
    };
    check(&runtime, turn, 0..=0);
    let turn = || async {
        switch.on_with(3).await.expect("from off");
        switch.off().await.expect("from on")
    };
    check(&runtime, turn, 1..=1);
}

#[test]
fn a_queued_call_on_an_idle_server_allocates_at_most_three_times() {
    let (runtime, _warm) = warm();
    let counter = runtime.block_on(async { Counter::start().await.expect("starts") });
    // The very first queued call of this server: reply, queue, task.
    let cost = measure(|| {
        runtime.block_on(async {
            let pending = counter.add(1).send().await.expect("sent");
            pending.await.expect("answered")
        });
    });
    assert!(cost.count_total <= 3, "{cost:?}");
}

#[test]
fn a_queued_call_on_a_running_server_allocates_its_reply() {
    let (runtime, counter) = warm();
    let work = || async {
        let pending = counter.add(1).send().await.expect("sent");
        pending.await.expect("answered")
    };
    check(&runtime, work, 1..=1);
}

#[test]
fn a_burst_of_casts_allocates_for_few() {
    let (runtime, _warm) = warm();
    let counter = runtime.block_on(async { Counter::start().await.expect("starts") });
    let cost = measure(|| {
        runtime.block_on(async {
            for _ in 0..10_000 {
                counter.bump(1).await.expect("room");
            }
            assert_eq!(counter.add(0).await, Ok(10_000));
        });
    });
    assert!(cost.count_total <= 1_000, "{cost:?}");
}
