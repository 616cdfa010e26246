//! Very many children: a process of its own, so that no other test shares its time, and the identities
//! that it uses up.
#![allow(missing_docs, reason = "a server of the test's own")]

use genserver_runtime::DynamicSupervisor;
use genserver_runtime::prelude::*;

const CHILDREN: usize = 20_000;

/// Comes and goes.
pub struct Visitor;

#[genserver(restart = temporary)]
impl Visitor {
    #[call]
    pub fn leave(&self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[call]
    pub fn is_there(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn dyn_14_tens_of_thousands_of_children_come_and_go() {
    let hotel = DynamicSupervisor::new().await.expect("it starts");
    let active = async || hotel.count_children().await.map(|counts| counts.active);
    let mut visitors = Vec::new();
    for _ in 0..CHILDREN {
        let visitor = hotel.start_child(|| Visitor::start(Visitor)).await.expect("it starts");
        visitors.push(visitor);
    }
    assert_eq!(active().await, Ok(CHILDREN));
    // Half of them leave by themselves, from the oldest on; a quarter is asked to, from the youngest.
    for visitor in &visitors[..CHILDREN / 2] {
        visitor.leave().await.expect("it replies first");
    }
    for visitor in visitors[CHILDREN / 4 * 3..].iter().rev() {
        hotel.terminate_child(visitor).await.expect("it is there");
    }
    assert_eq!(active().await, Ok(CHILDREN / 4));
    for (number, visitor) in visitors.iter().enumerate() {
        let stays = (CHILDREN / 2..CHILDREN / 4 * 3).contains(&number);
        assert_eq!(visitor.is_there().await.is_ok(), stays, "{number}");
    }
    hotel.stop().await.expect("it stops");
    assert!(visitors.iter().all(|visitor| !visitor.is_running()));
}
