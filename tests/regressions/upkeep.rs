//! What a handler wants done after it, who started whom, and full mailboxes with a priority.

use genserver_runtime::{Activity, ServerId, callers, prelude::*};

use crate::support::settle;

/// Notes what it does.
struct Keeper {
    done: Vec<&'static str>,
}

/// To be done after the handler.
struct After;

#[genserver(overflow = drop_oldest)]
impl Keeper {
    #[cast]
    fn poke(&mut self) {}

    #[cast(priority = high)]
    fn urge(&mut self) {
        self.done.push("urged");
    }

    #[call]
    fn go_on(&mut self, cx: &mut Cx<Self>) {
        self.done.push("called");
        cx.continue_with(After);
    }

    #[continued]
    fn after(&mut self, _: After) {
        self.done.push("continued");
    }

    #[call]
    fn sleep(&mut self, cx: &mut Cx<Self>) {
        cx.hibernate();
    }

    #[call]
    fn last(&mut self, cx: &mut Cx<Self>) {
        cx.continue_with(After);
        cx.stop(ExitReason::Normal);
    }

    #[hibernate]
    fn give_back(&mut self) {
        self.done.push("slept");
    }

    #[call]
    fn done(&self) -> Vec<&'static str> {
        self.done.clone()
    }
}

/// A server whose drain task is parked.
async fn parked() -> KeeperClient {
    let keeper = Keeper::start(Keeper { done: Vec::new() }).mailbox(2).await.expect("it starts");
    for _ in 0..3 {
        keeper.poke().await.expect("there is room");
        settle().await;
    }
    keeper
}

#[tokio::test(start_paused = true)]
async fn what_is_continued_with_is_handled_while_the_drain_task_is_parked() {
    let keeper = parked().await;
    keeper.go_on().await.expect("it runs");
    assert_eq!(keeper.done().await.expect("it runs"), ["called", "continued"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_hibernates_while_its_drain_task_is_parked() {
    let keeper = parked().await;
    keeper.sleep().await.expect("it runs");
    settle().await;
    let status = keeper.sys().get_status().expect("it runs");
    assert_eq!(status.activity, Activity::Hibernating);
    assert_eq!(keeper.done().await.expect("it runs"), ["slept"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_continued_with_at_the_end_is_counted() {
    let keeper = parked().await;
    keeper.last().await.expect("it replies");
    settle().await;
    assert_eq!(keeper.counters().dead, 1);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_is_dropped_among_those_of_a_priority_too() {
    let keeper = parked().await;
    for _ in 0..4 {
        keeper.urge().try_send().expect("the oldest makes room");
    }
    assert_eq!(keeper.counters().dropped, 2);
    settle().await;
    assert_eq!(keeper.done().await.expect("it runs"), ["urged", "urged"]);
}

/// Starts its successor from a task of its own.
struct Link;

#[genserver]
impl Link {
    #[call]
    fn next(&mut self, cx: &mut Cx<Self>, reply: ReplyTo<LinkClient>) {
        cx.spawn(async {
            let next = Link::start(Link).await.expect("it starts");
            let _ = reply.reply(next);
        });
    }

    #[call]
    fn known(&mut self, cx: &mut Cx<Self>, reply: ReplyTo<Vec<ServerId>>) {
        cx.spawn(async { drop(reply.reply(callers())) });
    }
}

#[tokio::test(start_paused = true)]
async fn servers_that_start_each_other_for_ever_know_the_nearest() {
    let mut link = Link::start(Link).await.expect("it starts");
    let mut ids = vec![link.id().expect("it runs")];
    for _ in 0..100 {
        link = link.next().await.expect("it runs");
        ids.push(link.id().expect("it runs"));
    }
    ids.reverse();
    assert_eq!(link.known().await.expect("it runs"), ids[..16]);
}
