//! The option `trap_exit` is the word alone.

use genserver_runtime::prelude::*;

pub struct Worker;

#[genserver(trap_exit = true)]
impl Worker {
    #[call]
    pub fn work(&self) {}
}

fn main() {}
