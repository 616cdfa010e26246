//! A derived trait is the states' too.

use genserver_runtime::prelude::*;

pub struct Open;
#[derive(Clone)]
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal), derive(Clone))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self) {}
}

fn main() {}
