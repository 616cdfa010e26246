//! One error a hook whose future is not `Send`, at its name.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Calm;
pub struct Ringing;
pub struct Bell;

#[genserver(states(Calm: initial, Ringing))]
impl Bell {
    #[call(Calm => Ringing)]
    pub fn ring(&self) {}

    #[call(Ringing => Calm)]
    pub fn rest(&self) {}

    #[enter(Ringing)]
    async fn entered(&mut self, st: &mut Ringing, cx: &mut StateCx<Self>) -> Enter {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop((shared, st, cx));
        Enter::Done
    }

    #[exit(Ringing)]
    async fn left(&self) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
    }

    #[transition]
    async fn save(&self, now: &BellState) -> Result<(), std::io::Error> {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop((shared, now));
        Ok(())
    }

    #[state_timeout(Ringing, after = "1m" => Calm)]
    async fn late(&mut self) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
    }
}

fn main() {}
