//! What a call inside a handler inherits of its caller's time.

use std::time::Duration;

use genserver_runtime::prelude::*;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use crate::servers::{ProbeClient, busy_probe};
use crate::support::{Gate, timed_out};

const SECOND: Duration = Duration::from_secs(1);
const DEFAULT: Duration = Duration::from_secs(5);

/// How the relay calls the probe.
#[derive(Clone, Copy, Debug)]
enum Ask {
    Plainly,
    Within(Duration),
}

/// What came of it, and how long it took.
type Told = (Result<usize, ServerError>, Duration);

/// Calls a busy probe on behalf of its caller.
struct Relay {
    to: ProbeClient,
    told: UnboundedSender<Told>,
}

#[genserver(shutdown = infinity)]
impl Relay {
    #[init]
    fn new(to: ProbeClient, told: UnboundedSender<Told>) -> Self {
        Self { to, told }
    }

    #[call]
    async fn relay(&self, ask: Ask) {
        self.ask(ask).await;
    }

    #[call]
    async fn relay_after(&self, gate: Gate, ask: Ask) {
        gate.pass().await;
        self.ask(ask).await;
    }

    #[cast]
    async fn forward(&self, ask: Ask) {
        self.ask(ask).await;
    }

    #[call]
    fn deadline(&self, cx: &mut Cx<Self>) -> Option<Instant> {
        cx.deadline()
    }

    #[call]
    fn quit(&self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Shutdown);
    }

    #[terminate]
    async fn close(&mut self, reason: &ExitReason) {
        // Not where the test is over and only the last client went.
        if *reason == ExitReason::Shutdown {
            self.ask(Ask::Plainly).await;
        }
    }
}

impl Relay {
    async fn ask(&self, ask: Ask) {
        let begun = Instant::now();
        let call = self.to.note("x");
        let outcome = match ask {
            Ask::Plainly => call.await,
            Ask::Within(limit) => call.timeout(limit).await,
        };
        self.told.send((outcome, begun.elapsed())).expect("the test listens");
    }
}

struct Scene {
    relay: RelayClient,
    told: UnboundedReceiver<Told>,
    _busy: Gate,
}

impl Scene {
    async fn new() -> Self {
        let (to, _, busy) = busy_probe().await;
        let (tell, told) = unbounded_channel();
        let relay = Relay::start(to, tell).await.expect("its init cannot fail");
        Self { relay, told, _busy: busy }
    }

    /// The relay's call timed out after so long.
    async fn waits(&mut self, expected: Duration, inherited: bool) -> String {
        let (outcome, waited) = self.told.recv().await.expect("the relay tells");
        let late = timed_out(outcome);
        assert_eq!(late.inherited, inherited);
        assert!(waited >= expected, "{waited:?} is earlier than {expected:?}");
        assert!(waited <= expected + Duration::from_millis(50), "{waited:?} is too late");
        late.to_string()
    }
}

#[tokio::test(start_paused = true)]
async fn a_default_gives_way_to_what_is_left_to_the_calling_handler() {
    let mut scene = Scene::new().await;
    let sent = scene.relay.relay(Ask::Plainly).timeout(SECOND).send().await;
    let sent = sent.expect("there is room");
    scene.waits(SECOND, true).await;
    drop(sent);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_runs_where_it_is_called_inherits_too() {
    let mut scene = Scene::new().await;
    let call = scene.relay.relay(Ask::Plainly).timeout(SECOND);
    let (_, text) = tokio::join!(call, async {
        let (outcome, _) = scene.told.recv().await.expect("the relay tells");
        timed_out(outcome).to_string()
    });
    assert_eq!(
        text,
        "`Probe::note` timed out after 1s (inherited from the calling handler), next in the \
         mailbox; `Probe::wait` has been running for 1s"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_what_the_caller_gave_less_what_went_by() {
    let mut scene = Scene::new().await;
    let gate = Gate::new();
    let call = scene.relay.relay_after(gate.clone(), Ask::Plainly).timeout(4 * SECOND);
    let sent = call.send().await.expect("there is room");
    gate.reached().await;
    tokio::time::advance(3 * SECOND).await;
    gate.open();
    scene.waits(SECOND, true).await;
    drop(sent);
}

#[tokio::test(start_paused = true)]
async fn the_default_of_a_caller_is_inherited_as_well() {
    let mut scene = Scene::new().await;
    let gate = Gate::new();
    let call = scene.relay.relay_after(gate.clone(), Ask::Plainly);
    let sent = call.send().await.expect("there is room");
    gate.reached().await;
    tokio::time::advance(3 * SECOND).await;
    gate.open();
    scene.waits(2 * SECOND, true).await;
    drop(sent);
}

#[tokio::test(start_paused = true)]
async fn an_explicit_time_out_is_taken_at_its_word() {
    for limit in [SECOND / 2, 7 * SECOND] {
        let mut scene = Scene::new().await;
        let call = scene.relay.relay(Ask::Within(limit)).timeout(SECOND);
        let sent = call.send().await.expect("there is room");
        scene.waits(limit, false).await;
        drop(sent);
    }
}

#[tokio::test(start_paused = true)]
async fn where_nobody_waits_the_default_stands() {
    let mut scene = Scene::new().await;
    scene.relay.forward(Ask::Plainly).await.expect("there is room");
    scene.waits(DEFAULT, false).await;

    let sent = scene.relay.relay(Ask::Plainly).no_timeout().send().await;
    scene.waits(DEFAULT, false).await;
    sent.expect("there is room").await.expect("it waits for ever");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_inherited_in_terminate() {
    let mut scene = Scene::new().await;
    let sent = scene.relay.quit().timeout(SECOND).send().await.expect("there is room");
    scene.waits(DEFAULT, false).await;
    drop(sent);
}

#[tokio::test(start_paused = true)]
async fn a_handler_can_ask_until_when_its_caller_waits() {
    let scene = Scene::new().await;
    let begun = Instant::now();
    let until = scene.relay.deadline().timeout(SECOND).await.expect("it runs");
    assert_eq!(until, Some(begun + SECOND));
    assert_eq!(scene.relay.deadline().no_timeout().await, Ok(None));

    let queued = scene.relay.deadline().timeout(2 * SECOND).send().await;
    let until = queued.expect("there is room").await.expect("it runs");
    assert_eq!(until, Some(begun + 2 * SECOND));
}
