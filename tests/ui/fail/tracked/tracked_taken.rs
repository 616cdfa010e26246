//! Names that a tracked client takes, and what else its attribute cannot say.

use genserver_runtime::prelude::*;

pub struct Shut;
pub struct DoorTracked;
pub struct Gone;
pub struct Door;

#[genserver(states(Shut: initial, DoorTracked, Gone: terminal), tracked, name = "door")]
impl Door {
    #[call(Shut => DoorTracked)]
    pub fn go(&self) {}

    #[call(DoorTracked => Gone)]
    pub fn start_tracked(&self) {}
}

pub struct Counter;

#[genserver(tracked)]
impl Counter {}

#[genserver(states(Gone: initial + terminal), tracked = true)]
impl Gone {}

fn main() {}
