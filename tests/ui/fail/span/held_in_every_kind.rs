//! One error a handler, whatever its kind.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct A;
pub struct Open;
pub struct Closed;
pub struct Door;

#[genserver]
impl A {
    #[init]
    pub async fn new() -> Self {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
        Self
    }

    #[cast]
    pub async fn cast(&mut self) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
    }

    #[info]
    async fn info(&mut self, _: u8) -> Result<(), Crash> {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
        Ok(())
    }

    #[call]
    pub async fn deferred(&mut self, reply: ReplyTo<u8>) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop((shared, reply));
    }

    #[terminate]
    async fn end(&mut self, _: &ExitReason) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
    }
}

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub async fn close(&self, st: &Open) -> Result<Next, String> {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
        Ok(st.goto(|_| Closed))
    }
}

fn main() {}
