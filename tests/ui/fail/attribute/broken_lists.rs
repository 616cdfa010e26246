//! One broken item does not hide the next.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver(= 5, mailbox 8, name = "a" "b", 7, mailbx = 1)]
impl Counter {
    #[call(timeout "1s", tiemout = "2s")]
    pub fn get(&self) -> u8 {
        1
    }

    #[call(,)]
    pub fn comma(&self) {}
}

fn main() {}
