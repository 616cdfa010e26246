//! The server calls its handlers from plain Rust code.

use genserver_runtime::prelude::*;

pub struct Store;

#[genserver]
impl Store {
    #[call]
    pub unsafe fn danger(&self) -> u8 {
        1
    }

    #[cast]
    pub extern "C" fn foreign(&mut self) {}

    #[call]
    pub const fn fixed(&self) -> u8 {
        1
    }

    #[terminate]
    unsafe fn end(&mut self, _: &ExitReason) {}
}

fn main() {}
