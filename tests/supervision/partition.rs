//! A server in several copies: which of them a key reaches, and when there are how many.

use std::thread::available_parallelism;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{
    ChildPhase, Client, ControlError, PartitionSupervisor, ResizeError, ServerId, SupervisorError,
};

use crate::crew::{Begins, Birth};
use crate::guest::{Guest, GuestClient, Leaving};
use crate::support::{Journal, settle};

type Guests = PartitionSupervisor<GuestClient, std::convert::Infallible>;

/// Guests that are named by their partition.
fn guests(journal: &Journal) -> Guests {
    let journal = journal.clone();
    PartitionSupervisor::new(move |partition| {
        Guest::start(journal.clone(), partition.to_string(), Leaving::AtOnce)
    })
}

/// The partition that a client reaches.
async fn reached(client: GuestClient) -> Result<usize, ServerError> {
    client.name().await.map(|name| name.parse().expect("it is named by its number"))
}

/// The incarnations, in the order of the partitions.
fn ids(guests: &Guests) -> Vec<ServerId> {
    guests.clients().iter().map(|client| client.id().expect("it runs")).collect()
}

#[tokio::test(start_paused = true)]
async fn ps_1_there_are_as_many_partitions_as_cores() {
    let guests = guests(&Journal::new());
    assert!(guests.is_empty());
    let supervisor = guests.start().await.expect("they start");
    let cores = available_parallelism().map_or(1, usize::from);
    assert_eq!(guests.len(), cores);
    assert_eq!(supervisor.count_children().await.expect("it runs").active, cores);
}

#[tokio::test(start_paused = true)]
async fn ps_1_partitions_are_children_with_their_numbers_as_ids() {
    let guests = guests(&Journal::new()).partitions(3);
    let supervisor = guests.start().await.expect("they start");
    let children = supervisor.which_children().await.expect("it runs");
    let told: Vec<_> =
        children.iter().rev().map(|child| (child.id.as_deref(), child.phase)).collect();
    let ids = ids(&guests);
    let expected: Vec<_> = [Some("0"), Some("1"), Some("2")]
        .into_iter()
        .zip(ids.into_iter().map(ChildPhase::Running))
        .collect();
    assert_eq!(told, expected);
    let counts = supervisor.count_children().await.expect("it runs");
    assert_eq!((counts.specs, counts.active, counts.supervisors, counts.workers), (3, 3, 0, 3));
}

#[tokio::test(start_paused = true)]
async fn ps_1_a_partition_may_be_a_supervisor() {
    let journal = Journal::new();
    let wings = PartitionSupervisor::new(|_| Supervisor::one_for_one()).partitions(2);
    let supervisor = wings.start().await.expect("they start");
    let counts = supervisor.count_children().await.expect("it runs");
    assert_eq!((counts.supervisors, counts.workers), (2, 0));
    let wing = wings.at(1);
    let make = crate::guest::guest(&journal, "ada", Leaving::AtOnce);
    let ada = wing.start_child("ada", make).await.expect("it starts");
    assert_eq!(ada.name().await, Ok("ada".into()));
    assert_eq!(wings.at(0).count_children().await.expect("it runs").active, 0);
    supervisor.stop().await.expect("it stops");
    journal.holds(&["+ada", "-ada shutdown"]);
}

#[tokio::test(start_paused = true)]
async fn ps_2_a_number_belongs_to_its_remainder_without_sign() {
    let guests = guests(&Journal::new()).partitions(3);
    let _supervisor = guests.start().await.expect("they start");
    let belongs = [(0, 0), (1, 1), (2, 2), (3, 0), (-1, 1), (-3, 0), (-5, 2)];
    for (number, partition) in belongs {
        assert_eq!(reached(guests.at(number)).await, Ok(partition), "{number}");
    }
    // 2^63 leaves 2, and nothing overflows.
    assert_eq!(reached(guests.at(i64::MIN)).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn ps_2_equal_keys_belong_to_the_same_partition_and_keys_to_all_of_them() {
    let guests = guests(&Journal::new()).partitions(3);
    let _supervisor = guests.start().await.expect("they start");
    let mut count = [0; 3];
    for number in 0..300 {
        let key = format!("user-{number}");
        let partition = reached(guests.of(&key)).await.expect("it runs");
        // Whatever it is borrowed as, and whoever asks.
        assert_eq!(reached(guests.of(key.as_str())).await, Ok(partition));
        assert_eq!(reached(guests.clone().of(&*key)).await, Ok(partition));
        count[partition] += 1;
    }
    assert!(count.iter().all(|&keys| keys > 50), "{count:?}");
}

#[tokio::test(start_paused = true)]
async fn ps_2_another_table_of_as_many_gives_a_key_the_same_number() {
    let first = guests(&Journal::new()).partitions(5);
    let second = guests(&Journal::new()).partitions(5);
    let _first = first.start().await.expect("they start");
    let _second = second.start().await.expect("they start");
    for key in ["ada", "bob", "eve"] {
        assert_eq!(reached(first.of(key)).await, reached(second.of(key)).await);
    }
}

#[tokio::test(start_paused = true)]
async fn ps_3_a_partition_is_started_with_its_number_at_restarts_too() {
    let journal = Journal::new();
    let guests = guests(&journal).partitions(2);
    let _supervisor = guests.start().await.expect("they start");
    journal.holds(&["+0", "+1"]);
    let one = guests.at(1);
    one.boom().await.expect_err("it panics");
    assert_eq!(reached(one).await, Ok(1));
    assert_eq!((journal.count("+0"), journal.count("+1")), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn ps_4_partitions_are_stopped_and_started_again() {
    let journal = Journal::new();
    let guests = guests(&journal).partitions(4);
    let supervisor = guests.start().await.expect("they start");
    let before = ids(&guests);
    assert_eq!(guests.resize(2).await, Ok(4));
    let mut lines = journal.lines().split_off(4);
    assert_eq!(lines, ["-3 shutdown", "-2 shutdown"]);
    assert_eq!((guests.len(), ids(&guests)), (2, before[..2].to_vec()));
    assert_eq!(reached(guests.at(3)).await, Ok(1), "of two");
    let counts = supervisor.count_children().await.expect("it runs");
    assert_eq!((counts.specs, counts.active), (4, 2));

    assert_eq!(guests.resize(4).await, Ok(2));
    lines = journal.lines().split_off(6);
    assert_eq!(lines, ["+2", "+3"]);
    assert_eq!(reached(guests.at(3)).await, Ok(3));
    assert_eq!(guests.resize(4).await, Ok(4), "as many as there are");
    assert_eq!(ids(&guests)[..2], before[..2]);
}

#[tokio::test(start_paused = true)]
async fn ps_4_there_may_be_none_for_a_while_and_never_more_than_it_was_made_for() {
    let guests = guests(&Journal::new()).partitions(2);
    let nobody = ControlError::Supervisor(ServerError::NotRunning);
    assert_eq!(guests.resize(1).await, Err(ResizeError::Control(nobody)), "not started");
    let _supervisor = guests.start().await.expect("they start");
    let (by_key, by_number) = (guests.of("ada"), guests.at(1));
    assert_eq!(guests.resize(0).await, Ok(2));
    assert!(guests.is_empty() && guests.clients().is_empty());
    assert_eq!(reached(by_key.clone()).await, Err(ServerError::NotRunning));
    assert_eq!(reached(by_number.clone()).await, Err(ServerError::NotRunning));
    assert_eq!(guests.resize(3).await, Err(ResizeError::TooMany { partitions_max: 2 }));
    assert_eq!(guests.resize(2).await, Ok(0));
    assert!(reached(by_key).await.is_ok());
    assert_eq!(reached(by_number).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn ps_4_of_two_who_change_the_number_the_later_one_has_it() {
    let guests = guests(&Journal::new()).partitions(4);
    let supervisor = guests.start().await.expect("they start");
    let (fewer, more) = tokio::join!(guests.resize(1), guests.resize(3));
    assert_eq!((fewer, more), (Ok(4), Ok(1)));
    assert_eq!(guests.len(), 3);
    assert_eq!(supervisor.count_children().await.expect("it runs").active, 3);
    for number in 0..3 {
        assert_eq!(reached(guests.at(number)).await, Ok(usize::try_from(number).expect("small")));
    }
}

#[test]
fn ps_5_none_at_all_is_refused_when_it_is_said() {
    let none = std::panic::catch_unwind(|| guests(&Journal::new()).partitions(0));
    let payload = none.expect_err("it panics");
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"there is at least one partition"));
}

#[tokio::test(start_paused = true)]
async fn ps_5_a_partition_that_does_not_start_is_an_error_and_the_others_are_stopped() {
    let births = PartitionSupervisor::new(|partition| {
        Birth::start(if partition == 2 { Begins::Fail } else { Begins::Ready })
            .name(format!("birth-{partition}"))
    });
    let failed = births.partitions(4).start().await;
    let Err(StartError::Init(SupervisorError::Child { id, .. })) = failed else {
        panic!("one fails: {failed:?}");
    };
    assert_eq!(&*id, "2");
    for partition in 0..4 {
        let name = format!("birth-{partition}");
        assert!(!crate::crew::BirthClient::named(name).is_running());
    }
    let senseless = guests(&Journal::new()).intensity(1, Duration::ZERO).start().await;
    assert!(matches!(senseless, Err(StartError::Init(SupervisorError::Spec(_)))), "{senseless:?}");
}

#[tokio::test(start_paused = true)]
async fn ps_6_all_partitions_have_ended_when_stop_returns() {
    let journal = Journal::new();
    let guests = guests(&journal).partitions(2);
    let supervisor = guests.start().name("guests").await.expect("they start");
    let again = guests.start().name("guests").await;
    assert!(matches!(again, Err(StartError::AlreadyStarted(_))), "{again:?}");
    // It lives by its name.
    drop(supervisor);
    settle().await;
    assert_eq!(reached(guests.at(1)).await, Ok(1));
    Supervisor::named("guests").stop().await.expect("it runs");
    assert_eq!(journal.lines().split_off(2), ["-1 shutdown", "-0 shutdown"]);
    assert_eq!(reached(guests.at(1)).await, Err(ServerError::NotRunning));
    assert_eq!(Supervisor::named("guests").stop().await, Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn ps_6_nobody_is_reached_after_the_end_and_the_next_ones_after_a_restart() {
    let journal = Journal::new();
    let guests = guests(&journal).partitions(2);
    let starts = guests.clone();
    let root = Supervisor::one_for_one().child("guests", move || starts.start()).await;
    let root = root.expect("its child starts");
    let (client, before) = (guests.of("ada"), ids(&guests));
    let partition = reached(client.clone()).await;
    assert_eq!(guests.resize(1).await, Ok(2));

    root.terminate_child("guests").await.expect("it is there");
    assert_eq!(reached(client.clone()).await, Err(ServerError::NotRunning));
    let nobody = ControlError::Supervisor(ServerError::NotRunning);
    assert_eq!(guests.resize(2).await, Err(ResizeError::Control(nobody)));

    root.restart_child("guests").await.expect("it starts");
    // All of them, as it was made.
    assert_eq!(guests.len(), 2);
    assert_eq!(reached(client.clone()).await, partition);
    assert!(ids(&guests).iter().all(|id| !before.contains(id)));
    assert_eq!(guests.resize(1).await, Ok(2));

    // Too many restarts of partitions end their supervisor; the one above starts all of them anew.
    for _ in 0..4 {
        guests.at(0).boom().await.expect_err("it panics");
        guests.at(0).name().await.ok();
    }
    for _ in 0..3 {
        root.sync().await.expect("it runs");
        settle().await;
    }
    assert_eq!(guests.len(), 2);
    assert_eq!(reached(client).await, partition);
    root.stop().await.expect("it stops");
}
