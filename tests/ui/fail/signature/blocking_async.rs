//! The blocking pool polls nothing.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call(blocking)]
    pub async fn heavy(&self) -> u8 {
        1
    }
}

fn main() {}
