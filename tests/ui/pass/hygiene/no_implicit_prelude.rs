//! Without a prelude, generated code finds everything by an absolute path.
#![no_implicit_prelude]
#![deny(warnings)]

use ::genserver_runtime::{Cx, ExitReason, Init, ReplyTo, genserver};
use ::std::convert::Infallible;

pub struct Counter {
    value: i64,
}

#[genserver(
    name = "counter",
    mailbox = 8,
    call_timeout = "1s",
    shutdown = kill,
    hibernate_after = "60s",
    passivate = Self::REST
)]
impl Counter {
    const REST: ::std::time::Duration = ::std::time::Duration::from_secs(60);

    #[init]
    pub async fn new(cx: &mut Cx<Self>, value: i64) -> Init<Self, Infallible> {
        ::std::assert!(cx.name().is_some());
        Init::Ready(Self { value })
    }

    /// The value.
    #[call(timeout = "1s", skip_abandoned)]
    pub fn get(&self) -> i64 {
        self.value
    }

    #[call]
    pub async fn text(
        &self,
        #[into] before: ::std::string::String,
    ) -> ::std::io::Result<::std::string::String> {
        ::std::result::Result::Ok(::std::format!("{before}{}", self.value))
    }

    #[call]
    pub fn later(&self, reply: ReplyTo<i64>) {
        let _ = reply.reply(self.value);
    }

    #[call(blocking)]
    pub fn heavy(&self) -> i64 {
        self.value
    }

    #[cast]
    pub fn add(&mut self, by: i64) -> ::std::result::Result<(), ::genserver_runtime::Crash> {
        self.value += by;
        ::std::result::Result::Ok(())
    }

    #[cast(unbounded)]
    pub fn reset(&mut self) {
        self.value = 0;
    }

    #[info]
    fn told(&mut self, by: u8) {
        self.value += <i64 as ::std::convert::From<u8>>::from(by);
    }

    #[continued]
    fn go_on(&mut self, by: u16) {
        self.value += <i64 as ::std::convert::From<u16>>::from(by);
    }

    #[idle(Self::REST)]
    async fn rest(&mut self, cx: &mut Cx<Self>) {
        cx.stop(ExitReason::Normal);
    }

    #[every("5s", missed = catch_up)]
    fn beat(&mut self) -> ::std::result::Result<(), ::genserver_runtime::Crash> {
        ::std::result::Result::Ok(())
    }

    #[hibernate]
    fn shrink(&mut self) {}

    #[format_state]
    fn show(&self) -> impl ::std::fmt::Debug {
        self.value
    }

    #[terminate]
    async fn close(&mut self, _: &ExitReason) {}
}

pub struct Pending;
pub struct Active;
pub struct Paused;
pub struct Closed;
pub struct Job;

#[genserver(states(Pending: initial, Running { Active, Paused }, Closed: terminal))]
impl Job {
    #[init]
    pub fn new() -> (Self, Pending) {
        (Self, Pending)
    }

    #[call(Pending => Running)]
    pub fn begin(&self, st: &Pending) -> ::genserver_runtime::Next<u8> {
        ::genserver_runtime::State::goto(st, |_| Active).reply(1)
    }

    #[cast(Active => Paused)]
    pub fn pause(&self) {}

    #[idle("60s", Paused => Closed)]
    fn give_up(&self) {}

    #[every("60s", Active => Paused)]
    fn yield_now(&self, st: &Active) -> ::genserver_runtime::Next {
        ::genserver_runtime::State::goto(st, |_| Paused)
    }

    #[call(Running => Closed)]
    pub fn close(&self, reason: &'static str) -> ::std::result::Result<(), &'static str> {
        ::std::result::Result::Err(reason)
    }

    #[call]
    pub fn is_running(&self, st: &JobState) -> bool {
        ::std::matches!(st, JobState::Running(_))
    }
}

pub struct Off;
pub struct Dim;
pub struct Bright;
pub struct Lamp;

#[genserver(states(Off: initial, Lit { Dim, Bright }), otherwise = postpone)]
impl Lamp {
    #[call(Off => Dim)]
    pub fn switch_on(&self) {}

    #[call(Lit => Off, otherwise = postpone(Off))]
    pub fn switch_off(&self) {}

    #[cast(Dim => Bright, otherwise = ignore)]
    pub fn more(&self) {}

    #[enter(Lit)]
    fn glow(
        &mut self,
        st: &Lit,
        cx: &mut ::genserver_runtime::StateCx<Self>,
    ) -> ::genserver_runtime::Enter {
        let _ = (st, cx.name());
        ::genserver_runtime::Enter::Done
    }

    #[exit(Lit)]
    async fn cool(&self, t: &::genserver_runtime::Transition) {
        let _ = t.is_change();
    }

    #[transition]
    async fn save(&self, now: &LampState) -> ::std::io::Result<()> {
        let _ = now;
        ::std::result::Result::Ok(())
    }

    #[state_timeout(Dim, after = "60s" => Off)]
    fn save_energy(&self) {}

    #[state_timeout(Bright, until = Self::never => Off)]
    async fn go_out(&self) {}

    fn never(&self, _: &Bright) -> ::std::option::Option<::std::time::SystemTime> {
        ::std::option::Option::None
    }
}

async fn run() {
    let lamp = Lamp::start(Lamp, Off).await.unwrap();
    let off = lamp.switch_off().send().await.unwrap();
    lamp.switch_on().await.unwrap();
    off.await.unwrap();
    let counter = Counter::start(1).await.unwrap();
    counter.add(1).await.unwrap();
    ::genserver_runtime::Client::send_info(&counter, 1).await.unwrap();
    ::std::assert_eq!(counter.get().await.unwrap(), 3);
    ::std::assert_eq!(counter.text("=").await.unwrap(), "=3");
    counter.reset().post().unwrap();
    ::std::assert_eq!(counter.later().await.unwrap(), 0);
    let job = Job::start().await.unwrap();
    ::std::assert_eq!(job.begin().await.unwrap(), 1);
    job.pause().await.unwrap();
    ::std::assert!(job.close("no").await.is_err());
    ::std::assert!(job.is_running().await.unwrap());
    ::std::assert_eq!(::std::string::ToString::to_string(&JobStateName::Paused), "Paused");
}

fn main() {
    let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}
