//! A type that does not exist is told once.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct Door;

#[genserver(states(Open: initial, Closed: terminal))]
impl Door {
    #[init]
    pub fn new(with: Hinge) -> (Self, Open) {
        let _ = with;
        (Self, Open)
    }

    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[call]
    pub fn paint(&self, colour: Colour) -> Coat {
        colour.into()
    }
}

fn main() {}
