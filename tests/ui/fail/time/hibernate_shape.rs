//! `#[hibernate]` takes `&mut self` and nothing else.

use genserver_runtime::prelude::*;

pub struct A;
pub struct B;
pub struct C;
pub struct D;

#[genserver]
impl A {
    #[hibernate]
    async fn shrink(&mut self) {}
}

#[genserver]
impl B {
    #[hibernate]
    fn shrink(&self) {}

    #[hibernate]
    fn shrink_again(&mut self) {}
}

#[genserver]
impl C {
    #[hibernate]
    fn shrink(&mut self, cx: &mut Cx<Self>) {
        let _ = cx;
    }
}

#[genserver]
impl D {
    #[hibernate("5s")]
    fn shrink(&mut self) -> bool {
        true
    }
}

fn main() {}
