//! A crate whose own types have the names of the prelude.
#![deny(warnings)]
#![allow(dead_code)]

pub struct Result;
pub struct Option;
pub struct Vec;
pub struct Box;
pub struct String;
pub struct Arc;
pub struct Duration;
pub struct PhantomData;
pub struct Ok;
pub struct Err;
pub struct Some;
pub struct None;
pub trait Send {}
pub trait Sync {}
pub trait Sized {}
pub trait Clone {}
pub trait Copy {}
pub trait Drop {}
pub trait Fn {}
pub trait FnOnce {}
pub trait From {}
pub trait Into {}
pub trait Default {}
pub trait Iterator {}
pub trait Future {}
pub trait Debug {}
pub trait Display {}
pub trait Eq {}
pub trait PartialEq {}
pub trait Hash {}
pub trait FromStr {}
pub struct Client;
pub struct Server;
pub struct Call;
pub struct Cast;
pub struct Start;
pub struct Message;
pub struct State;
pub struct Handler;
pub struct Enter;
pub struct Transition;
pub struct StateCx;
pub struct StateTimeout;
pub struct Instant;
pub struct Crash;
pub mod core {}
pub mod std {}
pub mod alloc {}
pub mod tokio {}
pub mod genserver_runtime {}
pub fn drop() {}
#[allow(unused_macros)]
macro_rules! matches {
    ($($t:tt)*) => {
        compile_error!("the macro of the user's crate")
    };
}
#[allow(unused_macros)]
macro_rules! unreachable {
    ($($t:tt)*) => {
        compile_error!("the macro of the user's crate")
    };
}

use ::genserver_runtime::{Cx, ExitReason, ReplyTo, genserver};

pub const PERIOD: ::std::time::Duration = ::std::time::Duration::from_secs(5);

pub struct Counter {
    value: i64,
}

#[genserver(name = "counter", mailbox = unbounded, call_timeout = "1s", overflow = reject)]
impl Counter {
    #[init]
    pub async fn new(cx: &mut Cx<Self>, value: i64) -> ::std::io::Result<Self> {
        assert!(cx.name().is_some());
        ::std::io::Result::Ok(Self { value })
    }

    #[call(timeout = "1s")]
    pub fn get(&self) -> i64 {
        self.value
    }

    #[call]
    pub async fn own(&self, result: Result, option: Option, string: String) -> Vec {
        let _ = (result, option, string);
        Vec
    }

    #[call]
    pub fn fails(&self) -> ::std::result::Result<Ok, Err> {
        ::std::result::Result::Err(Err)
    }

    #[call]
    pub fn later(&self, reply: ReplyTo<Some>) {
        let _ = reply.reply(Some);
    }

    #[call(blocking)]
    pub fn heavy(&self, #[into] text: ::std::string::String) -> ::std::string::String {
        text
    }

    #[cast]
    pub fn add(&mut self, by: i64) {
        self.value += by;
    }

    #[continued]
    fn go_on(&mut self, _: Option) {}

    #[idle("60s")]
    fn rest(&mut self) {}

    #[every(crate::PERIOD)]
    fn tick(&mut self) {}

    #[hibernate]
    fn shrink(&mut self) {}

    #[format_state]
    fn show(&self) -> i64 {
        self.value
    }

    #[info]
    fn told(&mut self, message: Message) {
        let Message = message;
        self.value += 1;
    }

    #[terminate]
    fn close(&mut self, _: &ExitReason) {}
}

pub struct Pending;
pub struct Active;
pub struct Paused;
pub struct Closed;
pub struct Job;

#[genserver(
    states(Pending: initial, Running { Active, Paused }, Closed: terminal),
    derive(::std::clone::Clone)
)]
impl Job {
    #[call(Pending => Running)]
    pub fn begin(&self, st: &Pending) -> ::genserver_runtime::Next<u8> {
        ::genserver_runtime::State::goto(st, |_| Active).reply(1)
    }

    #[call(Running => Closed)]
    pub fn close(&self, st: &Running) -> ::std::result::Result<::genserver_runtime::Next, Err> {
        let _ = st;
        ::std::result::Result::Err(Err)
    }

    #[cast(Active => Paused)]
    pub fn pause(&self) {}
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
    pub fn more(&self, _: Enter, _: Transition, _: StateCx) {}

    #[enter(Dim)]
    fn glow(
        &mut self,
        st: &mut Dim,
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
        ::std::io::Result::Ok(())
    }

    #[state_timeout(Dim, after = crate::PERIOD => Off)]
    fn save_energy(&self) {}

    #[state_timeout(Bright, until = Self::never => Off)]
    async fn go_out(&self) {}

    fn never(&self, _: &Bright) -> ::std::option::Option<::std::time::SystemTime> {
        ::std::option::Option::None
    }
}

impl ::std::clone::Clone for Pending {
    fn clone(&self) -> Self {
        Self
    }
}
impl ::std::clone::Clone for Active {
    fn clone(&self) -> Self {
        Self
    }
}
impl ::std::clone::Clone for Paused {
    fn clone(&self) -> Self {
        Self
    }
}
impl ::std::clone::Clone for Closed {
    fn clone(&self) -> Self {
        Self
    }
}

async fn run() {
    let lamp = Lamp::start(Lamp, Off).await.unwrap();
    let off = lamp.switch_off().send().await.unwrap();
    lamp.switch_on().await.unwrap();
    off.await.unwrap();
    let counter = Counter::start(1).await.unwrap();
    counter.add(1).await.unwrap();
    ::genserver_runtime::Client::send_info(&counter, Message).await.unwrap();
    assert_eq!(counter.get().await.unwrap(), 3);
    let Vec = counter.own(Result, Option, String).await.unwrap();
    assert!(counter.fails().await.is_err());
    let Some = counter.later().await.unwrap();
    assert_eq!(counter.heavy("text").await.unwrap(), "text");
    let job = Job::start(Job, Pending).await.unwrap();
    assert_eq!(job.begin().await.unwrap(), 1);
    assert!(job.close().await.is_err());
    job.pause().await.unwrap();
    let state = ::genserver_runtime::MachineClient::state(&job).await.unwrap();
    assert_eq!(state, JobStateName::Paused);
}

fn main() {
    let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}
