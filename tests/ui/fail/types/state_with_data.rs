//! A state that holds data is not entered without it.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed {
    by: String,
}
pub struct Locked(u8);
pub struct Door;

#[genserver(states(Open: initial, Closed, Locked: terminal))]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[call(Closed => Locked)]
    pub fn lock(&self) -> Result<u8, String> {
        Ok(1)
    }
}

pub fn by(closed: &Closed) -> (&str, u8) {
    (&closed.by, Locked(1).0)
}

fn main() {}
