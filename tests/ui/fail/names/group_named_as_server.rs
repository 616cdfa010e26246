//! A group is a type of its own.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Door { Closed: terminal }))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self) {}
}

fn main() {}
