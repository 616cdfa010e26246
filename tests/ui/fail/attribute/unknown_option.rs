//! Options that do not exist, with the name that may have been meant.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver(mailbx = 8, sutdown = "1s", colour = red)]
impl Counter {
    #[call(tiemout = "1s")]
    pub fn get(&self) -> u8 {
        1
    }

    #[cast(unbouned)]
    pub fn set(&mut self) {}

    #[info(inlin = false)]
    fn told(&mut self, _: u8) {}
}

fn main() {}
