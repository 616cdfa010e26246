//! One error a reply, whether it is a value, an error or a deferred one.

use std::rc::Rc;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub async fn first(&self) -> Result<u8, Rc<u8>> {
        Ok(1)
    }

    #[call]
    pub fn second(&self) -> Result<Option<Rc<u8>>, u8> {
        Ok(None)
    }

    #[call]
    pub fn third(&self, reply: ReplyTo<Rc<u8>>) {
        drop(reply);
    }

    #[call(blocking)]
    pub fn fourth(&self) -> Rc<u8> {
        Rc::new(1)
    }
}

fn main() {}
