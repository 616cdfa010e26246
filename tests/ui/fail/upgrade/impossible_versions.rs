//! Versions that cannot exist, and steps that lead nowhere.

use genserver_runtime::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Old;

#[derive(Serialize, Deserialize)]
pub struct Zero;

#[genserver(version = 0)]
impl Zero {
    #[code_change(from = 1)]
    fn v1(_: Old) -> Self {
        Self
    }
}

#[derive(Serialize, Deserialize)]
pub struct Named;

#[genserver(version = Self::VERSION)]
impl Named {}

#[derive(Serialize, Deserialize)]
pub struct Counter;

#[genserver(version = 2)]
impl Counter {
    #[code_change(from = 0)]
    fn v0(_: Old) -> Old {
        Old
    }

    #[code_change(from = 1)]
    fn v1(_: Old) -> Self {
        Self
    }

    #[code_change(from = 1)]
    fn again(_: Old) -> Self {
        Self
    }

    #[code_change(from = 2)]
    fn v2(_: Old) -> Self {
        Self
    }

    #[code_change]
    fn unknown(_: Old) -> Self {
        Self
    }
}

#[derive(Serialize, Deserialize)]
pub struct Unversioned;

#[genserver]
impl Unversioned {
    #[code_change(from = 1)]
    fn v1(_: Old) -> Self {
        Self
    }
}

fn main() {}
