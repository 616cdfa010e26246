//! Generated types stand beside the user's.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct DoorState;
pub struct DoorMessage;
pub struct Door;
pub struct Gate;

#[genserver(states(Open: initial, DoorState, DoorClient { DoorMessage: terminal }))]
impl Door {
    #[call(Open => DoorState)]
    pub fn close(&self) {}

    #[call(DoorState => DoorMessage)]
    pub fn lock(&self) {}
}

#[genserver(client = Gate)]
impl Gate {}

fn main() {}
