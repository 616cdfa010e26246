//! A step whose error nobody could be told.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct CounterV1;

pub struct Negative;

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 2)]
impl Counter {
    #[code_change(from = 1)]
    fn v1(_: CounterV1) -> Result<Self, Negative> {
        Err(Negative)
    }
}

fn main() {}
