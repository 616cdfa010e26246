//! `#[terminate]` has one shape.

use genserver_runtime::prelude::*;

pub struct A;
pub struct B;
pub struct C;
pub struct D;
pub struct E;
pub struct F;

#[genserver]
impl A {
    #[terminate]
    fn end(&self, _: &ExitReason) {}
}

#[genserver]
impl B {
    #[terminate]
    fn end(&mut self) {}
}

#[genserver]
impl C {
    #[terminate]
    fn end(&mut self, reason: ExitReason) {
        drop(reason);
    }
}

#[genserver]
impl D {
    #[terminate]
    fn end(&mut self, _: &ExitReason) -> u8 {
        1
    }
}

#[genserver]
impl E {
    #[terminate]
    fn end(&mut self, _: &ExitReason, st: Option<&Self>) {
        let _ = st;
    }
}

pub struct Open;
pub struct Closed;

#[genserver(states(Open: initial, Closed: terminal))]
impl F {
    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[terminate]
    fn end(&mut self, _: &ExitReason, st: &FState) {
        let _ = st;
    }
}

fn main() {}
