//! Calls of servers that are looked up: where that is done for each call, all of them in turn, as where one lies in
//! a table is chance.

use genserver_runtime::prelude::*;

use crate::messages::{Counter, CounterClient};

/// How many servers there are.
const SERVERS: u64 = 20;

/// The servers that are called, one after another, with what each of them replies.
fn turns(times: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..times).map(|time| (time % SERVERS, time / SERVERS + 1))
}

/// Through one client, for a server that keeps its name.
pub async fn name_kept_call(times: u64) {
    let start = Counter::start(Counter::default()).name("counter");
    let _held = start.await.expect("the name is free");
    let counter = CounterClient::named("counter");
    for value in 1..=times {
        assert_eq!(counter.add(1).await, Ok(value));
    }
}

pub async fn named_call(times: u64) {
    let mut held = Vec::new();
    let mut names = Vec::new();
    for number in 0..SERVERS {
        let name = format!("counter {number}");
        let start = Counter::start(Counter::default()).name(&*name);
        held.push(start.await.expect("the name is free"));
        names.push(name);
    }
    let mut names = names.iter().cycle();
    for (_, value) in turns(times) {
        let name = names.next().expect("there are names");
        assert_eq!(CounterClient::named(&**name).add(1).await, Ok(value));
    }
}

pub async fn registry_call(times: u64) {
    let registry = Registry::new();
    let mut held = Vec::new();
    for number in 0..SERVERS {
        let start = Counter::start(Counter::default()).key(&registry, number);
        held.push(start.await.expect("the key is free"));
    }
    for (number, value) in turns(times) {
        let counter: CounterClient = registry.get(&number).expect("it is there");
        assert_eq!(counter.add(1).await, Ok(value));
    }
}

pub async fn keyed_call(times: u64) {
    let counters = Keyed::new(|_: &u64| Counter::start(Counter::default()));
    for number in 0..SERVERS {
        assert_eq!(counters.of(number).add(0).await, Ok(0));
    }
    for (number, value) in turns(times) {
        assert_eq!(counters.of(number).add(1).await, Ok(value));
    }
}
