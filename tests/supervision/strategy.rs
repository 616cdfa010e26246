//! Who is stopped and started when a child ended, and in which order.

use genserver_runtime::prelude::*;

use crate::child::{Child, ChildClient};
use crate::support::Journal;

#[tokio::test(start_paused = true)]
async fn sup_1_sup_2_children_start_in_order_and_stop_in_the_reverse_order() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one()
        .child("a", by(&journal, "a"))
        .child("b", by(&journal, "b"))
        .child("c", by(&journal, "c"))
        .await
        .expect("its children start");
    journal.holds(&["+a", "+b", "+c"]);
    supervisor.stop().await.expect("it stops");
    journal.holds(&["+a", "+b", "+c", "-c shutdown", "-b shutdown", "-a shutdown"]);
}

/// What starts a child of this name.
fn by(
    journal: &Journal,
    name: &'static str,
) -> impl FnMut() -> genserver_runtime::Start<
    Child,
    ChildClient,
    (Journal, &'static str),
    std::convert::Infallible,
> + Send
+ 'static {
    let journal = journal.clone();
    move || Child::start(journal.clone(), name).name(name)
}

#[tokio::test(start_paused = true)]
async fn sup_26_one_for_one_restarts_only_the_one_that_ended() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one()
        .child("a", by(&journal, "a"))
        .child("b", by(&journal, "b"))
        .await
        .expect("its children start");
    let (a, b) = (ChildClient::named("a"), ChildClient::named("b"));
    let (before, stays) = (a.id(), b.id());
    a.boom().await.expect_err("it panics");
    supervisor.sync().await.expect("it runs");
    supervisor.sync().await.expect("it runs");
    assert!(a.id().is_some() && a.id() != before);
    assert_eq!(b.id(), stays);
    journal.holds(&["+a", "+b", "-a `boom` panicked: expected: boom", "+a"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_of_a_child_follows_its_restarts() {
    let journal = Journal::new();
    let supervisor = Supervisor::one_for_one().await.expect("it starts");
    let child = supervisor.start_child("a", by(&journal, "a")).await.expect("it starts");
    assert_eq!(child.add(2).await, Ok(2));
    child.boom().await.expect_err("it panics");
    assert_eq!(child.add(1).await, Ok(1));
    supervisor.terminate_child("a").await.expect("it is there");
    assert_eq!(child.add(1).await, Err(ServerError::NotRunning));
    supervisor.restart_child("a").await.expect("it starts");
    assert_eq!(child.add(1).await, Ok(1));
}
