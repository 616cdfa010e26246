//! Words of later versions are as unknown as any.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Counter;

#[genserver(
    restart = permanent,
    states(Pending: initial, Closed: terminal),
)]
impl Counter {
    #[call(Pending => Closed)]
    pub fn close(&self) {}
}

fn main() {}
