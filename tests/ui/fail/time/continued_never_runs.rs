//! Only a context continues with something.

use genserver_runtime::prelude::*;

pub struct Index;
pub struct Rebuild;

#[genserver]
impl Index {
    #[call]
    pub fn get(&self) -> u8 {
        1
    }

    #[continued]
    fn rebuild(&mut self, _: Rebuild) {}

    #[continued]
    fn again(&mut self, _: u8) {}
}

fn main() {}
