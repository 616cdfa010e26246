//! Small servers that the tests share.

use std::fmt;

use genserver_runtime::prelude::*;

use crate::support::{Gate, Journal};

/// A value; no `#[terminate]`, so that it ends where it is asked to.
pub struct Counter {
    value: i64,
}

#[genserver]
impl Counter {
    #[init]
    pub fn new(value: i64) -> Self {
        Self { value }
    }

    #[call]
    pub fn increment(&mut self) -> i64 {
        self.value += 1;
        self.value
    }

    #[call]
    pub fn get(&self) -> i64 {
        self.value
    }

    #[cast]
    pub fn add(&mut self, by: i64) {
        self.value += by;
    }
}

/// A message by type: a word to be noted.
#[derive(Clone, Debug)]
pub struct Word(pub &'static str);

/// A message by type: an end.
#[derive(Clone, Debug)]
pub enum Order {
    Stop(ExitReason),
    Crash(Broken),
}

/// An error that a handler crashes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub &'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken: {}", self.0)
    }
}

impl std::error::Error for Broken {}

/// Notes all that happens to it.
pub struct Probe {
    journal: Journal,
}

#[genserver]
impl Probe {
    #[init]
    pub fn new(journal: Journal) -> Self {
        Self { journal }
    }

    /// Run where it is called when the server is idle.
    #[call]
    pub fn note(&mut self, #[into] word: String) -> usize {
        self.journal.note(word);
        self.journal.lines().len()
    }

    /// Always through the queue.
    #[call(inline = false)]
    pub fn queue(&mut self, #[into] word: String) {
        self.journal.note(word);
    }

    /// Not run when its caller has gone.
    #[call(skip_abandoned)]
    pub fn fresh(&mut self, #[into] word: String) {
        self.journal.note(word);
    }

    #[cast]
    pub fn tell(&mut self, #[into] word: String) {
        self.journal.note(word);
    }

    /// Keeps the server busy until the gate opens.
    #[call]
    pub async fn hold(&mut self, gate: Gate) {
        self.journal.note("hold");
        let guard = Dropped(self.journal.clone(), "hold dropped");
        gate.pass().await;
        std::mem::forget(guard);
        self.journal.note("held");
    }

    /// As `hold`, for nobody.
    #[cast]
    pub async fn wait(&mut self, gate: Gate) {
        self.journal.note("wait");
        gate.pass().await;
        self.journal.note("waited");
    }

    #[call]
    pub fn quit(&mut self, cx: &mut Cx<Self>, reason: ExitReason) -> u32 {
        cx.stop(reason);
        self.journal.note("quit");
        7
    }

    #[cast]
    pub fn leave(&mut self, cx: &mut Cx<Self>, reason: ExitReason) {
        cx.stop(reason);
        self.journal.note("leave");
    }

    #[call]
    pub fn boom(&mut self, #[into] why: String) {
        self.journal.note("boom");
        panic!("{why}");
    }

    #[cast]
    pub fn burst(&mut self, #[into] why: String) {
        self.journal.note("burst");
        panic!("{why}");
    }

    #[cast]
    pub fn fail(&mut self, why: Broken) -> Result<(), Crash> {
        self.journal.note("fail");
        Err(why)?;
        Ok(())
    }

    #[info]
    fn on_word(&mut self, word: Word) {
        self.journal.note(word.0);
    }

    #[info]
    fn on_order(&mut self, cx: &mut Cx<Self>, order: Order) -> Result<(), Crash> {
        match order {
            Order::Stop(reason) => cx.stop(reason),
            Order::Crash(why) => Err(why)?,
        }
        Ok(())
    }

    #[terminate]
    fn close(&mut self, reason: &ExitReason) {
        self.journal.note(format!("terminate: {reason}"));
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.journal.note("drop");
    }
}

/// A probe without a name, and its journal.
pub async fn probe() -> (ProbeClient, Journal) {
    let journal = Journal::new();
    let client = Probe::start(journal.clone()).await.expect("its init cannot fail");
    (client, journal)
}

/// A probe that is busy until the gate opens; its journal begins with `wait`.
pub async fn busy_probe() -> (ProbeClient, Journal, Gate) {
    let (client, journal) = probe().await;
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("it runs");
    gate.reached().await;
    (client, journal, gate)
}

/// Notes that it was dropped.
pub struct Dropped(pub Journal, pub &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

/// How [`Birth`] begins.
#[derive(Clone, Copy, Debug)]
pub enum How {
    Ready,
    Ignore,
    Fail,
    Stop,
    Panic,
}

/// A server whose `init` waits at a gate and ends in every way there is.
pub struct Birth;

#[genserver]
impl Birth {
    #[init]
    pub async fn begin(journal: Journal, gate: Gate, how: How) -> Init<Self, Broken> {
        journal.note("init");
        let guard = Dropped(journal, "init dropped");
        gate.pass().await;
        std::mem::forget(guard);
        match how {
            How::Ready => Init::Ready(Self),
            How::Ignore => Init::Ignore,
            How::Fail => Init::Fail(Broken("fail")),
            How::Stop => Init::Stop(Broken("stop")),
            How::Panic => panic!("no init today"),
        }
    }

    #[call]
    pub fn answer(&self) -> u32 {
        42
    }
}
