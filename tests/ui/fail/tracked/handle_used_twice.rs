//! A handle is gone with the call that moves the machine, and it cannot be copied.

use genserver_runtime::prelude::*;

pub struct Shut;
pub struct Open;
pub struct Door;

#[genserver(states(Shut: initial, Open), tracked)]
impl Door {
    #[call(Shut => Open)]
    pub fn open(&self) {}

    #[call(Open => Shut)]
    pub fn shut(&self) {}
}

pub async fn twice(shut: DoorTracked<Shut>) {
    let _open = shut.open().await.unwrap();
    let _again = shut.open().await.unwrap();
}

pub async fn copied(shut: DoorTracked<Shut>) {
    let _other = shut.clone();
}

fn main() {}
