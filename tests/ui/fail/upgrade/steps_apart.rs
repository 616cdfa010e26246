//! A step that does not lead to what the next one takes.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct CounterV1;

#[derive(Serialize, Deserialize)]
pub struct CounterV2;

#[derive(Serialize, Deserialize)]
pub struct CounterV3;

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 4)]
impl Counter {
    #[code_change(from = 1)]
    fn v1(_: CounterV1) -> CounterV3 {
        CounterV3
    }

    #[code_change(from = 2)]
    fn v2(_: CounterV2) -> Result<CounterV1, std::fmt::Error> {
        Ok(CounterV1)
    }

    #[code_change(from = 3)]
    fn v3(_: CounterV3) -> std::io::Result<CounterV3> {
        Ok(CounterV3)
    }
}

#[derive(Serialize, Deserialize)]
pub struct Shut;

#[derive(Serialize, Deserialize)]
pub struct Door;

#[genserver(
    version = 2,
    states(Shut: initial + terminal),
    derive(serde::Serialize, serde::Deserialize),
)]
impl Door {
    #[code_change(from = 1)]
    fn v1(_: CounterV1) -> Self {
        Self
    }
}

fn main() {}
