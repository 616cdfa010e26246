//! What is written to `tracing`: crash reports, dead letters, drops.

use std::cell::Cell;
use std::fmt;

use genserver_runtime::prelude::*;
use tracing::Level;

use crate::events::{Events, Told};
use crate::servers::{Birth, Broken, Counter, How, Order, Probe, ProbeClient, busy_probe, probe};
use crate::support::{Gate, Journal, panicked, settle};
use crate::tally::{Door, Tally};

#[tokio::test]
async fn gs_20_a_quiet_failure_of_init_writes_nothing() {
    let events = Events::listen();
    let gate = Gate::new();
    gate.open();
    let outcome = Birth::start(Journal::new(), gate, How::Fail).await;
    match outcome {
        Err(StartError::Init(error)) => assert_eq!(error, Broken("fail")),
        other => panic!("init failed: {other:?}"),
    }
    events.no_trouble("Birth");
}

#[tokio::test]
async fn gs_71_an_orderly_end_is_no_trouble() {
    let events = Events::listen();
    for reason in
        [ExitReason::Normal, ExitReason::Shutdown, ExitReason::ShutdownWith("moving".into())]
    {
        let (client, _) = probe().await;
        client.leave(reason.clone()).await.expect("there is room");
        settle().await;
        let (client, _) = probe().await;
        client.stop_with(reason).await.expect("it stops");
    }
    drop(probe().await);
    settle().await;
    events.no_trouble("Probe");
}

#[tokio::test]
async fn the_end_of_a_server_that_nobody_keeps_is_an_info() {
    let events = Events::listen();
    let counter = Counter::start(0).await.expect("its init cannot fail");
    assert!(events.of("Counter", Level::INFO).is_empty());
    drop(counter);
    settle().await;
    let told = events.of("Counter", Level::INFO);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].level, told[0].get("reason")), (Level::INFO, "normal"));
}

/// The one report of a crash.
async fn reported(crash: impl AsyncFn(&ProbeClient)) -> (String, String) {
    let events = Events::listen();
    let (client, journal) = probe().await;
    crash(&client).await;
    journal.until("drop").await;
    let told = events.only_trouble("Probe");
    assert_eq!(told.level, Level::ERROR);
    assert_eq!(told.message(), "crashed");
    (told.get("last_message").to_owned(), told.get("reason").to_owned())
}

fn told(last: &str, reason: &str) -> (String, String) {
    (last.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn gs_71_a_crash_is_reported_once() {
    let report = reported(async |client| drop(client.boom("bad").await)).await;
    assert_eq!(report, told("boom", "`boom` panicked: bad"));

    let report = reported(async |client| {
        client.fail(Broken("cast")).await.expect("there is room");
    })
    .await;
    assert_eq!(report, told("fail", "broken: cast"));

    let order = Order::Crash(Broken("info"));
    let report = reported(async |client| {
        client.send_info(order.clone()).await.expect("there is room");
    })
    .await;
    assert_eq!(report, told("on_order", "broken: info"));
}

#[tokio::test]
async fn gs_71_a_stop_with_a_reason_of_ones_own_is_a_crash() {
    let own = ExitReason::Other("own".into());
    let report = reported(async |client| drop(client.quit(own.clone()).await)).await;
    assert_eq!(report.1, "own");
    let report = reported(async |client| drop(client.stop_with(own.clone()).await)).await;
    assert_eq!(report.1, "own");
}

#[tokio::test]
async fn gs_72_a_kill_is_no_trouble() {
    let events = Events::listen();
    let (client, _, _gate) = busy_probe().await;
    client.kill().await.expect("it is killed");
    let (client, _) = probe().await;
    client.kill().await.expect("it is killed");
    let told = events.of("Probe", Level::INFO);
    assert!(told.is_empty(), "no event: {told:#?}");
}

#[tokio::test]
async fn gs_72_an_exit_signal_is_no_trouble() {
    let events = Events::listen();
    let (client, _) = probe().await;
    let ended = client.monitor();
    client.exit(ExitReason::Other("spread".into()));
    assert!(ended.await.reason.is_crash());
    let told = events.of("Probe", Level::INFO);
    assert!(told.is_empty(), "no event: {told:#?}");
}

#[tokio::test]
async fn gs_73_an_init_that_stops_or_panics_is_reported_once() {
    for (how, reason) in [(How::Stop, "stop"), (How::Panic, "`init` panicked: no init today")] {
        let events = Events::listen();
        let gate = Gate::new();
        gate.open();
        Birth::start(Journal::new(), gate, how).await.expect_err("init failed");
        let told = events.only_trouble("Birth");
        assert_eq!((told.level, told.message()), (Level::ERROR, "init failed"));
        assert!(told.get("reason").contains(reason), "{told:?}");
    }
}

#[tokio::test]
async fn gs_73_an_init_that_ignores_writes_nothing() {
    let events = Events::listen();
    let gate = Gate::new();
    gate.open();
    Birth::start(Journal::new(), gate, How::Ignore).await.expect_err("it does not start");
    events.no_trouble("Birth");
}

#[tokio::test]
async fn gs_74_a_crash_report_says_which_server_and_why() {
    let events = Events::listen();
    let start = Probe::start(Journal::new()).name("crashing");
    let client = start.await.expect("the name is free");
    client.boom("bad").await.expect_err("it panics");
    let told = events.only_trouble("Probe");
    assert_eq!(told.get("name"), "crashing");
    assert_eq!(told.get("id"), client.id().expect("known").as_u64().to_string());
    assert_eq!(told.get("last_message"), "boom");
    assert_eq!(told.get("reason"), "`boom` panicked: bad");
}

#[tokio::test]
async fn gs_74_a_crash_report_names_the_state_of_a_machine() {
    let events = Events::listen();
    let lamp = Lamp::start(Off).await.expect("its init cannot fail");
    lamp.switch().await.expect("it is off");
    lamp.smash().await.expect("there is room");
    settle().await;
    let told = events.only_trouble("Lamp");
    assert_eq!((told.get("state"), told.get("last_message")), ("On", "smash"));
}

#[tokio::test]
async fn gs_74_a_crash_report_shows_the_state_as_the_handler_left_it() {
    let events = Events::listen();
    let tally = Tally::start(Tally { value: 3 }).await.expect("it starts");
    tally.burst().await.expect("there is room");
    settle().await;
    let told = events.only_trouble("Tally");
    assert_eq!((told.get("data"), told.get("log")), ("Tally { value: -1 }", ""));
    let door = Door::start().await.expect("it starts");
    door.smash().await.expect("there is room");
    settle().await;
    let told = events.only_trouble("Door");
    assert_eq!((told.get("state"), told.get("data")), ("Shut", "(Door { moves: 0 }, Shut)"));
}

#[tokio::test]
async fn gs_74_a_crash_report_holds_the_log() {
    let events = Events::listen();
    let tally = Tally::start(Tally { value: 3 }).log(3).await.expect("it starts");
    tally.add(1).await.expect("it runs");
    tally.burst().await.expect("there is room");
    settle().await;
    let id = tally.id().expect("known");
    let log = format!(
        "Tally {id} got call `add`; Tally {id} replied to `add`; Tally {id} got cast `burst`"
    );
    assert_eq!(events.only_trouble("Tally").get("log"), log);
}

/// Shown as `Shown` says.
struct Account {
    secret: &'static str,
    shown: Shown,
}

#[derive(Clone, Copy, Debug)]
enum Shown {
    /// As so many characters.
    Long(usize),
    /// Not at all: it panics.
    Panic,
}

struct Face<'a>(&'a Account);

impl fmt::Debug for Face<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.shown {
            Shown::Long(chars) => f.write_str(&"\u{e4}".repeat(chars)),
            Shown::Panic => panic!("not shown"),
        }
    }
}

#[genserver]
impl Account {
    #[format_state]
    fn shown(&self) -> impl fmt::Debug {
        Face(self)
    }

    #[call]
    fn check(&self, secret: String) {
        assert!(secret == self.secret, "a wrong secret");
    }

    #[terminate]
    fn close(&mut self, _: &ExitReason) {
        CLOSED.with(|closed| closed.set(closed.get() + 1));
    }
}

thread_local! {
    static CLOSED: Cell<u32> = const { Cell::new(0) };
}

/// What the report of a crash shows of an account.
async fn reported_of(shown: Shown) -> Told {
    let events = Events::listen();
    let start = Account::start(Account { secret: "1234", shown });
    let account = start.log(9).await.expect("it starts");
    let closed = CLOSED.get();
    let crash = panicked(account.check("4321".to_owned()).await);
    assert_eq!(crash.message(), "a wrong secret");
    account.stop().await.expect_err("it ends of something else, or has ended");
    assert_eq!(CLOSED.get(), closed + 1);
    events.only_trouble("Account")
}

#[tokio::test]
async fn gs_75_a_crash_report_hides_what_the_server_hides() {
    let told = reported_of(Shown::Long(3)).await;
    assert_eq!(told.get("data"), "\u{e4}\u{e4}\u{e4}");
    let everything = format!("{told:?}");
    assert!(!everything.contains("1234") && !everything.contains("4321"), "{everything}");
}

#[tokio::test]
async fn gs_75_a_state_that_cannot_be_shown_is_left_out_of_the_report() {
    let told = reported_of(Shown::Panic).await;
    assert_eq!((told.get("data"), told.get("last_message")), ("", "check"));
    assert_eq!(told.get("reason"), "`check` panicked: a wrong secret");
}

#[tokio::test]
async fn gs_77_a_crash_report_shows_1024_characters_of_the_state() {
    for (length, shown) in [(1023, 1023), (1024, 1024), (1025, 1024), (100_000, 1024)] {
        let told = reported_of(Shown::Long(length)).await;
        assert_eq!(told.get("data").chars().count(), shown);
    }
}

/// Not to be shown while it stands.
struct Unlistened;

impl fmt::Debug for Unlistened {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        FORMATTED.with(|formatted| formatted.set(true));
        Ok(())
    }
}

thread_local! {
    static FORMATTED: Cell<bool> = const { Cell::new(false) };
}

#[genserver]
impl Unlistened {
    #[call]
    fn boom(&self) {
        panic!("boom");
    }
}

async fn crash() -> bool {
    FORMATTED.set(false);
    let server = Unlistened::start(Unlistened).await.expect("it starts");
    panicked(server.boom().await);
    server.stop().await.expect_err("it ends of something else, or has ended");
    FORMATTED.get()
}

#[tokio::test]
async fn gs_77_nothing_is_formatted_where_nobody_listens() {
    assert!(!crash().await, "no subscriber");
    {
        let _events = Events::listen();
        assert!(crash().await, "a subscriber");
    }
    let _deaf = Events::listen_to("elsewhere");
    assert!(!crash().await, "a subscriber of something else");
}

struct Off;
struct On;
struct Lamp;

#[genserver(states(Off: initial, On))]
impl Lamp {
    #[init]
    fn new(off: Off) -> (Self, Off) {
        (Self, off)
    }

    #[call(Off => On)]
    fn switch(&self) {}

    #[call(On => Off)]
    fn switch_off(&self) {}

    #[cast]
    fn smash(&self) {
        panic!("smashed");
    }

    #[cast(Off)]
    fn dust(&self) {}
}

#[tokio::test]
async fn dead_letters_are_counted_and_told() {
    let events = Events::listen();
    let (client, _, gate) = busy_probe().await;
    client.tell("1").await.expect("there is room");
    client.tell("2").await.expect("there is room");
    drop(client.note("a call is answered").send().await.expect("there is room"));
    let stop = client.stop_now();
    gate.open();
    stop.await.expect("it stops");
    let told = events.only_trouble("Probe");
    assert_eq!((told.level, told.get("count")), (Level::WARN, "2"));
    assert!(told.message().starts_with("dead letters"), "{told:?}");
    assert_eq!(client.counters().dead, 2);
}

#[tokio::test]
async fn a_refused_cast_is_told_at_a_limited_rate() {
    let events = Events::listen();
    let lamp = Lamp::start(Off).await.expect("its init cannot fail");
    lamp.switch().await.expect("it is off");
    for _ in 0..100 {
        lamp.dust().await.expect("there is room");
    }
    lamp.sync().await.expect("it runs");
    assert_eq!(lamp.counters().refused, 100);
    let told = events.of("Lamp", Level::WARN);
    assert!((1..=10).contains(&told.len()), "{} events", told.len());
    assert_eq!((told[0].get("message"), told[0].get("state")), ("dust", "On"));
}
