//! `restore` is generated with a version.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 1)]
impl Counter {
    #[call]
    pub fn restore(&mut self) {}
}

#[derive(Serialize, Deserialize)]
pub struct Gauge;

#[genserver(version = 1, start = restore)]
impl Gauge {}

fn main() {}
