//! Words of later versions are as unknown as any.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Counter;

#[genserver(
    trap_exit,
    restart = permanent,
    states(Pending: initial, Closed: terminal, exhaustive),
)]
impl Counter {
    #[call(otherwise = ignore)]
    pub fn get(&self) -> u8 {
        1
    }

    #[call(Pending => Closed, otherwise = postpone)]
    pub fn close(&self) {}
}

fn main() {}
