//! `&self` of a server that is not `Sync`, in an `async fn`.

use std::cell::Cell;

use genserver_runtime::prelude::*;

pub struct Counter(Cell<u32>);

#[genserver]
impl Counter {
    #[call]
    pub async fn get(&self) -> u32 {
        std::future::ready(()).await;
        self.0.get()
    }

    /// Neither this nor what takes `&mut self` minds.
    #[call]
    pub fn peek(&self) -> u32 {
        self.0.get()
    }

    #[call]
    pub async fn set(&mut self, value: u32) -> u32 {
        std::future::ready(()).await;
        self.0.replace(value)
    }
}

fn main() {}
