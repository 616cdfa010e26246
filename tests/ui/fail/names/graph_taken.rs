//! `GRAPH` of a machine is generated.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    pub const GRAPH: u8 = 1;

    #[call(Open => Closed)]
    pub fn close(&self) {}
}

fn main() {}
