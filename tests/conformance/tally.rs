//! Servers to be looked into: one that can be copied and shown, and a machine of the same kind.

use std::sync::{Arc, Mutex};

use genserver_runtime::prelude::*;

use crate::support::Gate;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub value: i64,
}

/// Where a handler leaves its right to reply.
#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<Option<ReplyTo<i64>>>>);

impl Desk {
    /// Replies to the request that lies here.
    pub fn reply(&self, value: i64) {
        let reply = self.0.lock().expect("no test panics with it").take();
        reply.expect("a request lies here").reply(value).expect("its caller waits");
    }
}

#[genserver]
impl Tally {
    #[call]
    pub fn add(&mut self, by: i64) -> i64 {
        self.value += by;
        self.value
    }

    #[cast]
    pub fn bump(&mut self, by: i64) {
        self.value += by;
    }

    /// Keeps the server busy until the gate opens.
    #[cast]
    pub async fn wait(&mut self, gate: Gate) {
        gate.pass().await;
    }

    /// As `wait`, for a caller.
    #[call]
    pub async fn hold(&mut self, gate: Gate) -> i64 {
        gate.pass().await;
        self.value
    }

    /// Answered by whoever looks at the desk.
    #[call]
    pub fn ask(&mut self, reply: ReplyTo<i64>, desk: Desk) {
        *desk.0.lock().expect("no test panics with it") = Some(reply);
    }

    #[call]
    pub fn quit(&mut self, cx: &mut Cx<Self>) -> i64 {
        cx.stop(ExitReason::Shutdown);
        self.value
    }

    #[cast]
    pub fn burst(&mut self) {
        self.value = -1;
        panic!("burst");
    }

    /// Looks into itself, which would wait for ever.
    #[call]
    pub async fn reflect(&mut self, cx: &mut Cx<Self>) -> Result<Self, ServerError> {
        let me: TallyClient = cx.weak();
        me.sys().get_state().await
    }

    /// Suspends itself, which would wait for ever.
    #[call]
    pub async fn faint(&mut self, cx: &mut Cx<Self>) -> Result<(), ServerError> {
        let me: TallyClient = cx.weak();
        me.sys().suspend().await
    }
}

/// A tally that is busy until the gate opens.
pub async fn busy_tally(value: i64) -> (TallyClient, Gate) {
    let tally = Tally::start(Tally { value }).await.expect("it starts");
    let gate = Gate::new();
    tally.wait(gate.clone()).await.expect("there is room");
    gate.reached().await;
    (tally, gate)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shut;

/// Open since the move of this number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub since: u32,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    pub moves: u32,
}

#[genserver(states(Shut: initial, Open), derive(Clone, Debug, PartialEq, Eq))]
impl Door {
    #[init]
    pub fn new() -> (Self, Shut) {
        (Self { moves: 0 }, Shut)
    }

    #[call(Shut => Open)]
    pub fn open(&self, st: &Shut) -> Next<u32> {
        let since = self.moves + 1;
        let next = st.goto_mut(move |door, _| {
            door.moves += 1;
            Open { since }
        });
        next.reply(since)
    }

    #[call(Open => Shut)]
    pub fn close(&self) {}

    #[cast(Open)]
    pub fn knock(&mut self) {
        self.moves += 100;
    }

    #[cast]
    pub fn smash(&self) {
        panic!("smashed");
    }
}
