//! The time of `#[idle]` and the period of `#[every]` stand first, and are not nothing.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct Door;

#[genserver(
    states(Open: initial, Closed: terminal),
    hibernate_after = "0s",
    passivate = "soon",
)]
impl Door {
    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[every]
    fn bare(&self) {}

    #[every("0s")]
    fn zero(&self) {}

    #[every(Open)]
    fn state(&self, _: &Open) {}

    #[every(missed = skip, "5s")]
    fn behind(&self) {}

    #[every("5s", "6s")]
    fn twice(&self) {}

    #[idle(60)]
    fn number(&self) {}
}

fn main() {}
