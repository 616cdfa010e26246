//! An option is given once.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Counter;

#[genserver(mailbox = 1, mailbox = 2, states(Pending: initial, Closed: terminal), states(Pending: initial))]
impl Counter {
    #[call(timeout = "1s", timeout = "2s")]
    pub fn get(&self) -> u8 {
        1
    }

    #[call(Pending => Closed, blocking, blocking)]
    pub fn close(&self) {}
}

fn main() {}
