//! A duration is checked when it is compiled.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver(call_timeout = "", shutdown = "5 seconds")]
impl Counter {
    #[call(timeout = "1.5s")]
    pub fn first(&self) {}

    #[call(timeout = 5)]
    pub fn second(&self) {}

    #[call(timeout = "5")]
    pub fn third(&self) {}

    #[call(timeout = -1)]
    pub fn fourth(&self) {}

    #[call(timeout = "99999999999d")]
    pub fn fifth(&self) {}

    #[call(timeout)]
    pub fn sixth(&self) {}

    #[call(timeout = )]
    pub fn seventh(&self) {}

    #[call(timeout = kill)]
    pub fn eighth(&self) {}
}

fn main() {}
