//! A server that is looked up for each call.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use genserver_runtime::prelude::*;

use crate::contender::Contender;
use crate::contenders::genserver::inline::{Counter, CounterClient};
use crate::contenders::hand_written::{HandWritten, Server};

/// By a client that knows the name.
pub async fn named(operations: u32) -> Duration {
    let start = Counter::start(Counter::new()).name("counter");
    let _held = start.await.expect("the name is free");
    let counter = CounterClient::named("counter");
    let begun = Instant::now();
    for number in 1..=u64::from(operations) {
        assert_eq!(counter.add().await, Ok(number));
    }
    begun.elapsed()
}

/// By a client that is made for each call.
pub async fn named_anew(operations: u32) -> Duration {
    let start = Counter::start(Counter::new()).name("counter");
    let _held = start.await.expect("the name is free");
    let begun = Instant::now();
    for number in 1..=u64::from(operations) {
        assert_eq!(CounterClient::named("counter").add().await, Ok(number));
    }
    begun.elapsed()
}

pub async fn keyed(operations: u32) -> Duration {
    let counters = Keyed::new(|_: &u64| Counter::start(Counter::new()));
    let begun = Instant::now();
    for number in 1..=u64::from(operations) {
        assert_eq!(counters.of(7).add().await, Ok(number));
    }
    begun.elapsed()
}

/// A map behind a lock.
pub async fn hand_written(operations: u32) -> Duration {
    let names: RwLock<HashMap<&str, Server>> = RwLock::default();
    let server = HandWritten::start().await;
    names.write().unwrap_or_else(PoisonError::into_inner).insert("counter", server);
    let begun = Instant::now();
    for number in 1..=u64::from(operations) {
        let found = names.read().unwrap_or_else(PoisonError::into_inner).get("counter").cloned();
        assert_eq!(HandWritten::call(&found.expect("it is there")).await, number);
    }
    begun.elapsed()
}
