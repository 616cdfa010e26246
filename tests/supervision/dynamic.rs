//! Children without ids: how they start, are started again, and are forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{
    ChildError, ChildPhase, ChildSpec, ControlError, DynamicSupervisor, Restart, SpecError,
};

use crate::crew::{Begins, Birth, BirthClient};
use crate::guest::{Guest, GuestClient, Leaving, guest};
use crate::support::{Journal, panicked};

pub async fn hotel() -> DynamicSupervisor {
    DynamicSupervisor::new().await.expect("it has no children that could fail")
}

/// How many children there are, and how many of them run.
pub async fn counted<X: Send + Sync + 'static>(hotel: &DynamicSupervisor<X>) -> (usize, usize) {
    let counts = hotel.count_children().await.expect("it runs");
    (counts.workers + counts.supervisors, counts.active)
}

/// Waits until a supervisor has seen to what it was told, and to what it told itself by that.
async fn seen_to(hotel: &DynamicSupervisor) {
    for _ in 0..2 {
        hotel.sync().await.expect("it runs");
    }
}

fn checked_in(restart: Restart, journal: &Journal, name: &str) -> ChildSpec<GuestClient, Never> {
    ChildSpec::dynamic(guest(journal, name, Leaving::AtOnce)).restart(restart)
}

type Never = std::convert::Infallible;

#[tokio::test(start_paused = true)]
async fn dyn_1_what_a_start_comes_to_reaches_whoever_asked() {
    let hotel = hotel().await;
    let birth = |how| hotel.start_child(move || Birth::start(how));
    let child = birth(Begins::Ready).await.expect("it starts");
    assert_eq!(child.ping().await, Ok(7));
    assert!(matches!(birth(Begins::Ignore).await, Err(ChildError::Start(StartError::Ignored))));
    for (how, why) in [(Begins::Fail, "fail"), (Begins::Stop, "stop")] {
        match birth(how).await {
            Err(ChildError::Start(StartError::Init(error))) => assert_eq!(error, why),
            other => panic!("init fails: {other:?}"),
        }
    }
    match birth(Begins::Panic).await {
        Err(ChildError::Start(StartError::Panic(panic))) => {
            assert_eq!((panic.handler(), panic.message()), ("init", "stillborn"));
        }
        other => panic!("init panics: {other:?}"),
    }
    assert_eq!(counted(&hotel).await, (1, 1));
}

#[tokio::test(start_paused = true)]
async fn dyn_1_a_start_may_give_something_more() {
    let hotel = hotel().await;
    let journal = Journal::new();
    let start = move || {
        let guest = Guest::start(journal.clone(), "ada".into(), Leaving::AtOnce);
        async move { guest.await.map(|client| (client, "room 7")) }
    };
    let (ada, room) = hotel.start_child(start).await.expect("it starts");
    assert_eq!((ada.name().await, room), (Ok("ada".into()), "room 7"));
    let before = ada.id();
    ada.boom().await.expect_err("it panics");
    assert_eq!(ada.name().await, Ok("ada".into()));
    assert_ne!(ada.id(), before);
}

#[tokio::test(start_paused = true)]
async fn dyn_1_a_start_that_panics_before_it_is_awaited_is_told_too() {
    let hotel = hotel().await;
    let start = || -> genserver_runtime::Start<Birth, BirthClient, (Begins,), &'static str> {
        panic!("expected: no room")
    };
    match hotel.start_child(start).await {
        Err(ChildError::Start(StartError::Panic(panic))) => {
            assert_eq!(panic.message(), "expected: no room");
        }
        other => panic!("the closure panics: {other:?}"),
    }
    assert_eq!(counted(&hotel).await, (0, 0));
}

#[tokio::test(start_paused = true)]
async fn dyn_1_there_are_as_many_children_as_there_may_be() {
    let hotel = DynamicSupervisor::new().children_max(1).await.expect("it starts");
    let journal = Journal::new();
    let ada = hotel.start_child(guest(&journal, "ada", Leaving::AtOnce)).await.expect("it starts");
    let second = hotel.start_child(guest(&journal, "bob", Leaving::AtOnce)).await;
    assert!(matches!(second, Err(ChildError::MaxChildren(1))));
    hotel.terminate_child(&ada).await.expect("it is there");
    let _bob =
        hotel.start_child(guest(&journal, "bob", Leaving::AtOnce)).await.expect("there is room");
    journal.holds(&["+ada", "-ada shutdown", "+bob"]);
}

#[tokio::test(start_paused = true)]
async fn dyn_3_what_all_are_started_with_is_there_at_restarts_too() {
    let hotel = DynamicSupervisor::new().extra("grand".to_owned()).await.expect("it starts");
    let journal = Journal::new();
    let noted = journal.clone();
    let start =
        move |house: &String| Guest::start(noted.clone(), format!("{house}/ada"), Leaving::AtOnce);
    let ada = hotel.start_child_with(start).await.expect("it starts");
    assert_eq!(ada.name().await, Ok("grand/ada".into()));
    ada.boom().await.expect_err("it panics");
    assert_eq!(ada.name().await, Ok("grand/ada".into()));
    assert_eq!(journal.count("+grand/ada"), 2);
}

#[tokio::test(start_paused = true)]
async fn dyn_3_by_name_and_of_another_type_nothing_is_started() {
    let hotel = DynamicSupervisor::new().extra(7_u32).name("hotel").await.expect("it starts");
    let mistaken = DynamicSupervisor::<String>::named("hotel");
    let start = |_: &String| Birth::start(Begins::Ready);
    let refused = mistaken.start_child_with(start).await;
    assert!(matches!(refused, Err(ChildError::NoChild(_))), "{refused:?}");
    assert_eq!(counted(&hotel).await, (0, 0));
}

/// What became of a guest that ended so: whether it is there again, and what the supervisor counts.
async fn after(restart: Restart, end: Option<ExitReason>) -> (usize, usize) {
    let hotel = hotel().await;
    let journal = Journal::new();
    let ada = hotel.start(checked_in(restart, &journal, "ada")).await.expect("it starts");
    match end {
        Some(reason) => drop(ada.quit(reason).await),
        None => drop(ada.boom().await),
    }
    seen_to(&hotel).await;
    let counted = counted(&hotel).await;
    assert_eq!(journal.count("+ada"), 1 + counted.1);
    assert_eq!(ada.name().await.is_ok(), counted.1 == 1);
    counted
}

#[tokio::test(start_paused = true)]
async fn dyn_4_a_permanent_child_is_restarted_whatever_its_end_was() {
    for end in [Some(ExitReason::Normal), Some(ExitReason::Shutdown), None] {
        assert_eq!(after(Restart::Permanent, end).await, (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn dyn_4_a_transient_child_is_restarted_after_a_crash_and_forgotten_otherwise() {
    let moving = ExitReason::ShutdownWith("moving".into());
    for end in [ExitReason::Normal, ExitReason::Shutdown, moving] {
        assert_eq!(after(Restart::Transient, Some(end)).await, (0, 0));
    }
    let crashes = [None, Some(ExitReason::Killed), Some(ExitReason::Other("rent".into()))];
    for end in crashes {
        assert_eq!(after(Restart::Transient, end).await, (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn dyn_4_a_temporary_child_is_forgotten_whatever_its_end_was() {
    for end in [Some(ExitReason::Normal), Some(ExitReason::Killed), None] {
        assert_eq!(after(Restart::Temporary, end).await, (0, 0));
    }
}

/// A child that starts at first, and as `then` says each time after: the last of them for good.
async fn reborn(hotel: &DynamicSupervisor, then: &'static [Begins]) -> BirthClient {
    let turn = Arc::new(AtomicUsize::new(0));
    let start = move || {
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let how = turn.checked_sub(1).map(|turn| then.get(turn).or(then.last()));
        Birth::start(how.flatten().copied().unwrap_or(Begins::Ready))
    };
    hotel.start_child(start).await.expect("it starts at first")
}

#[tokio::test(start_paused = true)]
async fn dyn_5_a_child_that_is_not_to_start_again_is_forgotten() {
    let hotel = hotel().await;
    let child = reborn(&hotel, &[Begins::Ignore]).await;
    child.kill().await.expect("it runs");
    seen_to(&hotel).await;
    assert_eq!(counted(&hotel).await, (0, 0));
    assert_eq!(child.ping().await, Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn dyn_5_a_child_that_fails_to_start_again_is_tried_again() {
    let hotel = DynamicSupervisor::new().intensity(9, Duration::from_secs(5)).await;
    let hotel = hotel.expect("it starts");
    let child = reborn(&hotel, &[Begins::Fail, Begins::Panic, Begins::Ready]).await;
    let before = child.id();
    child.kill().await.expect("it runs");
    // This call waits through the attempts that fail.
    assert_eq!(child.ping().await, Ok(7));
    assert_ne!(child.id(), before);
    assert_eq!(counted(&hotel).await, (1, 1));
    let info = hotel.which_children().await.expect("it runs").remove(0);
    assert_eq!(info.restarts, 1);
}

#[tokio::test(start_paused = true)]
async fn dyn_5_between_two_attempts_it_is_being_restarted() {
    let backoff = genserver_runtime::Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
    let hotel = DynamicSupervisor::new().backoff(backoff).await.expect("it starts");
    let child = reborn(&hotel, &[Begins::Fail]).await;
    child.kill().await.expect("it runs");
    seen_to(&hotel).await;
    let info = hotel.which_children().await.expect("it runs").remove(0);
    assert_eq!(info.phase, ChildPhase::Restarting);
    assert_eq!(counted(&hotel).await, (1, 0));
}

#[tokio::test(start_paused = true)]
async fn dyn_6_too_many_restarts_of_all_children_together_end_the_supervisor() {
    let hotel = DynamicSupervisor::new().intensity(1, Duration::from_secs(5)).await;
    let hotel = hotel.expect("it starts");
    let journal = Journal::new();
    let ada = hotel.start_child(guest(&journal, "ada", Leaving::AtOnce)).await.expect("it starts");
    let bob = hotel.start_child(guest(&journal, "bob", Leaving::AtOnce)).await.expect("it starts");
    let ended = hotel.monitor();
    ada.boom().await.expect_err("it panics");
    ada.name().await.expect("it is there again");
    // The window slides: what is longer ago than that does not count.
    tokio::time::advance(Duration::from_secs(6)).await;
    ada.boom().await.expect_err("it panics");
    ada.name().await.expect("it is there again");
    bob.boom().await.expect_err("it panics");
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    assert_eq!(ada.name().await, Err(ServerError::NotRunning));
    assert_eq!(bob.name().await, Err(ServerError::NotRunning));
    assert_eq!(journal.lines().last().map(String::as_str), Some("-ada shutdown"));
}

#[tokio::test(start_paused = true)]
async fn dyn_9_a_child_is_terminated_once_and_a_stranger_never() {
    let hotel = hotel().await;
    let journal = Journal::new();
    let ada = hotel.start_child(guest(&journal, "ada", Leaving::AtOnce)).await.expect("it starts");
    let ended = ada.monitor();
    assert_eq!(hotel.terminate_child(&ada).await, Ok(()));
    assert_eq!(ended.await.reason, ExitReason::Shutdown);
    assert_eq!(hotel.terminate_child(&ada).await, Err(ControlError::NotFound));
    journal.holds(&["+ada", "-ada shutdown"]);

    let other = DynamicSupervisor::new().await.expect("it starts");
    let strangers = [
        other.start_child(guest(&journal, "eve", Leaving::AtOnce)).await.expect("it starts"),
        guest(&journal, "mal", Leaving::AtOnce)().await.expect("it starts"),
    ];
    for stranger in strangers {
        assert_eq!(hotel.terminate_child(&stranger).await, Err(ControlError::NotFound));
        assert!(stranger.name().await.is_ok(), "it is not touched");
    }
    hotel.stop().await.expect("it stops");
    let gone = hotel.terminate_child(&ada).await;
    assert_eq!(gone, Err(ControlError::Supervisor(ServerError::NotRunning)));
}

#[tokio::test(start_paused = true)]
async fn dyn_9_a_child_that_is_being_restarted_is_terminated_by_its_old_client() {
    let backoff = genserver_runtime::Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
    let hotel = DynamicSupervisor::new().backoff(backoff).await.expect("it starts");
    let child = reborn(&hotel, &[Begins::Fail]).await;
    child.kill().await.expect("it runs");
    seen_to(&hotel).await;
    assert_eq!(counted(&hotel).await, (1, 0));
    assert_eq!(hotel.terminate_child(&child).await, Ok(()));
    assert_eq!(counted(&hotel).await, (0, 0));
    assert_eq!(child.ping().await, Err(ServerError::NotRunning));
    // The attempt that was under way finds nobody.
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(counted(&hotel).await, (0, 0));
}

#[tokio::test(start_paused = true)]
async fn dyn_9_a_child_that_has_just_ended_is_terminated_for_good() {
    let hotel = hotel().await;
    let journal = Journal::new();
    let ada = hotel.start_child(guest(&journal, "ada", Leaving::AtOnce)).await.expect("it starts");
    assert_eq!(panicked(ada.boom().await).message(), "expected: boom");
    assert_eq!(hotel.terminate_child(&ada).await, Ok(()));
    assert_eq!(counted(&hotel).await, (0, 0));
    assert_eq!(ada.name().await, Err(ServerError::NotRunning));
}

#[tokio::test(start_paused = true)]
async fn dyn_10_no_child_is_significant() {
    let hotel = hotel().await;
    let journal = Journal::new();
    for restart in [Restart::Permanent, Restart::Transient, Restart::Temporary] {
        let spec = checked_in(restart, &journal, "ada").significant();
        let refused = hotel.start(spec).await;
        let Err(ChildError::Spec(SpecError::BadCombination { restart: told, .. })) = refused else {
            panic!("it is refused: {refused:?}");
        };
        assert_eq!(told, restart);
    }
    journal.holds(&[]);
    assert_eq!(counted(&hotel).await, (0, 0));
}

#[tokio::test(start_paused = true)]
async fn dyn_11_children_have_no_ids_and_are_counted_by_their_kind() {
    let hotel = hotel().await;
    let journal = Journal::new();
    // An id that is given all the same is dropped.
    let named = ChildSpec::new("ada", guest(&journal, "ada", Leaving::AtOnce));
    let ada = hotel.start(named).await.expect("it starts");
    let _bob =
        hotel.start(checked_in(Restart::Temporary, &journal, "bob")).await.expect("it starts");
    let wing = hotel.start_child(Supervisor::one_for_one).await.expect("it starts");
    let children = hotel.which_children().await.expect("it runs");
    assert!(children.iter().all(|child| child.id.is_none()));
    let told: Vec<_> =
        children.iter().map(|child| (child.server, child.supervisor, child.restart)).collect();
    assert_eq!(
        told,
        [
            ("Supervisor", true, Restart::Permanent),
            ("Guest", false, Restart::Temporary),
            ("Guest", false, Restart::Permanent),
        ]
    );
    let id = ada.id().expect("it runs");
    assert_eq!(children[2].phase, ChildPhase::Running(id));
    let counts = hotel.count_children().await.expect("it runs");
    assert_eq!((counts.specs, counts.active, counts.supervisors, counts.workers), (1, 3, 1, 2));
    ada.quit(ExitReason::Normal).await.expect("it replies first");
    ada.name().await.expect("it is there again");
    drop(wing);
    assert_eq!(counted(&hotel).await, (3, 3));
}
