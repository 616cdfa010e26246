//! What is shown has `Debug`.

use genserver_runtime::prelude::*;

pub struct Secret;
pub struct Account;

#[genserver]
impl Account {
    #[format_state]
    fn show(&self) -> Option<Secret> {
        None
    }
}

fn main() {}
