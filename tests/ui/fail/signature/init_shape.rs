//! `#[init]` makes the server.

use genserver_runtime::prelude::*;

pub struct A;
pub struct B;
pub struct C;
pub struct D;
pub struct E;

#[genserver]
impl A {
    #[init]
    pub fn new() -> Option<Self> {
        None
    }
}

#[genserver]
impl B {
    #[init]
    pub fn new() {}
}

#[genserver]
impl C {
    #[init]
    pub fn new(&self) -> Self {
        Self
    }
}

#[genserver]
impl D {
    #[init]
    pub fn new(value: u8, cx: &mut Cx<Self>) -> Result<u8, String> {
        let _ = cx;
        Ok(value)
    }
}

#[genserver]
impl E {
    #[init]
    pub fn new(cx: Cx<Self>) -> Self {
        drop(cx);
        Self
    }
}

fn main() {}
