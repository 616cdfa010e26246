//! Who listens to a registry, and the locks of its keys.

use genserver_runtime::prelude::*;
use genserver_runtime::{RegistryEvent, ServerId};

use crate::keys::{Fixture, Got, OwnerClient};
use crate::support::{Gate, settle};

type Told = (&'static str, &'static str, Option<ServerId>, Option<u32>);

struct Census(Vec<Told>);

#[genserver(mailbox = 1)]
impl Census {
    #[info]
    fn changed(&mut self, event: RegistryEvent<&'static str, OwnerClient, u32>) {
        self.0.push(match event {
            RegistryEvent::Registered { key, owner, value } => {
                ("registered", key, owner.id(), Some(value))
            }
            RegistryEvent::Unregistered { key, owner } => ("unregistered", key, owner.id(), None),
            _ => ("something else", "", None, None),
        });
    }

    #[call]
    fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.0)
    }
}

#[tokio::test]
async fn reg_12_listeners_hear_of_keys_but_not_of_ends() {
    let fixture = Fixture::new();
    let census = Census::start(Census(Vec::new())).await.expect("it starts");
    fixture.names.listen(&census.recipient());
    fixture.topics.listen(&census.recipient());
    let owner = fixture.keyed("started", 1).await;
    let id = owner.id();
    owner.register("taken", 2).await.expect("it runs");
    owner.register("taken", 3).await.expect("it runs");
    owner.unregister("taken").await.expect("it runs");
    owner.unregister("nobody's").await.expect("it runs");
    owner.subscribe("topic", 4).await.expect("it runs");
    let expected = [
        ("registered", "started", id, Some(1)),
        ("registered", "taken", id, Some(2)),
        ("unregistered", "taken", id, None),
        ("registered", "topic", id, Some(4)),
    ];
    assert_eq!(census.told().await.expect("it runs"), expected);
    owner.stop().await.expect("it stops");
    assert!(fixture.names.is_empty() && fixture.topics.is_empty());
    assert_eq!(census.told().await, Ok(vec![]), "nothing of the end");
}

#[tokio::test]
async fn reg_12_a_listener_that_is_slow_misses_nothing() {
    let fixture = Fixture::new();
    let census = Census::start(Census(Vec::new())).await.expect("it starts");
    fixture.names.listen(&census.recipient());
    let owner = fixture.owner().await;
    // Its mailbox has room for one message.
    for key in ["a", "b", "c", "d"] {
        assert_eq!(owner.register(key, 0).await, Ok(Got::It));
    }
    assert_eq!(census.told().await.map(|told| told.len()), Ok(4));
}

#[tokio::test]
async fn reg_12_what_a_listener_is_told_holds_nobody() {
    let fixture = Fixture::new();
    let census = Census::start(Census(Vec::new())).await.expect("it starts");
    fixture.topics.listen(&census.recipient::<RegistryEvent<_, _, _>>().weak());
    let owner = fixture.owner().await;
    assert_eq!(owner.subscribe("topic", 4).await, Ok(Got::It));
    drop(owner);
    assert!(fixture.topics.is_empty());
    drop(census);
    settle().await;
    // Told of by nobody.
    let owner = fixture.owner().await;
    assert_eq!(owner.subscribe("topic", 4).await, Ok(Got::It));
}

#[tokio::test(start_paused = true)]
async fn reg_19_a_key_is_locked_by_one_at_a_time() {
    let fixture = Fixture::new();
    let (ann, bob) = (fixture.owner().await, fixture.owner().await);
    let (first, second) = (Gate::new(), Gate::new());
    let holds = ann.hold_lock("key", first.clone()).send().await.expect("it runs");
    first.reached().await;
    let waits = bob.hold_lock("key", second.clone()).send().await.expect("it runs");
    let other = fixture.names.lock("other key").await;
    assert_eq!(*other.key(), "other key");
    first.open();
    holds.await.expect("it returns");
    second.reached().await;
    second.open();
    waits.await.expect("it returns");
}

#[tokio::test(start_paused = true)]
async fn reg_19_a_lock_is_free_when_its_holder_panics_or_is_killed() {
    let fixture = Fixture::new();
    let owner = fixture.owner().await;
    owner.panic_with_lock("key").await.expect_err("it panics");
    let (owner, gate) = (fixture.owner().await, Gate::new());
    let holds = owner.hold_lock("key", gate.clone()).send().await.expect("it runs");
    gate.reached().await;
    owner.kill().await.expect("it can be killed");
    holds.await.expect_err("it was killed");
    let _lock = fixture.names.lock("key").await;
}

#[tokio::test(start_paused = true)]
async fn reg_19_a_waiter_that_is_gone_does_not_block() {
    let fixture = Fixture::new();
    let lock = fixture.names.lock("key").await;
    let (ann, gate) = (fixture.owner().await, Gate::new());
    let waits = ann.hold_lock("key", gate.clone()).send().await.expect("it runs");
    settle().await;
    ann.kill().await.expect("it can be killed");
    waits.await.expect_err("it was killed");
    drop(lock);
    let _next = fixture.names.lock("key").await;
}

#[tokio::test]
async fn reg_19_a_row_of_waiters_is_served_in_order() {
    let fixture = Fixture::new();
    let lock = fixture.names.lock("key").await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    for number in 0..8 {
        let (names, tell) = (fixture.names.clone(), tell.clone());
        tokio::spawn(async move {
            let _lock = names.lock("key").await;
            tokio::task::yield_now().await;
            let _ = tell.send(number);
        });
        settle().await;
    }
    drop((lock, tell));
    let mut served = Vec::new();
    while let Some(number) = told.recv().await {
        served.push(number);
    }
    assert_eq!(served, (0..8).collect::<Vec<_>>());
}
