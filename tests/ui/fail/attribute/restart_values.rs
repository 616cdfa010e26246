//! `restart` is one of three words.

use genserver_runtime::prelude::*;

pub struct Counter;
pub struct Second;
pub struct Third;

#[genserver(restart = transcient)]
impl Counter {}

#[genserver(restart = "always")]
impl Second {}

#[genserver(restart)]
impl Third {}

fn main() {}
