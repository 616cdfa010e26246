//! `#[format_state]` looks, and returns what it saw.

use genserver_runtime::prelude::*;

pub struct A;
pub struct B;
pub struct C;
pub struct Open;
pub struct Door;

#[genserver]
impl A {
    #[format_state]
    fn show(&mut self) -> u8 {
        1
    }
}

#[genserver]
impl B {
    #[format_state]
    fn show(&self) {}
}

#[genserver]
impl C {
    #[format_state]
    async fn show(&self) -> u8 {
        1
    }
}

#[genserver(states(Open: initial + terminal))]
impl Door {
    #[format_state]
    fn show(&self, st: &Open) -> u8 {
        let _ = st;
        1
    }

    #[format_state]
    fn show_again(&self) -> u8 {
        1
    }
}

fn main() {}
