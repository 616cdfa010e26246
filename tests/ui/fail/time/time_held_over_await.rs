//! One error a method that holds what cannot be sent.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[idle("5s")]
    async fn rest(&mut self, _: &mut Cx<Self>) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
    }

    #[continued]
    async fn load(&mut self, _: u8) {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        drop(shared);
    }
}

fn main() {}
