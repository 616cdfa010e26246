//! Types that borrow for `'static`, or hide a lifetime, travel like others.
#![deny(warnings)]

use std::borrow::Cow;
use std::pin::Pin;

use genserver_runtime::prelude::*;

type Job = Box<dyn FnOnce(&str) -> usize + Send>;
type Later = Pin<Box<dyn Future<Output = &'static str> + Send>>;

pub struct Runner {
    name: &'static str,
    length: fn(&str) -> usize,
}

#[genserver]
impl Runner {
    #[init]
    pub async fn new(name: &'static str, length: fn(&str) -> usize) -> Result<Self, &'static str> {
        if name.is_empty() { Err("empty") } else { Ok(Self { name, length }) }
    }

    #[call]
    pub fn name(&self) -> &'static str {
        self.name
    }

    #[call]
    pub async fn rename(&mut self, name: &'static str) -> Result<&'static str, &'static str> {
        if name.is_empty() { Err("empty") } else { Ok(std::mem::replace(&mut self.name, name)) }
    }

    #[call]
    pub async fn run(&self, job: Job, text: Cow<'static, str>) -> usize {
        job(&text)
    }

    #[call]
    pub async fn wait(&self, later: Later) -> Cow<'static, str> {
        later.await.into()
    }

    #[call]
    pub fn defer(&self, reply: ReplyTo<&'static str>, text: &'static str) {
        let _ = reply.reply(text);
    }

    #[call(blocking)]
    pub fn heavy(&self, text: &'static str, each: Box<dyn Fn(&str) -> usize + Send>) -> usize {
        each(text) + (self.length)(text)
    }

    #[cast]
    pub fn measure(&mut self, length: fn(&str) -> usize, name: &'static [&'static str]) {
        self.length = length;
        self.name = name[0];
    }

    #[info]
    async fn told(&mut self, name: &'static str) -> Result<(), Crash> {
        self.name = name;
        Ok(())
    }
}

pub struct Open {
    why: &'static str,
}
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[init]
    pub fn install(why: &'static str) -> (Self, Open) {
        (Self, Open { why })
    }

    #[call(Open => Closed)]
    pub async fn close(
        &self,
        st: &Open,
        why: &'static str,
    ) -> Result<Next<&'static str>, &'static str> {
        if why == st.why { Err("no") } else { Ok(st.goto(|_| Closed).reply(why)) }
    }
}

/// What a caller spawns must be `Send`.
async fn spawned(runner: RunnerClient, door: DoorClient) {
    assert_eq!(runner.rename("b").await.unwrap(), "a");
    runner.send_info("c").await.unwrap();
    assert_eq!(runner.name().await.unwrap(), "c");
    assert_eq!(runner.run(Box::new(str::len), "four".into()).await.unwrap(), 4);
    assert_eq!(runner.wait(Box::pin(async { "later" })).await.unwrap(), "later");
    assert_eq!(runner.defer("deferred").await.unwrap(), "deferred");
    runner.measure(|_| 1, &["d"]).await.unwrap();
    assert_eq!(runner.heavy("text", Box::new(str::len)).await.unwrap(), 5);
    assert!(door.close("a").await.is_err());
    assert_eq!(door.close("b").await.unwrap(), "b");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let runner = Runner::start("a", str::len).await.unwrap();
    let door = Door::start("a").await.unwrap();
    tokio::spawn(spawned(runner, door)).await.unwrap();
    assert!(Runner::start("", str::len).await.is_err());
}
