//! One mistake of another kind is one error with a version too.

use std::rc::Rc;

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 1)]
impl Counter {
    #[call]
    pub fn add(&mut self, by: Rc<u8>) -> u8 {
        *by
    }
}

fn main() {}
