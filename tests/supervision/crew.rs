//! The servers of these tests: one that works, one that keeps an eye on others.

use genserver_runtime::prelude::*;
use genserver_runtime::{Client, Down, Exit, MonitorId, MonitorRef};

use crate::support::{Gate, Journal};

/// Ends in every way that there is.
pub struct Worker {
    journal: Journal,
}

#[genserver]
impl Worker {
    #[init]
    pub fn new(journal: Journal) -> Self {
        Self { journal }
    }

    #[call]
    pub fn ping(&self) -> u32 {
        7
    }

    #[cast]
    pub fn fail(&self) {
        panic!("out of paper");
    }

    #[cast]
    pub fn leave(&self, cx: &mut Cx<Self>, reason: ExitReason) {
        cx.stop(reason);
    }

    #[cast]
    pub async fn wait(&self, gate: Gate) {
        gate.pass().await;
        self.journal.note("waited");
    }

    #[call]
    pub fn link(&self, cx: &mut Cx<Self>, other: WorkerClient) {
        cx.link(&other);
    }

    #[call]
    pub fn unlink(&self, cx: &mut Cx<Self>, other: WorkerClient) {
        cx.unlink(&other);
    }

    #[terminate]
    fn terminate(&mut self, reason: &ExitReason) {
        self.journal.note(format!("terminate: {reason}"));
    }
}

/// How a start goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    Ready,
    Ignore,
    Fail,
    Stop,
    Panic,
    /// For ever.
    Waits,
    /// It ends before it is asked for anything.
    ThenEnds,
}

/// Begins in every way that there is.
pub struct Birth;

#[genserver]
impl Birth {
    #[init]
    pub async fn new(cx: &mut Cx<Self>, how: Begins) -> Init<Self, &'static str> {
        match how {
            Begins::Ready => Init::Ready(Self),
            Begins::Ignore => Init::Ignore,
            Begins::Fail => Init::Fail("fail"),
            Begins::Stop => Init::Stop("stop"),
            Begins::Panic => panic!("stillborn"),
            Begins::Waits => std::future::pending().await,
            Begins::ThenEnds => {
                cx.stop(ExitReason::Other("at once".into()));
                Init::Ready(Self)
            }
        }
    }

    #[call]
    pub fn ping(&self) -> u32 {
        7
    }
}

/// What becomes of a start, as a line.
pub fn came_to<C>(started: Result<C, StartError<&'static str, BirthClient>>) -> String {
    match started {
        Ok(_) => "ok".to_owned(),
        Err(StartError::Init(error)) => format!("init: {error}"),
        Err(StartError::Ignored) => "ignored".to_owned(),
        Err(StartError::Timeout { .. }) => "too late".to_owned(),
        Err(StartError::Panic(_)) => "panic".to_owned(),
        Err(StartError::AlreadyStarted(_)) => "taken".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// Keeps an eye on workers: what it is told stands in the journal.
pub struct Guard {
    journal: Journal,
    monitors: Vec<MonitorRef>,
}

#[genserver]
impl Guard {
    #[init]
    pub fn new(journal: Journal) -> Self {
        Self { journal, monitors: Vec::new() }
    }

    #[call]
    pub fn trap(&self, cx: &mut Cx<Self>, on: bool) -> bool {
        cx.trap_exit(on)
    }

    #[call]
    pub fn link(&self, cx: &mut Cx<Self>, worker: WorkerClient) {
        cx.link(&worker);
    }

    #[call]
    pub fn link_guard(&self, cx: &mut Cx<Self>, other: GuardClient) {
        cx.link(&other);
    }

    #[call]
    pub fn unlink(&self, cx: &mut Cx<Self>, worker: WorkerClient) {
        cx.unlink(&worker);
    }

    #[call]
    pub fn watch(&mut self, cx: &mut Cx<Self>, worker: WorkerClient) -> MonitorId {
        self.keep(cx.monitor(&worker))
    }

    #[call]
    pub fn watch_for_good(&self, cx: &mut Cx<Self>, worker: WorkerClient) -> MonitorId {
        cx.monitor(&worker).keep()
    }

    #[call]
    pub fn watch_itself(&mut self, cx: &mut Cx<Self>) -> MonitorId {
        let me: GuardClient = cx.weak();
        self.keep(cx.monitor(&me))
    }

    #[call]
    pub fn unwatch(&mut self, monitor: MonitorId) {
        self.monitors.retain(|kept| kept.id() != monitor);
    }

    /// Waits for the test, and then takes back what it may have been sent meanwhile.
    #[call]
    pub async fn unwatch_after(&mut self, gate: Gate) {
        gate.pass().await;
        self.monitors.clear();
    }

    #[call]
    pub async fn unlink_after(&mut self, cx: &mut Cx<Self>, gate: Gate, worker: WorkerClient) {
        gate.pass().await;
        cx.unlink(&worker);
    }

    #[cast]
    pub async fn wait(&self, gate: Gate) {
        gate.pass().await;
        self.journal.note("waited");
    }

    #[call]
    pub async fn hire(&self, cx: &mut Cx<Self>, journal: Journal) -> WorkerClient {
        Worker::start(journal).link(cx).await.expect("it starts")
    }

    #[call]
    pub async fn hire_under(&self, cx: &mut Cx<Self>, name: String, how: Begins) -> String {
        came_to(Birth::start(how).name(name).link(cx).await)
    }

    #[call(timeout = infinity)]
    pub async fn bear(&self, cx: &mut Cx<Self>, how: Begins) -> String {
        let limit = std::time::Duration::from_secs(1);
        came_to(Birth::start(how).timeout(limit).link(cx).await)
    }

    #[call(timeout = infinity)]
    pub async fn bear_monitored(&mut self, cx: &mut Cx<Self>, how: Begins) -> String {
        let limit = std::time::Duration::from_secs(1);
        let started = Birth::start(how).timeout(limit).link(cx).monitor(cx).await;
        came_to(started.map(|(client, monitor)| {
            self.monitors.push(monitor);
            client
        }))
    }

    #[call]
    pub async fn bear_another(&self, cx: &mut Cx<Self>, journal: Journal) -> GuardClient {
        let guard = Self::start(journal).link(cx).await.expect("it starts");
        guard.trap(true).await.expect("it runs");
        guard
    }

    #[cast]
    pub fn leave(&self, cx: &mut Cx<Self>, reason: ExitReason) {
        cx.stop(reason);
    }

    #[cast]
    pub fn fail(&self) {
        panic!("out of paper");
    }

    #[info]
    fn on_down(&mut self, down: Down) {
        self.journal.note(format!("{down}"));
    }

    #[info]
    fn on_exit(&mut self, exit: Exit) {
        self.journal.note(match exit.server {
            Some(_) => format!("exit: {}", exit.reason),
            None => format!("signal: {}", exit.reason),
        });
    }

    #[terminate]
    fn terminate(&mut self, reason: &ExitReason) {
        self.journal.note(format!("terminate: {reason}"));
    }

    fn keep(&mut self, monitor: MonitorRef) -> MonitorId {
        let id = monitor.id();
        self.monitors.push(monitor);
        id
    }
}

pub async fn worker() -> WorkerClient {
    Worker::start(Journal::new()).await.expect("it starts")
}

/// A guard that does not trap exit signals, and its journal.
pub async fn guard() -> (GuardClient, Journal) {
    let journal = Journal::new();
    (Guard::start(journal.clone()).await.expect("it starts"), journal)
}

/// A guard that traps them.
pub async fn trapping() -> (GuardClient, Journal) {
    let (guard, journal) = guard().await;
    guard.trap(true).await.expect("it runs");
    (guard, journal)
}

/// Ends a server by its own handler, and waits until it has ended.
pub async fn ends_with(worker: &WorkerClient, reason: ExitReason) {
    let ended = worker.monitor();
    worker.leave(reason.clone()).await.expect("it runs");
    assert_eq!(ended.await.reason, reason);
}

pub fn other(why: &str) -> ExitReason {
    ExitReason::Other(why.into())
}
