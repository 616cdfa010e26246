//! A handle is not dropped unseen, nor a call that is not awaited.
#![deny(unused_must_use)]

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

pub async fn not_awaited(shut: DoorTracked<Shut>) {
    shut.open();
}

pub async fn dropped(shut: DoorTracked<Shut>) -> Result<(), ServerError> {
    shut.open().await?;
    Ok(())
}

fn main() {}
