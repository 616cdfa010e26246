//! Panics: caught, told, and the end of their server, never of anything else.

use genserver_runtime::prelude::*;
use genserver_runtime::{ExitReason, Panic};

use crate::servers::{ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, exited, not_running, panicked, settle};

/// The panic's handler and message.
#[track_caller]
fn is(panic: &Panic, handler: &str, message: &str) {
    assert_eq!((panic.handler(), panic.message()), (handler, message));
    assert_eq!(panic.to_string(), format!("`{handler}` panicked: {message}"));
}

/// The server has ended of its panic.
async fn is_gone(client: &ProbeClient, journal: &Journal, handler: &str) {
    journal.until("drop").await;
    not_running(client.note("late").await);
    let lines = journal.lines();
    let [.., terminate, drop] = &lines[..] else { panic!("it ended: {lines:?}") };
    assert!(terminate.starts_with(&format!("terminate: `{handler}` panicked")), "{lines:?}");
    assert_eq!(drop, "drop");
}

#[tokio::test]
async fn a_panic_in_a_call_is_told_to_its_caller() {
    let (client, journal) = probe().await;
    is(&panicked(client.boom("inline").await), "boom", "inline");
    is_gone(&client, &journal, "boom").await;

    let (client, journal) = probe().await;
    let sent = client.boom("queued").send().await.expect("there is room");
    is(&panicked(sent.await), "boom", "queued");
    is_gone(&client, &journal, "boom").await;
}

#[tokio::test]
async fn a_panic_in_a_cast_is_told_to_who_waits() {
    let (client, journal) = probe().await;
    client.burst("cast").await.expect("there is room");
    is(&panicked(client.note("never").await), "burst", "cast");
    is_gone(&client, &journal, "burst").await;
}

/// Panics in every kind of handler.
struct Bomb {
    journal: Journal,
}

struct Fuse;
struct Flame(&'static str);

#[genserver]
impl Bomb {
    #[init]
    fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[call]
    async fn slowly(&self, gate: Gate) {
        gate.pass().await;
        panic!("after a while");
    }

    #[call]
    fn with_value(&self) {
        std::panic::panic_any(7_u32);
    }

    #[info]
    fn on_fuse(&mut self, _fuse: Fuse) {
        panic!("lit");
    }

    #[info]
    async fn on_flame(&mut self, Flame(why): Flame) {
        tokio::task::yield_now().await;
        panic!("{why}");
    }

    #[call(blocking)]
    fn heavily(&self) -> u32 {
        panic!("on the pool")
    }

    /// Panics with the right to reply in its hands.
    #[call]
    fn deferred(&self, reply: ReplyTo<u32>) {
        let _held = reply;
        panic!("in my hands");
    }

    #[call]
    async fn deferred_slowly(&self, reply: ReplyTo<u32>) {
        tokio::task::yield_now().await;
        let _held = reply;
        panic!("later");
    }

    /// Panics after the reply.
    #[call]
    fn replied(&self, reply: ReplyTo<u32>) {
        reply.reply(1).expect("the caller waits");
        panic!("too late");
    }

    /// Panics, and somebody else has the right to reply.
    #[call]
    fn handed_on(&self, reply: ReplyTo<u32>, to: tokio::sync::oneshot::Sender<ReplyTo<u32>>) {
        to.send(reply).expect("the test waits for it");
        panic!("not mine");
    }

    #[call]
    fn echo(&self) -> u32 {
        1
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.journal.note(format!("terminate: {reason}"));
    }
}

async fn bomb() -> (BombClient, Journal) {
    let journal = Journal::new();
    (Bomb::start(journal.clone()).await.expect("its init cannot fail"), journal)
}

#[tokio::test]
async fn a_panic_after_an_await_is_told_to_its_caller() {
    for queued in [false, true] {
        let (client, journal) = bomb().await;
        let gate = Gate::new();
        gate.open();
        let outcome = if queued {
            client.slowly(gate).send().await.expect("there is room").await
        } else {
            client.slowly(gate).await
        };
        is(&panicked(outcome), "slowly", "after a while");
        journal.until("terminate: `slowly` panicked: after a while").await;
    }
}

#[tokio::test]
async fn a_panic_in_an_info_ends_the_server() {
    let (client, journal) = bomb().await;
    client.send_info(Fuse).await.expect("there is room");
    is(&panicked(client.echo().await), "on_fuse", "lit");
    journal.holds(&["terminate: `on_fuse` panicked: lit"]);

    let (client, _) = bomb().await;
    client.send_info(Flame("burning")).await.expect("there is room");
    is(&panicked(client.echo().await), "on_flame", "burning");
}

#[tokio::test]
async fn a_panic_in_a_blocking_call_is_told_to_its_caller() {
    let (client, journal) = bomb().await;
    is(&panicked(client.heavily().await), "heavily", "on the pool");
    journal.until("terminate: `heavily` panicked: on the pool").await;
    not_running(client.echo().await);
}

#[tokio::test]
async fn a_panic_with_the_right_to_reply_is_told_to_the_caller() {
    let (client, _) = bomb().await;
    is(&panicked(client.deferred().await), "deferred", "in my hands");

    let (client, _) = bomb().await;
    is(&panicked(client.deferred_slowly().await), "deferred_slowly", "later");

    let (client, _) = bomb().await;
    let (to, right) = tokio::sync::oneshot::channel();
    let call = client.handed_on(to).send().await.expect("there is room");
    is(&panicked(call.await), "handed_on", "not mine");
    let right = right.await.expect("it was handed on");
    assert!(right.is_closed());
    assert_eq!(right.reply(1), Err(1));
}

#[tokio::test]
async fn a_panic_after_the_reply_does_not_take_it_back() {
    let (client, journal) = bomb().await;
    assert_eq!(client.replied().await, Ok(1));
    journal.until("terminate: `replied` panicked: too late").await;
    not_running(client.echo().await);
}

#[tokio::test]
async fn a_panic_without_a_text_is_told_as_such() {
    let (client, _) = bomb().await;
    let panic = panicked(client.with_value().await);
    is(&panic, "with_value", "a panic whose payload is not text");
}

/// Panics when it is dropped.
struct Grenade;

#[genserver]
impl Grenade {
    #[init]
    fn new() -> Self {
        Self
    }

    #[call]
    fn quit(&self, cx: &mut Cx<Self>) -> u32 {
        cx.stop(ExitReason::Normal);
        3
    }
}

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

#[tokio::test]
async fn a_panic_in_drop_harms_nobody() {
    let client = Grenade::start().await.expect("its init cannot fail");
    assert_eq!(client.quit().await, Ok(3));

    let client = Grenade::start().await.expect("its init cannot fail");
    client.stop().await.expect("it stops");

    drop(Grenade::start().name("grenade").await.expect("the name is free"));
    GrenadeClient::named("grenade").stop().await.expect("it stops");
    settle().await;
    assert!(GrenadeClient::whereis("grenade").is_none());
}

#[tokio::test]
async fn a_panic_ends_no_other_server() {
    let (first, _, gate) = busy_probe().await;
    let (second, journal) = probe().await;
    let watching = second.note("before").send().await.expect("there is room");
    let boom = first.boom("alone").send().await.expect("there is room");
    gate.open();
    assert!(exited(boom.await).is_crash());
    assert_eq!(watching.await, Ok(1));
    assert_eq!(second.note("after").await, Ok(2));
    journal.holds(&["before", "after"]);
}
