//! Steps that are no functions of one owned state.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Old;

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 8)]
impl Counter {
    #[code_change(from = 1)]
    fn v1(&self, _: Old) -> Old {
        Old
    }

    #[code_change(from = 2)]
    async fn v2(_: Old) -> Old {
        Old
    }

    #[code_change(from = 3)]
    fn v3() -> Old {
        Old
    }

    #[code_change(from = 4)]
    fn v4(_: Old, _: u8) -> Old {
        Old
    }

    #[code_change(from = 5)]
    fn v5(_: &Old) -> Old {
        Old
    }

    #[code_change(from = 6)]
    fn v6(_: Old) {}

    #[code_change(from = 7)]
    fn v7<T: Into<Self>>(old: T) -> Self {
        old.into()
    }
}

fn main() {}
