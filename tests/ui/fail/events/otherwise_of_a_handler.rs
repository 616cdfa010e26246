//! What becomes of a message in other states, where there are none, or none that could be meant.

use genserver_runtime::prelude::*;

pub struct Closed;
pub struct Ajar;
pub struct Wide;
pub struct Hatch;

#[genserver(states(Closed: initial, Open { Ajar, Wide }))]
impl Hatch {
    #[call(Closed => Ajar, otherwise = ignore)]
    pub fn open(&self) {}

    #[call(Ajar => Wide, otherwise = postpone(Ajar))]
    pub fn widen(&self) {}

    #[call(Open => Closed, otherwise = postpone(Close | Elsewhere))]
    pub fn close(&self) {}

    #[cast(Ajar, otherwise = postpone(Closed | Open))]
    pub fn creak(&self) {}

    #[cast(Ajar, otherwise = postpone(Wide | Closed | Wide))]
    pub fn slam(&self) {}

    #[cast(otherwise = ignore)]
    pub fn everywhere(&self) {}

    #[info(Closed | Open, otherwise = postpone)]
    fn told(&self, _: u8) {}
}

fn main() {}
