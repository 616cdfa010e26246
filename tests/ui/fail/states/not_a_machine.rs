//! Tests are generated from a machine's declaration.

use genserver_runtime::machine;
use genserver_runtime::prelude::*;

pub struct Counter(u64);

#[genserver]
impl Counter {
    #[call]
    pub fn get(&self) -> u64 {
        self.0
    }
}

fn main() {
    let _ = machine::conformance::<Counter>();
}
