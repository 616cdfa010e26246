//! A machine starts in its initial state, or is resumed.

use genserver_runtime::prelude::*;

pub struct Open;
pub struct Closed;
pub struct A;
pub struct B;
pub struct C;

#[genserver(states(Open: initial, Closed: terminal))]
impl A {
    #[init]
    pub fn new() -> Self {
        Self
    }

    #[call(Open => Closed)]
    pub fn close(&self) {}
}

#[genserver(states(Open: initial, Closed: terminal))]
impl B {
    #[init]
    pub fn new() -> (Self, Closed) {
        (Self, Closed)
    }

    #[call(Open => Closed)]
    pub fn close(&self) {}
}

#[genserver(states(Open: initial, Closed: terminal))]
impl C {
    #[init]
    pub fn new() -> Result<(Open, Self), String> {
        Ok((Open, Self))
    }

    #[call(Open => Closed)]
    pub fn close(&self) {}
}

fn main() {}
