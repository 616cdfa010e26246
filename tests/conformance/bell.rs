//! A server that does what a test tells it, and notes what it is sent and when.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::support::{Gate, Journal};

pub const SECOND: Duration = Duration::from_secs(1);

/// A message by type.
#[derive(Clone, Debug)]
pub struct Ring(pub &'static str);

/// What the bell continues with: a word, and the words after it.
#[derive(Clone, Debug)]
pub struct Then(pub &'static str, pub &'static [&'static str]);

/// What the bell continues with and waits in.
#[derive(Clone, Debug)]
pub struct Pause(pub Gate, pub &'static [&'static str]);

/// Something done in a handler.
pub type Act = Box<dyn FnOnce(&mut Cx<Bell>) + Send>;

/// Notes each word with the seconds since its start.
pub struct Bell {
    journal: Journal,
    begun: Instant,
}

#[genserver(mailbox = 4)]
impl Bell {
    #[init]
    pub fn new(cx: &mut Cx<Self>, journal: Journal, act: Act) -> Self {
        act(cx);
        Self { journal, begun: Instant::now() }
    }

    /// Runs where it is called when the bell is idle.
    #[call]
    pub fn act(&mut self, cx: &mut Cx<Self>, act: Act) {
        act(cx);
    }

    #[cast]
    pub fn tell_to(&mut self, cx: &mut Cx<Self>, act: Act) {
        act(cx);
    }

    #[cast]
    pub fn tell(&mut self, word: &'static str) {
        self.note(word);
    }

    #[cast]
    pub async fn wait(&mut self, gate: Gate) {
        gate.pass().await;
    }

    #[info]
    fn ring(&mut self, ring: Ring) {
        self.note(ring.0);
    }

    #[continued]
    fn then(&mut self, cx: &mut Cx<Self>, Then(word, rest): Then) {
        self.note(word);
        assert!(word != "crash", "expected: told to");
        chain(cx, rest);
    }

    #[continued]
    async fn pause(&mut self, cx: &mut Cx<Self>, Pause(gate, rest): Pause) {
        self.note("pause");
        gate.pass().await;
        chain(cx, rest);
    }
}

fn chain(cx: &mut Cx<Bell>, rest: &'static [&'static str]) {
    if let [next, rest @ ..] = rest {
        cx.continue_with(Then(next, rest));
    }
}

impl Bell {
    fn note(&self, word: &str) {
        self.journal.note(format!("{word} {}", self.begun.elapsed().as_secs_f64()));
    }
}

pub async fn bell() -> (BellClient, Journal) {
    bell_with(|_| {}).await
}

/// A bell whose `init` does something.
pub async fn bell_with(act: impl FnOnce(&mut Cx<Bell>) + Send + 'static) -> (BellClient, Journal) {
    let journal = Journal::new();
    let start = Bell::start(journal.clone(), Box::new(act));
    (start.await.expect("its init cannot fail"), journal)
}

/// A bell under the name `bell`, kept by it.
pub async fn named_bell() -> (BellClient, Journal) {
    let journal = Journal::new();
    let start = Bell::start(journal.clone(), Box::new(|_| {})).name("bell");
    (start.await.expect("its init cannot fail"), journal)
}

/// A bell with a name that is busy until the gate opens.
pub async fn busy_bell() -> (BellClient, Journal, Gate) {
    let (client, journal) = named_bell().await;
    let gate = Gate::new();
    client.wait(gate.clone()).await.expect("it runs");
    gate.reached().await;
    (client, journal, gate)
}

/// What `act` gives when a handler of the bell runs it.
pub async fn within<T: Send + 'static>(
    bell: &BellClient,
    act: impl FnOnce(&mut Cx<Bell>) -> T + Send + 'static,
) -> T {
    let (tell, told) = oneshot::channel();
    let act: Act = Box::new(move |cx| drop(tell.send(act(cx))));
    bell.act(act).await.expect("it runs");
    told.await.expect("it was run")
}
