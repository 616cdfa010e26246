//! States that serde knows nothing of.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

pub struct CounterV1;

pub struct Counter;

#[genserver(version = 2)]
impl Counter {
    #[code_change(from = 1)]
    fn v1(_: CounterV1) -> Self {
        Self
    }
}

#[derive(Serialize, Deserialize)]
pub struct Shut;

#[derive(Serialize, Deserialize)]
pub struct Door;

#[genserver(version = 1, states(Shut: initial + terminal))]
impl Door {}

pub struct Closed;

#[derive(Serialize, Deserialize)]
pub struct Gate;

#[genserver(
    version = 1,
    states(Closed: initial + terminal),
    derive(serde::Serialize, serde::Deserialize),
)]
impl Gate {}

fn main() {}
