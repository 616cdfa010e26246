//! `start` is generated.

use genserver_runtime::prelude::*;

pub struct Engine;
pub struct Motor;

#[genserver]
impl Engine {
    #[call]
    pub fn start(&mut self) {}
}

#[genserver(start = launch)]
impl Motor {
    /// Free, since the server starts by another name.
    #[call]
    pub fn start(&mut self) {}

    pub fn launch() {}
}

fn main() {}
