//! A suspended server and what goes on by itself: timers, idleness, continued messages.

use std::time::Duration;

use genserver_runtime::Activity;
use genserver_runtime::prelude::*;

use crate::servers::{Word, probe};
use crate::support::{Gate, Journal, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn sys_1_timers_go_on_and_what_they_send_waits() {
    let (client, journal) = probe().await;
    client.sys().suspend().await.expect("it runs");
    drop(client.send_after(SECOND, Word("tick")).expect("it runs"));
    pass(2 * SECOND).await;
    journal.holds(&[]);
    assert_eq!(client.sys().get_status().expect("it runs").mailbox.now, 1);
    client.sys().resume().await.expect("it runs");
    client.sync().await.expect("it runs");
    journal.holds(&["tick"]);
}

/// Notes that nothing came for 10 s.
struct Sitter {
    journal: Journal,
}

#[genserver(hibernate_after = "20s")]
impl Sitter {
    #[idle("10s")]
    fn rest(&mut self) {
        self.journal.note("idle");
    }
}

#[tokio::test(start_paused = true)]
async fn sys_1_an_idle_time_out_begins_anew_when_the_server_is_resumed() {
    let journal = Journal::new();
    let sitter = Sitter::start(Sitter { journal: journal.clone() }).await.expect("it starts");
    pass(9 * SECOND).await;
    sitter.sys().suspend().await.expect("it runs");
    pass(60 * SECOND).await;
    assert_eq!(sitter.sys().get_status().expect("it runs").activity, Activity::Suspended);
    sitter.sys().resume().await.expect("it runs");
    pass(9 * SECOND).await;
    journal.holds(&[]);
    pass(2 * SECOND).await;
    journal.holds(&["idle"]);
}

/// Looking at a server that sleeps wakes it for a moment only.
#[tokio::test(start_paused = true)]
async fn sys_4_a_server_that_hibernates_can_be_suspended_and_shown() {
    let journal = Journal::new();
    let sitter = Sitter::start(Sitter { journal: journal.clone() }).await.expect("it starts");
    pass(31 * SECOND).await;
    let activity = || sitter.sys().get_status().expect("it runs").activity;
    assert_eq!(activity(), Activity::Hibernating);
    sitter.sys().format_state(9).await.expect_err("it has no `Debug`");
    settle().await;
    assert_eq!(activity(), Activity::Hibernating);
    sitter.sys().suspend().await.expect("it runs");
    settle().await;
    assert_eq!(activity(), Activity::Suspended);
    sitter.sys().resume().await.expect("it runs");
    settle().await;
    assert_eq!(activity(), Activity::Hibernating);
    journal.holds(&["idle"]);
}

/// Continues with one message after the other.
struct Chain {
    journal: Journal,
}

struct First(Gate);
struct Last;

#[genserver]
impl Chain {
    #[call]
    fn begin(&mut self, cx: &mut Cx<Self>, gate: Gate) {
        cx.continue_with(First(gate));
    }

    #[continued]
    async fn first(&mut self, cx: &mut Cx<Self>, first: First) {
        first.0.pass().await;
        cx.continue_with(Last);
    }

    #[continued]
    fn last(&mut self, _: Last) {
        self.journal.note("last");
    }
}

#[tokio::test(start_paused = true)]
async fn sys_1_what_a_handler_continues_with_comes_before_the_suspension() {
    let (journal, gate) = (Journal::new(), Gate::new());
    let chain = Chain::start(Chain { journal: journal.clone() }).await.expect("it starts");
    chain.begin(gate.clone()).await.expect("it runs");
    gate.reached().await;
    let suspend = chain.sys().suspend();
    settle().await;
    gate.open();
    suspend.await.expect("it runs");
    journal.holds(&["last"]);
    assert_eq!(chain.sys().get_status().expect("it runs").activity, Activity::Suspended);
}
