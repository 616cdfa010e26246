//! The runtime under another name, and nothing under its own.
#![deny(warnings)]

extern crate core as genserver_runtime;
extern crate genserver_runtime as gs;

use gs::prelude::*;

pub struct Counter(i64);

#[gs::genserver(crate = ::gs)]
impl Counter {
    #[init]
    pub fn new(value: i64) -> Result<Self, std::fmt::Error> {
        Ok(Self(value))
    }

    #[call]
    pub fn get(&self) -> i64 {
        self.0
    }

    #[gs::call]
    pub async fn text(&self) -> std::io::Result<String> {
        Ok(self.0.to_string())
    }

    #[call(blocking)]
    pub fn heavy(&self) -> i64 {
        self.0
    }

    #[call]
    pub fn later(&self, reply: ReplyTo<i64>) {
        let _ = reply.reply(self.0);
    }

    #[cast]
    pub fn reset(&mut self) -> Result<(), Crash> {
        self.0 = 0;
        Ok(())
    }

    #[gs::cast(unbounded)]
    pub fn set(&mut self, to: i64) {
        self.0 = to;
    }

    #[info]
    fn told(&mut self, by: i64) {
        self.0 += by;
    }

    #[gs::every("5s")]
    fn tick(&mut self) {}

    #[gs::idle]
    fn rest(&mut self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[gs::continued]
    fn go_on(&mut self, _: u8) {}

    #[gs::hibernate]
    fn shrink(&mut self) {}

    #[gs::format_state]
    fn show(&self) -> i64 {
        self.0
    }

    #[gs::terminate]
    fn close(&mut self, _: &gs::ExitReason) {}
}

pub struct Door;
pub struct Open;
pub struct Closed;
pub struct Locked;

#[gs::genserver(crate = gs, states(Open: initial, Shut { Closed, Locked: terminal }))]
impl Door {
    #[init]
    pub fn install() -> (Self, Open) {
        (Self, Open)
    }

    #[call(Open => Shut)]
    pub fn close(&self, st: &Open) -> Result<gs::Next<u8>, std::fmt::Error> {
        Ok(st.goto(|_| Closed).reply(1))
    }

    #[call(Closed => Locked)]
    pub fn lock(&self) {}

    #[call]
    pub fn is_open(&self, st: &DoorState) -> bool {
        matches!(st, DoorState::Open(_))
    }
}

#[gs::genserver(crate = gs, states(Open: initial, Locked), otherwise = postpone)]
impl Gate {
    #[call(Open => Locked)]
    pub fn lock(&self) {}

    #[gs::call(Locked => Open, otherwise = postpone)]
    pub fn unlock(&self) {}

    #[gs::enter(Open)]
    fn creak(&mut self, st: &mut Open, cx: &mut gs::StateCx<Self>) -> gs::Enter {
        let _ = (st, cx.name());
        gs::Enter::Done
    }

    #[gs::exit(Open)]
    async fn left(&self, _: &gs::Transition) {}

    #[gs::transition]
    async fn save(&self, _: &GateState) -> Result<(), std::fmt::Error> {
        Ok(())
    }

    #[gs::state_timeout(Open, after = "60s" => Locked)]
    fn lock_itself(&self) {}

    #[gs::state_timeout(Locked, until = Self::morning => Open)]
    fn open_itself(&self) {}

    fn morning(&self, _: &Locked) -> std::time::SystemTime {
        std::time::SystemTime::now() + std::time::Duration::from_secs(60)
    }
}

pub struct Gate;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let gate = Gate::start(Gate, Open).await.unwrap();
    let unlocked = gate.unlock().send().await.unwrap();
    gate.lock().await.unwrap();
    unlocked.await.unwrap();
    let counter = Counter::start(1).await.unwrap();
    counter.send_info(1).await.unwrap();
    assert_eq!(counter.text().await.unwrap(), "2");
    counter.reset().await.unwrap();
    assert_eq!(counter.get().await.unwrap(), 0);
    let door = Door::start().await.unwrap();
    assert_eq!(door.close().await.unwrap(), 1);
    door.lock().await.unwrap();
    assert!(!door.is_open().await.unwrap());
}
