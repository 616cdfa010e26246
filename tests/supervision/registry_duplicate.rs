//! A registry of duplicate keys, row by row.

use std::sync::Mutex;
use std::time::Duration;

use crate::keys::{Fixture, Got};
use crate::support::{pass, took};

#[tokio::test]
async fn reg_2_a_duplicate_key_has_many_entries() {
    for partitions in [1, 8] {
        let fixture = Fixture::with_partitions(partitions);
        let (ann, bob) = (fixture.owner().await, fixture.owner().await);
        for (owner, value) in [(&ann, 1), (&bob, 2), (&ann, 3)] {
            assert_eq!(owner.subscribe("news", value).await, Ok(Got::It));
        }
        assert_eq!(fixture.topics.len(), 3);
        assert_eq!(fixture.topics.keys_of(&ann), ["news", "news"], "keys repeat");
        assert_eq!(fixture.topics.keys_of(&bob), ["news"]);
        assert_eq!(fixture.topics.values(&"news", &ann), [1, 3]);
        let mut values: Vec<_> =
            fixture.topics.lookup(&"news").into_iter().map(|(_, value)| value).collect();
        values.sort_unstable();
        assert_eq!(values, [1, 2, 3]);
    }
}

#[tokio::test]
async fn reg_2_a_server_leaves_with_all_its_entries() {
    for partitions in [1, 8] {
        let fixture = Fixture::with_partitions(partitions);
        let (ann, bob) = (fixture.owner().await, fixture.owner().await);
        for (owner, value) in [(&ann, 1), (&bob, 2), (&ann, 3), (&ann, 5)] {
            assert_eq!(owner.subscribe("news", value).await, Ok(Got::It));
        }
        assert_eq!(ann.unsubscribe_less("news", 3).await, Ok(1));
        assert_eq!(fixture.topics.values(&"news", &ann), [3, 5]);
        assert_eq!(ann.unsubscribe("news").await, Ok(2));
        assert_eq!(ann.unsubscribe("news").await, Ok(0));
        assert_eq!(fixture.topics.values(&"news", &bob), [2]);
        assert!(fixture.topics.keys_of(&ann).is_empty());
    }
}

#[tokio::test]
async fn an_entry_under_a_duplicate_key_holds_nobody() {
    let fixture = Fixture::new();
    let owner = fixture.owner().await;
    assert_eq!(owner.subscribe("news", 1).await, Ok(Got::It));
    drop(owner);
    assert!(fixture.topics.is_empty());
}

#[tokio::test]
async fn reg_11_dispatch_goes_once_through_each_partition() {
    for partitions in [1, 4] {
        let fixture = Fixture::with_partitions(partitions);
        let mut owners = Vec::new();
        // Other tests start servers between these: enough of them that each partition has some.
        for value in 0..64 {
            let owner = fixture.owner().await;
            assert_eq!(owner.subscribe("news", value).await, Ok(Got::It));
            owners.push(owner);
        }
        let (mut calls, mut values) = (0, Vec::new());
        let told = fixture.topics.dispatch(&"news", |entries| {
            calls += 1;
            values.extend(entries.into_iter().map(|(_, value)| value));
        });
        values.sort_unstable();
        assert_eq!((told, values), (64, (0..64).collect::<Vec<_>>()));
        assert_eq!(calls, partitions, "so many servers are in all of them");
        assert_eq!(fixture.topics.dispatch(&"nobody's", |_| panic!("never called for none")), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn reg_11_partitions_are_told_at_the_same_time() {
    let fixture = Fixture::with_partitions(4);
    let mut owners = Vec::new();
    for value in 0..8 {
        let owner = fixture.owner().await;
        assert_eq!(owner.subscribe("news", value).await, Ok(Got::It));
        owners.push(owner);
    }
    let (began, values) = (tokio::time::Instant::now(), Mutex::new(Vec::new()));
    let told = fixture.topics.dispatch_concurrently(&"news", |entries| {
        let values = &values;
        async move {
            pass(Duration::from_millis(100)).await;
            let mut values = values.lock().expect("nothing panics under it");
            values.extend(entries.into_iter().map(|(_, value)| value));
        }
    });
    assert_eq!(told.await, 8);
    took(began, Duration::from_millis(100));
    let mut values = values.into_inner().expect("nothing panics under it");
    values.sort_unstable();
    assert_eq!(values, (0..8).collect::<Vec<_>>());
    let nobody = fixture.topics.dispatch_concurrently(&"nobody's", |_| async {
        panic!("never called for none");
    });
    assert_eq!(nobody.await, 0);
}

#[tokio::test]
async fn many_subscribers_of_one_key_come_and_go() {
    let fixture = Fixture::with_partitions(2);
    let mut owners = Vec::new();
    for value in 0..1_000 {
        let owner = fixture.owner().await;
        assert_eq!(owner.subscribe("news", value).await, Ok(Got::It));
        owners.push(owner);
    }
    assert_eq!(fixture.topics.len(), 1_000);
    // From the first on, from the last on, and from the middle.
    owners.drain(..100);
    owners.truncate(800);
    owners.drain(300..500);
    assert_eq!(fixture.topics.len(), 600);
    assert_eq!(fixture.topics.count_matching(&"news", |value| *value < 100), 0);
    assert_eq!(fixture.topics.dispatch(&"news", drop), 600);
    drop(owners);
    assert!(fixture.topics.is_empty() && fixture.topics.lookup(&"news").is_empty());
}
