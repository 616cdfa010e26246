//! More children: how they begin can be changed, and how they end.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use genserver_runtime::prelude::*;
use genserver_runtime::{Backoff, ChildPhase, ChildSpec};

use crate::child::{Child, ChildClient};
use crate::crew::{Begins, Birth, BirthClient};
use crate::support::{Gate, Journal, pass, settle};

pub const SECOND: Duration = Duration::from_secs(1);
pub const HOUR: Duration = Duration::from_secs(3600);

/// A child that is named as it is called.
pub fn named(journal: &Journal, name: &'static str) -> ChildSpec<ChildClient, Infallible> {
    let journal = journal.clone();
    ChildSpec::new(name, move || Child::start(journal.clone(), name).name(name))
}

/// A supervisor of such children.
pub async fn family(journal: &Journal, names: &[&'static str]) -> Supervisor {
    let start = Supervisor::one_for_one();
    let start = names.iter().fold(start, |start, name| start.spec(named(journal, name)));
    start.await.expect("its children start")
}

/// A supervisor that lets who ended wait for an hour.
pub async fn patient() -> Supervisor {
    let start = Supervisor::one_for_one().backoff(Backoff::new(HOUR, HOUR));
    start.await.expect("it has no children")
}

/// How a child stands.
pub async fn phase(supervisor: &Supervisor, id: &str) -> ChildPhase {
    supervisor.child(id).await.expect("it is known").phase
}

/// Lets a child panic, and its supervisor see to it.
pub async fn crash(child: &ChildClient) {
    child.boom().await.expect_err("it panics");
    settle().await;
}

/// How children begin, from now on.
#[derive(Clone)]
pub struct Mood(Arc<Mutex<Begins>>);

impl Mood {
    pub fn new(begins: Begins) -> Self {
        Self(Arc::new(Mutex::new(begins)))
    }

    pub fn set(&self, begins: Begins) {
        *self.0.lock().expect("nobody panics with it") = begins;
    }

    pub fn spec(&self, id: &str) -> ChildSpec<BirthClient, &'static str> {
        let mood = self.clone();
        ChildSpec::new(id, move || Birth::start(*mood.0.lock().expect("nobody panics with it")))
    }
}

/// How a child ends.
#[derive(Clone, Copy)]
pub enum Ends {
    After(Duration),
    Never,
    Panics,
}

/// A child that does not end at once.
pub struct Slow {
    name: &'static str,
    journal: Journal,
    ends: Ends,
}

#[genserver]
impl Slow {
    #[init]
    fn new(journal: Journal, name: &'static str, ends: Ends) -> Self {
        journal.note(format!("+{name}"));
        Self { name, journal, ends }
    }

    #[call]
    pub fn unlink(&self, cx: &mut Cx<Self>, boss: Supervisor) {
        cx.unlink(&boss);
    }

    #[call]
    pub async fn wait(&self, gate: Gate) {
        gate.pass().await;
        self.journal.note("waited");
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        match self.ends {
            Ends::After(time) => pass(time).await,
            Ends::Never => std::future::pending().await,
            Ends::Panics => panic!("expected: no end"),
        }
        self.journal.note(format!("-{} {reason}", self.name));
    }
}

pub fn slow(
    journal: &Journal,
    name: &'static str,
    ends: Ends,
) -> ChildSpec<SlowClient, Infallible> {
    let journal = journal.clone();
    ChildSpec::new(name, move || Slow::start(journal.clone(), name, ends).name(name))
}
