//! Each option says which values it takes.

use genserver_runtime::prelude::*;

pub struct Counter;
pub struct Second;
pub struct Third;
pub struct Fourth;

#[genserver(mailbox = 0, overflow = drop_oldst, inline = 1, name = "", start = 5)]
impl Counter {
    #[call(inline = "no", name = "get")]
    pub fn get(&self) -> u8 {
        1
    }
}

#[genserver(mailbox = "8", overflow = "wait", name = counter, crate = "genserver_runtime", vis = private)]
impl Second {}

#[genserver(mailbox = -1, overflow = 5, client = "Client", derive(Clone), state = State)]
impl Third {}

#[genserver(mailbox = 8u64, overflow, derive = Clone, mailbox)]
impl Fourth {}

fn main() {}
