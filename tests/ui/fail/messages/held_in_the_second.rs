//! A future that is not `Send`, of one of several methods: told at its own name.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Empty;
pub struct Full;
pub struct Jar;

#[genserver(states(Empty: initial, Full: terminal))]
impl Jar {
    #[call(shake: Empty => Full)]
    pub async fn shake_empty(&self) -> u8 {
        0
    }

    #[call(shake: Full)]
    pub async fn shake_full(&self) -> u8 {
        let held = Rc::new(1);
        std::future::ready(()).await;
        *held
    }
}

fn main() {}
