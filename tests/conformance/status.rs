//! `get_status`: each field in a situation that sets it, and of servers that are stuck.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Activity, Client, Counters, Handled, NextTimer, Status, StreamEnd};
use tokio::runtime::Handle;

use crate::servers::{Birth, BirthClient, How, Probe, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, not_running, pass, settle};
use crate::tally::{Desk, Door, Tally, TallyClient, busy_tally};

const SECOND: Duration = Duration::from_secs(1);

fn status<C: Client>(client: &C) -> Status {
    client.sys().get_status().expect("it runs")
}

#[tokio::test(start_paused = true)]
async fn sys_10_who_it_is() {
    let keys: Registry<u8, TallyClient> = Registry::new();
    let start = Tally::start(Tally { value: 0 }).name("seen").key(&keys, 1);
    let tally = start.await.expect("name and key are free");
    pass(90 * SECOND).await;
    let seen = status(&tally);
    assert_eq!(Some(seen.id), tally.id());
    assert_eq!((seen.server, seen.name.as_deref(), seen.keys), ("Tally", Some("seen"), 1));
    assert_eq!(seen.type_name, std::any::type_name::<Tally>());
    assert_eq!((seen.machine, seen.version, seen.state), (false, None, ""));
    assert_eq!(seen.uptime.as_secs(), 90);

    let plain = Tally::start(Tally { value: 0 }).await.expect("it starts");
    let seen = status(&plain);
    assert_eq!((seen.name, seen.keys, seen.uptime), (None, 0, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn sys_10_the_state_of_a_machine_and_what_it_allows() {
    let door = Door::start().await.expect("it starts");
    let seen = status(&door);
    assert_eq!((seen.machine, seen.version, seen.state), (true, None, "Shut"));
    assert_eq!(seen.allowed, ["open"]);
    door.open().await.expect("it is shut");
    assert_eq!((status(&door).state, status(&door).allowed), ("Open", &["close", "knock"][..]));
    // Through the queue too.
    let closed = door.close().send().await.expect("there is room");
    closed.await.expect("it is open");
    assert_eq!(status(&door).state, "Shut");
}

#[tokio::test(start_paused = true)]
async fn sys_10_what_it_does() {
    let (client, journal) = probe().await;
    assert_eq!(status(&client).activity, Activity::Idle);
    client.tell("x").await.expect("there is room");
    assert_eq!(status(&client).activity, Activity::Busy);
    client.sync().await.expect("it runs");
    settle().await;
    assert_eq!(status(&client).activity, Activity::Idle);

    let gate = Gate::new();
    let held = client.hold(gate.clone()).send().await.expect("there is room");
    journal.until("hold").await;
    pass(3 * SECOND).await;
    let handling = Activity::Handling { handler: "hold", since: 3 * SECOND };
    assert_eq!(status(&client).activity, handling);
    gate.open();
    held.await.expect("it runs");
    client.sys().suspend().await.expect("it runs");
    assert_eq!(status(&client).activity, Activity::Suspended);
}

#[tokio::test(start_paused = true)]
async fn sys_10_a_server_that_begins_or_ends() {
    let gate = Gate::new();
    let start = Birth::start(Journal::new(), gate.clone(), How::Ready).name("born");
    let starting = tokio::spawn(start.into_future());
    gate.reached().await;
    assert_eq!(status(&BirthClient::named("born")).activity, Activity::Starting);
    gate.open();
    let born = starting.await.expect("no panic").expect("the name is free");
    assert_eq!(status(&born).activity, Activity::Idle);

    let gate = Gate::new();
    let slow = Slow::start(Slow(gate.clone())).name("slow").await.expect("the name is free");
    let stop = slow.stop();
    gate.reached().await;
    let ending = status(&slow);
    assert_eq!((ending.activity, ending.keys), (Activity::Ending, 0));
    gate.open();
    stop.await.expect("it stops");
    not_running(slow.sys().get_status());
}

/// Takes its time at the end; sleeps on demand.
struct Slow(Gate);

struct Sleep;

#[genserver]
impl Slow {
    #[info]
    fn sleep(&mut self, cx: &mut Cx<Self>, _: Sleep) {
        cx.hibernate();
    }

    #[cast]
    fn wake(&mut self) {}

    #[terminate]
    async fn close(&mut self, _: &ExitReason) {
        self.0.pass().await;
    }
}

#[tokio::test(start_paused = true)]
async fn sys_10_a_server_that_hibernates() {
    let slow = Slow::start(Slow(Gate::new())).await.expect("it starts");
    slow.send_info(Sleep).await.expect("there is room");
    settle().await;
    assert_eq!(status(&slow).activity, Activity::Hibernating);
    slow.wake().await.expect("there is room");
    settle().await;
    assert_eq!(status(&slow).activity, Activity::Idle);
    slow.kill().await.expect("it is killed");
}

#[tokio::test(start_paused = true)]
async fn sys_10_the_mailbox() {
    let gate = Gate::new();
    let client = Probe::start(Journal::new()).mailbox(4).await.expect("it starts");
    let mailbox = status(&client).mailbox;
    assert_eq!((mailbox.now, mailbox.high_water), (0, 0));
    assert_eq!((mailbox.bound, mailbox.senders), (Some(4), 0));
    // The handler runs, and of those behind it two were taken out together with it.
    client.wait(gate.clone()).await.expect("there is room");
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    gate.reached().await;
    client.tell("3").await.expect("there is room");
    client.tell("4").await.expect("there is room");
    let waiting = client.clone();
    let waiting = tokio::spawn(async move { waiting.tell("5").await });
    settle().await;
    let mailbox = status(&client).mailbox;
    assert_eq!((mailbox.now, mailbox.high_water, mailbox.senders), (4, 4, 1));
    gate.open();
    waiting.await.expect("no panic").expect("it runs");
    client.sync().await.expect("it runs");
    let mailbox = status(&client).mailbox;
    assert_eq!((mailbox.now, mailbox.senders), (0, 0));
    assert_eq!(mailbox.high_water, 4);
}

/// Without a bound, with a timer and a message of high priority.
struct Wide;

#[genserver(mailbox = unbounded)]
impl Wide {
    #[every("10s")]
    fn tick(&mut self) {}

    #[idle("25s")]
    fn rest(&mut self) {}

    #[cast(priority = high)]
    async fn urgent(&self, gate: Gate) {
        gate.pass().await;
    }

    #[call]
    fn ping(&self) {}

    #[info]
    fn on_number(&mut self, cx: &mut Cx<Self>, number: u32) {
        if number > 0 {
            cx.continue_with(Step(number - 1));
        }
    }

    #[continued]
    fn step(&mut self, cx: &mut Cx<Self>, step: Step) {
        cx.spawn(std::future::pending());
        cx.attach(tokio_stream::pending::<u32>());
        cx.send_after(7 * SECOND, step.0);
    }

    #[info]
    fn on_end(&mut self, _: StreamEnd<u32>) {}
}

struct Step(u32);

#[tokio::test(start_paused = true)]
async fn sys_10_messages_that_go_first_count_as_waiting() {
    let gate = Gate::new();
    let wide = Wide::start(Wide).await.expect("it starts");
    wide.urgent(gate.clone()).await.expect("there is room");
    gate.reached().await;
    for _ in 0..3 {
        wide.urgent(gate.clone()).await.expect("there is room");
    }
    let mailbox = status(&wide).mailbox;
    assert_eq!((mailbox.now, mailbox.high_water, mailbox.bound), (3, 3, None));
}

#[tokio::test(start_paused = true)]
async fn sys_10_what_was_handled_by_kind() {
    let wide = Wide::start(Wide).await.expect("it starts");
    let gate = Gate::new();
    gate.open();
    wide.urgent(gate).await.expect("there is room");
    wide.send_info(1_u32).await.expect("there is room");
    wide.ping().await.expect("it runs");
    let queued = wide.ping().send().await.expect("there is room");
    queued.await.expect("it runs");
    settle().await;
    let mut expected = Handled::default();
    (expected.calls, expected.casts, expected.infos, expected.continued) = (2, 1, 1, 1);
    assert_eq!(status(&wide).handled, expected);
    // The timer of the step after 7 s, and two ticks; never idle for 25 s.
    pass(21 * SECOND).await;
    (expected.infos, expected.signals) = (2, 2);
    assert_eq!(status(&wide).handled, expected);
}

#[tokio::test(start_paused = true)]
async fn sm_19_the_timers_that_will_fire_and_what_runs_beside_it() {
    let wide = Wide::start(Wide).await.expect("it starts");
    wide.send_info(1_u32).await.expect("there is room");
    wide.sync().await.expect("it runs");
    settle().await;
    pass(2 * SECOND).await;
    let seen = status(&wide);
    assert_eq!((seen.timers, seen.tasks, seen.streams), (2, 1, 1));
    let timers: Vec<_> = seen.next_timers.iter().map(timer).collect();
    assert_eq!(timers, [("on_number", 5, None), ("tick", 8, Some(10))]);
    pass(6 * SECOND).await;
    let timers: Vec<_> = status(&wide).next_timers.iter().map(timer).collect();
    assert_eq!(timers, [("tick", 2, Some(10))]);
    for after in 1..=20 {
        drop(wide.send_after(after * SECOND, 0_u32).expect("it runs"));
    }
    let seen = status(&wide);
    assert_eq!((seen.timers, seen.next_timers.len()), (21, 16));
    assert_eq!(timer(&seen.next_timers[0]), ("on_number", 1, None));
}

fn timer(timer: &NextTimer) -> (&'static str, u64, Option<u64>) {
    (timer.what, timer.left.as_secs(), timer.period.map(|period| period.as_secs()))
}

#[tokio::test(start_paused = true)]
async fn sys_10_the_replies_that_it_owes() {
    let tally = Tally::start(Tally { value: 0 }).await.expect("it starts");
    let (desk, given_up) = (Desk::default(), Desk::default());
    let reply = tally.ask(desk.clone()).send().await.expect("there is room");
    let nobody = tally.ask(given_up.clone()).send().await.expect("there is room");
    tally.sync().await.expect("it runs");
    assert_eq!(status(&tally).deferred, 2);
    drop(nobody);
    assert_eq!(status(&tally).deferred, 1);
    desk.reply(3);
    assert_eq!((reply.await, status(&tally).deferred), (Ok(3), 0));
}

#[tokio::test(start_paused = true)]
async fn sys_10_what_became_of_messages_that_no_handler_saw() {
    let door = Door::start().await.expect("it starts");
    door.knock().await.expect("there is room");
    door.close().await.expect_err("it is shut");
    door.sync().await.expect("it runs");
    let mut expected = Counters::default();
    expected.refused = 2;
    assert_eq!(status(&door).counters, expected);
}

/// What a handler that blocks its thread says and hears.
struct Stuck {
    journal: Journal,
}

/// Where a handler says that it is here, and is let go.
struct Trap(mpsc::Sender<()>, mpsc::Receiver<()>);

impl Trap {
    fn spring(self) {
        self.0.send(()).expect("a thread waits for it");
        self.1.recv().expect("a thread lets it go");
    }
}

#[genserver]
impl Stuck {
    /// Where it is called, or through the queue.
    #[call]
    fn spin(&mut self, trap: Trap) {
        trap.spring();
        self.journal.note("spun");
    }
}

/// Looks at a server from another thread while the handler is trapped there, then lets it go.
fn watch<T: Send + 'static>(
    look: impl FnOnce() -> T + Send + 'static,
) -> (Trap, thread::JoinHandle<T>) {
    let ((here, is_here), (go, may_go)) = (mpsc::channel(), mpsc::channel());
    // For the paused clock.
    let handle = Handle::current();
    let thread = thread::spawn(move || {
        let _entered = handle.enter();
        is_here.recv().expect("a handler comes");
        let seen = look();
        go.send(()).expect("a handler waits");
        seen
    });
    (Trap(here, may_go), thread)
}

/// As [`watch`], for the status.
fn watched(stuck: &StuckClient) -> (Trap, thread::JoinHandle<Status>) {
    let sys = stuck.sys();
    watch(move || sys.get_status().expect("it runs"))
}

#[tokio::test(start_paused = true)]
async fn sys_10_a_handler_that_is_stuck_is_seen_from_another_thread() {
    let journal = Journal::new();
    let stuck = Stuck::start(Stuck { journal: journal.clone() }).await.expect("it starts");
    let just_now = Activity::Handling { handler: "spin", since: Duration::ZERO };

    let (trap, thread) = watched(&stuck);
    stuck.spin(trap).await.expect("it runs");
    let seen = thread.join().expect("no panic");
    assert_eq!((seen.activity, seen.handled.calls), (just_now, 1));

    let (trap, thread) = watched(&stuck);
    let spun = stuck.spin(trap).send().await.expect("there is room");
    spun.await.expect("it runs");
    assert_eq!(thread.join().expect("no panic").activity, just_now);
    journal.holds(&["spun", "spun"]);
}

#[tokio::test(start_paused = true)]
async fn sys_10_a_handler_is_not_taken_for_the_one_before_it() {
    let journal = Journal::new();
    let stuck = Stuck::start(Stuck { journal }).await.expect("it starts");
    for inline in [false, true, true, false, false, true] {
        let (trap, thread) = watched(&stuck);
        if inline {
            stuck.spin(trap).await.expect("it runs");
        } else {
            let spun = stuck.spin(trap).send().await.expect("there is room");
            spun.await.expect("it runs");
        }
        let just_now = Activity::Handling { handler: "spin", since: Duration::ZERO };
        assert_eq!(thread.join().expect("no panic").activity, just_now);
        pass(10 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn sys_10_a_status_is_serialised() {
    let (tally, gate) = busy_tally(0).await;
    tally.sys().statistics(true).expect("it runs");
    tally.bump(1).await.expect("there is room");
    pass(2 * SECOND).await;
    let json = serde_json::to_value(status(&tally)).expect("it can be serialised");
    assert_eq!(json["server"], "Tally");
    assert_eq!(json["id"], tally.id().expect("known").as_u64());
    assert_eq!(json["name"], serde_json::Value::Null);
    assert_eq!(json["activity"]["Handling"]["handler"], "wait");
    assert_eq!(json["activity"]["Handling"]["since"]["secs"], 2);
    assert_eq!(json["mailbox"]["now"], 1);
    assert_eq!(json["mailbox"]["bound"], 1024);
    assert_eq!(json["handled"]["casts"], 0);
    assert_eq!(json["counters"]["refused"], 0);
    assert_eq!(json["statistics"]["since"]["secs"], 2);
    assert_eq!(json["next_timers"], serde_json::json!([]));
    gate.open();
    tally.sync().await.expect("it runs");
    let door = Door::start().await.expect("it starts");
    let json = serde_json::to_value(status(&door)).expect("it can be serialised");
    assert_eq!((&json["activity"], &json["state"]), (&"Idle".into(), &"Shut".into()));
    assert_eq!(json["allowed"], serde_json::json!(["open"]));
}

#[tokio::test(start_paused = true)]
async fn sys_10_a_status_by_name_and_of_nobody() {
    let start = Probe::start(Journal::new()).name("looked at");
    let probe = start.await.expect("the name is free");
    assert_eq!(Some(status(&ProbeClient::named("looked at")).id), probe.id());
    not_running(ProbeClient::named("nobody there").sys().get_status());
    let (busy, _, gate) = busy_probe().await;
    gate.open();
    busy.stop().await.expect("it stops");
    not_running(busy.sys().get_status());
}
