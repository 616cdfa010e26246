//! What a server continues with waits in its mailbox.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[init]
    pub fn new(_: &mut Cx<Self>) -> Self {
        Self
    }

    #[continued]
    fn load(&mut self, _: Rc<u32>) {}
}

fn main() {}
