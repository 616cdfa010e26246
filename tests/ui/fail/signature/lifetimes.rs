//! A server lives as long as its clients do, so it borrows nothing.

use genserver_runtime::prelude::*;

pub struct View<'a>(&'a str);
pub struct Slice<'a>(&'a str);

#[genserver]
impl<'a> View<'a> {
    #[call]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[genserver]
impl Slice<'_> {
    #[call]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

fn main() {}
