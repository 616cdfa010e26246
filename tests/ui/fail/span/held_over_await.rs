//! A future that is not `Send`: what is held, once, at the handler's name.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub async fn get(&self) -> u32 {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        *shared
    }
}

fn main() {}
