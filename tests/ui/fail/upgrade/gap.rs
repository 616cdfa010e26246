//! A version that no step leads on from.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct CounterV1;

#[derive(Serialize, Deserialize)]
pub struct CounterV2;

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 5)]
impl Counter {
    #[code_change(from = 1)]
    fn v1(_: CounterV1) -> CounterV2 {
        CounterV2
    }

    #[code_change(from = 4)]
    fn v4(_: CounterV2) -> Self {
        Self
    }

    #[call]
    pub fn get(&self) {}
}

#[derive(Serialize, Deserialize)]
pub struct Gauge;

#[genserver(version = 3)]
impl Gauge {
    #[code_change(from = 1)]
    fn v1(_: CounterV1) -> Self {
        Self
    }
}

async fn used() {
    // What is generated is there nevertheless.
    let counter = Counter::restore(Vec::new()).await.unwrap();
    counter.get().await.unwrap();
    counter.sys().export_state().await.unwrap();
}

fn main() {}
