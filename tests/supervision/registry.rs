//! A registry of unique keys, row by row.

use std::sync::mpsc;

use genserver_runtime::prelude::*;
use tokio::runtime::Builder;

use crate::keys::{Fixture, Got, Late, Names, Owner, OwnerClient};
use crate::support::{Gate, not_running, settle};

#[tokio::test]
async fn reg_1_a_unique_key_has_one_owner() {
    let fixture = Fixture::new();
    let (first, second) = (fixture.owner().await, fixture.owner().await);
    assert_eq!(first.register("name", 1).await, Ok(Got::It));
    let taken = Got::Taken(first.id());
    assert_eq!(second.register("name", 2).await, Ok(taken));
    assert_eq!(first.register("name", 3).await, Ok(Got::Taken(first.id())), "also for its owner");
    let (owner, value) = fixture.names.lookup(&"name").expect("it runs");
    assert_eq!((owner.id(), value), (first.id(), 1), "nothing has changed");
    assert_eq!(first.register("other", 4).await, Ok(Got::It), "one owner, many keys");
}

/// A key that is equal only to itself, whatever it looks like.
#[tokio::test]
async fn reg_3_keys_are_compared_by_their_own_eq() {
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    enum Key {
        Whole(u32),
        Text(&'static str),
    }
    let fixture = Fixture::new();
    let registry: Registry<Key, OwnerClient> = Registry::new();
    let start = || Owner::start(fixture.names.clone(), fixture.topics.clone());
    let one = start().key(&registry, Key::Whole(1)).await.expect("the key is free");
    let text = start().key(&registry, Key::Text("1")).await.expect("another key");
    assert_eq!(registry.get(&Key::Whole(1)).and_then(|found| found.id()), one.id());
    assert_eq!(registry.get(&Key::Text("1")).and_then(|found| found.id()), text.id());
    assert!(registry.get(&Key::Whole(2)).is_none());
}

#[tokio::test]
async fn reg_4_entries_go_with_their_owner() {
    for partitions in [1, 8] {
        let fixture = Fixture::with_partitions(partitions);
        let owner = fixture.owner().await;
        for key in ["a", "b", "c", "d"] {
            assert_eq!(owner.register(key, 0).await, Ok(Got::It));
            assert_eq!(owner.subscribe(key, 0).await, Ok(Got::It));
        }
        assert_eq!((fixture.names.len(), fixture.topics.len()), (4, 4));
        owner.crash().await.expect_err("it crashes");
        assert_eq!((fixture.names.len(), fixture.topics.len()), (0, 0));
        assert!(fixture.names.keys().is_empty() && fixture.topics.keys().is_empty());
    }
}

#[tokio::test]
async fn reg_4_a_key_of_an_init_that_fails_is_free() {
    pub struct Shy;
    #[genserver]
    impl Shy {
        #[init]
        fn begin(cx: &mut Cx<Self>, keys: Registry<u32, ShyClient>) -> Result<Self, &'static str> {
            cx.register(&keys, 1, ()).expect("the key is free");
            assert!(keys.contains(&1), "it is found before it has begun");
            Err("it does not want to")
        }
    }
    let keys = Registry::new();
    for _ in 0..2 {
        Shy::start(keys.clone()).await.expect_err("its init fails");
        assert!(keys.is_empty());
    }
}

#[tokio::test]
async fn reg_6_nobody_finds_an_owner_that_is_known_to_have_ended() {
    let fixture = Fixture::new();
    let owner = fixture.keyed("name", 1).await;
    assert_eq!(owner.subscribe("topic", 2).await, Ok(Got::It));
    owner.kill().await.expect("it can be killed");
    assert!(fixture.names.get(&"name").is_none() && fixture.names.lookup(&"name").is_none());
    assert!(!fixture.names.contains(&"name"));
    assert!(fixture.topics.lookup(&"topic").is_empty());
    let next = fixture.keyed("name", 3).await;
    assert_eq!(fixture.names.get(&"name").and_then(|found| found.id()), next.id());
}

#[test]
fn reg_6_an_owner_whose_runtime_went_is_replaced_at_once() {
    let fixture = Fixture::new();
    let old = crate::support::runtime();
    let owner = old.block_on(fixture.keyed("name", 1));
    drop(old);
    assert!(fixture.names.get(&"name").is_none());
    let next = crate::support::runtime();
    next.block_on(async {
        let next = fixture.keyed("name", 2).await;
        assert_ne!(next.id(), owner.id());
        assert_eq!(next.alive().await, Ok(true));
    });
}

#[tokio::test]
async fn reg_7_a_registration_that_fails_leaves_nothing() {
    let fixture = Fixture::new();
    let (first, second) = (fixture.keyed("name", 1).await, fixture.owner().await);
    for _ in 0..10 {
        assert_eq!(second.register("name", 2).await, Ok(Got::Taken(first.id())));
    }
    assert_eq!(fixture.names.len(), 1);
    assert!(fixture.names.keys_of(&second).is_empty());
    assert_eq!(second.sys().get_status().expect("it runs").keys, 0);
    first.stop().await.expect("it stops");
    assert!(fixture.names.is_empty());
    // What was counted for the attempts was given back: it ends with its last client.
    let weak = second.weak();
    drop(second);
    assert!(!weak.is_running());
}

#[tokio::test]
async fn reg_9_only_the_owner_gives_a_key_another_value() {
    let fixture = Fixture::new();
    let (owner, other) = (fixture.keyed("name", 4).await, fixture.owner().await);
    assert_eq!(owner.double("name").await, Ok((Some((8, 4)), 1)));
    assert_eq!(other.double("name").await, Ok((None, 0)), "its closure is not called");
    assert_eq!(other.double("nobody's").await, Ok((None, 0)));
    assert_eq!(fixture.names.values(&"name", &owner), [8]);
}

#[tokio::test]
async fn reg_10_a_server_starts_under_a_key_with_a_value() {
    let fixture = Fixture::new();
    let first = fixture.keyed("name", 7).await;
    let start = Owner::start(fixture.names.clone(), fixture.topics.clone());
    match start.key_with(&fixture.names, "name", 8).await {
        Err(StartError::AlreadyStarted(holder)) => assert_eq!(holder.id(), first.id()),
        other => panic!("the key is taken: {other:?}"),
    }
    assert_eq!(fixture.names.values(&"name", &first), [7]);
    assert_eq!(fixture.names.client("name").alive().await, Ok(true));
    not_running(fixture.names.client("nobody's").alive().await);
}

#[tokio::test]
async fn reg_11_dispatch_tells_the_owner() {
    let fixture = Fixture::new();
    let owner = fixture.keyed("name", 7).await;
    let mut told = Vec::new();
    let count = fixture.names.dispatch(&"name", |entries| {
        told.extend(entries.iter().map(|(owner, value)| (owner.id(), *value)));
    });
    assert_eq!((count, told), (1, vec![(owner.id(), 7)]));
    let nobody = fixture.names.dispatch(&"nobody's", |_| panic!("never called for none"));
    assert_eq!(nobody, 0);
    owner.stop().await.expect("it stops");
    assert_eq!(fixture.names.dispatch(&"name", |_| panic!("nor for who has ended")), 0);
}

#[tokio::test]
async fn reg_13_a_registry_counts_and_lists_what_a_server_has() {
    let fixture = Fixture::with_partitions(8);
    let (owner, other) = (fixture.keyed("a", 1).await, fixture.keyed("z", 9).await);
    assert_eq!(owner.register("b", 2).await, Ok(Got::It));
    assert_eq!(fixture.names.len(), 3);
    assert_eq!(fixture.names.keys_of(&owner), ["a", "b"]);
    assert_eq!(fixture.names.keys_of(&fixture.names.client("b")), ["a", "b"], "by any client");
    assert_eq!(fixture.names.keys_of(&other), ["z"]);
    assert_eq!(fixture.names.values(&"b", &owner), [2]);
    assert!(fixture.names.values(&"b", &other).is_empty());
    assert_eq!(owner.unregister("a").await, Ok(1));
    assert_eq!(owner.unregister("a").await, Ok(0));
    assert_eq!(owner.unregister("z").await, Ok(0), "others are left alone");
    assert_eq!((fixture.names.keys_of(&owner), fixture.names.len()), (vec!["b"], 2));
    let twin: Names = Registry::with_values();
    assert!(twin.keys_of(&owner).is_empty(), "of this registry alone");
}

#[tokio::test]
async fn reg_14_entries_are_chosen_by_closures() {
    let fixture = Fixture::with_partitions(3);
    let (ann, bob) = (fixture.keyed("ann", 1).await, fixture.keyed("bob", 20).await);
    let matching = fixture.names.matching(&"bob", |value| *value > 10);
    assert_eq!(matching.iter().map(|(owner, _)| owner.id()).collect::<Vec<_>>(), [bob.id()]);
    assert_eq!(fixture.names.count_matching(&"ann", |value| *value > 10), 0);
    assert_eq!(fixture.names.count_selected(|key, value| *key == "ann" || *value == 20), 2);
    let selected = fixture.names.select(|key, owner, _| (owner.id() == ann.id()).then_some(*key));
    assert_eq!(selected, ["ann"]);
    assert_eq!(bob.unregister_less("bob", 20).await, Ok(0));
    assert_eq!(ann.unregister_less("bob", 21).await, Ok(0), "not its key");
    assert_eq!(bob.unregister_less("bob", 21).await, Ok(1));
    assert_eq!(fixture.names.keys(), ["ann"]);
}

#[tokio::test]
async fn reg_14_a_closure_may_use_the_registry() {
    let fixture = Fixture::new();
    let _owner = fixture.keyed("ann", 1).await;
    let seen = fixture.names.select(|key, _, _| fixture.names.lookup(key).map(|(_, value)| value));
    assert_eq!(seen, [1], "no lock is held");
}

#[tokio::test]
async fn reg_17_any_number_of_partitions_holds_the_same() {
    for partitions in [1, 8] {
        let registry: Registry<usize, OwnerClient> = Registry::with_partitions(partitions);
        assert_eq!(registry.partitions(), partitions);
        let fixture = Fixture::new();
        for key in 0..100 {
            let start = Owner::start(fixture.names.clone(), fixture.topics.clone());
            drop(start.key(&registry, key).await.expect("the key is free"));
        }
        let mut keys = registry.keys();
        keys.sort_unstable();
        assert_eq!(keys, (0..100).collect::<Vec<_>>());
        for key in (0..100).step_by(2) {
            registry.client(key).stop().await.expect("it stops");
        }
        assert_eq!(registry.len(), 50);
        assert!((0..100).all(|key| registry.contains(&key) == (key % 2 == 1)));
    }
}

#[tokio::test]
async fn reg_18_a_registry_keeps_values_of_its_own() {
    #[derive(Clone, Debug, PartialEq)]
    struct Region(&'static str);
    let names = Names::default();
    assert_eq!(names.meta::<Region>(), None);
    names.put_meta(Region("north"));
    names.put_meta(7_u8);
    let clone = names.clone();
    assert_eq!((clone.meta(), clone.meta()), (Some(Region("north")), Some(7_u8)));
    names.put_meta(Region("south"));
    assert_eq!(clone.meta(), Some(Region("south")));
    clone.delete_meta::<Region>();
    assert_eq!((names.meta::<Region>(), names.meta()), (None, Some(7_u8)));
}

#[tokio::test]
async fn a_key_that_is_given_up_holds_its_server_no_more() {
    let fixture = Fixture::new();
    let weak = fixture.keyed("name", 1).await.weak();
    assert_eq!(weak.alive().await, Ok(true), "the key holds it");
    assert_eq!(weak.unregister("name").await, Ok(1));
    settle().await;
    not_running(weak.alive().await);
}

#[test]
fn a_server_whose_runtime_went_gets_no_key_any_more() {
    let fixture = Fixture::new();
    let workers =
        Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("it is built");
    let owner = workers.block_on(fixture.owner());
    let ((begun, has_begun), (go, goes), (tell, told)) =
        (mpsc::channel(), mpsc::channel(), mpsc::channel());
    let late = Late { begun, go: goes, told: tell };
    let client = owner.clone();
    workers.spawn(async move { client.register_late("name", late).await });
    has_begun.recv().expect("the handler begins");
    workers.shutdown_background();
    while owner.is_running() {
        std::thread::yield_now();
    }
    go.send(()).expect("the handler waits");
    assert_eq!(told.recv(), Ok(Got::Ending));
    assert!(fixture.names.is_empty());
}

#[tokio::test]
async fn many_starts_for_one_key_have_one_winner() {
    let fixture = Fixture::with_partitions(8);
    let gate = Gate::new();
    let mut starts = tokio::task::JoinSet::new();
    for value in 0..64 {
        let (names, topics, gate) = (fixture.names.clone(), fixture.topics.clone(), gate.clone());
        starts.spawn(async move {
            gate.pass().await;
            Owner::start(names.clone(), topics).key_with(&names, "name", value).await
        });
    }
    for _ in 0..64 {
        gate.open();
    }
    let started = starts.join_all().await;
    let won: Vec<_> = started.iter().flatten().collect();
    assert_eq!(won.len(), 1);
    for start in &started {
        if let Err(StartError::AlreadyStarted(holder)) = start {
            assert_eq!(holder.id(), won[0].id());
        }
    }
}
